"""Permissions of the roles that deploy a stack, by its Terraform resource types."""
