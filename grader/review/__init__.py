"""What people decide about a result: an append-only log, applied again whenever the evidence is scored again."""
