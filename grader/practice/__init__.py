"""Practice: the key stays sealed beside the bundle until a grading opens it."""
