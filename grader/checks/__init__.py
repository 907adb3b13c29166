"""Checks: pure functions of evidence and truth that return a Finding; one topic a file."""
