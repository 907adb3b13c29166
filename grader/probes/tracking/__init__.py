"""Read the MLflow store."""
