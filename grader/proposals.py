"""Which results wait for a person, and which levels stay proposals until one has looked at them."""

from __future__ import annotations

from typing import Literal

from grader.results import CriterionResult, Report

LOW_CONFIDENCE = 0.7
"""Confidence below which a level is called uncertain."""
Why = Literal["pending", "not assessed", "low confidence", "proposal"]


def why_waiting(criterion: CriterionResult, dimension: str, judged: bool) -> Why | None:
    """Return why a criterion waits for a person; null where a person looked, or nobody needs to.

    `judged` is whether README levels are proposals, see `judges_readme`.
    """
    if criterion.person is not None:
        return None
    if criterion.status == "pending":
        return "pending"
    if criterion.status == "not_assessed":
        return "not assessed"
    if criterion.confidence < LOW_CONFIDENCE:
        return "low confidence"
    return "proposal" if judged and dimension == "readme" else None


def judges_readme(report: Report) -> bool:
    """Return whether README levels are proposals until a person has read the text: not where somebody practises.

    A report that does not say where its key is from is one of practice if it ran without containers.
    """
    return report.isolated if report.origin is None else report.origin != "practice"


def unconfirmed(report: Report) -> tuple[CriterionResult, ...]:
    """Return the scored criteria whose level no person has set or accepted though one should."""
    judged = judges_readme(report)
    return tuple(
        one
        for part in report.dimensions
        for one in part.criteria
        if why_waiting(one, part.id, judged) in ("low confidence", "proposal")
    )
