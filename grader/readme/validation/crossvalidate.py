"""Judge every text of the corpus with models that have seen neither it, nor its base, nor its edits and attacks."""

from collections.abc import Callable, Sequence

from grader.readme.facts import Facts
from grader.readme.judge import judge_with
from grader.readme.judgment import ReadmeJudgment
from grader.readme.validation.annotations import examples_of
from grader.readme.validation.corpus import Corpus, base_of
from grader.readme.validation.learn import fit_all, read_all, shuffled

FOLDS = 5
SPLITS = (11, 12, 13, 14, 15)
"""Seeds of the partitions into folds that are reported. One partition says little: the share of edits that leave all
other criteria moves by ten points between partitions, and the one by which rules are kept or dropped is soon fitted."""
Judge = Callable[[str, Facts], ReadmeJudgment]
# Given the names of the base texts it may learn from, returns a judge.
JudgeMaker = Callable[[Sequence[str]], Judge]


def crossvalidate(corpus: Corpus, make: JudgeMaker, split: int) -> dict[str, ReadmeJudgment]:
    """Judgments of all texts by name, from one partition of the base texts; edits and attacks stay with their base."""
    fold = {base: number % FOLDS for number, base in enumerate(shuffled(corpus.bases, seed=split))}
    judged: dict[str, ReadmeJudgment] = {}
    for held in range(FOLDS):
        judge = make([base for base in corpus.bases if fold[base] != held])
        for name, text in corpus.texts.items():
            if fold[base_of(name)] == held:
                judged[name] = judge(text, corpus.facts)
    return judged


def claim_reading_judge(corpus: Corpus) -> JudgeMaker:
    """Our judge, fitted anew on the base texts of each fold; thresholds and weights are chosen inside it."""
    readings = read_all(corpus)
    examples = examples_of(readings, corpus.facts)

    def make(texts: Sequence[str]) -> Judge:
        reader, models = fit_all(corpus, texts, readings, examples)
        return lambda text, facts: judge_with(text, facts, reader, models)

    return make
