"""What the audit probe reports: the notebook as executed, and the findings written and submitted."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from grader.types import CellOutput, Model


class StatisticClaim(Model):
    """A statistic quoted in a finding; `reference` and `current` are month ranges or free text."""

    name: str
    value: float | None
    reference: str = ""
    current: str = ""


class FindingClaim(Model):
    """One entry of findings.json, normalised; months are `YYYY-MM` or null, inclusive."""

    kind: str
    columns: tuple[str, ...] = ()
    from_month: str | None = None
    to_month: str | None = None
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    status: Literal["defect", "note", "ask"] = "defect"
    statistic: StatisticClaim | None = None
    action: str = ""
    summary: str = ""


class FindingsFile(Model):
    """A findings.json: where it was found, its entries, and what could not be read in it."""

    path: str
    findings: tuple[FindingClaim, ...] = ()
    problems: tuple[str, ...] = ()


class NotebookEvidence(Model):
    """The audit notebook before and after our run of it."""

    path: str | None = None
    problems: tuple[str, ...] = ()
    code_cells: int = 0
    executed_cells: int = 0
    in_order: bool = False
    error_cell: int | None = None
    error: str = ""
    images: int = 0
    markdown_words: int = 0
    submitted: FindingsFile | None = None
    produced: FindingsFile | None = None
    outputs: tuple[CellOutput, ...] = ()
    statements: tuple[str, ...] = ()
    """Sentences of the notebook's text and printed output, only where there is no findings file at all."""
