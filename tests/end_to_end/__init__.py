"""The real commands on real data in real containers."""
