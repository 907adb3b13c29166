"""Claims with the elements they state, marked by hand: those of the corpus, and sentences written for the purpose."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.readme.claim_features import claim_features, features_of, without_context
from grader.readme.claims import Claim, Reading
from grader.readme.validation.corpus import base_of
from grader.readme.wording import COLUMN, plain

FOLDER = Path(__file__).parent / "annotations"
OWN = "own"


@dataclass(frozen=True)
class Example:
    """One claim for fitting: its features, the elements it states, and the base text it belongs to."""

    features: Mapping[str, float]
    elements: frozenset[str]
    base: str


class AnnotationError(ValueError):
    """An annotated claim is not in its text; the message names the file and how the claim should start."""


def corpus_examples(readings: Mapping[str, Reading]) -> list[Example]:
    """All read claims of the annotated texts; in an edited text only those that its base does not hold.

    Whether a claim is denied or reported is no part of the elements: a denied check still speaks of a check.
    """
    marked: dict[str, dict[str, frozenset[str]]] = {}
    with (FOLDER / "corpus_claims.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            of_file = marked.setdefault(row["file"].removesuffix(".md"), {})
            if row["starts"]:
                of_file[row["starts"]] = frozenset(row["elements"].split())
    out: list[Example] = []
    for name, of_file in sorted(marked.items()):
        base = base_of(name)
        known = set() if name == base else {claim.own for claim in readings[base].claims}
        claims = readings[name].claims
        used: set[str] = set()
        for claim, features in zip(claims, features_of(claims), strict=True):
            start = " ".join(claim.text.split())[:40]
            if start in of_file:
                used.add(start)
            if claim.read and claim.own not in known:
                out.append(Example(features, of_file.get(start, frozenset()), base))
        lost = set(of_file) - used
        if lost:
            raise AnnotationError(f"{name}.md: no claim starts with {sorted(lost)[0]!r}")
    return out


def own_examples() -> list[Example]:
    """Sentences about other data in other words; they are no part of the corpus and train every fold."""
    with (FOLDER / "own_claims.csv").open(encoding="utf-8", newline="") as handle:
        return [
            Example(_alone(row["claim"]), frozenset(row["elements"].split()), OWN)
            for row in csv.DictReader(handle)
        ]


def _alone(text: str) -> dict[str, float]:
    own = plain(text.replace("<column>", f" {COLUMN} "))
    columns = tuple(f"column {number}" for number in range(own.count(COLUMN)))
    claim = Claim(text, own, "", "", text, columns, "item", "asserted", 0, 0)
    return claim_features(claim, None, None)


def doubled(examples: list[Example]) -> list[Example]:
    """Each claim once as it stands and once as it would stand alone, so that no heading is ever needed."""
    return examples + [Example(without_context(e.features), e.elements, e.base) for e in examples]
