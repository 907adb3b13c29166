"""A small vault on disk, with a canary in everything that must stay secret."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import yaml

from tests.grader.case_builder import DEFAULT_PLANTS, truth_of, world

CANARY = "canary-5f1d0c"
MONEY = {"call_cost_eur": 12, "save_rate": 0.25, "kept_value_eur": 240, "capacity_share": 0.10}


def in_parts(path: Path, size: int) -> None:
    """Make of a Parquet file a folder of parts of that many rows, as large data are issued."""
    frame = pd.read_parquet(path)
    path.unlink()
    path.mkdir()
    for part, start in enumerate(range(0, len(frame), size)):
        frame.iloc[start : start + size].to_parquet(path / f"part-{part:05d}.parquet", index=False)


def write_vault(folder: Path, customers: int = 40, origin: str = "practice") -> Path:
    """Write a vault of the small world (24 issued and 3 replay months) and return its folder."""
    issued, replay = world(customers=customers)
    truth = truth_of(issued, replay, DEFAULT_PLANTS)
    (folder / "issued").mkdir(parents=True)
    key = truth.key.model_dump(mode="json", by_alias=True) | {"canary": CANARY, "origin": origin}
    (folder / "key.json").write_text(json.dumps(key))
    issued.to_parquet(folder / "issued" / "snapshots.parquet")
    replay.to_parquet(folder / "holdout.parquet")
    (folder / "issued" / "contract.yaml").write_text(
        yaml.safe_dump({"business": MONEY, "variant": truth.key.variant})
    )
    (folder / "issued" / "data_dictionary.md").write_text("# columns\n")
    (folder / "release.json").write_text(json.dumps({"canary": CANARY}))
    return folder
