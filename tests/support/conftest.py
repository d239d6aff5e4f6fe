# Its tests run in a copy of the project that has the rule: tests/integration/test_sample_rule.py.
collect_ignore = ["sample_rule"]
