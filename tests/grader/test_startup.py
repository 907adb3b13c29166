"""What starting the command costs, and that figures written out for it equal those of the packages they replace."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, ks_2samp, rankdata
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from grader import metrics, statistics

HEAVY = ("sklearn", "scipy", "mlflow", "matplotlib", "lightgbm", "nbformat", "pyarrow.dataset")


def test_the_command_starts_without_packages_it_may_not_need() -> None:
    """A re-grade after a changed README takes seconds; loading these would take longer than the re-grade."""
    code = "import sys, takehome; from grader.rubric import DEFAULT, load_rubric; load_rubric(DEFAULT)\n"
    code += f"print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("seed", range(12))
def test_figures_equal_those_of_the_packages(seed: int) -> None:
    """Average precision, ROC area, PR curve, KS distance and the chi-squared tail, with and without ties."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(30, 2000))
    p = np.round(rng.random(size), 1) if seed % 3 == 0 else rng.random(size)
    y = (rng.random(size) < 0.1 + 0.2 * p).astype(float)
    y[:2] = 0.0, 1.0
    assert metrics.pr_auc(y, p) == pytest.approx(average_precision_score(y, p), abs=1e-12)
    assert metrics.roc_auc(y, p) == pytest.approx(roc_auc_score(y, p), abs=1e-12)
    precision, recall, _ = precision_recall_curve(y, p)
    ours = metrics.pr_curve(y, p)
    assert np.allclose(ours[0], precision[:-1][::-1])
    assert np.allclose(ours[1], recall[:-1][::-1])
    a, b = pd.Series(rng.normal(size=70).round(1)), pd.Series(rng.normal(0.3, size=50).round(1))
    assert statistics.ks(a, b) == pytest.approx(ks_2samp(a, b, method="asymp").statistic, abs=1e-12)
    area = (rankdata(p)[y == 1].sum() - y.sum() * (y.sum() + 1) / 2) / (y.sum() * (1 - y).sum())
    assert statistics.auc(pd.Series(p), pd.Series(y)) == pytest.approx(max(area, 1 - area), abs=1e-12)
    value = float(rng.random() * 80)
    assert metrics.chi_squared_tail(value, half_degrees=5) == pytest.approx(chi2.sf(value, 10), rel=1e-9)


def test_scores_that_are_no_numbers_are_refused() -> None:
    """Nothing is ranked by chance."""
    with pytest.raises(ValueError, match="NaN or infinity"):
        metrics.pr_auc(np.array([0.0, 1.0]), np.array([0.5, np.nan]))


def test_no_positive_has_no_curve() -> None:
    """A month without churners breaks nothing."""
    assert metrics.pr_auc(np.zeros(3), np.arange(3.0)) == 0.0
    assert metrics.roc_auc(np.zeros(3), np.arange(3.0)) is None
    assert metrics.pr_curve(np.zeros(3), np.arange(3.0))[0].size == 0
    assert metrics.chi_squared_tail(float("inf"), half_degrees=5) == 0.0
