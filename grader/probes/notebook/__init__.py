"""Read the executed notebook and its findings."""
