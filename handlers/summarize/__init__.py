"""The executive summary of each score: JSON, a page and a mail from one model."""
