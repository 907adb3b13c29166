"""Measure the latency of a service that does nothing."""
