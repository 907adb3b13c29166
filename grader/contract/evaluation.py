"""Whether claimed figures, lift table, plots and tracking store are there in the form of the brief."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from grader.contract.problem import Problem, note, of_reader
from grader.contract.terms import load_terms
from grader.contract.work import Work
from grader.probes.evaluation.books import read_books
from grader.probes.evaluation.lift import find_lift
from grader.probes.evaluation.metrics import find_metrics
from grader.probes.evaluation.plots import find_plots
from grader.probes.shared.documents import parse_json
from grader.probes.shared.files import read_file
from grader.probes.shared.notebooks import find_notebook
from grader.probes.shared.text import word
from grader.probes.tracking.file_store import read_folders
from grader.probes.tracking.sqlite_store import read_database

PLOTS = 2


def check_metrics(work: Work) -> Iterator[Problem]:
    """Yield what metrics.json lacks; whether the figures are right is not looked at."""
    terms = load_terms()
    claimed = find_metrics(work.root, work.files)
    path = claimed["path"]
    if path is None:
        for told in claimed["problems"]:
            if not told.startswith("evaluation/metrics.json: found no file"):
                yield of_reader(told, "write it with json.dump")
        return
    for told in claimed["problems"]:
        if "not read: " in told:
            yield of_reader(told, "leave one, or name it as the brief does")
    try:
        document = parse_json(read_file(work.root, path, 4 << 20))
    except ValueError as error:
        yield Problem(path, "", str(error), "JSON", "write it with json.dump")
        return
    for model in terms.models:
        for metric in terms.required_metrics:
            yield from _number(path, document, model, metric, claimed[model].get(metric))
    for name in terms.decision:
        yield from _number(path, document, "decision", name, claimed["decision"].get(name))


def _number(path: str, document: Any, group: str, name: str, taken: float | None) -> Iterator[Problem]:
    inner = document.get(group) if isinstance(document, dict) else None
    value = inner.get(name) if isinstance(inner, dict) else None
    place, expected = f"{group}.{name}", "a number of 0 to 1"
    if value is None and taken is not None:
        yield note(
            path, place, f"{taken:g} under other names", f"the key {place}", "name it as the brief does"
        )
    elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        yield Problem(
            path, place, "nothing" if value is None else repr(value)[:60], expected, "add the figure"
        )
    elif not 0 <= value <= 1:
        yield Problem(path, place, f"{value:g}", expected, "give shares and probabilities, not percentages")


def check_exhibits(work: Work) -> Iterator[Problem]:
    """Yield whether lift table and plots are found, as files or in a notebook."""
    books = read_books(work.root, work.files, find_notebook(work.root, work.files, None))
    problems: list[str] = []
    lift = find_lift(work.root, work.files, books)
    if not lift.get("rows"):
        expected = "the lift table by decile"
        yield note(
            "evaluation/lift.csv", "", "no such table", expected, "add the file, or a table in the notebook"
        )
    plots = find_plots(work.root, work.files, books, problems)
    if len(plots) < PLOTS:
        expected = "calibration.png and pr_curve.png, or figures in the executed notebook"
        yield note("evaluation", "", f"{len(plots)} plots", expected, "save both plots")
    for told in problems:
        yield of_reader(told, "save the plot again")


def check_tracking(work: Work) -> Iterator[Problem]:
    """Yield whether the MLflow store can be read and holds a baseline and a tuned run."""
    runs: dict[str, dict[str, Any]] = {}
    ends = (".db", ".sqlite", ".sqlite3")
    for path in sorted((p for p in work.files if p.lower().endswith(ends)), key=lambda p: p != "mlflow.db"):
        try:
            found = read_database(work.root, path)
        except (ValueError, sqlite3.Error) as error:
            if PurePosixPath(path).name == "mlflow.db":
                yield Problem(
                    path, "", str(error), "an MLflow store", "log to sqlite:///mlflow.db and copy it whole"
                )
            continue
        if work.files.get(f"{path}-wal"):
            remedy = "end every process that uses the store, then copy it"
            yield Problem(f"{path}-wal", "", "writes that were never merged", "none", remedy)
        runs |= found
    if not runs:
        runs = read_folders(work.root, work.files)[1]
    if not runs:
        if "mlflow.db" in work.files or any(p.startswith("mlruns/") for p in work.files):
            yield Problem("mlflow.db", "", "no runs", "a baseline and a tuned run", "log both runs")
        return
    told = [word(" ".join(map(str, [r.get("name") or "", *r["tags"].values()]))) for r in runs.values()]
    for wanted in ("baseline", "tuned"):
        if not any(wanted in text for text in told):
            remedy = f"mlflow.start_run(run_name={wanted!r})"
            yield note(
                "mlflow.db",
                "",
                f"{len(runs)} runs, none named {wanted}",
                f"a {wanted} run by name or tag",
                remedy,
            )
