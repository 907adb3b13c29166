"""Read claimed figures, lift table and plots."""
