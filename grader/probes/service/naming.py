"""Whether a refusal names the wrong field, and does not merely hold its name."""

from __future__ import annotations

import re
from collections.abc import Collection, Set

from grader.probes.shared.http_answers import Answer
from grader.probes.shared.text import Json

OTHERS = 3
"""Other columns that a refusal may name; one that holds more lists them, or sends back what it was sent."""
SHOWN = 100_000


def names_field(answer: Answer, field: str, columns: Collection[str]) -> bool:
    """Return whether the answer names the field and at most three of the other columns.

    An object whose keys are more columns than that is the row sent back, as FastAPI does beside the field's place,
    and counts neither way.
    """
    document = answer.json()
    others = frozenset(columns) - {field}
    told = answer.body[:SHOWN].decode("utf-8", "replace") if document is None else _said(document, others)
    return field in told and len(others.intersection(re.findall(r"\w+", told))) <= OTHERS


def _said(document: Json, others: Set[str]) -> str:
    """Return the texts of a document, keys included, without rows that it holds; no depth is too much for it."""
    texts: list[str] = []
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if len(others & node.keys()) <= OTHERS:
                texts += node
                waiting += node.values()
        elif isinstance(node, list):
            waiting += node
        elif isinstance(node, str):
            texts.append(node)
    return "\n".join(texts)[:SHOWN]
