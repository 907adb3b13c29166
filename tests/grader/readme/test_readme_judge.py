"""The judge as a whole: quotes, facts, odd inputs, determinism, agreement with the sample texts."""

from pathlib import Path

import pytest

from grader.readme.facts import Facts
from grader.readme.judge import judge_readme
from grader.readme.judgment import MAX_POINTS

RATED = {
    "r10": (2, 4, 3, 3, 3, 4),
    "r30": (2, 1, 1, 1, 1, 1),
    "r46": (3, 3, 3, 3, 3, 4),
    "r110": (1, 1, 1, 1, 1, 1),
}
ODD = {
    "empty": "",
    "blank": " \n\t\n",
    "one line": "churn model",
    "binary": "".join(chr(value % 256) for value in range(0, 60_000, 7)),
    "control signs": "\x00\x01\ufffd\ud7ff" * 50,
    "long": "the model is monitored with great care and attention every day\n" * 4_600,
    "one long word": "a" * 60_000,
    "table only": "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 300,
    "German": "# Überwachung\nWir prüfen jeden Monat die fehlenden Werte und vergleichen mit dem Vormonat.\n",
    "Chinese": "# 监控\n每月检查缺失值，并与上个月比较。\n",
    "open fence": "```\nPSI > 0.2\n",
    "open comment": "# Plan\n<!-- never closed\nPSI > 0.2\n",
    "deep list": "\n".join("  " * depth + "- x" for depth in range(60)),
}


@pytest.mark.parametrize("kind", ODD)
def test_any_text_gets_a_verdict(facts: Facts, kind: str) -> None:
    """No input ends in a traceback, and text that says nothing scores next to nothing."""
    judged = judge_readme(ODD[kind], facts)
    assert [c.id for c in judged.criteria] == list(MAX_POINTS)
    assert judged.total <= 4
    assert all(c.message for c in judged.criteria)


def test_no_facts_at_all_still_gives_a_verdict(data: Path) -> None:
    """Unknown facts are allowed: nothing is called wrong for want of a fact."""
    judged = judge_readme((data / "r46.md").read_text(encoding="utf-8"), Facts())
    assert not any(claim.agrees is False for c in judged.criteria for claim in c.claims)


def test_judging_is_deterministic(data: Path, sample_facts: Facts) -> None:
    """The same text and facts give the same judgment, to the last digit."""
    text = (data / "r10.md").read_text(encoding="utf-8")
    assert judge_readme(text, sample_facts) == judge_readme(text, sample_facts)


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parent / "data").glob("r*.md")), ids=lambda path: path.stem
)
def test_quotes_are_verbatim(path: Path, sample_facts: Facts) -> None:
    """Every level above 1 quotes text that is found in the README as it stands."""
    text = path.read_text(encoding="utf-8")
    for criterion in judge_readme(text, sample_facts).criteria:
        assert criterion.level == 1 or criterion.quotes
        assert all(quote in text for quote in criterion.quotes)


def test_points_follow_from_levels(data: Path, sample_facts: Facts) -> None:
    """Credit is (level - 1) / 3 of the criterion's points, and the total their sum of at most 25."""
    judged = judge_readme((data / "r46.md").read_text(encoding="utf-8"), sample_facts)
    assert judged.max == sum(MAX_POINTS.values()) == 25
    assert judged.total == pytest.approx(
        sum(MAX_POINTS[c.id] * (c.level - 1) / 3 for c in judged.criteria), abs=1e-3
    )


@pytest.mark.parametrize("name", RATED)
def test_levels_agree_with_the_raters(name: str, data: Path, sample_facts: Facts) -> None:
    """On the sample texts no level is more than one away from the raters', and most are equal."""
    judged = judge_readme((data / f"{name}.md").read_text(encoding="utf-8"), sample_facts)
    off = [abs(c.level - rated) for c, rated in zip(judged.criteria, RATED[name], strict=True)]
    assert max(off) <= 1
    assert sum(off) <= 3


@pytest.mark.parametrize(
    ("edited", "criterion"),
    [
        ("r46__negate_6", "release_and_rollback"),
        ("r46__swapfacts_1", "grounded_in_this_work"),
        ("r10__hearsay_7", "release_and_rollback"),
    ],
)
def test_a_changed_meaning_moves_its_criterion_down(
    edited: str, criterion: str, data: Path, sample_facts: Facts
) -> None:
    """Denying, contradicting or attributing to others lowers the criterion, though the words are nearly the same."""
    base = (data / f"{edited.split('__')[0]}.md").read_text(encoding="utf-8")
    before = {c.id: c.level for c in judge_readme(base, sample_facts).criteria}
    after = {
        c.id: c.level
        for c in judge_readme((data / f"{edited}.md").read_text(encoding="utf-8"), sample_facts).criteria
    }
    assert after[criterion] < before[criterion]


def test_white_text_lifts_nothing(data: Path, sample_facts: Facts) -> None:
    """A whole plan in white one-pixel text leaves every level where it was."""
    clean = judge_readme((data / "r110.md").read_text(encoding="utf-8"), sample_facts)
    attacked = judge_readme((data / "r110__white_text.md").read_text(encoding="utf-8"), sample_facts)
    assert all(a.level <= c.level for a, c in zip(attacked.criteria, clean.criteria, strict=True))


def test_incident_one_remark_on_the_literature_silenced_an_academic(facts: Facts) -> None:
    """That a question has been written about reports no plan of others, so what follows in the paragraph counts."""
    remark = "The governance of models has received considerable attention in the literature. "
    plan = (
        "Every month, before scoring, the population stability index of `fare_per_trip` is compared with the training "
        "months; above 0.25 the list is withheld and the data team is asked."
    )
    with_remark, alone = (judge_readme(text, facts).criteria[0] for text in (remark + plan, plan))
    assert with_remark.level == alone.level > 1
    reported = judge_readme("According to the literature this is what others do. " + plan, facts).criteria[0]
    assert reported.level < alone.level


def test_incident_a_sentence_on_what_cannot_be_known_was_harmful(facts: Facts) -> None:
    """ "You cannot know on the day whether it was right" warns of judging too early and proposes nothing."""
    text = (
        "You cannot know on the day if the model was right, as someone who is scored at the end of January can still "
        "cancel at the end of February, March or April, and so the real KPI for January can be shown in May."
    )
    assert "wrong direction" not in judge_readme(text, facts).criteria[1].message
