"""The baseline: TF-IDF and ridge regression per criterion. It agrees with raters and knows nothing of meaning."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

from grader.readme.facts import Facts
from grader.readme.judgment import MAX_POINTS, ReadmeJudgment, criterion_judgment
from grader.readme.validation.agreement import weighted_kappa
from grader.readme.validation.corpus import Corpus
from grader.readme.validation.crossvalidate import Judge, JudgeMaker

ALPHAS = (0.1, 0.3, 1.0, 3.0, 10.0)
INNER_FOLDS = 5
Numbers = npt.NDArray[np.float64]


def bag_of_words_judge(corpus: Corpus) -> JudgeMaker:
    """Penalty and cuts are chosen by cross-validation inside the texts that a fold may learn from."""

    def make(names: Sequence[str]) -> Judge:
        texts = [corpus.texts[name] for name in names]
        rated = np.array(
            [[np.mean([rater[n][c] for rater in corpus.ratings]) for c in MAX_POINTS] for n in names]
        )
        held = _held_predictions(texts, rated)
        tuned = [
            _tuned([table[:, place] for table in held], rated[:, place]) for place in range(rated.shape[1])
        ]
        words = _words()
        seen = words.fit_transform(texts)  # type: ignore[no-untyped-call]  # the library ships no types
        models = [_ridge(alpha).fit(seen, rated[:, place]) for place, (alpha, _) in enumerate(tuned)]

        def judge(text: str, facts: Facts) -> ReadmeJudgment:
            row = words.transform([text])  # type: ignore[no-untyped-call]  # the library ships no types
            criteria = []
            for criterion, model, (_, cuts) in zip(MAX_POINTS, models, tuned, strict=True):
                level = 1 + int(np.sum(model.predict(row)[0] > cuts))
                criteria.append(criterion_judgment(criterion, level, confidence=0.5))
            return ReadmeJudgment(criteria=tuple(criteria), total=round(sum(c.points for c in criteria), 4))

        return judge

    return make


def _words() -> TfidfVectorizer:
    return TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)  # type: ignore[no-untyped-call]  # the library ships no types


def _ridge(alpha: float) -> Ridge:
    return Ridge(alpha=alpha)  # type: ignore[no-untyped-call]  # the library ships no types


def _held_predictions(texts: list[str], rated: Numbers) -> list[Numbers]:
    """One table per penalty: predictions for each text from the texts of the other inner folds."""
    fold = np.random.default_rng(0).permutation(len(texts)) % INNER_FOLDS
    tables = [np.zeros_like(rated) for _ in ALPHAS]
    for held in range(INNER_FOLDS):
        known, unseen = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        words = _words()
        seen = words.fit_transform([texts[n] for n in known])  # type: ignore[no-untyped-call]  # the library ships no types
        asked = words.transform([texts[n] for n in unseen])  # type: ignore[no-untyped-call]  # the library ships no types
        for table, alpha in zip(tables, ALPHAS, strict=True):
            table[unseen] = _ridge(alpha).fit(seen, rated[known]).predict(asked)
    return tables


def _tuned(held: Sequence[Numbers], rated: Numbers) -> tuple[float, Numbers]:
    """The penalty, and the cuts between levels, that agree best on texts held out inside."""
    tried = [(alpha, table, _cuts(table, rated)) for alpha, table in zip(ALPHAS, held, strict=True)]
    alpha, _, cuts = max(tried, key=lambda one: weighted_kappa(_levels(one[1], one[2]), rated))
    return alpha, cuts


def _cuts(held: Numbers, rated: Numbers) -> Numbers:
    """Cuts moved one after the other along the quantiles of the predictions, two rounds."""
    grid = np.quantile(held, np.linspace(0.04, 0.96, 24))
    cuts = np.array([1.5, 2.5, 3.5])
    for _ in range(2):
        for place in range(3):
            tried = [np.sort(np.concatenate([np.delete(cuts, place), [value]])) for value in grid]
            cuts = max([cuts, *tried], key=lambda some: weighted_kappa(_levels(held, some), rated))
    return cuts


def _levels(held: Numbers, cuts: Numbers) -> Numbers:
    levels: Numbers = 1.0 + (held[:, None] > cuts[None, :]).sum(axis=1)
    return levels
