"""The rule on the encryption of SNS topics."""
