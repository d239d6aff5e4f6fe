"""Creates and changes the resources of each service."""
