"""Whether what the image installs is named by exact versions."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from grader.evidence.document import PinnedDependencies
from grader.execution.install_lines import installed_by_name, is_exact
from grader.pipeline.stage import read_text

LOCKS = ("uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "conda-lock.yml", "pylock.toml")
LOCKED = re.compile(r'(?m)^[ \t]*\[\[packages?\]\]|"version":\s*"==|==\s*\d|^[ \t]*-[ \t]+name:')
"""An entry of a lock file, in any of their forms."""
CONDA = re.compile(r"(?i)(environment|conda)[^/]*\.ya?ml$")
LIST = re.compile(r"(?i)((requirements|constraints)[^/]*\.(txt|in|lock)|(^|/)requirements/[^/]+\.(txt|in))$")
ASIDE = re.compile(r"notebook|dev|requirements-(runner|train)\.txt$")
"""Lists for other things than the service; the last two are the starter's own, and pinned by us."""
HANDED_OUT = "requirements-runner.txt"
"""Given to everybody in the starter; it says what notebooks run with, and pins no service."""
COMMENT = re.compile(r"(?m)(^|\s)#.*$")
PIP = re.compile(r"\bpip[\d.]*\b")
INSTALL = re.compile(r"\b(install|sync|wheel|download)\b")
PROJECT_INSTALL = re.compile(r"\b(uv[ \t]+sync|(poetry|pdm|pipenv)[ \t]+(install|sync))\b")
"""Commands that install a project and its lock file, whatever lists lie beside them."""
OPTION = re.compile(r"(?<!\S)(-r|-c|--requirement|--constraint)(?:[=\s]+|(?<=-[rc]))([^\s\"',\]]+)")
NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
FILES = 50
"""Requirements files, and lock files, that are looked into."""


@dataclass(frozen=True)
class _Files:
    """The submission's files, and its Dockerfile's text without comments, each command on a line."""

    root: Path
    sizes: dict[str, int]
    text: str
    context: str

    @cached_property
    def words(self) -> set[str]:
        """Paths in the submission that words of the Dockerfile may mean."""
        return {posixpath.normpath(posixpath.join(self.context, word)) for word in self.text.split()}

    def pip_commands(self) -> list[str]:
        """Return what follows `pip install`, and its like, on each line."""
        lines = ((line, PIP.search(line)) for line in self.text.splitlines())
        ends = ((line, INSTALL.search(line, pip.end())) for line, pip in lines if pip)
        return [re.sub("[\"',]+", " ", line[found.end() :]) for line, found in ends if found]

    def read(self, path: str) -> str:
        return read_text(self.root / path)

    def named(self, pattern: re.Pattern[str]) -> list[str]:
        """Return the files of a kind that the Dockerfile names."""
        return [p for p in self.sizes if pattern.search(p) and PurePosixPath(p).name in self.text]

    def find(self, name: str, beside: str | None = None) -> str | None:
        """Return the file that is meant by a name in the Dockerfile, or in a requirements file `beside` it."""
        if beside is not None:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(beside), name))
            return path if path in self.sizes else None
        base = PurePosixPath(name).name
        found = [path for path in self.sizes if PurePosixPath(path).name == base]
        told = self.words.intersection(found)
        return min(found, key=lambda p: (p not in told, p.count("/") * (-1 if told else 1), p), default=None)


def find_pins(
    submission: Path, files: dict[str, int], dockerfile: str, context: str = "."
) -> PinnedDependencies:
    """Count dependencies with one exact version in what the Dockerfile installs.

    What it installs by name is counted beside what it installs by a list.

    In order: the requirements files that its pip commands are given; a lock file that it names, or that its
    `uv sync` or the like reads, which counts whole; a requirements file or a conda environment that it names;
    packages on its own `pip install` lines, installers aside; the project where it installs that; then any such file
    of the submission, requirements first and those for other things than the service last.
    """
    joined = re.sub(r"\\\s*\n", " ", COMMENT.sub("", dockerfile))
    here = _Files(submission, files, re.sub(r"[&|;]+", "\n", joined), context)
    named = [one.exact for one in installed_by_name(dockerfile, files, here.read)]
    inline = PinnedDependencies(path="Dockerfile", total=len(named), pinned=sum(named))
    listed = _listed(here, inline)
    if listed is inline:
        return inline
    return listed.model_copy(
        update={"total": listed.total + inline.total, "pinned": listed.pinned + inline.pinned}
    )


