"""Things that look like defects and are none."""
