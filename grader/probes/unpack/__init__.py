"""Unpack a submission's archive."""
