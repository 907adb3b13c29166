"""The panel's sheet and the hire rule: average 3.0 or more, no confirmed flag, the practical test passed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from grader.errors import UsageError
from grader.interview.guide import Guide
from grader.interview.kit import AREAS, Area, Kit, Question
from grader.results import Report
from grader.types import Model

MARK = 3.0
"""Mean of the three areas from which on a candidate is hired."""
APART = 2
"""Levels by which two interviewers differ when they should talk."""
Practical = Literal["pass", "borderline", "fail", "incomplete"]


class Rating(Model):
    """One interviewer's level for one question; null until it was asked. `area` for questions outside the kit."""

    question: str = Field(min_length=1)
    area: Area | None = None
    interviewer: str = ""
    level: int | None = Field(default=None, ge=1, le=4)
    note: str = ""


class SheetFlag(Model):
    """A red flag as the panel sees it: a state overrides that of the same flag in the report, null leaves it."""

    id: str = Field(min_length=1)
    state: Literal["raised", "confirmed", "dismissed"] | None = None
    note: str = ""


class Sheet(Model):
    """The panel sheet: `result` is the result folder, from the sheet's own; without it `practical` is given."""

    candidate: str = Field(min_length=1)
    result: str | None = None
    practical: Practical | None = None
    ratings: tuple[Rating, ...]
    red_flags: tuple[SheetFlag, ...] = ()

    @model_validator(mode="after")
    def _one_practical(self) -> Sheet:
        if (self.result is None) == (self.practical is None):
            raise ValueError("give either result (a result folder) or practical (its verdict)")
        return self


@dataclass(frozen=True)
class Defended:
    """A technical question: the levels the evidence gave to what it follows up, and the level of the answer."""

    question: str
    evidence: dict[str, int | None]
    defended: float


@dataclass(frozen=True)
class Decision:
    """What the rule says, and every reason; areas null where nothing was rated."""

    candidate: str
    outcome: Literal["hire", "no hire", "undecided"]
    areas: dict[Area, float | None]
    average: float | None
    practical: str
    confirmed_flags: tuple[str, ...]
    against: tuple[str, ...]
    missing: tuple[str, ...]
    to_discuss: tuple[str, ...]
    defended: tuple[Defended, ...]


def load_sheet(path: Path) -> Sheet:
    """Read a sheet; UsageError names the field that cannot be used."""
    try:
        return Sheet.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the sheet"
        raise UsageError(f"{path}: {place}: {first['msg']}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{path}: not readable as a panel sheet: {' '.join(str(error).split())}") from error


def decide(sheet: Sheet, report: Report | None, kit: Kit) -> Decision:
    """Apply the rule. What fails for certain decides; else what is missing leaves it undecided.

    Answers to one question are averaged over interviewers, questions over the area, the three areas over all.
    """
    rated = _by_area(sheet, kit)
    areas: dict[Area, float | None] = {area: _mean(list(rated[area].values())) for area in AREAS}
    known = [score for score in areas.values() if score is not None]
    average = mean(known) if len(known) == len(AREAS) else None
    practical, final = _practical(sheet, report)
    states = _states(sheet, report)
    confirmed = tuple(sorted(name for name, state in states.items() if state == "confirmed"))
    against = [f"confirmed red flag: {name}" for name in confirmed]
    missing = [f"no rating: {area}" for area, score in areas.items() if score is None]
    missing += [
        f"flag to confirm or dismiss: {name}" for name, state in sorted(states.items()) if state == "raised"
    ]
    if average is not None and average < MARK - 1e-9:
        against.append(f"average {average:.2f} is below {MARK}")
    if practical == "fail" and final:
        against.append("practical test failed")
    elif practical != "pass":
        missing.append(f"practical test is {practical}" + ("" if final else " and not final"))
    elif not final:
        missing.append("practical test is not final; takehome review RESULT_DIR --finalise")
    return Decision(
        candidate=sheet.candidate,
        outcome="no hire" if against else "undecided" if missing else "hire",
        areas=areas,
        average=average,
        practical=practical,
        confirmed_flags=confirmed,
        against=tuple(against),
        missing=tuple(missing),
        to_discuss=_apart(sheet),
        defended=_defended(rated["technical"], report, kit),
    )


