"""Attacks in files that are read: predictions, findings, metrics, lift table, pictures."""

from __future__ import annotations

import json
import pickle
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from tests.attacks.answers import page_is_inert
from tests.attacks.case import Attack, Got
from tests.attacks.edits import Edit, metrics, text_file

CONTRACT = Path(__file__).resolve().parents[2] / "assignment" / "contract.yaml"
TABLE = "evaluation/predictions.parquet"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\u001b[2J=cmd|' /C calc'!A0"


class Payload:
    """An object whose loading ends the process that loads it."""

    def __reduce__(self) -> tuple[object, ...]:
        """Return what a careless reader would call."""
        import os

        return (os._exit, (66,))


def table(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Edit:
    """Return an edit of the submitted predictions."""

    def edit(folder: Path) -> None:
        change(pd.read_parquet(folder / TABLE)).to_parquet(folder / TABLE, index=False)

    return edit


def rows_without_bytes(folder: Path) -> None:
    """Forty million rows that pack into a few kilobytes."""
    schema = pa.schema(
        [("customer_id", pa.int64()), ("snapshot_month", pa.string()), ("p_tuned", pa.float64())]
    )
    size = 2_000_000
    part = pa.table(
        {
            "customer_id": np.zeros(size, np.int64),
            "snapshot_month": pa.DictionaryArray.from_arrays(np.zeros(size, np.int32), ["2024-07"]).cast(
                pa.string()
            ),
            "p_tuned": np.full(size, 0.5),
        },
        schema=schema,
    )
    with pq.ParquetWriter(folder / TABLE, schema, compression="zstd") as writer:
        for _ in range(20):
            writer.write_table(part, row_group_size=size)


def lying_footer(folder: Path) -> None:
    """A footer whose lengths point outside the file."""
    raw = bytearray((folder / TABLE).read_bytes())
    raw[-8:-4] = struct.pack("<I", 0xFFFFFFF0)
    (folder / TABLE).write_bytes(bytes(raw))


def encrypted_footer(folder: Path) -> None:
    """A table that asks for a key."""
    raw = (folder / TABLE).read_bytes()
    (folder / TABLE).write_bytes(b"PARE" + raw[4:-4] + b"PARE")


def pickled_type(folder: Path) -> None:
    """A column type whose description is a pickle that some readers load."""
    found = pq.read_table(folder / TABLE)
    described = {
        b"ARROW:extension:name": b"arrow.py_extension_type",
        b"ARROW:extension:metadata": pickle.dumps(Payload()),
    }
    place = found.schema.get_field_index("p_tuned")
    field = found.schema.field(place).with_metadata(described)
    pq.write_table(found.set_column(place, field, found.column(place)), folder / TABLE)


def odd_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Lists, objects and text where numbers belong."""
    return frame.assign(
        p_tuned=[{"a": [1.0]}] * len(frame),
        split=[["test"]] * len(frame),
        customer_id=frame["customer_id"].astype(str) + "e999",
    )


def odd_values(frame: pd.DataFrame) -> pd.DataFrame:
    """NaN, infinities and numbers outside 0..1 as probabilities."""
    odd = np.resize([np.nan, np.inf, -np.inf, -5.0, 1e300], len(frame))
    return frame.assign(p_tuned=odd, p_baseline=odd)


def labels_as_scores(frame: pd.DataFrame) -> pd.DataFrame:
    """The published labels as probabilities."""
    return frame.assign(p_tuned=frame["y_true"].clip(0.001, 0.999))


def sprays(folder: Path) -> None:
    """Every kind of finding for every column, so that all that is there is among them."""
    known = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    kinds = sorted({str(k) for k in _kinds(known)})
    columns = list(pd.read_parquet(folder.parents[2] / "data/bundle/data/snapshots.parquet").columns)
    findings = [
        {
            "kind": kind,
            "columns": [column],
            "from": None,
            "to": None,
            "summary": "this may be wrong",
            "action": "drop",
        }
        for kind in kinds
        for column in columns
    ]
    (folder / "findings.json").write_text(json.dumps({"findings": findings}), encoding="utf-8")


def _kinds(known: object) -> list[object]:
    """Return the published ids of findings, wherever the contract keeps them."""
    if isinstance(known, dict):
        if isinstance(known.get("kinds"), list):
            return [k["id"] if isinstance(k, dict) else k for k in known["kinds"]]
        if isinstance(known.get("kinds"), dict):
            return list(known["kinds"])
        return [kind for value in known.values() for kind in _kinds(value)]
    return []


def raises_claims(claimed: dict[str, dict[str, float]]) -> None:
    """Claim better figures than the predictions give."""
    for name in ("baseline", "tuned"):
        claimed[name] = {figure: min(1.0, value + 0.3) for figure, value in claimed[name].items()}


def picture_bomb(folder: Path) -> None:
    """A picture of 60,000 by 60,000 points in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(50_000_000), 9)
    picture = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    for name in ("calibration.png", "pr_curve.png"):
        (folder / "evaluation" / name).write_bytes(picture)


def findings(text: str) -> Edit:
    """Return an edit that replaces the submitted findings."""
    return text_file("findings.json", text)


def no_rows(got: Got) -> str | None:
    """Say where a table that cannot be read counts as read."""
    assert got.evidence is not None
    found = got.evidence.document.predictions
    return f"{found.matched_rows} rows were taken" if found.matched_rows else None


ONE = '{"findings": [{"kind": "duplicate_rows", "columns": [%s], "summary": %s}]}'
P, OK, F, N = "read_predictions OK", "read_notebook OK", "files", "notebook"
ATTACKS = (
    Attack(
        "predictions-bomb",
        F,
        "forty million rows in a few kilobytes",
        "read_predictions OK | read_predictions OOM",
        rows_without_bytes,
        no_rows,
    ),
    Attack("predictions-lying-footer", F, "lengths that point outside the file", P, lying_footer, no_rows),
    Attack("predictions-encrypted", F, "a table that asks for a key", P, encrypted_footer, no_rows),
    Attack("predictions-pickled-type", F, "a column type that runs code when read", P, pickled_type),
    Attack(
        "predictions-odd-types", F, "lists and objects where numbers belong", P, table(odd_types), no_rows
    ),
    Attack(
        "predictions-odd-values", F, "NaN and infinity as probabilities", P, table(odd_values), quick=True
    ),
    Attack("predictions-labels", F, "the published labels as probabilities", P, table(labels_as_scores)),
    Attack("predictions-repeated", F, "every row a hundred times", P, table(lambda f: pd.concat([f] * 100))),
    Attack(
        "predictions-all-test",
        F,
        "training rows called test rows",
        P,
        table(lambda f: f.assign(split="test")),
    ),
    Attack(
        "predictions-formulas",
        F,
        "markup and formulas as names and splits",
        P,
        table(lambda f: f.assign(split=SCRIPT).rename(columns={"p_baseline": SCRIPT})),
        page_is_inert,
    ),
    Attack("metrics-claimed", N, "figures typed by hand", "read_evaluation OK", metrics(raises_claims)),
    Attack(
        "metrics-odd",
        N,
        "NaN, endless digits and deep nesting as figures",
        "read_evaluation OK",
        text_file(
            "evaluation/metrics.json",
            '{"tuned": {"pr_auc": NaN, "roc_auc": 1e999, "brier": '
            + "9" * 5000
            + ', "x": '
            + "[" * 50_000
            + "]" * 50_000
            + "}}",
        ),
    ),
    Attack("findings-sprayed", N, "every kind for every column", OK, sprays),
    Attack(
        "findings-deep",
        N,
        "findings nested 200,000 deep",
        OK,
        findings('{"findings": ' + "[" * 200_000 + "]" * 200_000 + "}"),
    ),
    Attack(
        "findings-markup",
        N,
        "markup, terminal codes and formulas in findings",
        OK,
        findings(ONE % (json.dumps(SCRIPT), json.dumps(SCRIPT * 3))),
        page_is_inert,
        quick=True,
    ),
    Attack(
        "findings-giant",
        N,
        "a hundred thousand findings",
        OK,
        findings(
            json.dumps({"findings": [{"kind": "duplicate_rows", "columns": ["x"], "summary": "s"}] * 100_000})
        ),
    ),
    Attack(
        "findings-claims-points",
        N,
        "fields that a result would have",
        OK,
        findings(
            '{"total": 100, "findings": [{"kind": "duplicate_rows", "columns": [], "credit": 1, "points": 9, '
            '"level": 4, "status": "scored"}]}'
        ),
    ),
    Attack(
        "lift-forged",
        N,
        "a perfect lift table",
        "read_evaluation OK",
        text_file(
            "evaluation/lift.csv",
            "decile,customers,churners,churn_rate,lift,cumulative_capture\n"
            + "".join(
                f"{d},100,{100 if d == 1 else 0},{int(d == 1)},{10 if d == 1 else 0},1.0\n"
                for d in range(1, 11)
            ),
        ),
    ),
    Attack("picture-bomb", N, "pictures that unfold to gigabytes", "read_evaluation OK", picture_bomb),
)
