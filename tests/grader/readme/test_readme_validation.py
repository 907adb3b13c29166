"""The material of the judge is whole, and nothing of a held text reaches the models that judge it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from grader.readme.claims import Reading
from grader.readme.elements import READ
from grader.readme.facts import Facts
from grader.readme.judge import judge_readme
from grader.readme.judgment import MAX_POINTS, CriterionId, ReadmeJudgment, criterion_judgment
from grader.readme.validation.annotations import (
    AnnotationError,
    corpus_examples,
    own_examples,
    paraphrased_examples,
)
from grader.readme.validation.corpus import Corpus, base_of, load_corpus
from grader.readme.validation.crossvalidate import SPLITS, Judge, crossvalidate
from grader.readme.validation.learn import read_all
from grader.readme.validation.measure import as_json, measure
from grader.readme.validation.page import page, share

Readings = Mapping[str, Reading]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """The corpus of the package."""
    return load_corpus()


@pytest.fixture(scope="module")
def readings(corpus: Corpus) -> Readings:
    """Its texts as claims."""
    return read_all(corpus)


def test_every_annotation_belongs_to_a_claim(readings: Readings) -> None:
    """Annotations name known elements, and each is found in its text as the program splits it today."""
    examples = [*corpus_examples(readings), *own_examples()]
    assert len(examples) > 3000
    assert {element for example in examples for element in example.elements} <= set(READ)


def test_claims_in_other_words_state_the_same_and_stay_with_their_text(
    corpus: Corpus, readings: Readings
) -> None:
    """Every paraphrase has its claim, its elements and its text, so a fold that holds the text out holds it out too."""
    again = paraphrased_examples(readings, corpus.facts)
    assert len(again) > 5000
    assert {example.base for example in again} <= set(corpus.bases)
    stated = Counter((e.base, element) for e in corpus_examples(readings) for element in e.elements)
    assert all(
        count <= 2 * stated[of]
        for of, count in Counter((e.base, x) for e in again for x in e.elements).items()
    )


def test_a_paraphrase_without_its_claim_is_named(corpus: Corpus, readings: Readings) -> None:
    """Where a text was changed under its paraphrases, the error says which text and which claim."""
    changed = {**readings, "r01": replace(readings["r01"], claims=())}
    with pytest.raises(AnnotationError, match=r"r01\.md: no claim starts with 'Hi and thank"):
        paraphrased_examples(changed, corpus.facts)


def test_edits_and_attacks_stay_with_their_base(corpus: Corpus) -> None:
    """A judge is asked only about texts whose base it has not been given."""
    empty = judge_readme("", Facts())
    asked: dict[str, set[str]] = {}
    names = {text: name for name, text in corpus.texts.items()}

    def make(known: Sequence[str]) -> Judge:
        def judge(text: str, facts: Facts) -> ReadmeJudgment:
            asked[names[text]] = set(known)
            return empty

        return judge

    known_of = []
    for split in SPLITS[:2]:
        judged = crossvalidate(corpus, make, split)
        assert set(judged) == set(corpus.texts)
        assert all(base_of(name) not in known for name, known in asked.items())
        assert all(len(known) >= 90 for known in asked.values())
        known_of.append(dict(asked))
    assert known_of[0] != known_of[1]


def test_one_lucky_partition_does_not_make_the_figures(corpus: Corpus) -> None:
    """The figures are means over the partitions with their range; an attack counts where any partition lets it up.

    The judge was once reported by the single partition by which its rules had been kept or dropped.
    """
    flat = judge_readme("", Facts())
    steady = dict.fromkeys(corpus.texts, flat)
    attack, edit = next(iter(corpus.attacks)), corpus.pairs[0]
    off_target: CriterionId = next(c for c in MAX_POINTS if c != edit.target)
    criteria = tuple(
        criterion_judgment(one.id, 2 if one.id == off_target else one.level, confidence=1.0)
        for one in flat.criteria
    )
    raised = ReadmeJudgment(criteria=criteria, total=0)
    found = measure("made up", corpus, [steady, {**steady, attack: raised, edit.name: raised}], 1.0)
    count = len(corpus.pairs)
    assert found.others == (1.0, (count - 1) / count)
    assert found.raised == 1
    assert share(found.others) == f"{1 - 0.5 / count:.0%} ({(count - 1) / count:.0%} to 100%)"
    written = page(corpus, [found])
    assert f"{off_target} 1 to 2 (1)" in written
    assert "**1 of 30** (missed)" in written
    assert as_json(found)["splits"] == 2
