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
