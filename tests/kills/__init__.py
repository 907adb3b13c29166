"""Kill the grader with SIGKILL at random moments, start it again, and compare what comes out.

`python -m tests.kills` kills 50 times and writes docs/validation/kills.md and kills.json; it can itself be
interrupted and started again.
"""
