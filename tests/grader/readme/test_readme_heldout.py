"""Texts over other facts than the corpus, with expected levels and edits; nothing of the judge was fitted on them."""

import csv
import json
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from grader.readme.facts import Facts, read_facts
from grader.readme.judge import judge_readme
from grader.readme.judgment import MAX_POINTS, CriterionId, ReadmeJudgment
from grader.readme.validation.agreement import points, weighted_kappa
from grader.readme.validation.corpus import Pair
from grader.readme.validation.edits import PairOutcome, outcome_of
from grader.readme.validation.measure import levels_of

FOLDER = Path(__file__).parent / "data" / "heldout"
ORDINARY = sorted((FOLDER.parent / "ordinary").glob("*.md"))
# Floors a little below what was measured when the texts were written, so that a change for the worse is seen.
LEAST_TOTAL_KAPPA = 0.90
LEAST_TARGETS = 0.80
LEAST_OTHERS = 0.60


@pytest.fixture(scope="module")
def known() -> Facts:
    """The facts behind the texts."""
    return read_facts(FOLDER / "facts.json")


@pytest.fixture(scope="module")
def judged(known: Facts) -> Mapping[str, ReadmeJudgment]:
    """Judgments of the base texts."""
    return {
        path.stem: judge_readme(path.read_text(encoding="utf-8"), known)
        for path in sorted(FOLDER.glob("t*.md"))
    }


def expected() -> dict[str, dict[CriterionId, int]]:
    """Levels given by the writer of the texts before any program had seen them."""
    with (FOLDER / "levels.csv").open(encoding="utf-8", newline="") as handle:
        return {
            row["file"]: {criterion: int(row[criterion]) for criterion in MAX_POINTS}
            for row in csv.DictReader(handle)
        }


def edited(base: str, replacements: list[list[str]]) -> str:
    """A base text with passages replaced, each of which must be there once."""
    text = (FOLDER / f"{base}.md").read_text(encoding="utf-8")
    for old, new in replacements:
        assert text.count(old) == 1, (base, old[:60])
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def outcomes(known: Facts, judged: Mapping[str, ReadmeJudgment]) -> list[PairOutcome]:
    """What the judge makes of the edits."""
    found = []
    for number, row in enumerate(json.loads((FOLDER / "pairs.json").read_text(encoding="utf-8"))):
        after = judge_readme(edited(row["base"], row["replace"]), known)
        pair = Pair(f"{row['base']} {number}", row["base"], row["edit"], row["target"], row["expected"], "")
        found.append(outcome_of(pair, levels_of(judged[row["base"]]), levels_of(after)))
    return found


def test_totals_agree_on_texts_over_other_facts(judged: Mapping[str, ReadmeJudgment]) -> None:
    """Points follow the expected ones on texts the judge was not made for."""
    wanted = expected()
    mine = np.round([points(levels_of(judged[name])) for name in wanted])
    theirs = np.round([points(levels) for levels in wanted.values()])
    assert weighted_kappa(mine, theirs) >= LEAST_TOTAL_KAPPA


def test_edits_over_other_facts_move_their_target(outcomes: list[PairOutcome]) -> None:
    """A changed meaning is noticed on other columns, numbers and words than those of the corpus."""
    wrong = [(o.pair.name, o.pair.edit, dict(o.moved)) for o in outcomes if not o.target]
    assert 1 - len(wrong) / len(outcomes) >= LEAST_TARGETS, wrong


def test_edits_over_other_facts_leave_the_rest(outcomes: list[PairOutcome]) -> None:
    """Most edits leave every other criterion where it was."""
    wrong = [(o.pair.name, o.pair.edit, dict(o.moved)) for o in outcomes if not o.others]
    assert 1 - len(wrong) / len(outcomes) >= LEAST_OTHERS, wrong


@pytest.mark.parametrize("path", ORDINARY, ids=lambda path: path.stem)
def test_readmes_of_ordinary_projects_are_level_one_or_two(path: Path, known: Facts) -> None:
    """A README about something else may speak of releases and checks, and still says nothing about this model."""
    levels = levels_of(judge_readme(path.read_text(encoding="utf-8"), known))
    form = levels.pop("communication")
    assert max(levels.values()) <= 2
    assert form <= 3


def test_a_hundred_and_sixteen_readmes_take_less_than_a_minute(
    known: Facts, judged: Mapping[str, ReadmeJudgment]
) -> None:
    """Fourteen texts stand for 116: processor time for one pass, and the second pass is the same to the last digit."""
    started = time.process_time()
    again = {
        path.stem: judge_readme(path.read_text(encoding="utf-8"), known)
        for path in sorted(FOLDER.glob("t*.md"))
    }
    assert (time.process_time() - started) / len(again) * 116 < 60
    assert again == judged
