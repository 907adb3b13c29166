"""The findings of the notebook: in the brief's shape, about this dataset, and recomputable."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.reference_solution.conftest import ROOT


def test_findings_have_the_agreed_shape(submission: Path, bundle: Path) -> None:
    """Kinds and statistics come from the published lists, and every finding says what was done."""
    contract = yaml.safe_load((bundle / "contract.yaml").read_text())
    kinds = {one["id"] for one in contract["kinds"]}
    names = {one["name"] for one in contract["statistics"]}
    for one in json.loads((submission / "findings.json").read_text())["findings"]:
        assert one["kind"] in kinds
        assert one["statistic"]["name"] in names
        assert {"columns", "from", "to", "status", "action", "summary"} <= set(one)


def test_quoted_statistics_recompute(submission: Path, bundle: Path) -> None:
    """The brief's own code gives every quoted figure within two per cent."""
    path = ROOT / "assignment/starter/audit_statistics.py"
    specification = importlib.util.spec_from_file_location("audit_statistics", path)
    assert specification is not None
    assert specification.loader is not None
    brief = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(brief)
    issued = pd.read_parquet(bundle / "data/snapshots.parquet")
    for one in json.loads((submission / "findings.json").read_text())["findings"]:
        ours = one["statistic"]["value"]
        assert brief.quoted_value(issued, one, "2024-09") == pytest.approx(ours, rel=0.02, abs=1e-3), one[
            "summary"
        ]


def test_every_planted_defect_is_found_and_nothing_else(submission: Path, bundle: Path) -> None:
    """On a small variant the detectors still meet the whole key, without a false alarm."""
    key = json.loads(next((bundle.parent / "vault").glob("*/key.json")).read_text())
    planted = {(plant["kind"], plant["columns"][0]) for plant in key["plants"]}
    findings = json.loads((submission / "findings.json").read_text())["findings"]
    reported = {(one["kind"], one["columns"][0]) for one in findings if one["status"] == "defect"}
    assert reported == planted
