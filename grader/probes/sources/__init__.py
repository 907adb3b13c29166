"""Read the submitted code as text."""
