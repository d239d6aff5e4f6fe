"""The parts of AWS Config that moto lacks: recording, evaluation, and reads of the results."""
