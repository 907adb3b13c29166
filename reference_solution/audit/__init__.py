"""Detectors behind audit.ipynb: every one computes its evidence from the data and returns findings."""
