"""The rated corpus: texts, the levels two raters gave, edits with their expected effect, attacks."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.readme.facts import Facts
from grader.readme.judgment import MAX_POINTS, CriterionId

HERE = Path(__file__).parent
Levels = Mapping[CriterionId, int]


@dataclass(frozen=True)
class Pair:
    """A base text and an edit of it: which criterion should move where; ``all`` and ``same`` mean none moves."""

    name: str
    base: str
    edit: str
    target: str
    expected: Literal["up", "down", "same"]
    why: str


@dataclass(frozen=True)
class Corpus:
    """Texts by name (``r01``, ``pairs/r21__delete_1``, ``attacks/r81__term_list``) and what is known of them.

    ``ratings`` holds one mapping per rater, by base text and criterion, levels 1..4.
    """

    facts: Facts
    texts: Mapping[str, str]
    ratings: tuple[Mapping[str, Levels], ...]
    pairs: tuple[Pair, ...]
    attacks: Mapping[str, str]

    @property
    def bases(self) -> tuple[str, ...]:
        """Names of the rated texts, in order."""
        return tuple(sorted(self.ratings[0]))


def base_of(name: str) -> str:
    """The base text that a text was made from: ``attacks/r81__term_list`` belongs to ``r81``."""
    return name.rsplit("/", 1)[-1].split("__")[0]


def part_of(corpus: Corpus, bases: Sequence[str]) -> Corpus:
    """The same with these base texts alone, their edits and their attacks."""
    kept = set(bases)
    return Corpus(
        corpus.facts,
        {name: text for name, text in corpus.texts.items() if base_of(name) in kept},
        tuple({name: rated[name] for name in rated if name in kept} for rated in corpus.ratings),
        tuple(pair for pair in corpus.pairs if pair.base in kept),
        {name: base for name, base in corpus.attacks.items() if base in kept},
    )


def load_corpus(folder: Path = HERE / "corpus") -> Corpus:
    """Read the corpus; every file named in the tables must be there."""
    ratings = tuple(_ratings(folder / f"labels_{rater}.csv") for rater in (1, 2))
    with (folder / "pairs" / "pairs.csv").open(encoding="utf-8", newline="") as handle:
        pairs = tuple(_pair(row) for row in csv.DictReader(handle))
    attacks = {
        f"attacks/{path.stem}": base_of(path.stem) for path in sorted((folder / "attacks").glob("*.md"))
    }
    names = [*ratings[0], *(pair.name for pair in pairs), *attacks]
    texts = {name: (folder / f"{name}.md").read_text(encoding="utf-8") for name in names}
    facts = Facts.model_validate(json.loads((folder / "facts.json").read_text(encoding="utf-8")))
    return Corpus(facts, texts, ratings, pairs, attacks)


def _ratings(path: Path) -> dict[str, Levels]:
    with path.open(encoding="utf-8", newline="") as handle:
        return {
            row["file"].removesuffix(".md"): {criterion: int(row[criterion]) for criterion in MAX_POINTS}
            for row in csv.DictReader(handle)
        }


def _pair(row: Mapping[str, str]) -> Pair:
    expected: Literal["up", "down", "same"] = (
        "up" if row["expected"] == "up" else "down" if row["expected"] == "down" else "same"
    )
    name = f"pairs/{row['file'].removesuffix('.md')}"
    return Pair(name, row["base"], row["op"], row["target"], expected, row["why"])
