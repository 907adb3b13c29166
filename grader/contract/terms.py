"""The terms of the contract that a check needs, read from the file that candidates get."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from grader.probes.shared.documents import parse_yaml

NAME = "contract.yaml"
SOURCE = Path(__file__).resolve().parents[2] / "assignment" / NAME
STATISTICS = (
    "auc", "psi", "ks", "null_rate", "rate", "median_ratio", "count", "share", "correlation", "match_rate",
)  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """What the contract asks: months `YYYY-MM`, kinds and statuses of findings, splits, keys of metrics, words."""

    first_month: str
    last_month: str
    splits: tuple[str, ...]
    kinds: frozenset[str]
    statuses: tuple[str, ...]
    finding_fields: dict[str, bool]
    prediction_columns: dict[str, bool]
    models: tuple[str, ...]
    required_metrics: tuple[str, ...]
    decision: tuple[str, ...]
    words: int
    yaml_keys: tuple[str, ...]
    required_files: dict[str, str]


def _text() -> bytes:
    # A single-file checker carries the contract beside this module; the repository has it with the brief.
    beside = files("grader.contract") / NAME
    return beside.read_bytes() if beside.is_file() else SOURCE.read_bytes()


@cache
def load_terms() -> Terms:
    """Return the terms of this version of the contract."""
    document: dict[str, Any] = parse_yaml(_text())
    return Terms(
        first_month=document["data"]["first_month"],
        last_month=document["data"]["last_month"],
        splits=tuple(document["split"]["names"]),
        kinds=frozenset(entry["id"] for entry in document["kinds"]),
        statuses=tuple(document["findings"]["statuses"]),
        finding_fields={name: bool(f["required"]) for name, f in document["findings"]["fields"].items()},
        prediction_columns={n: bool(c["required"]) for n, c in document["predictions"]["columns"].items()},
        models=tuple(document["metrics"]["models"]),
        required_metrics=tuple(document["metrics"]["required"]),
        decision=tuple(document["metrics"]["decision"]),
        words=document["weights"]["readme_words"],
        yaml_keys=tuple(document["submission_yaml"]["keys"]),
        required_files={f["path"]: f["what"] for f in document["files"] if f["required"]},
    )
