"""Validation over many variants: what takes too long for a test, run by `make validate-data`."""
