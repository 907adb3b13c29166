"""The README dimension hands the judge the text and the facts of this submission, and reports what it says."""

from __future__ import annotations

import pytest

from grader.checks import readme as check
from grader.checks.case import Case
from grader.evidence.document import TextFile
from grader.evidence.modelling import EvaluationEvidence
from tests.grader.case_builder import case_of, claimed_figures, with_document

LINES = (
    check.monitoring_inputs,
    check.monitoring_outcomes,
    check.retraining_triggers,
    check.release_and_rollback,
    check.grounded_in_this_work,
    check.communication,
)
TEXT = """# Running it in production

We watch `usage` and `charge` every week: the PSI of each against the training months 2023-01 to 2024-04; above 0.2
on two consecutive weeks we page the data owner and stop using the scores until the feed is repaired.

Labels take 90 days to mature, so we track the share of customers above the threshold daily, and once labels mature
we compute PR-AUC and the precision of the call list per month and per segment.

We retrain when PR-AUC over the last three mature months falls 15 % below the release value for two months in a row,
on the most recent 18 mature months. A unit change in `charge` like the one in April 2024 is repaired, not retrained.

A new model runs in shadow for two weeks, then on 10 % of the customers; if precision falls below the old model's we
roll back to the previous image within an hour by its tag.
"""


@pytest.fixture(scope="module")
def written() -> Case:
    """A submission with a README about this data."""
    case = case_of(document={"readme": TextFile(path="README.md", text=TEXT)})
    return with_document(case, evaluation=EvaluationEvidence(metrics=claimed_figures(case)))


def test_no_text_earns_nothing(written: Case) -> None:
    """A missing or blank README is an answer of zero on all six lines."""
    for text in (TextFile(), TextFile(path="README.md", text=" \n")):
        case = with_document(written, readme=text)
        assert [line(case).credit for line in LINES] == [0.0] * 6


def test_a_concrete_text_earns_with_quotes_from_it(written: Case) -> None:
    """What is earned is shown by words that are in the text."""
    found = check.monitoring_inputs(written)
    assert found.credit > 0.3
    quotes = [proof.said for proof in found.proofs if proof.where == "quoted"]
    assert quotes
    squeezed = " ".join(TEXT.split())
    assert all(" ".join(quote.split()).strip("…") in squeezed for quote in quotes)


def test_stuffing_terms_earns_no_more_than_a_little(written: Case) -> None:
    """A list of the right words without a use is no plan."""
    words = (
        "PSI, KS, drift, monitoring, retraining, rollback, canary, shadow, PR-AUC, calibration, threshold. "
        * 8
    )
    stuffed = with_document(written, readme=TextFile(path="README.md", text=words))
    assert sum(line(stuffed).credit for line in LINES[:4]) <= 0.5 * sum(
        line(written).credit for line in LINES[:4]
    )


def test_the_facts_are_the_recomputed_figures(written: Case) -> None:
    """The judge checks the text against what we measured, not against what was claimed."""
    boasting = EvaluationEvidence(metrics=claimed_figures(written, pr_auc=0.3))
    facts = check.facts_of(with_document(written, evaluation=boasting))
    assert facts == check.facts_of(written)
    assert {d.kind for d in facts.defects} >= {"unit_change", "covariate_drift"}


def test_what_the_evaluation_accepts_is_not_called_false_here(written: Case) -> None:
    """Figures of the other model, and ours as the submission rounds them, contradict nothing; a boast does."""
    known = check.facts_of(written)
    of_the_baseline = written.evidence.document.evaluation.metrics.baseline["brier"]
    assert of_the_baseline in known.other_figures["brier"]
    honest, boast = f"The Brier score is {of_the_baseline:.4f}.", "The Brier score is 0.0411."
    for text, accused in ((honest, False), (boast, True)):
        case = with_document(written, readme=TextFile(path="README.md", text=f"# Notes\n\n{text}\n"))
        proofs = check.grounded_in_this_work(case).proofs
        assert any("contradicts" in proof.measured for proof in proofs) == accused


def test_a_boast_in_metrics_json_excuses_none_in_the_readme(written: Case) -> None:
    """Whoever writes a false figure into the file that is checked gains nothing for the text."""
    boasting = EvaluationEvidence(metrics=claimed_figures(written, pr_auc=0.3))
    case = with_document(written, evaluation=boasting)
    boasted = boasting.metrics.tuned["pr_auc"]
    assert boasted not in check.facts_of(case).other_figures["pr_auc"]


def test_the_facts_say_when_a_defect_may_be_dated_and_what_is_none(written: Case) -> None:
    """The README is held to no narrower months than the audit, and a decoy is known not to be a defect."""
    facts = check.facts_of(written)
    by_kind = {defect.kind: defect for defect in facts.defects}
    assert by_kind["post_outcome_column"].start is None  # in all months: there is nothing to date
    assert (by_kind["unit_change"].start, by_kind["unit_change"].end) == ("2024-04", None)
    assert by_kind["covariate_drift"].onset == ("2023-10", "2024-01")
    assert [decoy.columns for decoy in facts.decoys] == [("strong",)]


def test_a_boast_about_the_test_months_by_name_is_one(written: Case) -> None:
    """A false figure went unheard where the sentence named the very months of the test, as many do."""
    facts = check.facts_of(written)
    assert (facts.test_months.first, facts.test_months.last) == ("2024-07", "2024-09")
    for months, accused in (("July to September 2024", True), ("April to September 2024", False)):
        said = f"On {months} the model reaches a PR-AUC of 0.912."
        case = with_document(written, readme=TextFile(path="README.md", text=f"# Notes\n\n{said}\n"))
        proofs = check.grounded_in_this_work(case).proofs
        assert any("contradicts" in proof.measured for proof in proofs) == accused


def test_a_decoy_that_is_explained_contradicts_nothing(written: Case) -> None:
    """A candidate who looked into a strong column and kept it once stood there as one who tells falsehoods."""
    said = "`strong` looks like a leak, but it is known at the snapshot. It stays."
    case = with_document(written, readme=TextFile(path="README.md", text=f"# Notes\n\n{said}\n"))
    assert not any("contradicts" in proof.measured for proof in check.grounded_in_this_work(case).proofs)
