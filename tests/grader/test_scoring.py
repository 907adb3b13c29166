"""Scoring is pure, and whatever fails on our side costs nobody points."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from grader import flags as flags_module
from grader import scoring
from grader.checks import case as case_module
from grader.checks.case import Case
from grader.evidence.document import Evidence
from grader.evidence.modelling import EvaluationEvidence
from grader.evidence.sources import SourcesEvidence
from grader.execution.offline import because_offline
from grader.reports.feedback import candidate_view
from grader.results import Report
from grader.rubric import Rubric, load_rubric
from grader.scoring import score
from grader.types import OFFLINE_OPTION, Finding, PhaseRecord, Verdict
from tests.grader.case_builder import (
    PHASES,
    case_of,
    claimed_figures,
    finding,
    served_case,
    with_arrays,
    with_document,
)


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    """The default rubric."""
    return load_rubric()


@pytest.fixture(scope="module")
def good() -> Case:
    """A submission with findings, claims and a service."""
    case = served_case(findings=[finding("target_leakage", "leak")])
    return with_document(case, evaluation=EvaluationEvidence(metrics=claimed_figures(case)))


def scored(case: Case, rubric: Rubric) -> Report:
    """The report of a case."""
    return score(case.evidence, rubric, case.truth)


def always(credit: float) -> Callable[[Case], Finding]:
    """A check that always gives this credit."""
    return lambda case: Finding(credit, "said")


def all_checks(rubric: Rubric, check: Callable[[Case], Finding]) -> Rubric:
    """The rubric with one check for every line."""
    return Rubric(rubric.file, rubric.sha256, dict.fromkeys(rubric.checks, check))


def lines(report: Report) -> dict[str, str]:
    """Status by criterion."""
    return {c.id: c.status for d in report.dimensions for c in d.criteria}


def phases(case: Case, **changed: dict) -> Case:
    """The case with phase records changed."""
    records = tuple(PhaseRecord(**{"id": n, "verdict": Verdict.OK, **changed.get(n, {})}) for n in PHASES)
    return with_document(case, phases=records)


def test_scoring_twice_is_byte_identical(good: Case, rubric: Rubric) -> None:
    """The same evidence, rubric and truth give the same bytes, from fresh objects too."""
    first = scored(good, rubric)
    fresh = Evidence(
        good.evidence.document.model_copy(), {n: v.copy() for n, v in good.evidence.arrays.items()}
    )
    second = score(fresh, load_rubric(), good.truth)
    assert first.model_dump_json() == second.model_dump_json()
    json.dumps(first.model_dump(mode="json"), allow_nan=False)


def test_totals_are_the_sums_of_their_lines(good: Case, rubric: Rubric) -> None:
    """Points add up from criteria to dimensions to the total, and no line pays more than it holds."""
    report = scored(good, rubric)
    for dimension in report.dimensions:
        assert dimension.points == pytest.approx(sum(c.points for c in dimension.criteria), abs=0.011)
        assert all(0 <= c.points <= c.max for c in dimension.criteria)
    assert report.total == pytest.approx(sum(d.points for d in report.dimensions), abs=0.06)
    assert report.total > 10
    assert report.bonus == 5


@pytest.mark.parametrize("origin", ["practice", "issued"])
def test_the_report_says_where_its_key_is_from(good: Case, rubric: Rubric, origin: str) -> None:
    """Whether levels wait for a person depends on it, and a report is read without its vault."""
    truth = replace(good.truth, key=good.truth.key.model_copy(update={"origin": origin}))
    assert score(good.evidence, rubric, truth).origin == origin


def test_full_and_no_credit_are_100_and_0(good: Case, rubric: Rubric) -> None:
    """The ends of the scale."""
    full, none = (scored(good, all_checks(rubric, always(c))) for c in (1.0, 0.0))
    assert (full.total, full.bonus, full.level, full.verdict) == (100.0, 5.0, 4, "pass")
    assert (none.total, none.bonus, none.level, none.verdict) == (0.0, 0.0, 1, "fail")
    assert scored(good, all_checks(rubric, always(0.61))).verdict == "borderline"
    assert not full.final


@pytest.mark.parametrize("trouble", [RuntimeError("boom"), ZeroDivisionError(), ValueError("credit nan")])
def test_a_check_that_raises_is_pending_not_zero(good: Case, rubric: Rubric, trouble: Exception) -> None:
    """A defect of ours leaves the line open, makes the verdict incomplete, and spares the other lines."""

    def raising(case: Case) -> Finding:
        raise trouble

    broken = Rubric(
        rubric.file, rubric.sha256, {**all_checks(rubric, always(1.0)).checks, "audit.leakage_found": raising}
    )
    report = scored(good, broken)
    assert lines(report)["audit.leakage"] == "pending"
    assert (report.total, report.pending, report.verdict, report.level) == (94.0, 6.0, "incomplete", 4)


def test_a_bonus_check_that_raises_is_pending_and_noted(good: Case, rubric: Rubric) -> None:
    """It was a zero that nobody saw, and the candidate was told what had been missing."""

    def raising(case: Case) -> Finding:
        raise KeyError("ours")

    broken = Rubric(rubric.file, rubric.sha256, {**rubric.checks, rubric.file.bonus.check: raising})
    report = scored(good, broken)
    assert (report.bonus, report.bonus_detail.status) == (0.0, "pending")
    assert any("the bonus is pending" in note for note in report.notes)
    assert "on our side" in candidate_view(report).bonus_message
    assert scored(good, rubric).bonus_detail.status == "scored"


def test_incident_findings_of_a_notebook_that_we_failed_to_run_were_zeros(good: Case, rubric: Rubric) -> None:
    """Where only the notebook writes findings.json, our failure leaves 25 points open, as its own failure does not."""
    alone = good.evidence.document.notebook.model_copy(update={"submitted": None, "produced": None})
    ours = phases(with_document(good, notebook=alone), notebook={"verdict": Verdict.INFRA_ERROR})
    report = scored(ours, rubric)
    assert {name for name, status in lines(report).items() if status == "pending"} == {
        name for name in lines(report) if name.startswith("audit.")
    }
    assert (report.pending, report.bonus_detail.status) == (25.0, "pending")
    theirs = phases(with_document(good, notebook=alone), notebook={"verdict": Verdict.CRASH})
    assert set(lines(scored(theirs, rubric)).values()) == {"scored"}


def test_a_credit_that_is_no_number_is_pending(good: Case, rubric: Rubric) -> None:
    """NaN or more than one never becomes points."""
    for credit in (float("nan"), 1.5, -0.1):
        report = scored(good, all_checks(rubric, always(credit)))
        assert (report.total, report.pending) == (0.0, 100.0)


def test_plots_and_flags_that_fail_cost_nothing(
    good: Case, rubric: Rubric, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scores stand when what is only shown cannot be made."""
    expected = scored(good, rubric).total

    def raising(*_: object) -> None:
        raise RuntimeError("no plot")

    monkeypatch.setattr(scoring, "figures_of", raising)
    monkeypatch.setattr(scoring, "raise_flags", raising)
    report = scored(good, rubric)
    assert report.total == expected
    assert sum("no plot" in note for note in report.notes) == 2


