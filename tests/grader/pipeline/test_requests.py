"""What the prober is given holds no label and no true probability, and the replay is whole and shuffled."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from grader.checks.case import Case
from grader.evidence.document import EvidenceDocument, StatedPlaces
from grader.evidence.service import ImageEvidence, ServiceEvidence
from grader.execution.limits import Limits
from grader.pipeline.requests import (
    _alternatives,
    parity_positions,
    ports_in,
    readme_example,
    rows_as_json,
    write_requests,
)
from tests.grader.case_builder import case_of, with_arrays


@pytest.fixture(scope="module")
def case() -> Case:
    """A good submission."""
    return case_of()


@pytest.fixture(scope="module")
def sent(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is given to the prober."""
    folder = tmp_path_factory.mktemp("requests") / "sent"
    positions = parity_positions(case.evidence, case.truth)
    write_requests(folder, case.evidence, case.truth, positions, Limits(), (1234,))
    return folder


def test_no_label_and_no_probability_is_sent(case: Case, sent: Path) -> None:
    """Neither their names nor their values are in any of the files."""
    text = "".join(path.read_text() for path in sent.iterdir())
    assert "churned" not in text
    assert "true_probability" not in text
    chances = case.truth.replay["true_probability"].head(200)
    assert not any(repr(float(value)) in text for value in chances)
    row = json.loads((sent / "parity.json").read_text())[0]
    assert set(row) == {"customer_id", "snapshot_month", *case.truth.key.columns}


def test_the_replay_is_a_permutation_month_by_month(case: Case, sent: Path) -> None:
    """Every replay row is sent once, in its month, in an order that is not the stored one."""
    months = json.loads((sent / "replay.json").read_text())
    assert [m["month"] for m in months] == sorted(set(case.truth.replay["snapshot_month"]))
    positions = [p for m in months for p in m["positions"]]
    assert sorted(positions) == list(range(len(case.truth.replay)))
    for month in months:
        assert month["positions"] != sorted(month["positions"])
        wanted = case.truth.replay.iloc[month["positions"]]
        assert set(wanted["snapshot_month"]) == {month["month"]}
        assert [r["customer_id"] for r in month["rows"]] == wanted["customer_id"].tolist()


def test_requests_are_the_same_bytes_each_time(case: Case, sent: Path, tmp_path: Path) -> None:
    """Test and retest send the same rows in the same order."""
    again = tmp_path / "again"
    write_requests(
        again, case.evidence, case.truth, parity_positions(case.evidence, case.truth), Limits(), (1234,)
    )
    assert {p.name: p.read_bytes() for p in again.iterdir()} == {
        p.name: p.read_bytes() for p in sent.iterdir()
    }


def test_parity_rows_are_test_rows_that_were_issued_once(case: Case) -> None:
    """At most 2,000 rows of the test split; a key issued twice is left out; without a split the last mature month."""
    rows = parity_positions(case.evidence, case.truth)
    assert rows.size == 2000
    assert set(rows) <= set(case.prediction_rows[case.prediction_split == "test"])
    empty = with_arrays(case, predictions__row=np.empty(0), predictions__split=np.empty(0))
    months = case.truth.issued["snapshot_month"].to_numpy()
    assert set(months[parity_positions(empty.evidence, empty.truth)]) == {"2024-09"}


@pytest.mark.parametrize("column", [
    pd.Series([1, 2, 3, 4, 100], name="c"), pd.Series([0] * 99 + [7], name="c"), pd.Series([True, False], name="c"),
    pd.Series([None, 0.5, 1.5], name="c"), pd.Series([None, "a", "b", "b"], name="c"),
    pd.Series([1, None, 3], dtype="Int64", name="c"),
])  # fmt: skip
def test_other_values_of_the_leak_are_values_of_its_kind(column: pd.Series) -> None:
    """Null and two different values that really occur, so that a typed service does not refuse them."""
    null, low, high = _alternatives(column)
    assert null is None
    assert low != high
    assert {low, high} <= {row["c"] for row in rows_as_json(column.dropna().to_frame())}
    json.dumps([low, high], allow_nan=False)


def test_ports_and_examples_are_read_from_what_is_there() -> None:
    """What is stated goes before the command line, that before EXPOSE; a README's JSON may be no example."""
    image = ImageEvidence(command=("uvicorn", "--port", "9000"), exposed_ports=(80,))
    document = EvidenceDocument(
        name="s", sha256="", variant="", executor="docker", service=ServiceEvidence(image=image)
    )
    assert ports_in(document) == (9000, 80)
    stated = document.model_copy(update={"stated": StatedPlaces(port=9123)})
    assert ports_in(stated) == (9123, 9000, 80)
    assert readme_example('```json\n{"rows": [{"a": 1}]}\n```') == {"rows": [{"a": 1}]}
    assert readme_example("curl -d '{\"a\": 2}' x") == {"a": 2}
    for text in ("", "```\n{broken\n```", "```\n[1]\n```", "```\n{}\n```"):
        assert readme_example(text) is None
