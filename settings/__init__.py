"""Settings of environments and their validation; independent of cdktf and boto3."""
