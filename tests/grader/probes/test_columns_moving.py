"""A column moves the answers where rows with another issued value in it are answered otherwise."""

from types import SimpleNamespace

import numpy as np
import pytest

from grader.probes.service import columns_moving as module

ROWS = [
    {"customer_id": n, "calls": n % 5, "plan": "ab"[n % 2], "same": 1, "gone": None, "leak": n}
    for n in range(30)
]
COLUMNS = [{"name": name} for name in ("calls", "plan", "same", "gone", "leak")]
TARGET = SimpleNamespace(shape=SimpleNamespace(fields=None))


def moving(answer, monkeypatch: pytest.MonkeyPatch, rows=ROWS, batch=None) -> dict[str, tuple[int, int]]:
    """What a service with these answers, one a row and its place in the request (or a batch), moves with."""
    session = SimpleNamespace(
        parity=rows,
        replay=[],
        plan={"schema": {"columns": COLUMNS}, "leak_column": "leak"},
        patience=lambda seconds: None,
    )

    def predict_all(target: object, asked: list[dict], patience: object) -> np.ndarray:
        if batch is not None:
            return batch(asked)
        return np.array([answer(r, n) for n, r in enumerate(asked)])

    monkeypatch.setattr(module, "predict_all", predict_all)
    return {one["name"]: (one["rows"], one["moved"]) for one in module.columns_moving(session, TARGET)}


def test_only_what_moves_the_answer_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are counted; a column of one value, of none, and the leak that is asked elsewhere are not asked."""
    assert moving(lambda row, n: 0.1 * row["calls"], monkeypatch) == {"calls": (30, 30), "plan": (30, 0)}
    seldom = moving(lambda row, n: 0.1 + 0.3 * (row["calls"] == 4), monkeypatch)
    assert 0 < seldom["calls"][1] < 30


def test_what_answers_do_by_themselves_is_no_move(monkeypatch: pytest.MonkeyPatch) -> None:
    """Single precision, jitter, and a model that reads the identifier move with no column."""
    drawn = iter(np.random.default_rng(3).random(10_000))
    noisy = moving(lambda row, n: 0.1 + 1e-7 * next(drawn), monkeypatch)
    by_key = moving(lambda row, n: row["customer_id"] % 7 / 10, monkeypatch)
    assert {moved for found in (noisy, by_key) for _, moved in found.values()} == {0}


def test_answers_kept_by_key_hide_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of the known customers' answers does not answer for the unknown ones that are asked."""
    known = {row["customer_id"] for row in ROWS}
    found = moving(lambda row, n: 0.5 if row["customer_id"] in known else 0.1 * row["calls"], monkeypatch)
    assert found["calls"] == (30, 30)


def test_refused_rows_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that answers none of the changed rows was not asked; one that answers nothing tells nothing."""
    asked = []

    def strict(row: dict, n: int) -> float:
        asked.append(row)
        return 0.2 if len(asked) <= len(ROWS) * (1 + module.ASKED_AGAIN) else np.nan

    assert moving(strict, monkeypatch) == {}
    assert moving(lambda row, n: np.nan, monkeypatch) == {}
    assert moving(lambda row, n: 0.2, monkeypatch, rows=[]) == {}


@pytest.mark.parametrize("kind", ["noise", "two workers"])
def test_incident_columns_were_said_to_move_what_varies_by_request(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one repeat, close to the first by luck, what every request adds was taken for the column's doing."""
    drawn = np.random.default_rng(5)
    names = [f"unread_{n}" for n in range(10)]
    rows = [{"customer_id": n, "calls": n % 5, **dict.fromkeys(names, n)} for n in range(30)]
    monkeypatch.setattr(module, "feature_columns", lambda *_: [{"name": name} for name in ("calls", *names)])

    def batch(asked: list[dict]) -> np.ndarray:
        answers = np.array([0.1 + 0.15 * row["calls"] for row in asked])
        if kind == "noise":
            return answers + drawn.normal(0, 0.004)
        return answers * (1.02 if drawn.random() < 0.5 else 1)

    for _ in range(20):
        found = moving(None, monkeypatch, rows=rows, batch=batch)
        assert found.pop("calls") == (30, 30)
        assert {moved for _, moved in found.values()} == {0}


def test_every_request_holds_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where answers depend on the batch, a smaller one would move them; rows that stay as they are do not count."""
    rows = [{"customer_id": n, "calls": n % 5, "plan": "ab"[n % 4 == 0]} for n in range(30)]
    sizes = set()

    def batch(asked: list[dict]) -> np.ndarray:
        sizes.add(len(asked))
        calls = np.array([row["calls"] for row in asked])
        return 0.5 + (calls - calls.mean()) / 10 + 0.01 * len(asked)

    found = moving(None, monkeypatch, rows=rows, batch=batch)
    assert sizes == {30}
    assert found == {"calls": (30, 30), "plan": (30, 0)}
    few = [{**row, "plan": "a"} if n else {**row, "plan": None} for n, row in enumerate(rows)]
    assert moving(None, monkeypatch, rows=few, batch=batch)["plan"] == (1, 0)
    assert sizes == {30}
