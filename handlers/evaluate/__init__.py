"""Has AWS Config evaluate everything again, every six hours."""
