"""Tests of the take-home and its grader."""
