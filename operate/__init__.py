"""Commands for operators, `python -m operate NAME`, one per module of operate/commands."""
