"""Code that runs in AWS Lambda, with the Python standard library and boto3 as its only dependencies."""

__version__ = "0.1.0"
