"""A real language model behind a real server, for what no stand-in shows."""
