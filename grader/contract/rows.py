"""Rows to ask a service for: from the issued data, or from a request the submission itself holds."""

from __future__ import annotations

import json
from typing import Any

from grader.contract.work import Work, first_part
from grader.probes.shared.documents import parse_json
from grader.probes.shared.files import read_file

SAMPLE = "evaluation/sample_request.json"
COUNT = 3
LABEL = "churned_90d"


def sample_rows(work: Work) -> list[dict[str, Any]]:
    """Return up to three rows without their label; none where there is neither data nor a sample request."""
    if SAMPLE in work.files:
        try:
            document = parse_json(read_file(work.root, SAMPLE, 1 << 20))
        except ValueError:
            document = None
        rows = document.get("rows") if isinstance(document, dict) else None
        if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows):
            return rows[:COUNT]
    if work.data is None:
        return []
    try:
        from grader.probes.predictions.tables import parquet
    except ImportError:
        return []
    batches = parquet.ParquetFile(first_part(work.data)).iter_batches(batch_size=COUNT)
    frame = next(iter(batches)).to_pandas().drop(columns=LABEL, errors="ignore")
    return list(json.loads(frame.to_json(orient="records")))
