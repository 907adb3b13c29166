"""Claims with the elements they state: those of the corpus, the same in other words, and sentences of our own."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.readme.claim_features import claim_features, features_of, without_context
from grader.readme.claims import Claim, Reading
from grader.readme.facts import Facts
from grader.readme.validation.corpus import base_of
from grader.readme.wording import COLUMN, columns_in, normalise, plain

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


def examples_of(readings: Mapping[str, Reading], facts: Facts) -> list[Example]:
    """All that is learned from the corpus: its claims, those of its edits, and the same in other words."""
    return corpus_examples(readings) + paraphrased_examples(readings, facts)


def corpus_examples(readings: Mapping[str, Reading]) -> list[Example]:
    """All read claims of the annotated texts; in an edited text only those that its base does not hold.

    Whether a claim is denied or reported is no part of the elements: a denied check still speaks of a check.
    """
    marked = _marked()
    out: list[Example] = []
    for name, of_file in sorted(marked.items()):
        base = base_of(name)
        known = set() if name == base else {claim.own for claim in readings[base].claims}
        claims = readings[name].claims
        used: set[str] = set()
        for claim, features in zip(claims, features_of(claims), strict=True):
            start = _start(claim)
            if start in of_file:
                used.add(start)
            if claim.read and claim.own not in known:
                out.append(Example(features, of_file.get(start, frozenset()), base))
        lost = set(of_file) - used
        if lost:
            raise AnnotationError(f"{name}.md: no claim starts with {sorted(lost)[0]!r}")
    return out


def paraphrased_examples(readings: Mapping[str, Reading], facts: Facts) -> list[Example]:
    """The claims of the base texts said again, once in everyday words and once tersely, in the place of the original.

    They state the elements of the original and stay with its text, so that no fold learns from words of a held one.
    """
    marked = _marked()
    out: list[Example] = []
    for name, place, forms in _paraphrases(readings, facts):
        claims = readings[name].claims
        before = claims[place - 1] if place else None
        after = claims[place + 1] if place + 1 < len(claims) else None
        elements = marked.get(name, {}).get(_start(claims[place]), frozenset())
        out += [Example(claim_features(again, before, after), elements, name) for again in forms]
    return out


def restated(readings: Mapping[str, Reading], facts: Facts) -> dict[str, tuple[Reading, Reading]]:
    """Each base text as a whole in everyday words, and as a whole tersely."""
    claims = {name: ([*reading.claims], [*reading.claims]) for name, reading in readings.items()}
    told = set()
    for name, place, forms in _paraphrases(readings, facts):
        told.add(name)
        for version, again in zip(claims[name], forms, strict=True):
            version[place] = again
    return {
        name: (
            replace(readings[name], claims=tuple(claims[name][0])),
            replace(readings[name], claims=tuple(claims[name][1])),
        )
        for name in sorted(told)
    }


def _paraphrases(
    readings: Mapping[str, Reading], facts: Facts
) -> Iterator[tuple[str, int, tuple[Claim, Claim]]]:
    """Name of the text, number of the claim, and the claim in everyday words and tersely."""
    for row in _rows("paraphrases.csv"):
        name, start = row["file"].removesuffix(".md"), row["starts"]
        claims = readings[name].claims
        place = next((number for number, claim in enumerate(claims) if _start(claim) == start), None)
        if place is None:
            raise AnnotationError(f"{name}.md: no claim starts with {start!r}")
        yield (
            name,
            place,
            (_again(claims[place], row["plain"], facts), _again(claims[place], row["dense"], facts)),
        )


def _again(claim: Claim, said: str, facts: Facts) -> Claim:
    return replace(claim, text=said, own=normalise(said, facts), columns=columns_in(said, facts))


def _marked() -> dict[str, dict[str, frozenset[str]]]:
    """The elements of each annotated claim, by text and by how the claim starts; every annotated text is there."""
    marked: dict[str, dict[str, frozenset[str]]] = {}
    for row in _rows("corpus_claims.csv"):
        of_file = marked.setdefault(row["file"].removesuffix(".md"), {})
        if row["starts"]:
            of_file[row["starts"]] = frozenset(row["elements"].split())
    return marked


def _start(claim: Claim) -> str:
    return " ".join(claim.text.split())[:40]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


def own_examples() -> list[Example]:
    """Sentences about other data in other words; they are no part of the corpus and train every fold."""
    return [
        Example(_alone(row["claim"]), frozenset(row["elements"].split()), OWN)
        for row in _rows("own_claims.csv")
    ]


def _alone(text: str) -> dict[str, float]:
    own = plain(text.replace("<column>", f" {COLUMN} "))
    columns = tuple(f"column {number}" for number in range(own.count(COLUMN)))
    claim = Claim(text, own, "", "", text, columns, "item", "asserted", 0, 0)
    return claim_features(claim, None, None)


def doubled(examples: list[Example]) -> list[Example]:
    """Each claim once as it stands and once as it would stand alone, so that no heading is ever needed."""
    return examples + [Example(without_context(e.features), e.elements, e.base) for e in examples]
