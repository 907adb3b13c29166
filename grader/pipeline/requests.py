"""What the prober sends: public test rows as issued, replay features without labels, and a plan."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grader.evidence.document import Evidence, EvidenceDocument
from grader.evidence.modelling import SPLITS
from grader.execution.limits import Limits
from grader.truth import Truth

PARITY_ROWS = 2000
BUDGET = 0.7
"""Share of the prober's clock that its requests may take."""
COMMON_PORTS = (8000, 8080, 80, 5000, 5001, 7860, 8787, 9696)
Positions = npt.NDArray[np.int64]


def parity_positions(evidence: Evidence, truth: Truth) -> Positions:
    """Return up to 2,000 issued rows of the submission's test split, chosen by a hash of their keys.

    Rows whose key was issued twice are left out: a repair may rightly keep another of them.
    """
    rows = evidence.array("predictions.row").astype(np.int64)
    if rows.size:
        test = evidence.array("predictions.split") == SPLITS.index("test")
        rows = rows[test] if test.any() else rows
    else:
        last = truth.key.label.last_mature_month
        rows = np.flatnonzero((truth.issued["snapshot_month"] == last).to_numpy())
    keys = truth.issued[["customer_id", "snapshot_month"]]
    once = ~keys.duplicated(keep=False).to_numpy()
    rows = np.unique(rows[once[rows]])
    named = keys.iloc[rows]
    hashes = [
        hashlib.sha256(f"{truth.key.variant}|{c}|{m}".encode()).digest()
        for c, m in zip(named["customer_id"], named["snapshot_month"], strict=True)
    ]
    order = sorted(range(rows.size), key=hashes.__getitem__)
    return rows[np.array(order[:PARITY_ROWS], dtype=np.int64)]


def write_requests(
    folder: Path,
    evidence: Evidence,
    truth: Truth,
    positions: Positions,
    limits: Limits,
    ports: tuple[int, ...],
) -> None:
    """Write plan.json, parity.json and replay.json into a new folder; no label and no probability in any."""
    folder.mkdir()
    columns = ["customer_id", "snapshot_month", *truth.key.columns]
    parity = rows_as_json(truth.issued.iloc[positions][columns])
    replay = []
    rng = np.random.default_rng(int(hashlib.sha256(truth.key.variant.encode()).hexdigest()[:12], 16))
    months = truth.replay["snapshot_month"].to_numpy()
    for month in sorted(set(months)):
        chosen = rng.permutation(np.flatnonzero(months == month))
        replay.append(
            {
                "month": month,
                "rows": rows_as_json(truth.replay.iloc[chosen][columns]),
                "positions": chosen.tolist(),
            }
        )
    plan = _plan(evidence.document, truth, limits, ports)
    for name, content in (("plan", plan), ("parity", parity), ("replay", replay)):
        text = json.dumps(content, allow_nan=False, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


def rows_as_json(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as JSON objects with null for missing and whole numbers as integers."""
    columns = {}
    for name in frame.columns:
        values = frame[name]
        if not pd.api.types.is_numeric_dtype(values):  # booleans count as numbers
            values = values.map(str, na_action="ignore")
        columns[name] = values.astype(object).where(values.notna(), None).tolist()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plan(document: EvidenceDocument, truth: Truth, limits: Limits, ports: tuple[int, ...]) -> dict[str, Any]:
    leak = truth.key.seeded_leak()
    column = leak.columns[0] if leak else None
    return {
        "ports": list(dict.fromkeys((*ports, *ports_in(document), *COMMON_PORTS))),
        "start_seconds": limits.start_seconds,
        "leak_column": column,
        "leak_values": _alternatives(truth.issued[column]) if column else [],
        "schema": {"columns": [_column(truth.issued[name]) for name in truth.key.columns]},
        "openapi_first": True,
        "readme_example": readme_example(document.readme.text),
        "load": {"rate": limits.load_rate, "seconds": limits.load_seconds},
        # The prober ends by itself, so that what it has found by then is not lost with its container.
        "budget_seconds": round(BUDGET * limits.prober.seconds, 1),
    }


def ports_in(document: EvidenceDocument) -> tuple[int, ...]:
    """Return ports that are stated, that the command line names, and that the image exposes, in this order."""
    image = document.service.image
    stated = (document.stated.port,) if document.stated.port is not None else ()
    told = re.findall(r"(?:--port[= ]|--bind[= ]\S*:|-p |:|PORT[= ])(\d{2,5})\b", " ".join(image.command))
    return stated + tuple(int(p) for p in told if 0 < int(p) < 65536) + image.exposed_ports


def readme_example(text: str) -> dict[str, Any] | None:
    """Return the first JSON object of a README that looks like a request."""
    for block in re.findall(r"```[^\n]*\n(.*?)```", text, re.S) + re.findall(r"-d\s+'(.*?)'", text, re.S):
        start = block.find("{")
        try:
            found, _ = json.JSONDecoder().raw_decode(block[start:]) if start >= 0 else (None, 0)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and found:
            return found
    return None


def _alternatives(column: pd.Series) -> list[Any]:
    """Return values of a column that differ from each other: null, and a low and a high (or two levels)."""
    known = column.dropna()
    if known.empty:
        return [None, 1]
    if pd.api.types.is_numeric_dtype(column):
        ordered = known.sort_values()
        last = len(ordered) - 1
        values = [
            rows_as_json(ordered.iloc[[place]].to_frame())[0][str(column.name)]
            for place in (round(0.05 * last), round(0.95 * last), 0, last)
        ]
        return [None, *(values[:2] if values[0] != values[1] else values[2:])]
    return [None, *(str(v) for v in known.value_counts().index[:2])]


def _column(column: pd.Series) -> dict[str, Any]:
    known = column.dropna()
    text = not pd.api.types.is_numeric_dtype(column)
    whole = not text and bool((known == known.round()).all())
    example = rows_as_json(known.head(1).to_frame())[0][str(column.name)] if not known.empty else None
    return {
        "name": str(column.name),
        "type": "string" if text else "integer" if whole else "number",
        "nullable": bool(column.isna().any()),
        "levels": sorted(str(v) for v in known.unique())[:50] if text else [],
        "example": example,
    }
