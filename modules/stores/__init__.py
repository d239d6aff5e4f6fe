"""What the functions keep, by the names of handlers/common/stores."""
