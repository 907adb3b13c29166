"""What the probe reports of the submitted code as text."""

from __future__ import annotations

from pydantic import Field

from grader.types import Model

SOURCE_ARRAYS = ("gram", "file")
"""Float64 arrays of one length: a 48-bit hash of a run of syntax nodes, and the position of its file in `files`."""


class SourceFile(Model):
    """A file with Python in it, and how many fingerprints it has."""

    path: str
    grams: int = Field(ge=0)


class Reach(Model):
    """A line that reaches for something no submission needs: where it stands, what for, and its text."""

    path: str
    where: str
    what: str
    text: str


class SourcesEvidence(Model):
    """Submitted code as read, never run; the fingerprints are in the arrays."""

    files: tuple[SourceFile, ...] = ()
    reaches: tuple[Reach, ...] = ()
    problems: tuple[str, ...] = ()
    unread_files: str = ""
    """How many files of code gave nothing though they are not empty, and the first of them with why."""
    unread: str = ""
    """Why the code was not read at all, through whomever."""
