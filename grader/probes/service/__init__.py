"""Probe a running service."""
