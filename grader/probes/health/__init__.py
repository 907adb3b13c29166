"""Wait for a service."""
