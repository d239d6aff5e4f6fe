"""What a deployment's own roles must be allowed, by the Terraform types of the stack that they deploy."""
