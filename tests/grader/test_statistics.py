"""The grader's statistics equal the brief's, by the vectors that both packages are held to."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from grader import statistics

VECTORS = json.loads(
    (Path(__file__).parent.parent / "assignment" / "statistics_vectors.json").read_text(encoding="utf-8")
)
PAIRED = {"psi": statistics.psi, "ks": statistics.ks, "median_ratio": statistics.median_ratio}


def column(values: list[Any], dtype: str) -> pd.Series:
    """A vector as the column it stands for."""
    return pd.Series(values, dtype="float64" if dtype == "number" else "object")


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda v: f"{v['statistic']}: {v['why'][:50]}")
def test_vector(vector: dict[str, Any]) -> None:
    """A candidate who computes a statistic by the brief is never told that it differs."""
    name, dtype = vector["statistic"], vector["dtype"]
    if name in PAIRED:
        got = PAIRED[name](column(vector["reference"], dtype), column(vector["current"], dtype))
    elif name == "auc":
        got = statistics.auc(column(vector["values"], dtype), pd.Series(vector["label"]))
    elif name == "correlation":
        got = statistics.correlation(column(vector["values"], dtype), column(vector["other"], dtype))
    else:
        values = column(vector["current"], dtype)
        got = float(values.isna().mean() if name == "null_rate" else values.mean())
    if vector["expected"] is None:
        assert got is None
    else:
        assert got is not None
        assert math.isclose(got, vector["expected"], abs_tol=1e-9)
