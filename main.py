"""Synthesizes the stacks of each file in environments/."""

from modules.app import main

main()
