"""What runs in AWS Lambda: the Python standard library and boto3, nothing else."""

__version__ = "0.1.0"
