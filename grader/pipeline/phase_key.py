"""What a phase's result depends on, as one hash: equal keys mean that running it again would measure the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import grader
from grader.execution.limits import Limits
from grader.execution.protocol import Executor

GRADER = Path(grader.__file__).resolve().parent
NOT_MEASURING = frozenset(
    {
        "checks", "readme", "reports", "cli", "cli.py", "rubric.py", "rubric.yaml", "scoring.py", "results.py",
        "figures.py", "flags.py", "metrics.py", "statistics.py",
    }
)  # fmt: skip
"""Parts of the grader that only judge what was measured; a change in them makes no phase run again."""


@cache
def source_hash() -> str:
    """Return a hash of every file of the grader that has a part in running or reading a phase."""
    return _hash_of(lambda part: part not in NOT_MEASURING)


@cache
def judge_hash() -> str:
    """Return a hash of what puts questions about the README and reads the answers."""
    return _hash_of(lambda part: part == "readme")


@cache
def whole_hash() -> str:
    """Return a hash of every file of the grader: what a score as a whole depends on."""
    return _hash_of(lambda part: True)


def _hash_of(chosen: Callable[[str], bool]) -> str:
    files = {
        path.relative_to(GRADER).as_posix(): path
        for path in GRADER.rglob("*")
        if path.suffix in {".py", ".yaml", ".json"} and "__pycache__" not in path.parts
    }
    return digest_of(
        {name: file_digest(path) for name, path in files.items() if chosen(name.split("/", 1)[0])}
    )


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def tree_digest(folder: Path) -> str:
    """Return a hash of names and contents below a folder, empty folders too; modes and times do not matter."""
    found = {
        path.relative_to(folder).as_posix(): file_digest(path) if path.is_file() else None
        for path in folder.rglob("*")
    }
    return digest_of(found)


def digest_of(value: Any) -> str:
    """Return a hash of anything JSON can say; the order of keys does not matter."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Conditions:
    """What every phase of a grading depends on: the grader's version and source, engine, images, host, limits."""

    common: Mapping[str, Any]

    def key(self, phase: str, **parts: Any) -> str:
        """Return the key of a phase that also depends on `parts`."""
        return digest_of({"phase": phase, "parts": parts, **self.common})


def conditions_of(executor: Executor, environment: Mapping[str, str], limits: Limits) -> Conditions:
    """Return the conditions of a grading.

    All limits count for every phase: they change rarely, and one that was forgotten here would go unnoticed.
    """
    return Conditions(
        {
            "grader": grader.__version__,
            "source": source_hash(),
            "executor": executor.name,
            "environment": dict(environment),
            "limits": limits.model_dump(mode="json"),
        }
    )
