"""Where the system keeps what it knows, one module for each store."""
