"""The functions of the system: each file gives one its code, settings, rights, triggers and alarms."""
