"""Has AWS Config judge everything again, every six hours."""
