"""Proof that the rubric discriminates: `python -m tests.discrimination`."""
