"""The rules of intake: what an entry may be called, what is left out, how much may come."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from pathlib import PurePosixPath

MIB = 1024**2
GIB = 1024**3
HIDING = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
"""Unicode categories that hide or reorder what a person reads: controls, formats, surrogates, private use."""

JUNK = frozenset(
    {
        ".git", ".hg", ".svn", ".venv", "venv", "env", "node_modules", "__pycache__", "__MACOSX", ".DS_Store",
        ".ipynb_checkpoints", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".idea", ".vscode", "Thumbs.db",
        "desktop.ini",
    }
)  # fmt: skip


class RefusedError(Exception):
    """A submission broke a rule: its id, and a sentence with the entry's name."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass(frozen=True)
class EntryRules:
    """What a submission may hold: counts, bytes, and how often its packed size it may unpack to."""

    entries: int = 20_000
    """Files that are kept."""
    looked_at: int = 400_000
    """Entries of any kind, those of left-out folders included."""
    depth: int = 20
    name_bytes: int = 200
    path_bytes: int = 1_000
    file_bytes: int = 300 * MIB
    total_bytes: int = 800 * MIB
    archive_bytes: int = 2 * GIB
    left_out_bytes: int = 8 * GIB
    """Unpacked bytes of left-out entries that a compressed tar may make us read past."""
    ratio: int = 200
    ratio_from_bytes: int = 10 * MIB
    """The ratio counts for a file only once it is larger than this."""
    nested_bytes: int = 2 * GIB
    """What all archives inside the submission together may unpack to."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read by the limits file's model, not a field

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ValueError(f"{field.name}: expected at least 1, found {getattr(self, field.name)}")


def junk_folder(name: str) -> str | None:
    """Return the part of a name up to the first known junk in it, None where there is none.

    >>> junk_folder("app/__pycache__/main.pyc")
    'app/__pycache__'
    """
    parts = name.replace("\\", "/").split("/")
    found = next((i for i, part in enumerate(parts) if part in JUNK or part.startswith("._")), None)
    return None if found is None else "/".join(parts[: found + 1])


def checked_parts(name: str, rules: EntryRules) -> tuple[str, ...]:
    """Return the parts of an entry's name; RefusedError where the name breaks a rule."""
    if any(unicodedata.category(c) in HIDING for c in name):
        raise RefusedError("hostile-name", f"{name!r}: control characters in a name")
    plain = name.replace("\\", "/")
    pure = PurePosixPath(plain)
    if pure.is_absolute() or (len(plain) > 1 and plain[1] == ":"):
        raise RefusedError("absolute-name", f"{name!r}: absolute name")
    parts = tuple(p for p in pure.parts if p != ".")
    if ".." in parts:
        raise RefusedError("leaves-tree", f"{name!r}: leaves the submission")
    if len(parts) > rules.depth:
        raise RefusedError("too-deep", f"{name[:80]!r}: more than {rules.depth} folders deep")
    if not parts or any(len(p.encode()) > rules.name_bytes for p in parts):
        raise RefusedError("long-name", f"{name[:80]!r}: empty or longer than {rules.name_bytes} bytes")
    if len(plain.encode()) > rules.path_bytes:
        raise RefusedError("long-name", f"{name[:80]!r}: a path longer than {rules.path_bytes} bytes")
    return parts


def folded(parts: tuple[str, ...]) -> str:
    """Return a name as file systems compare it that ignore case and the ways to write an accent."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", "/".join(parts)).casefold())
