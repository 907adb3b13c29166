"""The material of the judge is whole, and nothing of a held text reaches the models that judge it."""

from collections.abc import Sequence

from grader.readme.elements import READ
from grader.readme.facts import Facts
from grader.readme.judge import judge_readme
from grader.readme.judgment import ReadmeJudgment
from grader.readme.validation.annotations import corpus_examples, own_examples
from grader.readme.validation.corpus import base_of, load_corpus
from grader.readme.validation.crossvalidate import Judge, crossvalidate
from grader.readme.validation.learn import read_all


def test_every_annotation_belongs_to_a_claim() -> None:
    """Annotations name known elements, and each is found in its text as the program splits it today."""
    corpus = load_corpus()
    examples = [*corpus_examples(read_all(corpus)), *own_examples()]
    assert len(examples) > 3000
    assert {element for example in examples for element in example.elements} <= set(READ)


def test_edits_and_attacks_stay_with_their_base() -> None:
    """A judge is asked only about texts whose base it has not been given."""
    corpus = load_corpus()
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
