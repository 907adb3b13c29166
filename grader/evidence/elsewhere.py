"""What the comparison with variants issued to others found, kept because their keys may not be at hand again."""

from __future__ import annotations

from grader.types import Model


class FitsElsewhere(Model):
    """The findings, by their place in the list, that fit one other variant and nothing of the candidate's own.

    Each is for a defect of its own there. `by_chance` is how many would fit if kinds, columns and months of what
    was reported had been put together blindly.
    """

    variant: str
    findings: tuple[int, ...]
    by_chance: float


class OtherVariants(Model):
    """How many other variants the findings were compared with, and those that several of them fit."""

    compared: int = 0
    fits: tuple[FitsElsewhere, ...] = ()
