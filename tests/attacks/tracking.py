"""Attacks in the tracking store, its models, and the paths that a submission states."""

from __future__ import annotations

import pickle
import sqlite3
from pathlib import Path

from tests.attacks.answers import page_is_inert
from tests.attacks.case import Attack
from tests.attacks.edits import Edit, all_of, cells, text_file
from tests.attacks.files import OK, F, N, P, Payload

ALIASES = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)
PYTHON_TAG = "run: !!python/object/apply:os.system ['touch /tmp/attack-yaml; kill -9 $PPID']\n"
COUNT = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < {})"
VIEW = """
ALTER TABLE runs RENAME TO gone;
CREATE VIEW runs AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)
SELECT x AS run_uuid, x AS name, 'FINISHED' AS status, 1 AS start_time, 2 AS end_time, 'active' AS lifecycle_stage,
       x AS artifact_uri FROM c;
"""
TRIGGER = """
CREATE TRIGGER t AFTER INSERT ON runs BEGIN SELECT load_extension('/tmp/x.so'); END;
PRAGMA user_version = 99;
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql, 'TEXT', 'TEXT DEFAULT (load_extension(''x''))') WHERE name = 'tags';
"""
GENERATED = """
ALTER TABLE tags RENAME TO gone;
CREATE TABLE tags (key TEXT, run_uuid TEXT,
                   value TEXT GENERATED ALWAYS AS (hex(zeroblob(400000000))) VIRTUAL);
INSERT INTO tags (key, run_uuid) VALUES ('a', 't');
"""
HUGE = f"{COUNT.format(30)} INSERT INTO params SELECT 'k' || x, hex(zeroblob(4000000)), 't' FROM c"
TRIALS = f"""
{COUNT.format(500_000)} INSERT INTO runs SELECT 'f' || x, 'trial', 'FINISHED', 1, 2, 'active', '' FROM c;
INSERT INTO tags SELECT 'mlflow.parentRunId', 't', run_uuid FROM runs WHERE name = 'trial';
"""
PLACES = """
UPDATE runs SET artifact_uri = 'file:///proc/self/environ';
UPDATE logged_models SET artifact_location = '../../../../etc';
UPDATE runs SET name = '../../' || char(0) || '<script>alert(1)</script>' WHERE run_uuid = 't1';
"""
OUTSIDE = """predictions: ../../../../etc/passwd
findings: /etc/passwd
notebook: /proc/self/environ
readme: /etc/shadow
context: ../..
dockerfile: /etc/passwd
port: 22
"""
ANSWER = "open(os.path.join(os.environ['OUTPUT_DIR'], 'findings.json'), 'w').write('{\"result\": {}}')"


def store(*statements: str) -> Edit:
    """Return an edit that runs statements on the tracking store."""

    def edit(folder: Path) -> None:
        with sqlite3.connect(folder / "mlflow.db") as database:
            for statement in statements:
                database.executescript(statement)
        database.close()

    return edit


def many_models(folder: Path) -> None:
    """Hundreds of model files in deep folders."""
    for number in range(300):
        path = folder.joinpath("mlruns", *(f"{number}-{d}" for d in range(12)), "model.pkl")
        path.parent.mkdir(parents=True)
        path.write_bytes(b"\x80")


def without(name: str) -> Edit:
    """Return an edit that removes a file."""
    return lambda folder: (folder / name).unlink()


TRACK = "read_tracking OK"
MODEL = "mlruns/1/models/m-1/artifacts"
ATTACKS = (
    Attack(
        "tracking-view",
        F,
        "a view that never ends in place of the runs",
        TRACK,
        store(VIEW),
        quick=True,
    ),
    Attack(
        "tracking-trigger",
        F,
        "triggers, attached files and odd settings",
        TRACK,
        store(TRIGGER),
    ),
    Attack(
        "tracking-generated-column",
        F,
        "a column that makes a gigabyte when read",
        TRACK,
        store(GENERATED),
    ),
    Attack(
        "tracking-huge-values",
        F,
        "hundreds of megabytes of parameters",
        TRACK + " | read_tracking OOM",
        store(HUGE),
    ),
    Attack(
        "tracking-many-runs",
        F,
        "half a million fabricated trials",
        TRACK + " | read_tracking TIMEOUT_JOB | read_tracking OOM",
        store(TRIALS),
    ),
    Attack(
        "tracking-hostile-paths",
        F,
        "artefacts at places of the machine",
        TRACK,
        store(PLACES),
        page_is_inert,
    ),
    Attack(
        "tracking-pickled-model",
        F,
        "a model that runs code when it is loaded",
        TRACK,
        all_of(
            *(
                text_file(f"mlruns/1/models/m-1/artifacts/{name}", pickle.dumps(Payload()))
                for name in ("model.pkl", "python_model.pkl", "model.joblib")
            ),
            text_file("mlruns/1/models/m-1/artifacts/MLmodel", PYTHON_TAG),
        ),
    ),
    Attack(
        "tracking-yaml",
        F,
        "a file store whose YAML runs code and unfolds without end",
        TRACK,
        all_of(
            without("mlflow.db"),
            text_file("mlruns/1/r/meta.yaml", PYTHON_TAG + ALIASES),
            text_file("mlruns/1/meta.yaml", PYTHON_TAG),
        ),
    ),
    Attack(
        "tracking-no-database",
        F,
        "noise under the name of the store",
        TRACK,
        text_file("mlflow.db", b"SQLite format 3\0" + bytes(range(256)) * 4000),
    ),
    Attack(
        "tracking-journal",
        F,
        "a journal that would be played back into the store",
        TRACK,
        text_file("mlflow.db-journal", b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(4096)),
    ),
    Attack("tracking-many-models", F, "hundreds of model files in deep folders", TRACK, many_models),
    Attack(
        "paths-stated-outside",
        F,
        "submission.yaml names files of the machine",
        P,
        text_file("submission.yaml", OUTSIDE),
    ),
    Attack(
        "paths-stated-yaml",
        F,
        "submission.yaml that runs code and unfolds without end",
        P,
        text_file("submission.yaml", PYTHON_TAG + ALIASES),
    ),
    Attack(
        "findings-by-the-notebook-only",
        N,
        "findings of the notebook that claim a probe's answer",
        OK,
        all_of(
            without("findings.json"),
            cells(ANSWER),
        ),
    ),
)
