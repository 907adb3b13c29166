"""The table that autologging keeps of a search: found below its run, read in bounds, refused in words."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from probe_harness import read_with, write

from grader.evidence.modelling import TrackingEvidence
from grader.probes.tracking.searches import KEPT, LENGTH, SETTINGS, read_trials

RUN = "a" * 32


def table(rows: list[dict[str, Any]]) -> bytes:
    """Return a table of comma-separated values."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def trials(count: int, score: str = "mean_test_score") -> list[dict[str, Any]]:
    """Return rows as scikit-learn's searches give them."""
    return [
        {"mean_fit_time": 0.1, "param_max_depth": n, "param_clf__C": n / 7 if n % 2 else "", "params": {"max_depth": n},
         "split0_test_score": 0.1, score: 0.2 + n / 1000, "rank_test_score": n}
        for n in range(count)
    ]  # fmt: skip


def submission(folder: Path, place: str, content: bytes) -> TrackingEvidence:
    """Return what is read of a store of one run with a file beside it."""
    folder.mkdir(exist_ok=True)
    with sqlite3.connect(folder / "mlflow.db") as db:
        db.execute("CREATE TABLE experiments (experiment_id INTEGER, name TEXT)")
        db.execute(
            "CREATE TABLE runs (run_uuid TEXT, name TEXT, status TEXT, lifecycle_stage TEXT, artifact_uri TEXT)"
        )
        db.execute("INSERT INTO runs VALUES (?, 'tuned', 'FINISHED', 'active', '')", (RUN,))
    write(folder / place, content)
    found: TrackingEvidence = read_with("tracking", TrackingEvidence, submission_dir=folder)[0]
    return found


@pytest.mark.parametrize("score", ["mean_test_score", "mean_test_average_precision"])
@pytest.mark.parametrize("root", ["mlruns/1", "mlartifacts/1", "work/my store/7"])
def test_incident_the_trials_of_a_logged_search_were_not_read(tmp_path: Path, score: str, root: str) -> None:
    """Every row below the run that the table lies in is a trial with its settings and its outcome."""
    found = submission(tmp_path / "s", f"{root}/{RUN}/artifacts/cv_results.csv", table(trials(12, score)))
    (run,) = found.runs
    assert len(run.trials) == 12
    assert run.trials[3].params == {"max_depth": "3", "clf__C": str(3 / 7)}
    assert run.trials[3].score == 0.203
    assert found.problems == ()


def test_settings_in_one_column_are_read_too(tmp_path: Path) -> None:
    """Where a table has no column a setting, the one that holds them all is taken."""
    rows = [{"params": str({"depth": n, "seed": 1}), "mean_test_score": n / 10} for n in range(3)]
    assert [t["params"] for t in read_trials(table(rows))] == [
        {"depth": str(n), "seed": "1"} for n in range(3)
    ]


def test_a_table_of_no_run_counts_for_none(tmp_path: Path) -> None:
    """A table that lies beside the store, below none of its runs, is nobody's search."""
    found = submission(tmp_path / "s", "results/cv_results.csv", table(trials(12)))
    assert found.runs[0].trials == ()


def test_large_tables_are_cut(tmp_path: Path) -> None:
    """Of very many trials, settings and letters a bounded number is told."""
    rows = [{**{f"param_{'x' * 300}{k}": "y" * 999 + str(n) for k in range(60)}, "param_n": n, "mean_test_score": n}
            for n in range(400)]  # fmt: skip
    rows = [{"param_n": row["param_n"], **row} for row in rows]
    found = read_trials(table(rows))
    assert len(found) == KEPT
    assert all(len(trial["params"]) <= SETTINGS for trial in found)
    assert len(json.dumps(found)) < KEPT * SETTINGS * (2 * LENGTH + 20)


HOSTILE = [
    b"",
    b"\xff\xfe\x00\xd8" * 999,
    bytes(range(256)) * 4000,
    b'"' + b"x" * 500_000,
    b"param_a,mean_test_score\n" + b"1,nan\n2,inf\n3,1e999\n4," + b"9" * 5000 + b"\n",
    b"params,mean_test_score\n" + b'"' + b"[" * 1900 + b'",0.1\n',
    b"params,mean_test_score\n" + b'"{' + b"[]:1," * 300 + b'}",0.1\n',
    b"params,mean_test_score\n__import__('os').getcwd(),0.1\n",
    b"params,mean_test_score\n" + b"-" * 1999 + b"1,0.1\n",
    b",".join(b"param_%d" % n for n in range(300_000)) + b"\n1,2\n",
    b"param_a,mean_test_score\n" + b"1," * 1_000_000 + b"\n",
    b"param_a,mean_test_score\n" + b"1,0.1\n" * 1_000_000,
    b"param_a,param_a,mean_test_score,mean_test_score\n1,2\n",
    b"\0param_a\0,\0mean_test_score\0\n1,0.1\n",
]


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_tables_end_in_words(content: bytes) -> None:
    """Whatever a table holds, it is read in seconds, and what is no trial is refused or left out."""
    begun = time.monotonic()
    try:
        found = read_trials(content)
    except ValueError as error:
        found, told = [], str(error)
        assert told.startswith("found ")
    assert time.monotonic() - begun < 60
    assert len(found) <= 1
    json.dumps(found, allow_nan=False)


def test_a_hostile_table_is_a_problem_of_its_file(tmp_path: Path) -> None:
    """The rest of the store is read all the same."""
    found = submission(tmp_path / "s", f"mlruns/1/{RUN}/artifacts/cv_results.csv", b"a,b\n1,2\n")
    assert found.problems == (
        f"mlruns/1/{RUN}/artifacts/cv_results.csv: found no trials, "
        "expected columns param_... and mean_test_score with a number",
    )
    assert len(found.runs) == 1


def test_incident_tables_beside_the_store_took_the_place_of_a_runs_own(tmp_path: Path) -> None:
    """Only what lies below a run counts towards how many tables are read."""
    for number in range(30):
        write(tmp_path / "s" / f"a{number}" / "cv_results.csv", table(trials(3)))
    found = submission(tmp_path / "s", f"mlruns/1/{RUN}/artifacts/cv_results.csv", table(trials(12)))
    assert len(found.runs[0].trials) == 12
