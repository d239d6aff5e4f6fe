"""The domain model: rules, findings, waivers, events. Nothing here calls AWS."""