def test_incident_one_flag_that_failed_took_all_others_with_it(
    good: Case, rubric: Rubric, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours in one flag leaves that one open and told, and hides nothing else of what was seen."""

    def raising(_: Case) -> None:
        raise KeyError("customer_id")

    moved = with_arrays(good, service__leak_changed=good.evidence.array("service.parity") + 0.1)
    before = scored(moved, rubric)
    assert [flag.id for flag in before.red_flags] == ["model_uses_leak", "no_monitoring"]
    monkeypatch.setattr(flags_module, "_other_model_served", raising)
    after = scored(moved, rubric)
    assert after.red_flags == before.red_flags
    told = [note for note in after.notes if "red flag" in note]
    assert len(told) == 1
    assert "served_is_not_evaluated" in told[0]
    assert "on our side" in told[0]


@pytest.mark.parametrize("lost", ["figures_of", "matching"])
def test_what_is_secret_is_known_without_any_plot(
    good: Case, rubric: Rubric, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """Where our plots failed, the candidate's page knew no word of the key and showed messages that held some."""

    def raising(*_: object) -> None:
        raise RuntimeError("no plot")

    telling = all_checks(rubric, lambda case: Finding(0.5, "charge changes its unit"))
    monkeypatch.setattr(scoring, "figures_of", raising)
    if lost == "matching":
        monkeypatch.setattr(case_module, "match_findings", raising)
    report = scored(good, telling)
    key = good.truth.key
    assert {line.id for line in report.figures.plants} == {entry.id for entry in (*key.plants, *key.decoys)}
    shown = [line.message for part in candidate_view(report).parts for line in part.lines]
    assert not any("charge" in message for message in shown)


def test_code_that_was_not_read_is_noted(good: Case, rubric: Rubric) -> None:
    """What the flags could not look into is said, so that silence is no proof."""
    told = "code not read in 1 file: app.py: found no Python (SyntaxError)"
    assert told in scored(with_document(good, sources=SourcesEvidence(unread_files=told)), rubric).notes
    assert not any("code not read" in note for note in scored(good, rubric).notes)


def test_scores_that_are_no_probabilities_are_told(good: Case, rubric: Rubric) -> None:
    """The reviewer learns that the plots show something else than the file."""
    odd = with_arrays(good, predictions__p_tuned=3 * good.evidence.array("predictions.p_tuned"))
    assert any("outside 0 to 1" in note for note in scored(odd, rubric).notes)
    assert not any("outside 0 to 1" in note for note in scored(good, rubric).notes)


@pytest.mark.parametrize(
    "how", [{"verdict": Verdict.INFRA_ERROR}, {"verdict": Verdict.NOT_RUN, "ours": True}]
)
@pytest.mark.parametrize("phase", ["notebook", "probes", "service"])
def test_our_own_failure_is_pending_never_zero(good: Case, rubric: Rubric, phase: str, how: dict) -> None:
    """Lines that need a phase that failed through our fault stay open; the others keep their points."""
    report = scored(phases(good, **{phase: how}), rubric)
    before = scored(good, rubric)
    needing = {c.id for c in rubric.criteria().values() if phase in c.needs}
    assert {name for name, status in lines(report).items() if status == "pending"} == needing
    assert report.verdict == "incomplete"
    kept = {c.id: c.points for d in report.dimensions for c in d.criteria if c.id not in needing}
    assert kept.items() <= {c.id: c.points for d in before.dimensions for c in d.criteria}.items()


def test_incident_nothing_is_graded_again_by_itself(good: Case, rubric: Rubric) -> None:
    """Reviewers read that it "will be graded again", and waited for what somebody must run."""
    report = scored(phases(good, service={"verdict": Verdict.INFRA_ERROR, "detail": "no room"}), rubric)
    open_lines = [c for d in report.dimensions for c in d.criteria if c.status == "pending"]
    assert open_lines
    assert all(c.message.endswith("failed on our side (no room); grade it again.") for c in open_lines)
    told = [line.message for part in candidate_view(report).parts for line in part.lines]
    assert sum("will be settled before the result is final" in message for message in told) == len(open_lines)


def test_incident_the_option_is_named_that_left_a_build_open(good: Case, rubric: Rubric) -> None:
    """After --offline-build the service was said to have failed on our side, without the option that did it."""
    how = {"verdict": Verdict.INFRA_ERROR, "detail": because_offline("pip ended with 1")}
    waits = {"verdict": Verdict.NOT_RUN, "ours": True, "detail": "waits for build (INFRA_ERROR)"}
    report = scored(phases(good, build=how, service=waits, latency=waits), rubric)
    open_lines = [c for d in report.dimensions for c in d.criteria if c.status == "pending"]
    assert open_lines
    for one in open_lines:
        assert one.message.startswith(
            f"Open because of an option of this grading: builds are offline ({OFFLINE_OPTION})"
        )
        assert f"grade without {OFFLINE_OPTION}" in one.message
    other = {"verdict": Verdict.INFRA_ERROR, "ours": True, "detail": "no room"}
    kept = scored(phases(good, build=how, service=other), rubric)
    assert any("(no room); grade it again." in c.message for d in kept.dimensions for c in d.criteria)


def test_the_candidates_own_failure_is_scored(good: Case, rubric: Rubric) -> None:
    """A crash of candidate code opens nothing."""
    report = scored(phases(good, notebook={"verdict": Verdict.CRASH}), rubric)
    assert set(lines(report).values()) == {"scored"}


def test_the_local_executor_assesses_no_service(good: Case, rubric: Rubric) -> None:
    """What processes cannot measure is not assessed, not zero, and the verdict is incomplete."""
    missing = {"verdict": Verdict.NOT_RUN, "assessed": False, "detail": "no service"}
    local = with_document(phases(good, build=missing, service=missing, latency=missing), executor="local")
    report = scored(local, rubric)
    assert report.not_assessed == sum(c.points for c in rubric.criteria().values() if "service" in c.needs)
    assert report.not_assessed > 20
    assert (report.isolated, report.verdict, report.bonus, report.pending) == (False, "incomplete", 0.0, 0.0)
    serving = next(d for d in report.dimensions if d.id == "serving")
    assert serving.level is None


def test_a_dummy_service_and_no_work_score_next_to_nothing(rubric: Rubric) -> None:
    """Constant answers and constant predictions earn the start of the service and nothing else."""
    case = with_document(case_of(), evaluation=EvaluationEvidence())
    flat = case.evidence.array("predictions.p_tuned") * 0 + 0.1
    dummy = with_arrays(case, predictions__p_tuned=flat, predictions__p_baseline=flat,
                        service__replay=case.evidence.array("service.replay") * 0 + 0.1)  # fmt: skip
    report = scored(dummy, rubric)
    paid = {c.id for d in report.dimensions for c in d.criteria if c.points > 0}
    assert paid == {"serving.starts"}
    assert report.total <= 4


def test_a_dimension_at_level_one_does_not_pass(good: Case, rubric: Rubric) -> None:
    """A high total does not make up for a dimension that is missing."""
    checks = {n: always(0.0 if n.startswith("readme.") else 1.0) for n in rubric.checks}
    report = scored(good, Rubric(rubric.file, rubric.sha256, checks))
    assert (report.total, report.verdict) == (75.0, "fail")
