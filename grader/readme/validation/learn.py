"""Fit the claim reader and the level models: ``python -m grader.readme.validation.learn``."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from grader.readme.claim_features import CONTEXT
from grader.readme.claims import Reading, read_claims
from grader.readme.communication import form_evidence
from grader.readme.elements import READ
from grader.readme.evidence import Reckoning, reckon
from grader.readme.facts import Facts
from grader.readme.grounding import ground
from grader.readme.judgment import MAX_POINTS, CriterionId
from grader.readme.ordinal import OrdinalModel
from grader.readme.plan import plan_evidence
from grader.readme.reader import ClaimReader
from grader.readme.validation.agreement import weighted_kappa
from grader.readme.validation.annotations import Example, doubled, examples_of, own_examples, restated
from grader.readme.validation.corpus import Corpus, load_corpus
from grader.readme.validation.nudges import nudges

# Chosen once by out-of-fold average precision over all elements, which is flat around these values.
STRENGTH = 0.15
FEWEST = 6
FEWEST_PAIRS = 16
OWN_TWICE = 2
SMALLEST_WEIGHT = 0.04
LEVEL_PENALTY = 0.01
RESTATED = 0.15
"""What a text said again in other words weighs beside the text, in fitting levels of content."""
STABILITY = 2.0
"""Units of kappa for which a cut of form is moved away from where edits of content would carry texts across it."""
FURTHEST, STEP, APART = 0.8, 0.1, 0.3
SPREAD = 0.15
Vector = npt.NDArray[np.float64]
Evidence = Mapping[CriterionId, Mapping[str, float]]
Ratings = Mapping[str, Mapping[CriterionId, int]]
FORM: CriterionId = "communication"
STRONG = 3
"""Level of release from which on a text has statements worth borrowing."""


def read_all(corpus: Corpus) -> dict[str, Reading]:
    """Claims of every text of the corpus, by name."""
    return {name: read_claims(text, corpus.facts) for name, text in corpus.texts.items()}


def fit_reader(examples: Sequence[Example]) -> ClaimReader:
    """One logistic regression per element over the features that enough claims have.

    Headings, lead-ins and neighbours take part in fitting, so that a claim's own words are not charged with what its
    heading says; they are no part of the reader.
    """
    rows = doubled(list(examples))
    seen = Counter(name for example in rows for name in example.features)
    names = sorted(
        name
        for name, count in seen.items()
        if count >= (FEWEST_PAIRS if name.startswith("pair:") else FEWEST)
    )
    place = {name: number for number, name in enumerate(names)}
    table = _table([example.features for example in rows], place)
    weights = np.zeros((len(names), len(READ)))
    intercepts = np.full(len(READ), -9.0)
    for column, element in enumerate(READ):
        stated = np.array([element in example.elements for example in rows])
        if stated.sum() < 8:
            continue
        model = LogisticRegression(  # type: ignore[no-untyped-call]  # the library ships no types
            C=STRENGTH, solver="liblinear", max_iter=300, random_state=0
        )
        model.fit(table, stated)
        weights[:, column] = np.where(np.abs(model.coef_[0]) < SMALLEST_WEIGHT, 0.0, model.coef_[0])
        intercepts[column] = model.intercept_[0]
    kept = [name for name in names if not name.startswith(CONTEXT)]
    weights = weights[[place[name] for name in kept]]
    rows_kept = {name: number for number, name in enumerate(kept)}
    return ClaimReader(READ, rows_kept, np.round(weights, 2), np.round(intercepts, 2))


def _table(features: Sequence[Mapping[str, float]], place: Mapping[str, int]) -> csr_matrix:
    cells = [
        (row, place[name], value)
        for row, named in enumerate(features)
        for name, value in named.items()
        if name in place
    ]
    rows, columns, values = zip(*cells, strict=True)
    table = csr_matrix((values, (rows, columns)), shape=(len(features), len(place)))
    table.indices, table.indptr = table.indices.astype(np.int32), table.indptr.astype(np.int32)
    return table


def evidence_of(reading: Reading, facts: Facts, reckoning: Reckoning) -> Evidence:
    """What the levels of all six criteria are read off."""
    plan: dict[CriterionId, Mapping[str, float]] = {
        criterion: plan_evidence(criterion, reckoning, facts).values
        for criterion in MAX_POINTS
        if criterion not in {"grounded_in_this_work", FORM}
    }
    plan["grounded_in_this_work"] = ground(reckoning, facts).values
    plan[FORM] = form_evidence(reading, reckoning)
    return plan


def reckoned(reading: Reading, reader: ClaimReader) -> Reckoning:
    """The claims of a text as a reader reads them."""
    return reckon(reading.claims, reader.read(reading.claims), reader.elements)


def fit_levels(
    evidence: Mapping[str, Evidence],
    ratings: Sequence[Ratings],
    again: Mapping[str, Sequence[Evidence]],
    edited: Sequence[tuple[str, Mapping[str, float]]],
) -> dict[CriterionId, OrdinalModel]:
    """Proportional odds with non-negative weights per criterion; each rater's level is one observation.

    ``again``: evidence of the same texts in other words. ``edited``: evidence of form after an edit, with its text.
    """
    models: dict[CriterionId, OrdinalModel] = {}
    for criterion in MAX_POINTS:
        rows = [(text, 1.0, found[criterion]) for text, found in sorted(evidence.items())]
        if criterion != FORM:
            rows += [
                (t, RESTATED, found[criterion]) for t, several in sorted(again.items()) for found in several
            ]
        names = sorted(rows[0][2])
        values = np.array([[row[name] for name in names] for _, _, row in rows])
        scale = values.std(axis=0) + SPREAD
        levels = np.concatenate([[rater[text][criterion] for text, _, _ in rows] for rater in ratings])
        share = np.tile([weight for _, weight, _ in rows], len(ratings))
        weights, cuts = _proportional_odds(np.tile(values / scale, (len(ratings), 1)), levels, share)
        weights = np.where(weights / scale > 0.01, weights / scale, 0.0)
        if criterion == FORM:
            moves = [(weights @ [evidence[text][FORM][name] for name in names],
                      weights @ [found[name] for name in names]) for text, found in edited]  # fmt: skip
            cuts = settled_cuts(cuts, values @ weights, levels.reshape(len(ratings), -1), np.array(moves))
        kept = {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True) if weight}
        models[criterion] = OrdinalModel(
            kept, (round(float(cuts[0]), 3), round(float(cuts[1]), 3), round(float(cuts[2]), 3))
        )
    return models


def settled_cuts(cuts: Vector, scores: Vector, levels: npt.NDArray[np.int64], moves: Vector) -> Vector:
    """Move the upper two cuts to where few edits of content carry a text across, as far as agreement allows.

    ``scores``: of n texts. ``levels``: (raters, n). ``moves``: (edits, 2), scores before and after an edit. Of the
    cuts within ``FURTHEST`` the one with the highest mean kappa minus ``STABILITY`` times the share that crosses. The
    lowest cut stays: below it lies what attacks are made of.
    """
    settled = cuts.copy()
    for _ in range(2):
        for place in (1, 2):
            best = (-np.inf, 0.0, settled[place])
            for shift in np.arange(-FURTHEST, FURTHEST + STEP / 2, STEP):
                tried = settled.copy()
                tried[place] = cuts[place] + shift
                if tried[1] - tried[0] < APART or tried[2] - tried[1] < APART:
                    continue
                read = 1.0 + (scores[:, None] > tried).sum(axis=1)
                kappa = float(np.mean([weighted_kappa(read, rated.astype(float)) for rated in levels]))
                crossed = (
                    ((moves[:, 0] > tried[place]) != (moves[:, 1] > tried[place])).mean() if len(moves) else 0
                )
                best = max(best, (kappa - STABILITY * crossed, -abs(float(shift)), tried[place]))
            settled[place] = best[2]
    return settled


def _proportional_odds(
    values: Vector, levels: npt.NDArray[np.int64], share: Vector, penalty: float = LEVEL_PENALTY
) -> tuple[Vector, Vector]:
    """Minimise the mean negative log-likelihood, weighted by ``share``, plus ``penalty`` times the squared weights."""
    count, width = values.shape
    share = share / share.sum()
    rows = np.arange(count)

    def loss(point: Vector) -> tuple[float, Vector]:
        weights, cuts = point[:width], np.cumsum(point[width:])
        above = 1.0 / (1.0 + np.exp(-np.clip((values @ weights)[:, None] - cuts, -30, 30)))
        full = np.column_stack([np.ones(count), above, np.zeros(count)])
        slope = np.column_stack([np.zeros(count), above * (1 - above), np.zeros(count)])
        chance = np.clip(full[rows, levels - 1] - full[rows, levels], 1e-9, 1)
        by_score = -(slope[rows, levels - 1] - slope[rows, levels]) / chance * share
        by_cut = np.array(
            [
                ((levels - 1 == cut) * slope[:, cut] / chance * share).sum()
                - ((levels == cut) * slope[:, cut] / chance * share).sum()
                for cut in (1, 2, 3)
            ]
        )
        gradient = np.concatenate(
            [values.T @ by_score + 2 * penalty * weights, np.cumsum(by_cut[::-1])[::-1]]
        )
        return float(-(share * np.log(chance)).sum() + penalty * (weights**2).sum()), gradient

    bounds = [(0.0, None)] * width + [(None, None), (0.1, None), (0.1, None)]
    start = np.concatenate([np.full(width, 0.2), np.ones(3)])
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 500})
    return found.x[:width], np.cumsum(found.x[width:])


def out_of_fold_readers(
    texts: Sequence[str], examples: Sequence[Example], folds: int = 3
) -> dict[str, ClaimReader]:
    """For each rated text a reader that has not seen a claim of it, as it will be with new texts."""
    fold = {text: number % folds for number, text in enumerate(shuffled(texts, seed=5))}
    readers = [fit_reader([e for e in examples if fold.get(e.base) != held]) for held in range(folds)]
    return {text: readers[fold[text]] for text in texts}


def shuffled(texts: Sequence[str], seed: int) -> list[str]:
    """The texts in an order that depends on the seed and not on their names."""
    ordered = sorted(texts)
    return [ordered[place] for place in np.random.default_rng(seed).permutation(len(ordered))]


def fit_all(
    corpus: Corpus,
    texts: Sequence[str],
    readings: Mapping[str, Reading],
    annotated: Sequence[Example],
) -> tuple[ClaimReader, dict[CriterionId, OrdinalModel]]:
    """Reader and level models fitted on the given base texts, their edits, and the sentences of our own."""
    rated = set(texts)
    examples = [e for e in annotated if e.base in rated] + own_examples() * OWN_TWICE
    strangers = out_of_fold_readers(texts, examples)
    reckonings = {text: reckoned(readings[text], strangers[text]) for text in texts}
    evidence = {text: evidence_of(readings[text], corpus.facts, reckonings[text]) for text in texts}
    again = {
        text: [evidence_of(form, corpus.facts, reckoned(form, strangers[text])) for form in forms]
        for text, forms in restated(readings, corpus.facts).items()
        if text in rated
    }
    donors = [t for t in texts if min(r[t]["release_and_rollback"] for r in corpus.ratings) >= STRONG]
    edited = [
        (n.base, form_evidence(n.reading, n.reckoning)) for n in nudges(readings, reckonings, texts, donors)
    ]
    return fit_reader(examples), fit_levels(evidence, corpus.ratings, again, edited)


def write_models(folder: Path, reader: ClaimReader, models: Mapping[CriterionId, OrdinalModel]) -> None:
    """Write ``reader.json`` and ``levels.json``, each first under a temporary name."""
    about = (
        "Fitted on READMEs written, rated and annotated for this purpose with language models in the roles of "
        "applicants, raters and annotators, not on real applicants."
    )
    rows = {
        name: {e: float(w) for e, w in zip(reader.elements, reader.weights[row], strict=True) if w}
        for name, row in reader.rows.items()
    }
    read = {
        "about": about,
        "intercepts": {e: float(b) for e, b in zip(reader.elements, reader.intercepts, strict=True)},
        "weights": {name: cells for name, cells in rows.items() if cells},
    }
    levels = {
        "about": about,
        "models": {c: {"weights": m.weights, "cuts": m.cuts} for c, m in models.items()},
    }
    for name, value, indent in (("reader.json", read, None), ("levels.json", levels, 1)):
        draft = folder / f".{name}.tmp"
        draft.write_text(
            json.dumps(value, indent=indent, separators=(",", ":") if indent is None else None) + "\n"
        )
        draft.replace(folder / name)


def main() -> None:
    """Fit on the whole corpus and replace the models of the package."""
    corpus = load_corpus()
    readings = read_all(corpus)
    reader, models = fit_all(corpus, corpus.bases, readings, examples_of(readings, corpus.facts))
    write_models(Path(__file__).parent.parent, reader, models)


if __name__ == "__main__":
    main()
