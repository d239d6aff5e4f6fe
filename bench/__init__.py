"""Benchmark of time, memory and API calls of reports, scores and summaries: `make bench`.

Functions and the simulated AWS server run in separate processes, so that only the functions' memory is measured.
"""
