"""Owners are reminded of the end of their waivers."""
