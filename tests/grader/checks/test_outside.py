"""A finding outside the key that is true of the issued data and not of its twin costs nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from grader.checks.audit import findings_precise
from grader.checks.case import Case
from grader.checks.recompute import Recomputer
from grader.evidence.notebook import FindingClaim, StatisticClaim
from grader.truth import Truth
from tests.grader.case_builder import case_of, finding
from tests.grader.checks.test_matching import GOOD


def judged(said: float | None, *, twin: bool = True) -> Case:
    """A case whose issued `strong` was moved from March 2024 on, and a finding that says so."""
    claim = finding("covariate_drift", "strong", from_month="2024-03", to_month="2024-12")
    if said is not None:
        claim = claim.model_copy(update={"statistic": StatisticClaim(name="psi", value=said)})
    plain = case_of(findings=(*GOOD, claim))
    issued = plain.truth.issued.copy()
    honest = issued.copy()
    issued.loc[issued["snapshot_month"] >= "2024-03", "strong"] += 2.0
    truth = Truth(**{**vars(plain.truth), "issued": issued, "twin": honest if twin else None})
    return Case(plain.evidence, truth)


def measured(case: Case) -> float:
    """The PSI that we compute for the last finding."""
    claim = case.matching.claims[-1]
    told = claim.model_copy(update={"statistic": StatisticClaim(name="psi", value=0.0)})
    value = Recomputer(case.truth).value(told)
    assert value is not None
    return value


def test_a_true_finding_outside_the_key_is_no_false_alarm() -> None:
    """It costs nothing, earns nothing, and the report names it for us."""
    case = judged(measured(judged(None)))
    assert case.matching.outside == (len(GOOD),)
    assert case.matching.false_alarms == ()
    assert case.matching.wrong == 0
    assert case.matching.recall() == 1.0
    assert any("not planted, yet true" in p.measured for p in findings_precise(case).proofs)


def test_without_figure_with_a_wrong_one_or_without_twin_it_is_one() -> None:
    """What cannot be recomputed or compared stays a false alarm."""
    right = measured(judged(None))
    for case in (judged(None), judged(right * 3), judged(right, twin=False)):
        assert case.matching.outside == ()
        assert case.matching.wrong == 1


@pytest.mark.parametrize(
    ("columns", "statistic", "where"),
    [
        (("charge",), "rate", {}),
        (("charge",), "count", {}),
        (("charge",), "share", {"strong": ("> 2",)}),
        (("charge",), "rate", {"charge": ("> 0",)}),
        (("strong", "charge"), "psi", {}),
    ],
)
def test_a_true_statistic_of_something_else_excuses_no_accusation(columns, statistic, where) -> None:
    """One true figure, such as the churn rate of unripe months, made forty blind accusations cost nothing."""
    plain = judged(None)
    issued = plain.truth.issued.copy()
    late = issued["snapshot_month"] >= "2024-03"
    issued.loc[late, "churned_90d"] = 0.0
    issued = pd.concat([issued, issued[late]], ignore_index=True)
    truth = Truth(**{**vars(plain.truth), "issued": issued})
    claim = finding("covariate_drift", *columns, from_month="2024-03", to_month="2024-12")
    claim = claim.model_copy(update={"where": where, "statistic": StatisticClaim(name=statistic, value=0.0)})
    value = Recomputer(truth).value(claim)
    assert truth.twin is not None
    there, null = value, Recomputer(truth, truth.twin).value(claim)
    assert there is not None
    assert null is not None
    assert abs(there - null) > 0.1, "the figure did move"
    claim = claim.model_copy(update={"statistic": StatisticClaim(name=statistic, value=value)})
    notebook = plain.evidence.document.notebook
    assert notebook.submitted is not None
    file = notebook.submitted.model_copy(update={"findings": (*GOOD, claim)})
    document = plain.evidence.document.model_copy(
        update={"notebook": notebook.model_copy(update={"submitted": file, "produced": file})}
    )
    case = Case(replace(plain.evidence, document=document), truth)
    assert case.matching.outside == ()
    assert case.matching.wrong >= 1


def test_what_the_twin_shows_as_well_is_a_false_alarm() -> None:
    """Ordinary movement of the clean world is no defect, however well it recomputes."""
    claim = FindingClaim(
        kind="covariate_drift", columns=("strong",), from_month="2024-03", to_month="2024-12",
        statistic=StatisticClaim(name="psi", value=0.0),
    )  # fmt: skip
    plain = case_of(findings=(*GOOD, claim))
    value = Recomputer(plain.truth).value(claim)
    assert value is not None
    quoted = claim.model_copy(update={"statistic": StatisticClaim(name="psi", value=value)})
    case = case_of(findings=(*GOOD, quoted))
    twin = Truth(**{**vars(case.truth), "twin": case.truth.issued})
    assert Case(case.evidence, twin).matching.outside == ()
    assert np.isclose(value, 0.0, atol=0.02)


def with_rate(claims: list[FindingClaim], *, moved: dict[str, float]) -> Case:
    """A case with these findings beside the right ones, whose issued churn rate is another one in some months."""
    plain = case_of(findings=(*GOOD, *claims))
    issued = plain.truth.issued.copy()
    for month, rate in moved.items():
        rows = issued["snapshot_month"] == month
        issued.loc[rows, "churned_90d"] = (np.arange(int(rows.sum())) < rate * rows.sum()).astype(float)
    return Case(plain.evidence, replace(plain.truth, issued=issued, twin=plain.truth.issued))


def rate(kind: str, value: float, months: str) -> FindingClaim:
    """A finding of no column that quotes the churn rate of these months."""
    said = StatisticClaim(name="rate", value=value, current=months)
    return finding(kind, statistic=said)


UNRIPE = {"2024-10": 0.1, "2024-11": 0.05, "2024-12": 0.0}


def test_incident_the_rate_of_unripe_labels_excused_every_invention() -> None:
    """Everybody knows that nobody of the last month has left yet: it bears out no finding about anything."""
    kinds = ("row_order", "label_definition", "duplicate_rows", "label_shift")
    case = with_rate([rate(kind, 0.0, "2024-12") for kind in kinds], moved=UNRIPE)
    assert case.recomputer.value(case.matching.claims[-1]) == 0.0
    assert case.matching.outside == ()
    assert case.matching.wrong == len(kinds)


def test_incident_one_figure_excused_any_number_of_findings() -> None:
    """What moved once is one finding's, whoever quotes it again; another month has a figure of its own."""
    told = [rate(kind, 0.9, "2024-03") for kind in ("label_shift", "label_definition", "row_order")]
    case = with_rate([*told, rate("label_shift", 0.8, "2024-05")], moved={"2024-03": 0.9, "2024-05": 0.8})
    assert case.matching.outside == (len(GOOD), len(GOOD) + 3)
    assert case.matching.wrong == 2


def test_a_rate_that_moves_before_labels_are_unripe_too_excuses() -> None:
    """A true change is no false alarm because its months run on into those that everybody knows of."""
    moved = {"2024-07": 0.9, "2024-08": 0.9, "2024-09": 0.9, **UNRIPE}
    value = with_rate([], moved=moved).truth.issued.query("snapshot_month >= '2024-07'")["churned_90d"].mean()
    case = with_rate([rate("label_shift", value, "2024-07..2024-12")], moved=moved)
    assert case.matching.outside == (len(GOOD),)
    assert case.matching.wrong == 0
