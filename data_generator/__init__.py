"""Makes the dataset of the assignment: a public bundle to solve and a private vault that knows the truth."""

__version__ = "0.1.0"
