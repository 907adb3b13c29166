"""The starter's statistics: a candidate computes what the brief defines and the grader recomputes."""

from __future__ import annotations

import ast
import doctest
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

SOURCE = Path(__file__).parents[2] / "assignment" / "starter" / "audit_statistics.py"
VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "statistics_vectors.json").read_text())


def load() -> ModuleType:
    """Import the starter's module from its file."""
    spec = importlib.util.spec_from_file_location("audit_statistics", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


S = load()


def series(values: list[Any], dtype: str) -> pd.Series:
    """Build a column as a Parquet file would give it."""
    return pd.Series(values, dtype="float64" if dtype == "number" else "str")


def close(found: float, expected: float | None) -> bool:
    """Compare with the tolerance of the vectors; None stands for not defined."""
    return bool(np.isnan(found)) if expected is None else abs(found - expected) <= 1e-9


@pytest.mark.parametrize("case", VECTORS["vectors"], ids=lambda c: f"{c['statistic']}: {c['why']}")
def test_vector(case: dict[str, Any]) -> None:
    """Each statistic of columns equals the value worked out by hand from the brief."""
    names = ["reference", "current", "values", "label", "other"]
    columns = [series(case[n], "number" if n == "label" else case["dtype"]) for n in names if n in case]
    assert close(getattr(S, case["statistic"])(*columns), case["expected"])


@pytest.mark.parametrize("case", VECTORS["findings"], ids=lambda c: c["why"])
def test_finding(case: dict[str, Any]) -> None:
    """The rows and columns of a finding are chosen as the brief says."""
    frame = pd.DataFrame(VECTORS["frame"])
    assert close(S.quoted_value(frame, case["finding"], case["last_final_month"]), case["expected"])


def test_a_filtered_frame_gives_the_same_figure() -> None:
    """Row labels left over from filtering or concatenating do not matter."""
    frame = pd.DataFrame(VECTORS["frame"])
    frame.index = [0] * len(frame)
    for case in VECTORS["findings"]:
        assert close(S.quoted_value(frame, case["finding"], case["last_final_month"]), case["expected"])


def test_agreement_with_other_libraries() -> None:
    """On random data with ties the figures equal those of scipy and scikit-learn."""
    rng = np.random.default_rng(3)
    a, b = pd.Series(rng.integers(0, 9, 400)), pd.Series(rng.integers(1, 12, 300))
    label = pd.Series(rng.random(400) < 0.1 + 0.05 * a).astype(int)
    area = roc_auc_score(label, a)
    assert S.auc(a, label) == pytest.approx(max(area, 1 - area))
    assert S.ks(a, b) == pytest.approx(stats.ks_2samp(a, b).statistic)
    assert S.correlation(a, label) == pytest.approx(stats.pearsonr(a, label).statistic)


def test_auc_wants_to_be_told_which_labels_are_final() -> None:
    """The function does not give away which months are immature."""
    frame = pd.DataFrame(VECTORS["frame"])
    with pytest.raises(ValueError, match="last_final_month"):
        S.quoted_value(frame, {"columns": ["x"], "statistic": {"name": "auc"}})


def test_every_statistic_has_a_vector() -> None:
    """No statistic of the contract stays without an independent value."""
    seen = {c["statistic"] for c in VECTORS["vectors"]}
    seen |= {c["finding"]["statistic"]["name"] for c in VECTORS["findings"]}
    assert seen == {
        "auc",
        "psi",
        "ks",
        "null_rate",
        "rate",
        "median_ratio",
        "count",
        "share",
        "correlation",
        "match_rate",
    }


def test_doctests_run() -> None:
    """The examples in the documentation of the module are true."""
    outcome = doctest.testmod(S)
    assert outcome.attempted >= 10
    assert outcome.failed == 0


def test_it_needs_numpy_and_pandas_only() -> None:
    """A candidate can copy the file into any environment, and its name hides no standard module."""
    tree = ast.parse(SOURCE.read_text())
    imported = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert imported == {"numpy", "pandas"}
    assert SOURCE.stem not in sys.stdlib_module_names
