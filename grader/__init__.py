"""Grade a submission: run it in a sandbox, measure what it does, compare with what the vault knows."""

__version__ = "0.1.0"
