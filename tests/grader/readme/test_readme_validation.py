"""The material of the judge is whole, and nothing of a held text reaches the models that judge it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from grader.readme.claims import Reading
from grader.readme.elements import READ
from grader.readme.facts import Facts
from grader.readme.judge import judge_readme
from grader.readme.judgment import ReadmeJudgment
from grader.readme.validation.annotations import (
    AnnotationError,
    corpus_examples,
    own_examples,
    paraphrased_examples,
)
from grader.readme.validation.corpus import Corpus, base_of, load_corpus
from grader.readme.validation.crossvalidate import Judge, crossvalidate
from grader.readme.validation.learn import read_all

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

    judged = crossvalidate(corpus, make)
    assert set(judged) == set(corpus.texts)
    assert all(base_of(name) not in known for name, known in asked.items())
    assert all(len(known) >= 90 for known in asked.values())
