"""Ask a service the brief's first questions."""
