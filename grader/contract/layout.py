"""What a submission must hold, and what it should not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from grader.contract.problem import Problem, note
from grader.contract.terms import load_terms
from grader.contract.work import Work
from grader.probes.shared.stated import read_stated

OTHERS = {
    "README.md": ("PRODUCTION.md",),
    "evaluation/predictions.parquet": ("evaluation/predictions.csv", "evaluation/predictions.csv.gz"),
    "mlflow.db": ("mlruns",),
}
STATED = {
    "audit.ipynb": "notebook", "findings.json": "findings", "mlflow.db": "mlflow", "Dockerfile": "dockerfile",
    "evaluation/predictions.parquet": "predictions", "evaluation/metrics.json": "metrics", "README.md": "readme",
}  # fmt: skip
TOTAL = 512 << 20
"""Bytes from which a submission is larger than any model of this data needs."""


def check_layout(work: Work) -> Iterator[Problem]:
    """Yield what is missing, what is misplaced, and what does not belong into a submission."""
    stated, problems = stated_paths(work)
    yield from problems
    for path, what in load_terms().required_files.items():
        if STATED.get(path) in stated or any(_there(work, p) for p in (path, *OTHERS.get(path, ()))):
            continue
        near, found = _near(work, path)
        remedy = f"move it, or name it in submission.yaml as {STATED.get(path, path)!r}" if near else "add it"
        yield Problem(path, "", found, what, remedy, note=near is not None)
    for path, size in work.files.items():
        parts = PurePosixPath(path).parts
        if parts[-1].startswith("snapshots.") and parts[-1].endswith((".parquet", ".csv", ".csv.gz")):
            text = "no training data in the submission"
            yield note(
                path,
                "",
                f"the issued data, {size:,} bytes",
                text,
                "leave it out; takehome pack shows the rest",
            )
    total = sum(work.files.values())
    if total > TOTAL:
        largest = max(work.files, key=lambda p: work.files[p])
        yield note(
            largest,
            "",
            f"{total:,} bytes in all",
            f"at most {TOTAL:,}",
            "leave out data, caches, environments",
        )


def stated_paths(work: Work) -> tuple[dict[str, str], list[Problem]]:
    """Return the paths that submission.yaml says by key, and what is wrong with it."""
    stated = read_stated(work.root, work.files)
    if stated.name is None:
        return {}, []
    name, keys = stated.name, load_terms().yaml_keys
    if stated.trouble:
        expected = "YAML with " + ", ".join(keys)
        return {}, [Problem(name, "", stated.trouble, expected, "write it as `key: path` lines")]
    problems = [
        note(name, key, "a key nobody reads", ", ".join(keys), "remove it")
        for key in stated.entries
        if key not in keys
    ]
    problems += [Problem(name, one.key, one.found, one.expected, one.remedy) for one in stated.wrong(keys)]
    return {key: path for key in keys if (path := stated.path(key)) is not None}, problems


def _near(work: Work, path: str) -> tuple[str | None, str]:
    """Return what the grading takes in place of a file that is not there, and what was found."""
    if path == "README.md":
        near = read_stated(work.root, work.files).readme()
        return near, f"none; {near} is read in its place" if near else "no such file"
    name = PurePosixPath(path).name.lower()
    near = next((p for p in work.files if PurePosixPath(p).name.lower() == name), None)
    return near, f"none; {near} has that name" if near else "no such file"


def _there(work: Work, path: str) -> bool:
    return path in work.files or any(p.startswith(f"{path}/") for p in work.files)
