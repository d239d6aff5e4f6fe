"""The languages in which people are written to, by ISO 639-1 code."""

LANGUAGES = ("de", "en", "fr", "nl")
"""English is complete by nature; a test finds what another lacks."""
