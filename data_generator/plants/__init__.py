"""Defects, one module each: `apply` makes it and writes its key entry, `present` sees it in a frame."""
