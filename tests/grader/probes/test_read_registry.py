"""What a tracking store holds beside its runs: the model registry, other stores, more keys than are kept."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from probe_harness import read_with, write

from grader.evidence.modelling import TrackingEvidence

TUNED, OTHER, MODEL = "a" * 32, "b" * 32, "m-" + "c" * 32
VERSIONS = "mlflow.registered_versions"


def read(folder: Path) -> TrackingEvidence:
    """Run the probe on a submission."""
    found: TrackingEvidence = read_with("tracking", TrackingEvidence, submission_dir=folder)[0]
    return found


def folder_run(root: Path, key: str, name: str) -> Path:
    """Write a run of a file store and return its folder."""
    where = root / "1" / key
    meta = f"run_id: {key}\nrun_uuid: {key}\nrun_name: {name}\nstatus: 3\nexperiment_id: '1'\n"
    write(where / "meta.yaml", meta + f"artifact_uri: file:///home/ada/mlruns/1/{key}/artifacts\n")
    write(where / "params" / "train_months", "2023-01..2024-03")
    write(where / "metrics" / "pr_auc", "1 0.25 0\n")
    return where


def test_incident_a_registered_model_took_the_place_of_its_run(tmp_path: Path) -> None:
    """A version in the registry's folder names its run, and is none: the run stays finished and keeps its name."""
    folder_run(tmp_path / "mlruns", TUNED, "tuned")
    write(tmp_path / "mlruns" / "models" / "churn" / "meta.yaml", "name: churn\ndescription: null\n")
    for number in (1, 2):
        write(
            tmp_path / "mlruns" / "models" / "churn" / f"version-{number}" / "meta.yaml",
            f"aliases: []\ncurrent_stage: None\nmodel_id: {MODEL}\nname: churn\nrun_id: {TUNED}\n"
            f"source: models:/{MODEL}\nstatus: READY\nversion: {number}\n",
        )
    (run,) = read(tmp_path).runs
    assert (run.name, run.status, run.metrics) == ("tuned", "FINISHED", {"pr_auc": 0.25})
    assert run.params == {"train_months": "2023-01..2024-03"}
    assert run.tags == {VERSIONS: "churn/1,churn/2"}


def database(path: Path, runs: dict[str, str]) -> None:
    """Write a SQLite store of runs by id and name, the first one registered as version 3 of `churn`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE experiments (experiment_id INTEGER, name TEXT)")
        db.execute("CREATE TABLE runs (run_uuid TEXT, name TEXT, status TEXT, lifecycle_stage TEXT)")
        db.execute("CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT)")
        db.execute("CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT)")
        db.execute(
            "CREATE TABLE latest_metrics (key TEXT, value DOUBLE, step INT, is_nan INT, run_uuid TEXT)"
        )
        db.execute("CREATE TABLE model_versions (name TEXT, version INT, run_id TEXT)")
        db.executemany("INSERT INTO runs VALUES (?, ?, 'FINISHED', 'active')", runs.items())
        first = next(iter(runs))
        db.execute("INSERT INTO model_versions VALUES ('churn', 3, ?)", (first,))
        months = [f"by_month_{n:03d}_{name}" for n in range(60) for name in ("brier", "lift", "recall")]
        db.executemany("INSERT INTO latest_metrics VALUES (?, 0.1, 0, 0, ?)", [(m, first) for m in months])
        db.execute("INSERT INTO latest_metrics VALUES ('test_pr_auc', 0.27, 0, 0, ?)", (first,))
        many = [(f"feature_{n:03d}", first) for n in range(200)] + [("n_rows", first)]
        db.executemany("INSERT INTO params VALUES (?, '1', ?)", many)
    db.close()


def test_incident_what_tells_most_was_beyond_the_keys_that_are_kept(tmp_path: Path) -> None:
    """The PR-AUC and the number of rows behind hundreds of other keys are read, and the registry's name for it all."""
    database(tmp_path / "mlflow.db", {TUNED: "tuned"})
    (run,) = read(tmp_path).runs
    assert (run.metrics.get("test_pr_auc"), run.params.get("n_rows")) == (0.27, "1")
    assert run.tags == {VERSIONS: "churn/3"}
    assert max(len(run.metrics), len(run.params)) <= 400


