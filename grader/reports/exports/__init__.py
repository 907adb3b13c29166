"""The result in other systems' formats; whatever a candidate wrote is inert text in each of them."""
