"""The rule on S3 default encryption."""
