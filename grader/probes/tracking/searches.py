"""Trials of a search that a run keeps as a table, as MLflow's autologging does with all but the five best."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.probes.shared.files import read_file
from grader.probes.shared.text import Json, clean, decode_text, number

NAME = "cv_results.csv"
FILES, SIZE, ROWS, COLUMNS = 20, 8 << 20, 2000, 400
"""Tables that are read, bytes, rows and columns of one."""
KEPT, SETTINGS, LENGTH = 50, 20, 60
"""Trials of a run that are told, parameters of one, and characters of each."""


def place_searches(
    runs: Mapping[str, dict[str, Json]], root: Path, files: Mapping[str, int], problems: list[str]
) -> None:
    """Put into each run the trials of the search table among its own artefacts."""
    tables = [path for path in files if Path(path).name.lower() == NAME]
    placed = ((path, next((runs[p] for p in path.split("/")[:-1] if p in runs), None)) for path in tables)
    for path, run in [(path, run) for path, run in placed if run is not None][:FILES]:
        if run["trials"]:
            continue
        try:
            run["trials"] = read_trials(read_file(root, path, SIZE))
        except ValueError as error:
            problems.append(f"{clean(path, 300)}: {error}")


def read_trials(data: bytes) -> list[dict[str, Json]]:
    """Return the differing trials of a table as scikit-learn's searches give it; ValueError where it is none."""
    try:
        rows = list(_rows(decode_text(data)))
    except csv.Error as error:
        raise ValueError(f"found a damaged table ({clean(error, 100)})") from None
    trials: dict[tuple[tuple[str, str], ...], dict[str, Json]] = {}
    for row in rows:
        score = next(
            (v for k, text in row.items() if k.startswith("mean_test_") and (v := number(text)) is not None),
            None,
        )
        settings = _settings(row)
        if settings and score is not None and len(trials) < KEPT:
            trials.setdefault(tuple(sorted(settings.items())), {"params": settings, "score": score})
    if rows and not trials:
        raise ValueError("found no trials, expected columns param_... and mean_test_score with a number")
    return list(trials.values())


def _rows(text: str) -> Iterator[dict[str, str]]:
    for place, row in enumerate(csv.DictReader(io.StringIO(text))):
        if place >= ROWS:
            return
        if len(row) > COLUMNS:
            raise ValueError(f"found more than {COLUMNS} columns, expected a search's results")
        yield {str(key)[:200]: value for key, value in row.items() if isinstance(value, str)}


def _settings(row: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of a trial, from the columns of their own or from the one that holds them all."""
    own = {
        name.removeprefix("param_"): text for name, text in row.items() if name.startswith("param_") and text
    }
    if not own:
        try:
            said = ast.literal_eval(row.get("params", "")[:2000])
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            said = {}
        own = {str(k): str(v) for k, v in said.items()} if isinstance(said, dict) else {}
    return {clean(name, LENGTH): clean(text, LENGTH) for name, text in list(own.items())[:SETTINGS]}