def _listed(here: _Files, inline: PinnedDependencies) -> PinnedDependencies:
    """Count the list that is installed, or what the Dockerfile names where there is none before it."""
    given, constraints = _given(here)
    if given and PurePosixPath(given[0]).name not in LOCKS:
        return _counted(here, given, constraints)
    locks = sorted(
        (p for p in here.sizes if PurePosixPath(p).name in LOCKS),
        key=lambda p: (PurePosixPath(p).name not in here.text, p.count("/"), p),
    )
    locks = [path for path in locks[:FILES] if LOCKED.search(here.read(path))]
    if locks and PurePosixPath(locks[0]).name in here.text:
        return PinnedDependencies(path=locks[0], total=1, pinned=1)
    project = _project(here)
    whole = PinnedDependencies(path=locks[0], total=1, pinned=1) if locks else project
    if whole.total and PROJECT_INSTALL.search(here.text):
        return whole
    told = [path for kind in (LIST, CONDA) for path in here.named(kind)]
    if told:
        return _counted(here, [min(told, key=_rank)], constraints)
    if inline.total:
        return inline
    words = {word.partition("[")[0] for command in here.pip_commands() for word in command.split()}
    if project.total and words & {".", "./"}:
        return project
    lists = [p for p in here.sizes if re.search(r"requirements[^/]*\.txt$", p) or CONDA.search(p)]
    lists = sorted((p for p in lists if PurePosixPath(p).name != HANDED_OUT), key=_rank)
    if lists and not (ASIDE.search(lists[0]) and whole.total):
        return _counted(here, lists[:1], constraints)
    return whole


def _rank(path: str) -> tuple[bool, bool, int, str]:
    return bool(CONDA.search(path)), bool(ASIDE.search(path)), path.count("/"), path


def _given(here: _Files) -> tuple[list[str], list[str]]:
    """Return the requirements files and the constraints that the Dockerfile's pip commands are given."""
    given: dict[str, list[str]] = {"r": [], "c": []}
    options = [found for command in here.pip_commands() for found in OPTION.findall(command)]
    for option, name in options[:FILES]:
        path = here.find(name.strip("[]"))
        if path is not None:
            given[option.strip("-")[0]].append(path)
    return list(dict.fromkeys(given["r"])), list(dict.fromkeys(given["c"]))


def _counted(here: _Files, paths: list[str], constraints: list[str]) -> PinnedDependencies:
    """Count the entries of these files and of those they refer to; a constraint pins what it names."""
    wanted: list[str] = []
    limits: list[str] = []
    for path in paths:
        if CONDA.search(path):
            wanted += _conda(here.read(path))
        else:
            lines, limited = _followed(here, path)
            wanted += lines
            limits += limited
    limits += [line for path in constraints for line in _followed(here, path)[0]]
    pinned = {_name(line) for line in limits if is_exact(line)}
    exact = sum(is_exact(line) or _name(line) in pinned for line in wanted)
    return PinnedDependencies(path=paths[0], total=len(wanted), pinned=exact)


def _followed(here: _Files, path: str) -> tuple[list[str], list[str]]:
    """Return the lines of a requirements file and of those after `-r` in it, and the lines of its constraints."""
    lines: list[str] = []
    limits: list[str] = []
    pending = [(path, lines)]
    seen: set[str] = set()
    for place, kept in pending:
        if place in seen or len(seen) >= FILES:
            continue
        seen.add(place)
        text = here.read(place)
        kept += _lines(text)
        for option, name in re.findall(r"(?m)^[ \t]*" + OPTION.pattern, text):
            inner = here.find(name, beside=place)
            if inner is not None:
                pending.append((inner, limits if option.strip("-")[0] == "c" else kept))
    return lines, limits


def _name(line: str) -> str:
    found = NAME.match(line)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def _lines(text: str) -> list[str]:
    lines = [re.split(r"\s#|\s--hash|\\$", line.strip())[0].strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def _conda(text: str) -> list[str]:
    """Return the dependencies of a conda environment; its single `=` names one version too."""
    # Each line alone: a pattern that may cross line ends tries every run of blank lines from each of them.
    items = [
        m[1].strip(" '\"")
        for m in re.finditer(r"(?m)^[ \t]*-[ \t]*([^#\n]+)", text.partition("dependencies")[2])
    ]
    kept = [item for item in items if re.match(r"[\w.-]+\s*([=<>!~].*)?$", item) and item != "pip"]
    return [re.sub(r"^([\w.-]+)\s*=\s*(?=\d)", r"\1==", item) for item in kept]


def _project(here: _Files) -> PinnedDependencies:
    """Count the dependencies of the project itself, in the form of the standard or of Poetry."""
    path = here.find("pyproject.toml")
    if path is None:
        return PinnedDependencies()
    try:
        wanted = list(_project_lines(tomllib.loads(here.read(path))))
    except (ValueError, RecursionError):
        return PinnedDependencies()
    return PinnedDependencies(path=path if wanted else None, total=len(wanted),
                              pinned=sum(map(is_exact, wanted)))  # fmt: skip


def _project_lines(document: dict[str, Any]) -> Iterator[str]:
    standard = _table(document, "project").get("dependencies")
    yield from (line for line in (standard if isinstance(standard, list) else []) if isinstance(line, str))
    for name, value in _table(document, "tool", "poetry", "dependencies").items():
        version = value.get("version", "") if isinstance(value, dict) else value
        if name.lower() != "python":
            bare = isinstance(version, str) and re.fullmatch(r"\d[\w.!+-]*", version)
            yield f"{name}=={version}" if bare else f"{name} {version}"


def _table(document: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        found = document.get(name)
        document = found if isinstance(found, dict) else {}
    return document
