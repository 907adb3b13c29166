"""An outside tool in an environment of its own, run on variants."""
