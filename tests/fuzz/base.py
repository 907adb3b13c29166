"""A small whole submission, and the data its predictions are about, from which cases are mutated."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import tempfile
import zlib
from pathlib import Path
from typing import Any

import pandas as pd

ROWS = 60
DOCKERFILE = b"""# syntax=docker/dockerfile:1
ARG PY=3.11
FROM python:${PY}-slim AS build
COPY requirements.txt .
RUN pip install --prefix /install -r requirements.txt
FROM python:3.11-slim
COPY --from=build /install /usr/local
COPY app ./app
USER 1000
EXPOSE 8000
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]
"""
README = b'# Churn\n\n## Decision\n\nWe ship the `baseline`: PR-AUC 0.42.\n\n```json\n{"features": {"a": 1}}\n```\n'
CELLS = (
    "import os, json\nprint('hello')",
    "x = [n * n for n in range(10)]\nsum(x)",
    "with open(os.environ['OUTPUT_DIR'] + '/findings.json', 'w') as f:\n    json.dump({'findings': []}, f)",
    "raise ValueError('the end')",
)


def notebook(cells: tuple[str, ...] = CELLS) -> dict[str, Any]:
    """Return a notebook with executed cells and one picture."""
    picture = {
        "output_type": "display_data",
        "data": {"image/png": "iVBORw0KGgo=", "text/html": "<table></table>"},
        "metadata": {},
    }
    stream = {"output_type": "stream", "name": "stdout", "text": ["PR-AUC 0.42\n"]}
    code = [
        {"cell_type": "code", "metadata": {"tags": []}, "source": text.splitlines(keepends=True),
         "outputs": [dict(stream), dict(picture)], "execution_count": number}
        for number, text in enumerate(cells, start=1)
    ]  # fmt: skip
    head = {"cell_type": "markdown", "metadata": {}, "source": "# Audit\n\n| a | b |\n|---|---|\n| 1 | 2 |"}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": [head, *code], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def files() -> dict[str, bytes]:
    """Return the files of the submission by path."""
    return {
        "README.md": README,
        "Dockerfile": DOCKERFILE,
        "requirements.txt": b"fastapi==0.115.0\nuvicorn[standard]>=0.30  # server\n",
        "app/main.py": b"x = 1\n",
        "audit.ipynb": json.dumps(notebook()).encode(),
        "findings.json": _findings(),
        "evaluation/predictions.parquet": _predictions(),
        "evaluation/metrics.json": b'{"baseline": {"pr_auc": 0.42}, "tuned": {"pr_auc": 0.43, "brier": 0.1}}',
        "evaluation/pr_curve.png": _picture(),
        "evaluation/lift.csv": b"decile,lift\n1,3.2\n2,1.9\n",
        "mlflow.db": _store(),
    }


def keep(folder: Path) -> None:
    """Write the files of the submission below a new folder."""
    for name, content in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def kept(folder: Path) -> dict[str, bytes]:
    """Return what `keep` wrote."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def data(folder: Path) -> Path:
    """Write the issued data into a new folder."""
    folder.mkdir()
    _keys().assign(churned_90d=0).to_parquet(folder / "snapshots.parquet")
    return folder


def _keys() -> pd.DataFrame:
    months = [f"2024-{1 + n % 6:02d}" for n in range(ROWS)]
    return pd.DataFrame({"customer_id": range(ROWS), "snapshot_month": months})


def _predictions() -> bytes:
    buffer = io.BytesIO()
    columns = {"split": "test", "y_true": 0, "p_baseline": 0.25, "p_tuned": 0.5}
    _keys().assign(**columns).to_parquet(buffer)
    return buffer.getvalue()


def _findings() -> bytes:
    finding = {
        "kind": "label_leak", "columns": ["x"], "from": "2024-01", "to": "2024-03", "severity": "high",
        "statistics": [{"name": "auc", "value": 0.99}], "evidence": "audit.ipynb#3", "action": "drop",
    }  # fmt: skip
    return json.dumps({"findings": [finding]}).encode()


def _picture() -> bytes:
    def part(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = part(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", zlib.compress(bytes(72))) + part(b"IEND", b"")


def _store() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mlflow.db")
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE experiments (experiment_id INTEGER, name TEXT)")
            db.execute(
                "CREATE TABLE runs (run_uuid TEXT, name TEXT, status TEXT, start_time INT, end_time INT,"
                " lifecycle_stage TEXT, artifact_uri TEXT)"
            )
            db.execute("INSERT INTO runs VALUES ('a', 'tuned', 'FINISHED', 1, 2, 'active', 'file:///x')")
            for table in ("params", "tags"):
                db.execute(f"CREATE TABLE {table} (key TEXT, value TEXT, run_uuid TEXT)")
                db.execute(f"INSERT INTO {table} VALUES ('depth', '4', 'a')")
            db.execute(
                "CREATE TABLE latest_metrics"
                " (key TEXT, value DOUBLE, timestamp INT, step INT, is_nan INT, run_uuid TEXT)"
            )
            db.execute("INSERT INTO latest_metrics VALUES ('pr_auc', 0.4, 1, 1, 0, 'a')")
        db.close()
        return path.read_bytes()
