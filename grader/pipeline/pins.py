"""Whether what the image installs is named by exact versions."""

from __future__ import annotations

import re
from pathlib import Path

from grader.evidence.document import PinnedDependencies
from grader.pipeline.stage import read_text

LOCKS = ("uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "conda-lock.yml", "pylock.toml")
CONDA = re.compile(r"(?i)(environment|conda)[^/]*\.ya?ml$")
EXACT = re.compile(r"===?\s*[\w.!+-]+")


def find_pins(submission: Path, files: dict[str, int], dockerfile: str) -> PinnedDependencies:
    """Count dependencies with one exact version in what the Dockerfile installs.

    In order: a lock file that it names, which counts whole; a requirements file or a conda environment that it
    names; packages on its own `pip install` lines; then any such file of the submission, requirements first.
    """
    named = {path for path in files if path.rsplit("/", 1)[-1] in dockerfile}
    locks = sorted(
        (p for p in files if p.rsplit("/", 1)[-1] in LOCKS), key=lambda p: (p not in named, p.count("/"), p)
    )
    if locks and locks[0] in named:
        return PinnedDependencies(path=locks[0], total=1, pinned=1)
    lists = [p for p in files if re.search(r"requirements[^/]*\.txt$", p) or CONDA.search(p)]
    told = [p for p in named if p.endswith((".txt", ".lock", ".in")) or CONDA.search(p)]
    if not told:
        inline = _inline(dockerfile)
        if inline:
            return PinnedDependencies(
                path="Dockerfile", total=len(inline), pinned=sum(map(_is_exact, inline))
            )
    for path in sorted(
        told or lists,
        key=lambda p: (bool(CONDA.search(p)), "notebook" in p or "dev" in p, p.count("/"), p),
    ):
        wanted = (_conda if CONDA.search(path) else _lines)(read_text(submission / path))
        return PinnedDependencies(path=path, total=len(wanted), pinned=sum(map(_is_exact, wanted)))
    return PinnedDependencies(path=locks[0], total=1, pinned=1) if locks else PinnedDependencies()


def _is_exact(line: str) -> bool:
    return bool(EXACT.search(line) and "*" not in line) or " @ " in line


def _lines(text: str) -> list[str]:
    lines = [re.split(r"\s#|\s--hash|\\$", line.strip())[0].strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def _conda(text: str) -> list[str]:
    """Return the dependencies of a conda environment; its single `=` names one version too."""
    items = [
        m[1].strip(" '\"") for m in re.finditer(r"(?m)^\s*-\s*([^#\n]+)", text.partition("dependencies")[2])
    ]
    kept = [item for item in items if re.match(r"[\w.-]+\s*([=<>!~].*)?$", item) and item != "pip"]
    return [re.sub(r"^([\w.-]+)\s*=\s*(?=\d)", r"\1==", item) for item in kept]


def _inline(dockerfile: str) -> list[str]:
    """Return the packages that `pip install` lines of a Dockerfile name themselves."""
    joined = re.sub(r"\\\s*\n", " ", dockerfile)
    found = []
    for command in re.findall(r"pip3?\s+install\s+([^&|;\n]+)", joined):
        words = [word.strip("'\"") for word in command.split()]
        skip = {
            place + 1
            for place, word in enumerate(words)
            if word in ("-r", "-c", "-i", "-t", "--target", "--index-url")
        }
        names = (w for place, w in enumerate(words) if not w.startswith("-") and place not in skip)
        found += [w for w in names if re.match(r"[A-Za-z][\w.-]*(\[[\w,]+\])?([=<>!~].*)?$", w)]
    return [one for one in found if one not in ("pip", "uv", "poetry", "setuptools", "wheel")]
