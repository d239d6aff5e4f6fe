"""Writes a daily compliance score from the day's reports."""