@pytest.mark.parametrize("stated", ["tracking/mlflow.db", "tracking"])
def test_incident_another_store_with_more_runs_hid_the_stated_one(tmp_path: Path, stated: str) -> None:
    """Where submission.yaml says which store it is, stray runs elsewhere take its place however many they are."""
    database(tmp_path / "tracking" / "mlflow.db", {TUNED: "tuned"})
    for number in range(5):
        folder_run(tmp_path / "mlruns", f"e{number:031x}", f"try {number}")
    write(tmp_path / "submission.yaml", f"mlflow: {stated}\n")
    found = read(tmp_path)
    assert (found.path, [run.name for run in found.runs]) == ("tracking/mlflow.db", ["tuned"])
    assert "submission.yaml" in found.problems[-1]


def test_incident_a_stated_folder_was_read_with_every_other(tmp_path: Path) -> None:
    """Of two file stores the stated one is read alone."""
    folder_run(tmp_path / "old" / "mlruns", OTHER, "old")
    folder_run(tmp_path / "final" / "mlruns", TUNED, "tuned")
    write(tmp_path / "submission.yaml", "mlflow: final/mlruns\n")
    assert [run.name for run in read(tmp_path).runs] == ["tuned"]


def test_incident_runs_that_were_not_merged_into_the_database_were_none(tmp_path: Path) -> None:
    """A store that was copied while a process had it open holds its runs beside it; they are read, nothing written."""
    live, sent = tmp_path / "live", tmp_path / "sent"
    live.mkdir()
    sent.mkdir()
    db = sqlite3.connect(live / "mlflow.db", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA wal_autocheckpoint=0")
    db.execute("CREATE TABLE experiments (experiment_id INTEGER, name TEXT)")
    db.execute("CREATE TABLE runs (run_uuid TEXT, name TEXT, status TEXT, lifecycle_stage TEXT)")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute("INSERT INTO runs VALUES (?, 'tuned', 'FINISHED', 'active')", (TUNED,))
    for name in ("mlflow.db", "mlflow.db-wal"):
        (sent / name).write_bytes((live / name).read_bytes())
    db.close()
    before = {path.name: path.read_bytes() for path in sent.iterdir()}
    found = read(sent)
    assert [run.name for run in found.runs] == ["tuned"]
    assert found.problems == ()
    assert {path.name: path.read_bytes() for path in sent.iterdir()} == before


def test_incident_writes_of_an_earlier_day_undid_the_runs_of_a_database(tmp_path: Path) -> None:
    """What was once committed beside a database, and belongs to it no more, takes no run away that is in it."""
    live, sent = tmp_path / "live.db", tmp_path / "sent"
    sent.mkdir()
    db = sqlite3.connect(live, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA wal_autocheckpoint=0")
    db.execute("CREATE TABLE experiments (experiment_id INTEGER, name TEXT)")
    db.execute("CREATE TABLE runs (run_uuid TEXT, name TEXT, status TEXT, lifecycle_stage TEXT)")
    db.execute("INSERT INTO runs VALUES (?, 'baseline', 'FINISHED', 'active')", (OTHER,))
    (sent / "mlflow.db-wal").write_bytes(Path(f"{live}-wal").read_bytes())
    db.execute("INSERT INTO runs VALUES (?, 'tuned', 'FINISHED', 'active')", (TUNED,))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    (sent / "mlflow.db").write_bytes(live.read_bytes())
    assert sorted(run.name for run in read(sent).runs) == ["baseline", "tuned"]
