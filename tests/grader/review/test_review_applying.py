"""People's decisions applied to a report, and taken off again."""

from __future__ import annotations

import pytest

from grader.errors import UsageError
from grader.proposals import unconfirmed
from grader.results import PassMark, Report, RubricId
from grader.review.applying import as_scored, lapsed, reviewed
from grader.review.deciding import Decision, entries_of
from grader.review.entries import AnyEntry
from grader.totals import totals_of
from tests.grader.reports import builders

MARK = PassMark(total=60, lowest_level=2)


def scored() -> Report:
    """A report as scoring makes it: one criterion pending, one flag raised, totals that add up."""
    made = builders.report(rubric=RubricId(version="1", sha256="51aa" * 16, mark=MARK))
    totals = totals_of(made.dimensions, MARK)
    return made.model_copy(
        update={"total": totals.total, "pending": 3.0, "level": totals.level, "verdict": totals.verdict}
    )


def asked(
    report: Report,
    *levels: str,
    flags: tuple[str, ...] = (),
    finalise: bool = False,
    accept: bool = False,
    log: tuple[AnyEntry, ...] = (),
    defended: tuple[str, ...] = (),
) -> tuple[AnyEntry, ...]:
    """The log after one more decision."""
    decision = Decision(
        levels, flags, finalise, "Grace", "read it twice", "2025-01-07T10:00:00+00:00", accept, defended
    )
    return (*log, *entries_of(report, log, decision))


def line(report: Report, name: str):  # type: ignore[no-untyped-def]
    """A criterion by id."""
    return next(one for part in report.dimensions for one in part.criteria if one.id == name)


def test_both_values_stand_side_by_side() -> None:
    """A person's level counts, and the program's stays beside it."""
    report = scored()
    made = reviewed(report, asked(report, "serving.bad_input=3"))
    one = line(made, "serving.bad_input")
    assert (one.level, one.points, one.person.reviewer) == (3, 2.0, "Grace")
    assert (one.person.program.level, one.person.program.points) == (1, 0.6)
    assert made.total == pytest.approx(report.total + 1.4, abs=0.05)


def test_what_was_defended_moves_no_point() -> None:
    """The level of the talk stands beside that of the evidence; the last one counts, and it can be taken off."""
    report = scored()
    log = asked(report, defended=("audit=2", "serving=4"))
    made = reviewed(report, asked(report, defended=("audit=1",), log=log))
    heard = {part.id: part.defended_level for part in made.dimensions}
    assert heard == {"audit": 1, "evaluation": None, "serving": 4, "readme": None}
    same = [
        ("total", "level", "verdict", "pending"),
        (report.total, report.level, report.verdict, report.pending),
    ]
    assert tuple(getattr(made, name) for name in same[0]) == same[1]
    assert [part.level for part in made.dimensions] == [part.level for part in report.dimensions]
    assert as_scored(made) == report


def test_a_talk_after_the_review_keeps_the_result_final() -> None:
    """The panel hears candidates whose result is final: recording that opens nothing again; a set level does."""
    report = scored()
    every = asked(
        report, "serving.latency=4", flags=("flag.errors_on_input=dismissed",), finalise=True, accept=True
    )
    assert reviewed(report, every).final
    heard = asked(report, defended=("audit=1",), log=every)
    assert reviewed(report, heard).final
    assert not reviewed(report, asked(report, "audit.drift=1", log=heard)).final


@pytest.mark.parametrize("wrong", ["audit=5", "audit", "leakage=3", "audit.leakage=3", "audit=3.0"])
def test_a_level_of_the_talk_is_checked(wrong: str) -> None:
    """Only the four dimensions and the levels 1 to 4 are recorded."""
    with pytest.raises(UsageError, match="--defended"):
        asked(scored(), defended=(wrong,))


def test_taking_decisions_off_gives_the_programs_report() -> None:
    """Nothing of the program's result is lost, and applying twice is applying once."""
    report = scored()
    log = asked(report, "serving.bad_input=3", "serving.latency=2", flags=("flag.errors_on_input=confirmed",))
    made = reviewed(report, log)
    assert as_scored(made) == report
    assert reviewed(made, log) == made


def test_a_level_for_what_was_pending_closes_it() -> None:
    """A pending criterion that a person rates is scored, and the verdict can be given."""
    report = scored()
    assert report.verdict == "incomplete"
    made = reviewed(report, asked(report, "serving.latency=4"))
    assert (made.pending, made.verdict, line(made, "serving.latency").points) == (0.0, "pass", 3.0)


def test_the_same_level_confirms_and_costs_nothing() -> None:
    """Who agrees with the program does not move the points within the level."""
    report = scored()
    made = reviewed(report, asked(report, "audit.leakage=3"))
    assert line(made, "audit.leakage").points == line(report, "audit.leakage").points
    assert line(made, "audit.leakage").person is not None


def test_the_last_decision_counts() -> None:
    """Two reviewers on one criterion: the later one stands, the program's value is still the program's."""
    report = scored()
    log = asked(report, "serving.bad_input=4")
    log = asked(reviewed(report, log), "serving.bad_input=2", log=log)
    one = line(reviewed(report, log), "serving.bad_input")
    assert (one.level, one.person.program.level) == (2, 1)


