"""From one raw row to a probability: the same code offline and in the service. Needs numpy and lightgbm only."""
