"""Which files tell a figure that suits a rare outcome, whatever they are called and whoever they are of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from grader.probes.evaluation.vocabulary import SUITED
from grader.probes.shared.files import read_file
from grader.probes.shared.text import clean, decode_text

TEXTS = frozenset(
    (".json", ".csv", ".tsv", ".md", ".rst", ".txt", ".html", ".htm", ".ipynb", ".yaml", ".yml", ".log")
)
NOT_THEIRS = frozenset(("findings.json", "contract.yaml", "data_dictionary.md"))
"""What the contract has every submission hold, or the bundle brings along."""
BRIEF = "# Take-home: will this customer leave?"
"""How the brief begins: it names the figures that are asked for, wherever it was left."""
IN_WORDS = re.compile(
    r"\b(?:call|contact|flag|list|top|score)\w*\b[^.\n]{0,80}\b(?:leav|churn|left)"
    r"|\b(?:catch|find|found|reach|caught|identif)\w*\b[^.\n]{0,60}\b(?:churner|leaver|who leave)",
    re.I,
)
COMPUTED = re.compile(
    r"average_precision|precision_recall|precision_score|recall_score|f1_score|fbeta_score|classification_report"
)
FILES, SIZE, LENGTH, ALL = 200, 8 << 20, 300_000, 4_000_000
"""Files that are looked at, bytes of one that is opened, characters of one that are read, and of all."""
NAMES, NEAR = 2000, 60
"""Names of figures in a text that are looked at, and how far behind one its number is looked for."""
FIGURE = re.compile(r"(?<!\d)(?:[01]?[.,]\d+|\d{1,2}(?:[.,]\d+)?\s?%)")


def find_suited(root: Path, files: Mapping[str, int]) -> str | None:
    """Return the first text or table in which a number follows the name of such a figure, empty where none does.

    None where there were more of them than are read: one of the rest may hold it.
    """
    texts = [
        path for path in files if Path(path).suffix.lower() in TEXTS and Path(path).name not in NOT_THEIRS
    ]
    left = ALL
    for path in texts[:FILES]:
        try:
            text = decode_text(read_file(root, path, SIZE))[: min(LENGTH, left)]
        except ValueError:
            continue
        left -= len(text)
        if not text.lstrip().startswith(BRIEF) and _tells(path.lower(), text):
            return clean(path, 300)
    return "" if len(texts) <= FILES and left > 0 else None


def _tells(path: str, text: str) -> bool:
    if path.endswith((".csv", ".tsv")):
        header, _, rows = text.partition("\n")
        return bool(SUITED.search(header) and re.search(r"\d", rows)) or _figures(rows)
    if path.endswith((".md", ".rst", ".txt", ".log")):
        return told_in(text)
    return _figures(text) or (path.endswith(".ipynb") and bool(COMPUTED.search(text)))


def _figures(text: str) -> bool:
    return any(
        FIGURE.search(text, found.end(), found.end() + NEAR) for found in islice(SUITED.finditer(text), NAMES)
    )


def told_in(text: str) -> bool:
    """Whether a paragraph, list or table names such a figure and holds a number.

    >>> told_in("| PR-AUC | ROC-AUC |\\n|---|---|\\n| 0.27 | 0.80 |"), told_in("ROC-AUC 0.80\\n\\nPR-AUC is for later.")
    (True, False)
    """
    return any(
        re.search(r"\d", SUITED.sub("", block))
        for block in re.split(r"\n\s*\n", text)
        if SUITED.search(block) or IN_WORDS.search(block)
    )
