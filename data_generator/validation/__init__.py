"""Proof that variants are what they claim: credible, equally hard, and free of defects that nobody planted."""
