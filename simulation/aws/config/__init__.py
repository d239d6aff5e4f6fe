"""The part of AWS Config that moto lacks: recording, evaluation, and the reads of what came of it."""
