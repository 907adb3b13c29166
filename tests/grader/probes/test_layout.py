"""What every probe must be, and what goes into the sandbox with it."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest
from probe_harness import notebook, run_script, write

from grader.pipeline.probing import PACKAGE, PROBES, probe_library, probe_script

NAMES = sorted(path.parent.name for path in PROBES.glob("*/__main__.py"))
MODULES = sorted(PROBES.rglob("*.py"))
ALLOWED = {"numpy", "pandas", "pyarrow", "nbclient", "nbformat", "yaml", "fastapi", "uvicorn", "PIL"}
HOSTILE = ("json", "re", "numpy", "pandas", "yaml", "nbclient", "sitecustomize", "usercustomize", "__main__")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PROBES).as_posix())
def test_a_probe_stands_alone(path):
    """A probe imports the standard library, the sandbox image's packages and probes, by `from MODULE import` only."""
    tree = ast.parse(path.read_text())
    plain = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    chosen = {(node.level, node.module or "") for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {name for _, name in chosen if name.startswith(f"{PACKAGE}.")}
    assert all((PROBES.parents[1] / (name.replace(".", "/") + ".py")).is_file() for name in ours)
    assert not any(level for level, _ in chosen)
    outside = {name.split(".")[0] for name in plain | {name for _, name in chosen} - ours}
    assert not outside - set(sys.stdlib_module_names) - ALLOWED


def test_every_module_belongs_to_a_probe():
    """A module that no probe imports is dead."""
    needed = {path for name in NAMES for path in (*probe_library(name).values(), probe_script(name))}
    assert needed == {path for path in MODULES if path.name != "__init__.py"}


@pytest.mark.parametrize("name", NAMES)
def test_a_probe_brings_its_own_folder_and_what_is_shared(name):
    """No probe brings the modules of another one, nor any other part of the grader."""
    folders = {Path(place).parent.as_posix() for place in probe_library(name)}
    assert folders <= {"grader/probes/shared", f"grader/probes/{name}"}


def test_the_notebook_job_learns_nothing_of_the_probes():
    """Beside the runner of the candidate's notebook lies what finds and reads a notebook, and nothing that asks."""
    shared = {Path(place).stem for place in probe_library("notebook_run") if "/shared/" in place}
    assert shared == {"documents", "files", "host", "notebooks", "output", "stated", "text"}


@pytest.mark.parametrize("name", ["evaluation", "notebook", "notebook_run", "predictions", "tracking"])
def test_no_module_of_a_submission_is_imported(name, tmp_path):
    """Modules at the root of a submission shadow nothing in a probe, not even where it works in that folder."""
    submission = tmp_path / "submission"
    spring = "import os, sys\nsys.stderr.write('SHADOWED')\nsys.stderr.flush()\nos._exit(77)\n"
    for hostile in (*HOSTILE, "grader/__init__", "grader/probes/__init__", "grader/probes/shared/__init__"):
        write(submission / f"{hostile}.py", spring)
    folders = {"data_dir": tmp_path / "data", "output_dir": tmp_path / "output"}
    for folder in folders.values():
        folder.mkdir()
    if name != "notebook_run":  # the kernel itself may well import them: that is the candidate's own affair
        write(submission / "audit.ipynb", notebook("x = 1"))
    done = run_script(name, working_folder=submission, submission_dir=submission, **folders)
    assert (done.returncode, b"SHADOWED" in done.stderr) == (0, False), done.stderr.decode()
    assert "result" in json.loads(done.stdout.split(b"\n")[0])
