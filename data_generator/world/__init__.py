"""The clean causal world: hidden states, cancellations, and what is observed of them; no defects in here."""
