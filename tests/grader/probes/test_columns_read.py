"""A column is read where another value moves the answer by more than the answer moves by itself."""

from types import SimpleNamespace

import numpy as np
import pytest

from grader.probes.service import columns_read as module

ROWS = [{"calls": 1, "price": 2.0, "plan": "a"}, {"calls": 9, "price": 8.0, "plan": "b"}]
SESSION = SimpleNamespace(parity=ROWS, patience=lambda seconds: None)


def read_by(answer, monkeypatch: pytest.MonkeyPatch) -> frozenset[str]:
    """The columns that a service with these answers, one a row and its place, is taken to read."""
    monkeypatch.setattr(
        module,
        "predict_all",
        lambda target, rows, patience: np.array([answer(r, n) for n, r in enumerate(rows)]),
    )
    return module.columns_read(SESSION, SimpleNamespace(), ROWS[0], ["calls", "price", "plan"])


def test_only_what_moves_the_answer_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers, levels and nulls are all tried."""
    assert read_by(lambda row, n: 0.1 + 0.01 * (row["calls"] or 0), monkeypatch) == {"calls"}
    assert read_by(lambda row, n: 0.2 if row["plan"] is None else 0.1, monkeypatch) == {"plan"}


def test_single_precision_and_jitter_read_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that differ by place in the batch, or from call to call, once made every column count as read."""
    assert read_by(lambda row, n: 0.1 + 2e-8 * n, monkeypatch) == frozenset()
    assert read_by(lambda row, n: 0.1 + 1e-3 * (n > 0), monkeypatch) == frozenset()


def test_a_row_that_is_refused_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an answer to the row itself nothing is known."""
    assert read_by(lambda row, n: np.nan if row["calls"] == 1 else 0.3, monkeypatch) == frozenset()
