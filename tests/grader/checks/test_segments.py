"""Levels of a segment as people spell them, held against the issued column."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from grader.checks.case import Case
from grader.checks.segments import segments_recompute
from grader.evidence.modelling import EvaluationEvidence, SegmentRow, SegmentTable
from grader.metrics import pr_auc
from tests.grader.case_builder import case_of, with_document


@pytest.fixture(scope="module")
def scored() -> Case:
    """A good submission of a world with a satisfaction score of 1 to 3, a null where nobody was asked, and a flag."""
    case = case_of()
    issued = case.truth.issued
    asked = np.where(issued["usage"] < -1, np.nan, np.digitize(issued["strong"], [-0.4, 0.4]) + 1.0)
    flag = (issued["usage"] > 0).astype(int)
    return Case(case.evidence, replace(case.truth, issued=issued.assign(score=asked, flag=flag)))


def credit_of(case: Case, column: str, levels: dict[str, pd.Series], count: str = "rows") -> float:
    """What honest figures by these levels earn, with the number of rows or of customers beside them."""
    rows = []
    for level, chosen in levels.items():
        held = chosen.iloc[case.test_rows].to_numpy()
        y, p = case.test.y[held], case.test.tuned[held]
        size = y.size if count == "rows" else np.unique(case.test.customer[held]).size
        rows.append(
            SegmentRow(column=column, level=level, rows=size, churn_rate=float(y.mean()), pr_auc=pr_auc(y, p))
        )
    told = EvaluationEvidence(segments=SegmentTable(path="evaluation/metrics.json", rows=tuple(rows)))
    return segments_recompute(with_document(case, evaluation=told)).credit


@pytest.mark.parametrize("spelling", ["{:.1f}", "{:.0f}"])
@pytest.mark.parametrize("count", ["rows", "customers"])
def test_incident_a_level_spelled_otherwise_was_none(scored: Case, spelling: str, count: str) -> None:
    """3 is 3.0 in a column that holds nulls, a null is a level by any name, and customers are counted once."""
    score = scored.truth.issued["score"]
    levels = {spelling.format(level): score == level for level in (1, 2, 3)} | {"missing": score.isna()}
    assert credit_of(scored, "score", levels, count) == 1.0


def test_incident_a_flag_spelled_as_a_truth_value_was_none(scored: Case) -> None:
    """True and false are 1 and 0, and the other way round they are wrong."""
    flag = scored.truth.issued["flag"]
    assert credit_of(scored, "flag", {"True": flag == 1, "False": flag == 0}) == 1.0
    assert credit_of(scored, "flag", {"True": flag == 0, "False": flag == 1}) == 0.0


def test_incident_a_rate_of_two_decimals_did_not_recompute(scored: Case) -> None:
    """Rates of groups are written with two decimals; the next hundredth is another rate."""
    usage = scored.truth.issued["usage"].iloc[scored.test_rows].to_numpy()
    order = np.argsort(usage)
    y = scored.test.y[order]
    size = next(n for n in range(200, 600) if abs(y[:n].mean() - round(y[:n].mean(), 2)) > 0.0045)
    cut = usage[order][size - 1]
    flag = (scored.truth.issued["usage"] <= cut).astype(int)
    case = Case(scored.evidence, replace(scored.truth, issued=scored.truth.issued.assign(flag=flag)))
    low, high = round(float(y[:size].mean()), 2), round(float(y[size:].mean()), 2)

    def credit(step: float) -> float:
        rows = (
            SegmentRow(column="flag", level="1", churn_rate=low + step),
            SegmentRow(column="flag", level="0", churn_rate=high + step),
        )
        told = EvaluationEvidence(segments=SegmentTable(rows=rows))
        return segments_recompute(with_document(case, evaluation=told)).credit

    assert (credit(0.0), credit(0.01)) == (1.0, 0.0)


def test_incident_one_level_told_twice_was_two(scored: Case) -> None:
    """A level that is repeated compares nothing with anything."""
    score = scored.truth.issued["score"]
    twice = {"1": score == 1, "1 ": score == 1}
    assert credit_of(scored, "score", twice) == 0.0


def test_incident_the_label_itself_was_a_segment(scored: Case) -> None:
    """Rates of 1 and 0 by the outcome cost no look at any group; stated beside honest segments they cost nothing."""
    y, score = scored.truth.issued["churned_90d"], scored.truth.issued["score"]
    by_label = {"1": y == 1, "0": y == 0}
    assert credit_of(scored, "churned_90d", by_label) == 0.0
    table = EvaluationEvidence(
        segments=SegmentTable(
            rows=tuple(
                SegmentRow(column=column, level=level, churn_rate=float(y[chosen].mean()))
                for column, levels in (("churned_90d", by_label), ("customer_id", by_label))
                for level, chosen in levels.items()
            )
        )
    )
    assert segments_recompute(with_document(scored, evaluation=table)).credit == 0.0
    tested = scored.truth.issued.iloc[scored.test_rows]
    honest = [
        SegmentRow(column="score", level=str(level), churn_rate=float(rows["churned_90d"].mean()))
        for level, rows in tested.groupby("score")
    ]
    assert score.nunique() == len(honest)
    both = SegmentTable(rows=(*honest, *table.segments.rows))
    assert (
        segments_recompute(with_document(scored, evaluation=EvaluationEvidence(segments=both))).credit == 1.0
    )
