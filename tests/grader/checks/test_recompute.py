"""Quoted statistics are recomputed on the rows that the finding is about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assignment.starter.audit_statistics import quoted_value
from grader.checks.recompute import Recomputer, agrees, months_of
from grader.evidence.notebook import FindingClaim, StatisticClaim
from grader.probes.notebook.finding import read_finding
from tests.grader.case_builder import truth_of

VECTORS = json.loads(
    (Path(__file__).parents[2] / "assignment" / "statistics_vectors.json").read_text(encoding="utf-8")
)


def claim_of(vector: dict[str, Any]) -> FindingClaim:
    """The vector's finding as the probe hands it over: text lists in `where`."""
    raw = vector["finding"]
    where = {
        name: tuple("null" if v is None else str(v) for v in (given if isinstance(given, list) else [given]))
        for name, given in raw.get("where", {}).items()
    }
    quoted = raw["statistic"]
    return FindingClaim(
        kind=raw["kind"],
        columns=tuple(raw["columns"]),
        from_month=raw.get("from"),
        to_month=raw.get("to"),
        where=where,
        statistic=StatisticClaim(
            name=quoted["name"],
            value=quoted.get("value"),
            reference=quoted.get("reference") or "",
            current=quoted.get("current") or "",
        ),
    )


@pytest.mark.parametrize("vector", VECTORS["findings"], ids=lambda v: v["why"][:60])
def test_finding_vector(vector: dict[str, Any]) -> None:
    """Months, where and columns choose the same rows here as in the brief's own module."""
    frame = pd.DataFrame(VECTORS["frame"])
    truth = truth_of(frame, last_mature_month=vector["last_final_month"] or "2024-12")
    got = Recomputer(truth).value(claim_of(vector))
    if vector["expected"] is None:
        assert got is None
    else:
        assert got == pytest.approx(vector["expected"], abs=1e-9)


def test_agreement_is_two_hundredths_or_ten_percent() -> None:
    """A rounded or slightly different figure passes, a wrong one does not."""
    assert agrees(0.76, 0.775)
    assert agrees(1000, 1024)
    assert not agrees(0.69, 0.775)
    assert not agrees(1.6, 1024)


def test_months_of_reads_a_range_and_a_month() -> None:
    """Both forms of the brief are understood, and free text is no month."""
    assert months_of("2023-01..2023-03") == (24276, 24278)
    assert months_of("2024-12") == (24299, 24299)
    assert months_of("the first half") is None


def test_incident_a_range_of_days_was_one_month() -> None:
    """Month-ends as dates are the months they lie in; every separator still parts two months."""
    assert months_of("2023-01-31..2023-03-31") == (24276, 24278)
    assert months_of("2023-01-31 to 2023-03-31") == (24276, 24278)
    assert months_of("2023-01-2023-03") == months_of("2023-01 - 2023-03") == (24276, 24278)
    assert months_of("2023-01-31") == (24276, 24276)


def test_match_rate_on_a_key_column_is_defined() -> None:
    """Quoting that rows belong to the same customer month after month crashed the check; it is 1."""
    frame = pd.DataFrame(VECTORS["frame"])
    claim = FindingClaim(
        kind="group_overlap",
        columns=("customer_id",),
        statistic=StatisticClaim(name="match_rate", value=1.0),
    )
    assert Recomputer(truth_of(frame, last_mature_month="2024-12")).value(claim) == 1.0


FLAGS = pd.DataFrame(
    {
        "customer_id": [1, 2, 3, 4],
        "snapshot_month": ["2023-01", "2023-01", "2023-02", "2023-03"],
        "autopay": [1, 0, 1, 1],
        "plan": ["plus", None, "basic", "plus"],
        "paperless": [True, False, True, True],
        "used": [1.0, 2.0, None, 4.0],
        "bought": [1.0, 3.0, 5.0, None],
        "churned_90d": [0, 1, 0, 0],
    }
)


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ({"autopay": True}, 3),
        ({"autopay": [False]}, 1),
        ({"snapshot_month": ">= 2023-02"}, 2),
        ({"snapshot_month": "< 2023-02"}, 2),
        ({"plan": "!= plus"}, 1),
        ({"plan": "> basic"}, 2),
        ({"plan": "<= snapshot_month"}, 0),
        ({"paperless": "!= True"}, 1),
        ({"used": "!= bought"}, 1),
        ({"used": "> 1"}, 2),
    ],
)
def test_incident_rows_were_chosen_otherwise_than_by_the_starters_own_module(
    where: dict[str, Any], rows: int
) -> None:
    """`true` for a column of 0 and 1, a month compared, and a null beside `!=` count as the starter counts them."""
    sent = {
        "kind": "impossible_values",
        "columns": [],
        "where": where,
        "statistic": {"name": "count", "value": rows},
    }
    read = FindingClaim.model_validate(read_finding(sent, "findings[0]", [], "findings.json"))
    assert quoted_value(FLAGS, sent) == rows
    assert Recomputer(truth_of(FLAGS, last_mature_month="2023-03")).value(read) == rows
