"""How the resources of each service are made."""
