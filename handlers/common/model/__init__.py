"""What the system speaks of: rules, findings, waivers, events; nothing here calls AWS."""