def test_decisions_on_another_submission_do_not_count() -> None:
    """A result folder that is used for another submission does not inherit its review."""
    report = scored()
    other = report.submission.model_copy(update={"sha256": "f" * 64})
    assert (
        reviewed(report, asked(report.model_copy(update={"submission": other}), "audit.leakage=1")) == report
    )


def test_what_has_no_object_any_more_is_told() -> None:
    """A decision on a criterion that the rubric dropped, or on a flag no longer raised, is not lost silently."""
    report = scored()
    log = asked(report, "serving.latency=4", flags=("flag.errors_on_input=dismissed",))
    fewer = tuple(
        part.model_copy(update={"criteria": tuple(c for c in part.criteria if c.id != "serving.latency")})
        for part in report.dimensions
    )
    made = reviewed(report.model_copy(update={"dimensions": fewer, "red_flags": ()}), log)
    assert sum(note.startswith("Review: ") for note in made.notes) == 2
    assert as_scored(made).notes == report.notes


def test_final_needs_everything_decided() -> None:
    """What is pending and flags nobody decided keep a result a proposal."""
    report = scored()
    with pytest.raises(UsageError, match=r"serving\.latency"):
        asked(report, finalise=True)
    with pytest.raises(UsageError, match=r"flag\.errors_on_input"):
        asked(report, "serving.latency=3", finalise=True)
    log = asked(
        report, "serving.latency=3", flags=("flag.errors_on_input=dismissed",), accept=True, finalise=True
    )
    made = reviewed(report, log)
    assert made.final
    assert made.finalised is not None
    assert made.finalised.reviewer == "Grace"


def test_a_result_was_final_though_nobody_had_read_its_levels() -> None:
    """Proposals keep a result from being final, also where an older log says final; the error names them."""
    report = scored()
    decided = asked(report, "serving.latency=3", flags=("flag.errors_on_input=dismissed",))
    with pytest.raises(UsageError, match=r"readme\.communication.*--set.*--accept-proposals"):
        asked(report, finalise=True, log=decided)
    accepted = asked(report, accept=True, finalise=True, log=decided)
    assert not reviewed(report, (*decided, accepted[-1])).final


def test_accepted_proposals_are_decisions_of_that_person() -> None:
    """What is accepted keeps its points and has a name and a reason; what was set before is left alone."""
    report = scored()
    log = asked(report, "readme.communication=1")
    made = reviewed(report, asked(report, accept=True, log=log))
    assert unconfirmed(made) == ()
    taken, kept = line(made, "readme.monitoring_inputs"), line(made, "readme.communication")
    assert taken.points == line(report, "readme.monitoring_inputs").points
    assert (taken.person.reviewer, taken.person.reason) == ("Grace", "accepted as proposed: read it twice")
    assert (kept.level, kept.person.reason) == (1, "read it twice")
    with pytest.raises(UsageError, match="no proposal waits"):
        asked(report, accept=True, log=asked(report, accept=True, log=log))


def test_final_ends_with_what_it_was_declared_on() -> None:
    """A later decision, another rubric or another total makes the result a proposal again."""
    report = scored()
    log = asked(
        report, "serving.latency=3", flags=("flag.errors_on_input=dismissed",), accept=True, finalise=True
    )
    assert lapsed(reviewed(report, log), log) is None
    later = asked(report, "audit.leakage=2", log=log)
    ended = lapsed(reviewed(report, later), later)
    assert ended is not None
    assert ended.reviewer == "Grace"
    other = report.rubric.model_copy(update={"sha256": "0" * 64})
    assert not reviewed(report.model_copy(update={"rubric": other}), log).final


@pytest.mark.parametrize(
    ("levels", "flags", "expected"),
    [
        (("audit.taste=3",), (), "no criterion"),
        (("audit.leakage=5",), (), "level 1 to 4"),
        (("audit.leakage",), (), "CRITERION=LEVEL"),
        ((), ("smell=confirmed",), "no flag"),
        ((), ("flag.errors_on_input=maybe",), "ID=confirmed"),
    ],
)
def test_what_does_not_exist_is_refused(
    levels: tuple[str, ...], flags: tuple[str, ...], expected: str
) -> None:
    """A slip of the pen names what was found and what was expected."""
    with pytest.raises(UsageError, match=expected):
        asked(scored(), *levels, flags=flags)


def test_nothing_is_decided_without_a_name_and_a_reason() -> None:
    """A log without who and why would prove nothing."""
    for reviewer, reason, expected in (("", "why", "--reviewer"), ("Grace", " ", "--reason")):
        with pytest.raises(UsageError, match=expected):
            entries_of(scored(), (), Decision(("audit.leakage=2",), (), False, reviewer, reason, "now"))


def test_a_report_without_its_mark_is_scored_again_first() -> None:
    """The verdict cannot be given anew without the mark, and the remedy is named."""
    with pytest.raises(UsageError, match="score it again"):
        asked(builders.report(), "audit.leakage=2")
