"""Single-defect mutants of the reference submission, made by recipes."""
