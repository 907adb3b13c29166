"""Quoted statistics are recomputed on the rows that the finding is about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from grader.checks.recompute import Recomputer, agrees, months_of
from grader.evidence.notebook import FindingClaim, StatisticClaim
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


def test_match_rate_on_a_key_column_is_defined() -> None:
    """Quoting that rows belong to the same customer month after month crashed the check; it is 1."""
    frame = pd.DataFrame(VECTORS["frame"])
    claim = FindingClaim(
        kind="group_overlap",
        columns=("customer_id",),
        statistic=StatisticClaim(name="match_rate", value=1.0),
    )
    assert Recomputer(truth_of(frame, last_mature_month="2024-12")).value(claim) == 1.0
