"""Promises about the whole code: what imports what, how long files are, and what scoring may reach."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("data_generator", "grader", "reference_solution", "assignment", "docker")
LINES = 400
IMPURE = {
    "subprocess",
    "socket",
    "random",
    "time",
    "os",
    "datetime",
    "secrets",
    "threading",
    "requests",
    "httpx",
    "urllib",
}


def sources(*parts: str) -> list[Path]:
    """All Python files below these folders."""
    return sorted(p for part in parts for p in (ROOT / part).rglob("*.py") if "__pycache__" not in p.parts)


def imported(path: Path) -> set[str]:
    """Dotted names of the modules that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def reached(start: list[Path]) -> dict[Path, set[str]]:
    """Files of ours that these import, directly or not, with what each imports."""
    found: dict[Path, set[str]] = {}
    pending = list(start)
    while pending:
        path = pending.pop()
        if path in found:
            continue
        found[path] = imported(path)
        for name in found[path]:
            place = ROOT.joinpath(*name.split("."))
            pending += [p for p in (place.with_suffix(".py"), place / "__init__.py") if p.is_file()]
    return found


def test_import_contracts_hold() -> None:
    """Generator and grader meet only through files, and the grader's layers point one way."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_say_one_thing() -> None:
    """No file of the product is longer than 400 lines."""
    long = {
        str(p.relative_to(ROOT)): count
        for p in sources(*PARTS)
        if (count := len(p.read_text(encoding="utf-8").splitlines())) > LINES
    }
    assert long == {}


def test_the_reference_imports_nothing_of_ours() -> None:
    """It is a candidate's work: it knows the bundle and nothing else."""
    for path in sources("reference_solution", "assignment"):
        ours = {n.split(".")[0] for n in imported(path)} & {"grader", "data_generator", "takehome"}
        assert not ours, f"{path}: {ours}"


def test_incident_the_words_for_an_offline_build_were_written_twice() -> None:
    """Scoring knows such a build by how its detail begins: a second copy of the words may come to differ."""
    words = re.compile(r"^OFFLINE\b.*=|[\"']builds are offline", re.M)
    holders = [
        path.relative_to(ROOT).as_posix() for path in sources("grader") if "validation" not in path.parts
    ]
    assert [name for name in holders if words.search((ROOT / name).read_text("utf-8"))] == ["grader/types.py"]


def test_checks_are_pure() -> None:
    """A score depends on evidence, key and rubric: no clock, chance, process or network is in reach of a check."""
    checks = sources("grader/checks")
    impure = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in checks
        for name in imported(path)
        if name.split(".")[0] in IMPURE
    }
    assert impure == set()


def test_what_checks_reach_of_ours_runs_nothing() -> None:
    """Through every module of ours that checks import: no process, no network, no clock, no unseeded chance."""
    forbidden = {
        "subprocess",
        "socket",
        "random",
        "time",
        "docker",
        "httpx",
        "requests",
        "secrets",
        "threading",
    }
    found = reached(sources("grader/checks"))
    assert len(found) > 10
    bad = {
        f"{p.relative_to(ROOT)}: {n}"
        for p, names in found.items()
        for n in names
        if n.split(".")[0] in forbidden
    }
    assert bad == set()
    assert not any("execution" in p.parts or "pipeline" in p.parts for p in found)


@pytest.mark.parametrize("part", ["grader", "data_generator"])
def test_nobody_draws_from_the_global_generator(part: str) -> None:
    """Chance is always seeded: `np.random.default_rng(seed)`, never the module's own state."""
    for path in sources(part):
        text = path.read_text(encoding="utf-8")
        assert "default_rng()" not in text, path
        assert "np.random.seed" not in text, path
