"""What exists in AWS: one construct, one file."""

from modules.bindings import register

register()
