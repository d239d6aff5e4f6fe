"""The rule on the encryption of SQS queues."""
