"""Where the submission itself says a file is: one reader of submission.yaml, for the check and the grading."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.probes.shared.documents import parse_yaml
from grader.probes.shared.files import read_file
from grader.probes.shared.text import Json, one_line, word

NAMES = ("submission.yaml", "submission.yml")
CAP = 65536
PROSE = (".md", ".markdown", ".rst", ".txt", "")
"""Endings of a text for people: what is counted elsewhere (a notebook, findings, code) is no README."""
READMES = ("PRODUCTION.md", "README.md", "README.markdown", "README", "README.txt", "README.rst")
"""Names, in any case, of what is judged as deliverable 5; of several in one folder the first."""


@dataclass(frozen=True)
class Misstated:
    """An entry that nobody can follow: its key, what was found, what was expected, what to do."""

    key: str
    found: str
    expected: str
    remedy: str


@dataclass(frozen=True)
class Stated:
    """What submission.yaml states: values by key, `files` of the submission, why it cannot be read.

    A path counts only where it is one of the files as they were listed, or a folder of them: an absolute one,
    one with `..` in it, and one behind a link are none.
    """

    name: str | None = None
    entries: Mapping[str, Json] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    trouble: str = ""

    def path(self, key: str) -> str | None:
        """Return the file, or the folder, that is stated under a key; None where it is not there."""
        value = self.entries.get(key)
        if not isinstance(value, str):
            return None
        path = value.strip().replace("\\", "/").removeprefix("./").rstrip("/")
        if key == "context" and value.strip() in (".", "./"):
            return "."
        is_file = path in self.files
        is_folder = any(name.startswith(f"{path}/") for name in self.files)
        if key == "context":
            return path if is_folder else None
        if key == "readme":
            return path if is_file and PurePosixPath(path).suffix.lower() in PROSE else None
        return path if is_file or (is_folder and key != "dockerfile") else None

    def port(self) -> int | None:
        """Return the stated port of the service."""
        value = self.entries.get("port")
        return value if type(value) is int and 0 < value < 65536 else None

    def dockerfile(self) -> str | None:
        """Return the Dockerfile: as stated, else the shallowest of just that name, else `Dockerfile.*`."""
        named = [
            path
            for path in self.files
            if re.fullmatch(r"(.*\.)?dockerfile|dockerfile\..+", PurePosixPath(path).name.lower())
            and not path.endswith(".dockerignore")
        ]
        found = min(named, key=lambda p: (*_likeness(PurePosixPath(p).name), p.count("/"), p), default=None)
        return self.path("dockerfile") or found

    def readme(self) -> str | None:
        """Return the text for deliverable 5: as stated, else PRODUCTION.md, else a README, the shallowest first."""
        stated = self.path("readme")
        if stated is not None:
            return stated
        ranks = {name.lower(): rank for rank, name in enumerate(READMES)}
        found: list[tuple[bool, int, int, int, str]] = []
        for path in sorted(self.files, reverse=True):
            rank = ranks.get(PurePosixPath(path).name.lower())
            if rank is not None:
                found.append((rank > 0, path.count("/"), rank, len(found), path))
        return min(found)[-1] if found else None

    def wrong(self, keys: Collection[str]) -> Iterator[Misstated]:
        """Yield the entries under known keys that cannot be followed."""
        for key in keys:
            if key not in self.entries:
                continue
            found = _shown(self.entries[key])
            if key == "port" and self.port() is None:
                yield Misstated(key, found, "a number of 1 to 65535", "give the service's port")
            elif key != "port" and self.path(key) is None:
                yield Misstated(key, found, _EXPECTED.get(key, "a path that is there"), "correct the path")


_EXPECTED = {
    "readme": "a text file that is there (.md, .rst or .txt)",
    "dockerfile": "a file that is there",
    "context": "a folder that is there",
}


def _shown(value: Json) -> str:
    try:
        return one_line(repr(value), 120)
    except (ValueError, RecursionError):  # a number of thousands of digits
        return f"a {type(value).__name__}"


def _likeness(name: str) -> tuple[bool, bool]:
    """Order names of Dockerfiles: `Dockerfile`, then another spelling of it, then one with more to it."""
    return name.lower() != "dockerfile", name != "Dockerfile"


def read_stated(root: Path, files: Mapping[str, int]) -> Stated:
    """Read submission.yaml of a submission with these files; whatever is wrong with it is in the result."""
    name = next((name for name in NAMES if name in files), None)
    if name is None:
        return Stated(files=files)
    try:
        document = parse_yaml(read_file(root, name, CAP))
        if not isinstance(document, dict):
            raise ValueError(f"found {type(document).__name__}, expected keys and values")
    except ValueError as error:
        return Stated(name, files=files, trouble=str(error))
    entries: dict[str, Json] = {}
    levels = [document]
    for level in levels:
        levels += [value for value in level.values() if isinstance(value, dict)]
        for key, value in level.items():
            if isinstance(key, str):
                entries.setdefault(word(key), value)
    return Stated(name, entries, files)


def stated_path(root: Path, files: Mapping[str, int], names: Collection[str]) -> str | None:
    """Return the file that submission.yaml states under one of the names, where it is really there."""
    stated = read_stated(root, files)
    return next((path for key in stated.entries if key in names and (path := stated.path(key))), None)
