"""Tracking stores of several ages, read without MLflow."""

from __future__ import annotations

import sqlite3

import pytest
from probe_harness import read_with, write

from grader.evidence.modelling import TrackingEvidence

PARENT, CHILD, OTHER, GONE = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)
URI = "file:///C:/Users/Ada%20L/churn/mlruns/1/{}/artifacts"


def read(folder):
    """Run the probe on a submission."""
    return read_with("tracking", TrackingEvidence, submission_dir=folder)[0]


def store(path, *, modern=True, children=1):
    """Write a SQLite store: a parent with children, a plain run and a deleted one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE experiments (experiment_id INTEGER, name TEXT)")
        db.execute(
            "CREATE TABLE runs (run_uuid TEXT, name TEXT, status TEXT, start_time INT, end_time INT,"
            " lifecycle_stage TEXT, artifact_uri TEXT)"
        )
        rows = [(PARENT, "tuned", "active"), (OTHER, "baseline", "active"), (GONE, "gone", "deleted")]
        rows += [(f"{n:032x}" if n else CHILD, f"trial {n}", "active") for n in range(children)]
        for key, name, stage in rows:
            line = (
                key,
                name,
                "FINISHED",
                1000,
                3500,
                stage,
                URI.format(key).replace("/", "\\" if key == OTHER else "/"),
            )
            db.execute("INSERT INTO runs VALUES (?,?,?,?,?,?,?)", line)
        for table in ("params", "tags"):
            db.execute(f"CREATE TABLE {table} (key TEXT, value TEXT, run_uuid TEXT)")
        db.execute("INSERT INTO params VALUES ('depth', '4', ?), ('none', NULL, ?)", (PARENT, "unknown"))
        for n in range(children):
            db.execute(
                "INSERT INTO tags VALUES ('mlflow.parentRunId', ?, ?)", (PARENT, f"{n:032x}" if n else CHILD)
            )
        fields = "(key TEXT, value DOUBLE, timestamp INT, step INT, is_nan INT, run_uuid TEXT)"
        table = "latest_metrics" if modern else "metrics"
        db.execute(f"CREATE TABLE {table} {fields}")
        values = [("pr_auc", 0.27, 9, 1, 0, PARENT), ("loss", 0.0, 9, 1, 1, PARENT)]
        values += [] if modern else [("pr_auc", 0.1, 5, 0, 0, PARENT)]
        values += [("pr_auc", n / 10_000, 9, 0, 0, f"{n:032x}") for n in range(1, children)]
        db.executemany(f"INSERT INTO {table} VALUES (?,?,?,?,?,?)", values)
        if modern:
            db.execute("CREATE TABLE datasets (dataset_uuid TEXT, name TEXT, digest TEXT)")
            db.execute("INSERT INTO datasets VALUES ('set1', 'train', 'beef')")
            db.execute(
                "CREATE TABLE inputs (source_type TEXT, source_id TEXT, destination_type TEXT, destination_id TEXT)"
            )
            db.execute("INSERT INTO inputs VALUES ('DATASET', 'set1', 'RUN', ?)", (PARENT,))
            db.execute(
                "CREATE TABLE logged_models (model_id TEXT, artifact_location TEXT, source_run_id TEXT)"
            )
            db.execute(
                "INSERT INTO logged_models VALUES ('m-1', 'C:\\work\\models\\m-1\\artifacts', ?)", (PARENT,)
            )
    db.close()
    return path


def test_a_store_of_today(tmp_path):
    """Runs, last metrics, parents, data sets and logged models whose files are there; deleted runs are not."""
    store(tmp_path / "mlflow.db")
    write(tmp_path / "mlruns" / "1" / "models" / "m-1" / "artifacts" / "MLmodel", "flavors: {}")
    write(tmp_path / "mlruns" / "1" / "models" / "m-1" / "artifacts" / "model.pkl", b"\x80")
    found = read(tmp_path)
    runs = {run.name: run for run in found.runs}
    assert (found.path, found.store, set(runs)) == ("mlflow.db", "sqlite", {"tuned", "baseline", "trial 0"})
    tuned = runs["tuned"]
    assert (tuned.metrics, tuned.params, tuned.datasets) == (
        {"pr_auc": 0.27},
        {"depth": "4"},
        ("train@beef",),
    )
    assert tuned.models == ("mlruns/1/models/m-1/artifacts/MLmodel",)
    assert (tuned.seconds, tuned.status, runs["trial 0"].parent) == (2.5, "FINISHED", PARENT)
    assert runs["baseline"].models == ()


def test_an_older_store_elsewhere(tmp_path):
    """Without the newer tables the last step of a metric counts, and Windows addresses are found again."""
    store(tmp_path / "repo" / "tracking" / "store.sqlite", modern=False)
    write(tmp_path / "repo" / "mlruns" / "1" / OTHER / "artifacts" / "model" / "model.pkl", b"\x80")
    found = read(tmp_path)
    runs = {run.name: run for run in found.runs}
    assert found.path == "repo/tracking/store.sqlite"
    assert runs["tuned"].metrics == {"pr_auc": 0.27}
    assert runs["baseline"].models == (f"repo/mlruns/1/{OTHER}/artifacts/model/model.pkl",)


def test_models_are_found_by_their_address(tmp_path):
    """An artefact folder named freely is reached through the end of its address; pointers are no models."""
    path = store(tmp_path / "mlflow.db")
    with sqlite3.connect(path) as db:
        db.execute("UPDATE runs SET artifact_uri = 'D:\\work\\out\\best%20one' WHERE run_uuid = ?", (OTHER,))
    db.close()
    write(tmp_path / "out" / "best one" / "model.txt", "tree")
    write(tmp_path / "mlruns" / PARENT / "model.pkl", "version https://git-lfs.github.com/spec/v1\noid x\n")
    runs = {run.name: run for run in read(tmp_path).runs}
    assert runs["baseline"].models == ("out/best one/model.txt",)
    assert runs["tuned"].models == ()


def test_the_store_is_not_touched(tmp_path):
    """Reading migrates nothing and leaves nothing behind."""
    path = store(tmp_path / "mlflow.db")
    before = path.read_bytes()
    read(tmp_path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["mlflow.db"]


def test_many_runs_keep_parents_and_the_best(tmp_path):
    """Beyond the cap the parent stays, then the best trials, and it is said."""
    store(tmp_path / "mlflow.db", children=3000)
    found = read(tmp_path)
    assert len(found.runs) <= 2000
    assert {"tuned", "baseline"} <= {run.name for run in found.runs}
    assert any(run.metrics.get("pr_auc") == 0.2999 for run in found.runs)
    assert "parents and the best first" in found.problems[-1]


def test_a_file_store(tmp_path):
    """Folders of runs: last metric line, nested keys, tags, parents, models; the rubbish bin is left out."""
    for key, name, where in (
        (PARENT, "tuned", "mlruns/1"),
        (CHILD, "trial", "mlruns/1"),
        (GONE, "gone", "mlruns/.trash/1"),
    ):
        folder = tmp_path / "work" / where / key
        meta = f"run_id: {key}\nrun_name: {name}\nstatus: 3\nstart_time: 1000\nend_time: 2000\n"
        write(folder / "meta.yaml", meta + f"artifact_uri: file:///home/ada/mlruns/1/{key}/artifacts\n")
        write(folder / "metrics" / "val" / "pr_auc", "1 0.1 0\n2 0.25 1\n")
        write(folder / "params" / "depth", "4")
    write(tmp_path / "work" / "mlruns" / "1" / CHILD / "tags" / "mlflow.parentRunId", PARENT)
    write(tmp_path / "work" / "mlruns" / "1" / PARENT / "artifacts" / "model" / "MLmodel", "x: 1")
    found = read(tmp_path)
    runs = {run.name: run for run in found.runs}
    assert (found.path, found.store, set(runs)) == ("work/mlruns", "file", {"tuned", "trial"})
    assert (runs["tuned"].metrics, runs["tuned"].params) == ({"val/pr_auc": 0.25}, {"depth": "4"})
    assert (runs["trial"].parent, runs["tuned"].status) == (PARENT, "FINISHED")
    assert runs["tuned"].models == (f"work/mlruns/1/{PARENT}/artifacts/model/MLmodel",)


def test_incident_a_stray_run_in_a_database_hid_a_file_store(tmp_path):
    """The store with most runs is read, and what is not read is told; the same runs in both are not."""
    store(tmp_path / "mlflow.db")
    for number in range(12):
        key = f"e{number:031x}"
        write(
            tmp_path / "mlruns" / "1" / key / "meta.yaml",
            f"run_id: {key}\nrun_name: trial {number}\nstatus: 3\n",
        )
    found = read(tmp_path)
    assert (found.store, found.path, len(found.runs)) == ("file", "mlruns", 12)
    assert [p for p in found.problems if p.startswith("mlflow.db: found 3 runs that are not in mlruns")]
    again = tmp_path / "again"
    store(again / "mlflow.db")
    write(again / "mlruns" / "1" / PARENT / "meta.yaml", f"run_id: {PARENT}\nrun_name: tuned\nstatus: 3\n")
    assert (read(again).store, read(again).problems) == ("sqlite", ())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "large-file storage"),
        (b"no database", "no SQLite"),
        (b"SQLite format 3\0" + b"\xff" * 4000, "mlflow.db"),
        (None, "no tracking store"),
    ],
)
def test_what_is_no_store_is_a_problem(tmp_path, content, reason):
    """A pointer file, damage, or nothing at all is said and no runs are invented."""
    if content is not None:
        write(tmp_path / "mlflow.db", content)
    found = read(tmp_path)
    assert (found.path, found.runs) == (None, ())
    assert reason in " ".join(found.problems)


def test_hostile_stores_end(tmp_path):
    """Views in place of tables, YAML aliases and objects, and a folder named like the database are harmless."""
    (tmp_path / "mlflow.db").mkdir()
    endless = (
        "CREATE VIEW runs AS WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t"
    )
    with sqlite3.connect(tmp_path / "view.db") as db:
        db.execute("CREATE TABLE experiments (name TEXT)")
        db.execute(endless)
    db.close()
    write(tmp_path / "mlruns" / "1" / PARENT / "meta.yaml", "run_id: &a [x]\nb: *a\n")
    write(
        tmp_path / "mlruns" / "1" / CHILD / "meta.yaml", "run_id: !!python/object/apply:os.system ['true']\n"
    )
    write(tmp_path / "mlruns" / "1" / OTHER / "meta.yaml", "[" * 9000)
    assert read(tmp_path).runs == ()


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("pipeline.joblib", True),
        ("served.joblib", True),
        ("churn.onnx", True),
        ("model.txt", True),
        ("scaler.joblib", False),
        ("feature_columns.pkl", False),
        ("notes.txt", False),
        ("metrics.json", False),
        ("lgbm_model.txt", True),
        ("xgboost.json", True),
        ("model_metrics.json", False),
        ("model_card.txt", False),
        ("lightgbm_params.json", False),
    ],
)
def test_a_fitted_pipeline_is_a_model_by_whatever_name(tmp_path, name, counts):
    """A pipeline logged as `pipeline.joblib` was no model artefact, and a text named after the model was one."""
    store(tmp_path / "mlflow.db")
    path = f"mlruns/1/{PARENT}/artifacts/{name}"
    write(tmp_path / path, "x")
    tuned = next(run for run in read(tmp_path).runs if run.name == "tuned")
    assert tuned.models == ((path,) if counts else ())
