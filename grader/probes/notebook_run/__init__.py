"""Run the audit notebook."""