def defended_by_dimension(sheet: Sheet, kit: Kit) -> dict[str, int]:
    """Return the level each dimension was defended at: the mean of the questions on it, half a level upwards.

    A question counts for the dimension of its main criterion; questions outside the kit for none.
    """
    found = _defences(sheet, kit)
    return {name: math.floor(mean(level for _, level in of) + 0.5) for name, of in found.items()}


def defended_reasons(sheet: Sheet, kit: Kit) -> dict[str, str]:
    """Return for each dimension, in a line, the questions that the level it was defended at rests on."""
    found = _defences(sheet, kit)
    return {
        name: "panel: " + ", ".join(f"{one.id} {level:.1f}" for one, level in of)
        for name, of in found.items()
    }


def _defences(sheet: Sheet, kit: Kit) -> dict[str, list[tuple[Question, float]]]:
    """Return the technical questions that were rated, with their levels, by the dimension they count for."""
    rated = _by_area(sheet, kit)["technical"]
    found: dict[str, list[tuple[Question, float]]] = {}
    for one in kit.technical:
        if one.id in rated:
            found.setdefault(one.criteria[0].partition(".")[0], []).append((one, rated[one.id]))
    return found


def blank_sheet(guide: Guide, result: str) -> str:
    """Return a sheet to fill in, as YAML, with the planned questions and the report's flags."""
    ratings = [
        {"question": one.question.id, "interviewer": "", "level": None, "note": ""}
        for area in AREAS
        for one in guide.planned[area]
    ]
    # The report may be decided on after the sheet was printed, so no state is printed that would override it.
    flags = [{"id": flag.id, "state": None, "note": ""} for flag in guide.report.red_flags]
    made = {
        "candidate": guide.report.submission.name,
        "result": result,
        "ratings": ratings,
        "red_flags": flags,
    }
    head = "# Levels 1 to 4; copy a line for each further interviewer. Then: takehome panel THIS_FILE\n"
    if flags:
        head += "# A flag without a state is as in the report; confirmed or dismissed here overrides that.\n"
    return head + yaml.safe_dump(made, sort_keys=False, allow_unicode=True)


def _states(sheet: Sheet, report: Report | None) -> dict[str, str]:
    """Return the state of each flag; one without a state that no report gives still waits for a person."""
    states: dict[str, str] = {flag.id: flag.state for flag in report.red_flags} if report else {}
    for flag in sheet.red_flags:
        if flag.state is not None:
            states[flag.id] = flag.state
        elif report is None:
            states[flag.id] = "raised"
    return states


def _by_area(sheet: Sheet, kit: Kit) -> dict[Area, dict[str, float]]:
    found: dict[Area, dict[str, list[int]]] = {area: {} for area in AREAS}
    for one in sheet.ratings:
        area = kit.area_of(one.question) or one.area
        if area is None:
            raise UsageError(
                f"ratings: {one.question}: not in the kit; expected one of its ids, or an area: {', '.join(AREAS)}"
            )
        if one.level is not None:
            found[area].setdefault(one.question, []).append(one.level)
    return {area: {name: mean(levels) for name, levels in of.items()} for area, of in found.items()}


def _mean(scores: list[float]) -> float | None:
    return mean(scores) if scores else None


def _practical(sheet: Sheet, report: Report | None) -> tuple[str, bool]:
    if report is not None:
        return report.verdict, report.final
    return sheet.practical or "incomplete", True


def _apart(sheet: Sheet) -> tuple[str, ...]:
    levels: dict[str, list[int]] = {}
    for one in sheet.ratings:
        if one.level is not None:
            levels.setdefault(one.question, []).append(one.level)
    return tuple(
        f"{name}: levels {min(found)} to {max(found)}"
        for name, found in levels.items()
        if max(found) - min(found) >= APART
    )


def _defended(rated: dict[str, float], report: Report | None, kit: Kit) -> tuple[Defended, ...]:
    if report is None:
        return ()
    levels = {one.id: one.level for part in report.dimensions for one in part.criteria}
    return tuple(
        Defended(one.id, {name: levels[name] for name in one.criteria if name in levels}, rated[one.id])
        for one in kit.technical
        if one.id in rated
    )
