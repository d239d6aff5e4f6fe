"""AWS Config: recorders, rules, the aggregator, and the events that report results."""
