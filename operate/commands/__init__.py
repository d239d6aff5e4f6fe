"""The commands of `python -m operate`, one file each."""
