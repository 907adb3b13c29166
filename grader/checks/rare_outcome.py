"""Whether the model is judged by accuracy or ROC-AUC alone, which say little where few customers leave."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.checks.case import Case
from grader.checks.evaluation import recomputed_figures
from grader.probes.evaluation.suited import COMPUTED, told_in
from grader.probes.evaluation.vocabulary import ACCURACY, SUITED
from grader.types import Proof, proof

_WORTH = re.compile(r"(?<![a-z])(?:profit|savings?|eur|net[-_ ]?value)(?![a-z])", re.I)
_SHOWN = re.compile(r"\.(?:png|jpe?g|svg|gif|pdf|html?|csv|tsv|json|parquet|xlsx?)$", re.I)
_PRAISED = re.compile(
    r"(?<![a-z])(?:great|excellent|outstanding|impressive|superb|fantastic|remarkabl[ey]|amazing|awesome|brilliant"
    r"|perfect(?:ly)?|exceptional(?:ly)?|extremely|state[- ]of[- ]the[- ]art|(?:best|world)[- ](?:in[- ])?class"
    r"|strong(?:ly)?|very good|high(?:ly)?|as good as|success(?:ful(?:ly)?)?)(?![a-z])",
    re.I,
)
_OWN_WORDS = re.compile(r"(?<![a-z])(?:accuracy|accurate|roc[-_ \u2010\u2011]?auc|auroc|auc)(?![a-z])", re.I)
_FIGURE = re.compile(r"(?<![\w.])(?:0?[.,]\d+|1[.,]0+|\d{2,3}(?:[.,]\d+)?\s?(?:%|per ?cent))(?!\w)", re.I)
_WEIGHED = re.compile(
    r"(?<![a-z])(?:not?|never|n[o']t|cannot|nothing|nobody|only|just|but|although|though|however|despite|even|merely"
    r"|mislead\w*|flatter\w*|trivial\w*|majority|always|base rate|imbalanc\w*|rare|useless|suspicious\w*|leak\w*"
    r"|columns?|features?|alone|single|too|if|should|target|goal|threshold|below|drops?|falls?)(?![a-z])|n't\b",
    re.I,
)
"""Words of who weighs such a figure, or speaks of a column, of a limit or of a plan instead of the model."""
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^a-z])|\n\s*\n|\n(?=\s*(?:[-*+#|]|\d+\.)\s?)")


def called_great(case: Case) -> tuple[Proof, ...]:
    """Return where accuracy or ROC-AUC is claimed of the tuned model, or praised, with nothing better anywhere.

    Anything that suits a rare outcome counts, wherever it was handed in: a claimed, tracked or printed figure, one
    in the README, a lift table, a curve. What was not read because something of ours failed may hold one, too.
    """
    if any(case.evidence.phase(name).failed_on_our_side for name in ("notebook", "probes")):
        return ()
    document = case.evidence.document
    if document.evaluation.suited is None or any(_suited(case)):
        return ()
    claimed = document.evaluation.metrics
    figures = _flattering(claimed.tuned)
    readme = document.readme
    measured = _beside(case)
    found = []
    if figures:
        said = ", ".join(f"{name} {value:.4g}" for name, value in figures.items())
        found.append(proof(claimed.path or "evaluation/metrics.json", "tuned", said, measured))
    found += [proof(readme.path or "README.md", "", said, measured) for said in praise(readme.text)]
    return tuple(found)


def _flattering(figures: Mapping[str, float]) -> dict[str, float]:
    return {n: v for n, v in figures.items() if n == "roc_auc" or re.fullmatch(ACCURACY, n)}


def _suited(case: Case) -> Iterator[bool]:
    """Yield whether each of the places holds a figure that suits a rare outcome."""
    document = case.evidence.document
    evaluation = document.evaluation
    claimed = evaluation.metrics
    yield any(map(_is_suited, (*claimed.tuned, *claimed.baseline, *claimed.intervals, *claimed.decision)))
    yield bool(evaluation.suited) or bool(evaluation.lift.rows)
    yield any(row.pr_auc is not None for row in evaluation.segments.rows)
    yield any(_is_suited(name) for run in document.tracking.runs for name in run.metrics)
    shown = (*(plot.path for plot in evaluation.plots), *document.files)
    yield any(_SHOWN.search(path) and SUITED.search(path) for path in shown)
    yield any(COMPUTED.search(cell.code) or told_in(cell.text) for cell in document.notebook.outputs)
    yield any(told_in(sentence) for sentence in document.notebook.statements)
    yield told_in(_HIDDEN.sub(" ", document.readme.text))


def _is_suited(name: str) -> bool:
    return bool(SUITED.search(name) or _WORTH.search(name))


def praise(text: str) -> list[str]:
    """Return the sentences of a README that call a figure of accuracy or ROC-AUC great and do not weigh it.

    >>> praise("The model reaches an excellent accuracy of 94 %. Never calling anybody reaches 94 % accuracy.")
    ['The model reaches an excellent accuracy of 94 %.']
    """
    sentences = (" ".join(part.split()) for part in _SENTENCE.split(_HIDDEN.sub(" ", text)))
    return [
        one
        for one in sentences
        if _OWN_WORDS.search(one)
        and _FIGURE.search(one)
        and _PRAISED.search(one)
        and not _WEIGHED.search(one)
    ][:4]


def _beside(case: Case) -> str:
    """What the claimed figure is worth: that of never calling anybody, and PR-AUC beside the base rate."""
    y = case.test.y if case.test.usable else case.issued_label
    base = float(y.mean())
    trivial = f"never calling anybody reaches an accuracy of {1 - base:.3f}"
    pr_auc = recomputed_figures(case, "tuned").get("pr_auc")
    if pr_auc is None:
        return trivial
    return f"{trivial} on the test rows; PR-AUC recomputed is {pr_auc:.3f} at a base rate of {base:.3f}"
