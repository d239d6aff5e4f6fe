from compliance_monitor import synthesize

synthesize()
