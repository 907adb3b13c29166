"""Read the predictions."""
