"""The generator's statistics agree with the definitions of the brief."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data_generator import statistics

VECTORS = json.loads((Path(__file__).parents[1] / "assignment" / "statistics_vectors.json").read_text())[
    "vectors"
]
SHARED = [
    case
    for case in VECTORS
    if case["statistic"] in {"auc", "psi", "ks", "null_rate", "rate", "median_ratio", "correlation"}
]


@pytest.mark.parametrize("case", SHARED, ids=lambda case: f"{case['statistic']}: {case['why']}")
def test_shared_vector(case: dict[str, Any]) -> None:
    """Keys are measured by the same definitions that findings are judged by."""
    kinds = {
        name: "number" if name == "label" else case["dtype"]
        for name in ("reference", "current", "values", "label", "other")
    }
    columns = [
        pd.Series(case[n], dtype="float64" if k == "number" else "str") for n, k in kinds.items() if n in case
    ]
    found = getattr(statistics, case["statistic"])(*columns)
    assert found == pytest.approx(
        np.nan if case["expected"] is None else case["expected"], abs=1e-9, nan_ok=True
    )


def test_psi_by_hand() -> None:
    """Two bins that swap 10 points give (0.6 − 0.5) · ln(0.6 / 0.5) + (0.4 − 0.5) · ln(0.4 / 0.5)."""
    reference, current = pd.Series(list("ab") * 5), pd.Series(["a"] * 6 + ["b"] * 4)
    assert statistics.psi(reference, current) == pytest.approx(0.1 * np.log(1.2) - 0.1 * np.log(0.8))


def test_match_rate_takes_the_briefs_tolerance() -> None:
    """0.05 and a tenth of a percent are a match, more is none; nulls do not count."""
    assert statistics.match_rate([10.05, 1000.9, 10.2, np.nan], [10.0, 1000.0, 10.0, 1.0]) == pytest.approx(
        2 / 3
    )


def test_count_and_share() -> None:
    """A mask's size and share are what their names say."""
    assert statistics.count([True, False, True]) == 2
    assert statistics.share([True, False]) == 0.5
