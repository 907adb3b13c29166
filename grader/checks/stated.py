"""Findings that a notebook states in words only, read where there is no findings file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.evidence.notebook import FindingClaim, NotebookEvidence
from grader.truth import Truth

STATED_WORTH = 0.6
"""Share of a finding's credit that a sentence earns; the brief asks for the file."""
LISTING = 3
"""Columns in one sentence from which it lists columns instead of saying something of them."""
SAYINGS = (
    ("label_immaturity", r"immature|not (yet )?mature|right.?censor\w*|(outcome|label)s? (are )?(not yet|incomplete)"),
    ("label_overlap", r"overlapping (label )?windows?|label windows? overlap"),
    ("group_overlap", r"same customers? .{0,40}(both|several|many)|customers? repeat\w* in (many|several|both)"),
    ("class_imbalance", r"imbalanc\w*|few positives"),
    ("duplicate_rows", r"duplicat\w*|repeated (rows?|customer-months?)"),
    ("row_order", r"row order|order of (the )?rows|file order"),
    ("concept_drift", r"concept drift|relation(ship)? .{0,40}chang\w*"),
    ("label_shift", r"label shift|churn rate (jump|shift|doubl|spike|rise|fall|drop)\w*"),
    ("label_definition", r"label (follows|uses) another (rule|definition)|definition of (the label|churn) chang\w*"),
    ("label_noise_slice", r"(wrong|noisy|flipped|mislabel\w*) labels?"),
    ("selection_gap", r"(absent|missing) customers?|no (rows|customers) of|selection gap"),
    ("survivorship_bias", r"survivor\w*"),
    ("target_leakage", r"leak(s|ed|y|age|ing)?\b|look.?ahead|knows the (outcome|future|label)|post.?outcome"),
    ("unit_change", r"units? (change|switch|move)\w*|(another|other|different|new) unit|scale change|rescal\w*"),
    ("category_recode", r"recod\w*|renamed? level|levels? (was |were |is |are )?(renamed|merged|split)|renamed"),
    ("sentinel_values", r"sentinel\w*|placeholder|-999?9?\b|codes? for missing|coded as missing"),
    ("impossible_values", r"impossible|implausible|contradict\w*|out of range"),
    ("missingness_shift", r"(nulls?|missing(ness)?) (rise|jump|shift|appear|increase|start)\w*"),
    ("missing_values", r"missing|nulls?\b|nan\b"),
    ("covariate_drift", r"drift\w*|distribution (of .{0,30})?(shift|chang|mov)\w*|shifts? over time"),
)  # fmt: skip
"""Kinds of the published list with the words people use for them, the telling ones first."""
WITHOUT_COLUMN = frozenset(
    {"label_immaturity", "label_overlap", "group_overlap", "class_imbalance", "duplicate_rows", "row_order",
     "label_shift", "label_definition", "label_noise_slice", "selection_gap", "survivorship_bias", "concept_drift"}
)  # fmt: skip
HARMLESS = re.compile(
    r"\b(no|not|never|without|harmless|legitimate|expected|fine|nothing|isn't|aren't|seasonal\w*)\b", re.I
)
ASKED = re.compile(r"\?\s*$|\b(might|maybe|perhaps|suspect\w*|possibl[ye]|unclear)\b", re.I)
MONTH = re.compile(r"\b(20\d\d)-(0[1-9]|1[0-2])\b")


def stated_findings(notebook: NotebookEvidence, truth: Truth) -> tuple[FindingClaim, ...]:
    """Return a finding for each sentence that says one kind of thing of at most three columns, each once.

    A sentence that lists more columns says nothing of any. Negated ones are notes, doubtful ones questions.
    """
    found: dict[tuple[str, tuple[str, ...]], FindingClaim] = {}
    for sentence in notebook.statements:
        for claim in _claims(sentence, truth):
            found.setdefault((claim.kind, claim.columns), claim)
    return tuple(found.values())


def _claims(sentence: str, truth: Truth) -> Iterator[FindingClaim]:
    words = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", sentence))
    named = sorted((c for c in truth.key.columns if c in words), key=sentence.index)
    if len(named) > LISTING:
        return
    bare = re.sub(r"\b(" + "|".join(map(re.escape, named)) + r")\b", " ", sentence) if named else sentence
    kinds = {plant.kind for plant in truth.key.plants}
    said = next((k for k in sorted(kinds) if k in words or k.replace("_", " ") in bare.lower()), None)
    kind = said or next((k for k, pattern in SAYINGS if re.search(pattern, bare, re.I)), None)
    if kind is None or not (named or kind in WITHOUT_COLUMN):
        return
    months = [f"{year}-{month}" for year, month in MONTH.findall(sentence)]
    status = "note" if HARMLESS.search(bare) else "ask" if ASKED.search(bare) else "defect"
    yield FindingClaim.model_validate(
        {"kind": kind, "columns": tuple(named), "from_month": min(months, default=None), "status": status,
         "summary": sentence[:300]}
    )  # fmt: skip
