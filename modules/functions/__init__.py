"""Lambda functions of the monitor: code, environment, permissions, triggers and alarms, one file per function."""
