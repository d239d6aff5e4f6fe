"""An operator's commands, `python -m operate NAME`: each module with a HELP is one."""
