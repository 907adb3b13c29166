"""Who reads an export: reviewers get everything, candidates nothing from which the key could be learned."""

from __future__ import annotations

from enum import StrEnum

from grader.reports.feedback import candidate_view
from grader.results import Bonus, Figures, Report


class Audience(StrEnum):
    """Who will be able to read the file."""

    reviewer = "reviewer"
    candidate = "candidate"


UNSIGNED = {"reviewer": "", "time": "", "reason": ""}


def for_audience(report: Report, audience: Audience) -> Report:
    """Return the report as that audience may know it: for candidates the words of the feedback page, no evidence."""
    if audience is Audience.reviewer:
        return report
    view = candidate_view(report)
    dimensions = tuple(
        part.model_copy(
            update={
                # The level was promised to candidates; who gave it and in which words stays with us.
                "defended": part.defended and part.defended.model_copy(update=UNSIGNED),
                "criteria": tuple(
                    one.model_copy(
                        update={
                            "message": line.message,
                            "evidence": (),
                            "person": None,
                            "suggestion": None,
                            "reasons": (),
                        }
                    )
                    for one, line in zip(part.criteria, shown.lines, strict=True)
                ),
            }
        )
        for part, shown in zip(report.dimensions, view.parts, strict=True)
    )
    bonus = Bonus(points=view.bonus, max=view.bonus_max, status=view.bonus_status, message=view.bonus_message)
    return report.model_copy(
        update={
            "dimensions": dimensions,
            "bonus_detail": bonus,
            "red_flags": (),
            "follow_up": (),
            "without_question": (),
            "phases": (),
            "figures": Figures(),
            "notes": (),
            "environment": {},
        }
    )
