"""Reminds owners of the end of their waivers."""
