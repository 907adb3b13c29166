"""Tests of the reference submission."""
