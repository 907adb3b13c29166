"""Whether intake would open the folder at all: a link, a name or a size that it refuses ends a grading at once."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import IO

from grader.contract.problem import Problem
from grader.contract.work import Work
from grader.probes.unpack.entries import Entry
from grader.probes.unpack.rules import EntryRules, RefusedError, junk_folder
from grader.probes.unpack.taking import Parts, take

REMEDIES = {
    "link": "remove the link, or put what it leads to in its place",
    "link-leaves-tree": "remove the link, or put what it leads to in its place",
    "special-file": "remove it",
}


class _Nothing:
    """Keeps nothing; what cannot be opened shows at its first bytes."""

    def file(self, parts: Parts, chunks: Iterable[bytes]) -> None:
        """Look at the beginning of a file."""
        next(iter(chunks), b"")

    def copy(self, parts: Parts, source: Parts) -> None:
        """Do nothing."""


def check_delivery(work: Work) -> Iterator[Problem]:
    """Yield the first thing for which the grader would refuse the whole submission."""
    try:
        take(_entries(work.root), _Nothing(), EntryRules())
    except RefusedError as error:
        name, _, found = str(error).partition(": ")
        expected = f"files that the grader opens; for this it refuses the whole submission ({error.rule})"
        yield Problem(name.strip("'\""), "", found, expected, REMEDIES.get(error.rule, "rename or remove it"))


def _entries(root: Path) -> Iterator[Entry]:
    for folder, below, files in os.walk(root):
        place = Path(folder)
        links = [name for name in below if (place / name).is_symlink()]
        junk = [name for name in below if junk_folder(name)]
        below[:] = sorted(set(below) - {*links, *junk})
        for name in sorted([*files, *links]):
            path = place / name
            shown = path.relative_to(root).as_posix()
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode) and not junk_folder(name):
                yield Entry(shown, link=str(path.readlink()))
            elif junk_folder(name) or stat.S_ISREG(mode):
                yield Entry(shown, path.lstat().st_size, open=partial(_opened, path))
            else:
                raise RefusedError("special-file", f"{shown!r}: not a regular file")


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")
