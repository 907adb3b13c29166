"""A small submission that passes every phase in seconds: one cell, a service of the standard library, no packages."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat

CELL = """
import json, os
from pathlib import Path
import pandas as pd

rows = len(pd.read_parquet(Path(os.environ["DATA_DIR"]) / "snapshots.parquet"))
finding = {"kind": "label_immaturity", "columns": ["churned_90d"], "from": "2024-10", "to": None, "action": "drop",
           "statistic": {"name": "count", "value": rows}, "summary": "the last months have not been observed"}
Path(os.environ["OUTPUT_DIR"], "findings.json").write_text(json.dumps({"findings": [finding]}))
"""
SERVICE = """
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def answer(self, content):
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer({"status": "ok", "model_version": "one"})

    def do_POST(self):
        rows = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))["rows"]
        self.answer({"model_version": "one", "predictions": [
            {"customer_id": row["customer_id"], "call": False,
             "churn_probability": 1 / (2 + (row["tenure_months"] or 0))} for row in rows]})

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""
DOCKERFILE = """FROM python:3.11-slim
WORKDIR /srv
COPY service.py .
USER 10001
EXPOSE 8000
CMD ["python", "service.py"]
"""
README = """# Churn

## Monitoring
Every Monday a job compares the PSI of each of the ten strongest features of last week's requests with the training
months; above 0.2 on two of them in two runs the data owner is paged and opens a ticket within a day.
Labels are known 90 days later, so monthly we compute PR-AUC and the calibration slope on the newest mature month;
a PR-AUC below 0.18, or a mean score 25 % off the base rate, starts the retraining job.

## Retraining
We retrain quarterly and when a trigger fires, on the 12 newest mature months. The new model replaces the old one
only when it beats it on the same newest mature month by 0.01 PR-AUC and its Brier score is not worse; it first
scores in the shadow for two weeks, and the old image stays ready for a rollback within ten minutes.
"""


def make_small(folder: Path) -> Path:
    """Write the submission."""
    folder.mkdir(parents=True)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    nbformat.write(book, folder / "audit.ipynb")
    (folder / "service.py").write_text(SERVICE, encoding="utf-8")
    (folder / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    (folder / "findings.json").write_text(json.dumps({"findings": []}), encoding="utf-8")
    (folder / "README.md").write_text(
        README,
        encoding="utf-8",
    )
    return folder
