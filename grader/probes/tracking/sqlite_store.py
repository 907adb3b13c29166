"""Runs of an MLflow store in SQLite, read by plain SQL."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from grader.probes.shared.text import Json, clean, number
from grader.probes.tracking.database import columns_of, merged, open_database, rows_of
from grader.probes.tracking.runs import READ_CAP, add, blank_run, register

Runs = dict[str, dict[str, Json]]


def read_database(root: Path, relative: str) -> Runs:
    """Return the runs of a SQLite store that are not deleted; ValueError where it is no such store.

    Writes beside it that were never merged count where more is told with them: SQLite itself does not see that
    they are of an earlier day than the database, and would undo what came after.
    """
    with tempfile.TemporaryDirectory() as scratch:
        copied = merged(root, relative, Path(scratch))
        if copied is None:
            return _read(root, relative, None)
        found: list[Runs] = []
        for place in (copied, None):
            try:
                found.append(_read(root, relative, place))
            except (ValueError, sqlite3.Error):
                if place is None and not found:
                    raise
    return max(found, key=_told)  # the merged one of equal ones


def _told(runs: Runs) -> tuple[int, int]:
    return len(runs), sum(len(run[part]) for run in runs.values() for part in ("params", "metrics", "tags"))


def _read(root: Path, relative: str, copied: Path | None) -> Runs:
    runs: Runs = {}
    with closing(open_database(root, relative, copied)) as connection:
        try:
            tables = columns_of(connection)
            if not {"runs", "experiments"} <= set(tables):
                raise ValueError("found no tables runs and experiments, expected an MLflow store")
            fields = [
                "run_uuid",
                "name",
                "status",
                "start_time",
                "end_time",
                "artifact_uri",
                "lifecycle_stage",
            ]
            for key, name, state, start, end, uri, stage in rows_of(
                connection, tables, "runs", fields, READ_CAP
            ):
                if stage != "deleted":
                    run = blank_run(clean(key, 64))
                    run |= {"name": clean(name or "", 200), "status": clean(state or "", 20), "uris": [uri]}
                    begun, ended = number(start), number(end)
                    run["seconds"] = (
                        (ended - begun) / 1000 if begun is not None and ended is not None else None
                    )
                    runs[run["run_id"]] = run
            cap = READ_CAP * 50
            for key, value, run_id in rows_of(
                connection, tables, "params", ["key", "value", "run_uuid"], cap
            ):
                add(runs, run_id, "params", key, clean("" if value is None else value, 300))
            for key, value, run_id in rows_of(connection, tables, "tags", ["key", "value", "run_uuid"], cap):
                add(runs, run_id, "tags", key, clean("" if value is None else value, 300))
            read_metrics(connection, tables, runs, cap)
            read_inputs(connection, tables, runs)
        except sqlite3.Error as error:
            raise ValueError(f"found a damaged or hostile database ({clean(error, 120)})") from None
    return runs


def read_metrics(
    connection: sqlite3.Connection, tables: Mapping[str, set[str]], runs: Mapping[str, Any], cap: int
) -> None:
    """Put the last value of every metric into its run."""
    table = "latest_metrics" if "latest_metrics" in tables else "metrics"
    fields = ["key", "value", "step", "timestamp", "is_nan", "run_uuid"]
    last: dict[tuple[str, str], tuple[float, float]] = {}
    for key, value, step, moment, is_nan, run_id in rows_of(connection, tables, table, fields, cap):
        amount, when = number(value), (number(step) or 0.0, number(moment) or 0.0)
        place = (str(run_id), str(key))
        if amount is not None and is_nan not in (1, True) and last.get(place, when) <= when:
            last[place] = when
            add(runs, run_id, "metrics", key, amount)


def read_inputs(
    connection: sqlite3.Connection, tables: Mapping[str, set[str]], runs: Mapping[str, Any]
) -> None:
    """Put data sets, the addresses of logged models and what the registry calls them into their runs."""
    sets = {}
    for key, name, digest in rows_of(
        connection, tables, "datasets", ["dataset_uuid", "name", "digest"], 5000
    ):
        sets[key] = clean(f"{name}@{digest}" if digest else name, 200)
    models = {}
    fields = ["model_id", "artifact_location", "source_run_id", "lifecycle_stage"]
    for key, place, run_id, stage in rows_of(connection, tables, "logged_models", fields, READ_CAP):
        models[key] = place
        if run_id in runs and stage != "deleted":
            runs[run_id]["ids"].append(clean(key, 100))
            runs[run_id]["uris"].append(place)
    for name, version, run_id in rows_of(
        connection, tables, "model_versions", ["name", "version", "run_id"], 5000
    ):
        register(runs, run_id, name, version)
    fields = ["source_type", "source_id", "destination_type", "destination_id"]
    for _, source, _, target in rows_of(connection, tables, "inputs", fields, READ_CAP * 5):
        for run_id, other in ((target, source), (source, target)):
            if run_id in runs and other in sets and sets[other] not in runs[run_id]["datasets"]:
                runs[run_id]["datasets"].append(sets[other])
            if run_id in runs and other in models:
                runs[run_id]["ids"].append(clean(other, 100))
                runs[run_id]["uris"].append(models[other])
