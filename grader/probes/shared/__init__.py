"""What several probes need: a stranger's files, the answer on standard output, HTTP."""
