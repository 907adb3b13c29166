"""Mutated archives and notebooks through the real readers: each must end in a verdict, none in a traceback."""
