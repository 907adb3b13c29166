"""Look into a built image for what has no place in one."""
