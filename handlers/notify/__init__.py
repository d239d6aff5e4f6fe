"""Sends queued mails within the limits of SNS, and combines many of one kind into a digest."""
