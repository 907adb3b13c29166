"""Mutants of the README: each section gone, the text about another project, and a text nobody can read."""

from __future__ import annotations

import re

from tests.mutants.recipe import Mutant
from tests.mutants.work import Work

ALL = "readme.*"


def _text(work: Work) -> str:
    return work.path("README.md").read_text(encoding="utf-8")


def _put(work: Work, text: str) -> None:
    work.path("README.md").write_text(text, encoding="utf-8")


def _without(heading: str):  # type: ignore[no-untyped-def]
    def apply(work: Work) -> None:
        parts = re.split(r"(?m)^(?=## )", _text(work))
        kept = [part for part in parts if not part.startswith(f"## {heading}")]
        assert len(kept) == len(parts) - 1, heading
        _put(work, "".join(kept))

    return apply


def emptied(work: Work) -> None:
    """The README says nothing."""
    _put(work, "")


def of_no_data(work: Work) -> None:
    """Names and figures of this data are replaced by general words."""
    text = re.sub(r"`[^`]*`", "a feature", _text(work))
    text = re.sub(r"\b0\.\d+(–0\.\d+)?\b", "some value", text)
    text = re.sub(r"\b202\d-\d\d(\.\.202\d-\d\d)?\b", "the period", text)
    head, _, _ = text.partition("## What the audit found")
    _put(work, head)


def one_long_paragraph(work: Work) -> None:
    """No headings, no lists, five times as many words as asked, most of them filler."""
    filler = (
        "It is important to note that robust and holistic best practices will be leveraged going forward to "
        "ensure seamless synergies across the entire end-to-end machine learning lifecycle. "
    )
    text = re.sub(r"(?m)^#+ |^- |^\|[-| ]*\|$|\|", " ", _text(work)).replace("\n", " ")
    sentences = re.split(r"(?<=[.!?]) ", text)
    _put(work, " ".join(f"{filler}{sentence}" for sentence in sentences))


MUTANTS = (
    Mutant("readme-emptied", "readme.grounded_in_this_work", 0.99, emptied, (ALL,)),
    Mutant("no-inputs-watched", "readme.monitoring_inputs", 0.5, _without("Inputs"),
           ("readme.grounded_in_this_work", "readme.communication")),
    Mutant("no-outcomes-watched", "readme.monitoring_outcomes", 0.5, _without("Outcomes"),
           ("readme.grounded_in_this_work", "readme.communication")),
    Mutant("no-retraining-rule", "readme.retraining_triggers", 0.5, _without("Retrain"),
           ("readme.grounded_in_this_work", "readme.communication")),
    Mutant("no-release-rule", "readme.release_and_rollback", 0.5, _without("Release"),
           ("readme.grounded_in_this_work", "readme.communication")),
    Mutant("about-no-data-in-particular", "readme.grounded_in_this_work", 0.3, of_no_data, (ALL,)),
    Mutant("one-long-paragraph", "readme.communication", 0.3, one_long_paragraph, (ALL,)),
)  # fmt: skip
