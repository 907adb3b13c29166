"""The texts of the clean submission: audit cell, service, Dockerfile, README."""

CELL = """
import json, os
from pathlib import Path
import pandas as pd

data = pd.read_parquet(Path(os.environ["DATA_DIR"]) / "snapshots.parquet")
copies = int(data.duplicated(["customer_id", "snapshot_month"]).sum())
recent = data[data["snapshot_month"] >= "2024-10"]
findings = [
    {"kind": "label_immaturity", "columns": ["churned_90d"], "from": "2024-10", "to": None, "action": "exclude_rows",
     "statistic": {"name": "rate", "value": round(float(recent["churned_90d"].mean()), 4)},
     "summary": "the last three months have not been observed to their end"},
    {"kind": "duplicate_rows", "columns": ["customer_id", "snapshot_month"], "from": None, "to": None,
     "action": "deduplicate", "statistic": {"name": "count", "value": copies},
     "summary": "some customer-months are there twice"},
]
Path(os.environ.get("OUTPUT_DIR", "."), "findings.json").write_text(json.dumps({"findings": findings}))
"""

SERVICE = '''"""Scores customers with a logistic model; the standard library is enough."""
import json
import math
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MODEL = json.loads(Path("model.json").read_text())
VERSION = "logistic-1"


def score(row):
    total = MODEL["intercept"]
    for name, middle, spread, weight in zip(
        MODEL["features"], MODEL["medians"], MODEL["spread"], MODEL["weights"]
    ):
        value = row[name]
        total += weight * ((middle if value is None else float(value)) - middle) / spread
    return 1 / (1 + math.exp(-total))


def predictions(rows):
    found = []
    for row in rows:
        chance = score(row)
        found.append({"customer_id": row["customer_id"], "churn_probability": chance, "call": chance >= 0.2})
    return found


class Handler(BaseHTTPRequestHandler):
    def answer(self, content, status=200):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/health":
            self.answer({"status": "ok", "model_version": VERSION})
        else:
            self.answer({"detail": "not found"}, 404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            found = predictions(json.loads(body)["rows"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self.answer({"detail": str(error)}, 422)
            return
        self.answer({"model_version": VERSION, "predictions": found})

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("", 8000), Handler).serve_forever()
'''

DOCKERFILE = """FROM python:3.11-slim
WORKDIR /srv
COPY service.py model.json ./
USER 10001
EXPOSE 8000
CMD ["python", "service.py"]
"""

README = """# Churn

Every Monday a job compares the PSI of the nine features of last week's requests with the training months; above 0.2
on two of them the data owner is paged. Labels are known 90 days later, so each month we compute PR-AUC on the newest
mature month. We retrain every quarter.
"""
