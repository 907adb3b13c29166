"""From the bundle and the findings to two compared models, their evaluation and the served one."""
