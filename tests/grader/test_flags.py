"""Red flags are raised by what was measured, only raised, and not by honest work."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.checks.case import Case
from grader.checks.published import reference
from grader.evidence.document import TextFile
from grader.evidence.modelling import ClaimedMetrics, EvaluationEvidence
from grader.evidence.sources import Reach, SourceFile, SourcesEvidence
from grader.flags import raise_flags
from grader.results import CriterionResult
from grader.rubric import load_rubric
from grader.scoring import score
from grader.types import Verdict
from tests.grader.case_builder import claimed_figures, served_case, with_arrays, with_document


@pytest.fixture(scope="module")
def good() -> Case:
    """A served submission with honest claims."""
    case = served_case()
    return with_document(case, evaluation=EvaluationEvidence(metrics=claimed_figures(case)))


def flags(case: Case, results: dict[str, CriterionResult] | None = None) -> set[str]:
    """Ids of the flags raised on a case."""
    found = raise_flags(case, results or {})
    assert {flag.state for flag in found} <= {"raised"}
    return {flag.id for flag in found}


def line(name: str, level: int | None) -> CriterionResult:
    """A README line at a level."""
    status = "scored" if level else "pending"
    return CriterionResult(id=name, title="", points=0, max=5, level=level, status=status, message="")


def test_honest_work_raises_nothing(good: Case) -> None:
    """No flag without a reason."""
    assert flags(good) == set()


def test_a_served_model_that_uses_the_leak_is_flagged(good: Case) -> None:
    """Predictions that move with the leak, by a model that is one."""
    moved = with_arrays(good, service__leak_changed=good.evidence.array("service.parity") + 0.1)
    assert flags(moved) == {"model_uses_leak"}
    assert flags(with_arrays(moved, service__replay=np.full(2100, 0.1))) == set()


def test_another_served_model_is_flagged(good: Case) -> None:
    """Most answers farther than 0.01 from what was submitted."""
    other = with_arrays(
        good,
        **{
            f"service__{n}": good.evidence.array(f"service.{n}") * 0.5
            for n in ("parity", "fresh_id", "leak_changed")
        },
    )
    assert flags(other) == {"served_is_not_evaluated"}


def test_labels_written_into_the_tuned_predictions_are_flagged_though_the_baseline_is_near(
    good: Case,
) -> None:
    """A baseline within 0.01 of what is served once passed for the served model, and hid the invented one."""
    served = good.evidence.array("service.parity")
    rows = good.evidence.array("service.parity_rows").astype(int)
    near = np.full(len(good.truth.issued), np.nan)
    near[rows] = served + 0.004
    y = good.evidence.array("predictions.y_true")
    mixed = with_arrays(
        good,
        predictions__p_baseline=np.nan_to_num(near[good.prediction_rows], nan=0.1),
        predictions__p_tuned=0.05 + 0.6 * y,
    )
    assert mixed.served_model == "tuned"
    assert "served_is_not_evaluated" in flags(mixed)


def test_claims_that_do_not_recompute_are_flagged(good: Case) -> None:
    """Through the whole scoring: the evidence of the line raises the flag."""
    edited = with_document(good, evaluation=EvaluationEvidence(metrics=claimed_figures(good, pr_auc=0.1)))
    rubric = load_rubric()
    assert "figures_do_not_recompute" in {
        f.id for f in score(edited.evidence, rubric, edited.truth).red_flags
    }
    assert "figures_do_not_recompute" not in {
        f.id for f in score(good.evidence, rubric, good.truth).red_flags
    }


def test_no_baseline_is_flagged(good: Case) -> None:
    """Neither claimed nor predicted."""
    rows = good.evidence.array("predictions.row").size
    bare = with_arrays(good, predictions__p_baseline=np.full(rows, np.nan))
    bare = with_document(bare, evaluation=EvaluationEvidence(metrics=ClaimedMetrics()))
    assert flags(bare) == {"no_baseline"}


def with_phase(case: Case, name: str, **changes: object) -> Case:
    """The same case with another record of one phase."""
    phases = [p.model_copy(update=changes) if p.id == name else p for p in case.evidence.document.phases]
    return with_document(case, phases=tuple(phases))


def test_a_failed_probe_of_ours_was_flagged_as_no_baseline(good: Case) -> None:
    """What we could not read is not missing; what a submission itself kept us from reading is."""
    rows = good.evidence.array("predictions.row").size
    bare = with_arrays(good, predictions__p_baseline=np.full(rows, np.nan))
    bare = with_document(bare, evaluation=EvaluationEvidence(metrics=ClaimedMetrics()))
    assert flags(with_phase(bare, "probes", verdict=Verdict.INFRA_ERROR, ours=True)) == set()
    assert flags(with_phase(bare, "probes", verdict=Verdict.CRASH, ours=True)) == set()
    assert flags(with_phase(bare, "probes", verdict=Verdict.CRASH)) == {"no_baseline"}


@pytest.mark.parametrize("flag", ["served_is_not_evaluated", "model_uses_leak"])
def test_a_service_that_we_lost_half_way_is_not_accused(good: Case, flag: str) -> None:
    """The answers that are missing then were never asked for, and those that came are asked for again."""
    served = good.evidence.array("service.parity")
    arrays = {
        "served_is_not_evaluated": {"service__parity": np.where(np.arange(served.size) < 50, served, np.nan)},
        "model_uses_leak": {"service__leak_changed": served + 0.1},
    }
    odd = with_arrays(good, **arrays[flag])
    assert flag in flags(odd)
    assert flags(with_phase(odd, "service", verdict=Verdict.INFRA_ERROR, ours=True)) == set()
    assert flags(with_phase(odd, "service", verdict=Verdict.NOT_RUN, assessed=False)) == set()


def test_no_monitoring_needs_both_lines_at_level_one(good: Case) -> None:
    """One line that says something, or one that is pending, raises nothing."""
    names = ("readme.monitoring_inputs", "readme.monitoring_outcomes")
    assert flags(good, {n: line(n, 1) for n in names}) == {"no_monitoring"}
    for levels in ((1, 2), (1, None)):
        assert flags(good, {n: line(n, v) for n, v in zip(names, levels, strict=True)}) == set()


def test_much_of_the_published_reference_is_flagged_with_the_files(good: Case) -> None:
    """From three in a hundred of its code on; a coincidence of one in a hundred accuses nobody."""
    code = np.array(sorted(reference()[0]), dtype=float)
    files = SourcesEvidence(files=(SourceFile(path="hunt.py", grams=10), SourceFile(path="own.py", grams=10)))

    def holding(share: float) -> Case:
        grams = np.concatenate([code[: int(share * code.size)], [1.0, 2.0, 3.0]])
        owners = np.repeat([0.0, 1.0], [grams.size - 3, 3])
        return with_document(with_arrays(good, sources__gram=grams, sources__file=owners), sources=files)

    assert flags(holding(0.01)) == set()
    assert flags(holding(0.05)) == {"published_reference"}
    flag = raise_flags(holding(0.05), {})[0]
    assert [(p.file, p.measured) for p in flag.evidence] == [
        ("hunt.py", "100% of this file stands in the reference")
    ]


def test_the_references_readme_under_own_code_is_flagged(good: Case) -> None:
    """The text alone is enough."""
    text = (Path(__file__).parents[2] / "reference_solution/templates/README.md").read_text(encoding="utf-8")
    copied = with_document(good, readme=TextFile(path="README.md", text=text))
    assert flags(copied) == {"published_reference"}
    assert [p.file for p in raise_flags(copied, {})[0].evidence] == ["README.md"]


def test_reaching_for_what_it_must_not_touch_is_flagged_line_by_line(good: Case) -> None:
    """Each kind of thing is named, and the first proofs show one of each."""
    found = [Reach(path="a.py", where=f"line {n}", what="other processes", text="x") for n in range(9)]
    found.append(Reach(path="b.py", where="line 1", what="the key of the grading", text="key.json"))
    reached = with_document(good, sources=SourcesEvidence(reaches=tuple(found)))
    assert flags(reached) == {"tampering"}
    flag = raise_flags(reached, {})[0]
    assert "other processes, the key of the grading" in flag.message
    assert {p.measured for p in flag.evidence} == {"other processes", "the key of the grading"}


GERMAN = """# Betrieb

Wir überwachen `usage` jede Woche mit dem PSI gegen die Trainingsmonate; über 0,2 an zwei Wochen wird der Besitzer der
Daten gerufen und die Werte werden nicht benutzt. Die Labels reifen nach 90 Tagen, und dann berechnen wir PR-AUC und
die Präzision der Liste nach Monat und Segment.
"""
ENGLISH = "# Running it\n\nThe model is good and we are proud of it. It will be of use to the team.\n"


@pytest.mark.parametrize(
    ("text", "raised"),
    [
        (GERMAN, set()),
        (ENGLISH, {"no_monitoring"}),
        (f"{ENGLISH}<!-- {GERMAN} {GERMAN} -->", {"no_monitoring"}),
    ],
)
def test_a_german_plan_was_said_to_name_no_monitoring(good: Case, text: str, raised: set[str]) -> None:
    """What is not read is not accused; foreign words that nobody sees excuse nothing."""
    written = with_document(good, readme=TextFile(path="README.md", text=text))
    names = ("readme.monitoring_inputs", "readme.monitoring_outcomes")
    assert flags(written, {n: line(n, 1) for n in names}) == raised
