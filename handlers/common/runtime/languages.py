"""The languages of summaries, by ISO 639-1 code."""

LANGUAGES = ("de", "en", "fr", "nl")
"""English is the reference; a test finds texts that another language lacks."""
