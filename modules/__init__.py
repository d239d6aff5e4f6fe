"""Constructs of the stacks, one per file."""

from modules.bindings import register

register()
