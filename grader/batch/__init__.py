"""A whole intake graded one after another, resumable, with one table at the end."""
