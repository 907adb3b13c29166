"""Figures of table rows, held against the facts: a metric a row, or a metric a column."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.readme.claims import Claim
from grader.readme.decision_check import P99
from grader.readme.facts import Facts
from grader.readme.figure_scope import Cell, Scope, is_plain, row_cells, scope_above, scope_of
from grader.readme.figures import LIMITING, LISTS_LIMITS, METRICS, NUMBER, Check, Figure, figures_in
from grader.readme.metric_check import SHARE_SCOPE, of_another_cut
from grader.readme.version_check import version_scope

_CUT_OFF = re.compile(r"\b(?:threshold|cut-?off)\b")
_STATES = re.compile(
    r"\b(?:live|served|serving|in (?:production|use)|production|deployed|champion|holdout|hold-out)\b"
)
_ANOTHER_NAME = re.compile(r"\b(?:delta|difference|diff|change|gain|lift|drop|alarm|limit|floor|target)\b")


@dataclass(frozen=True)
class _Quantity:
    """What a row or a column of a table may be about, and its fact."""

    topic: str
    pattern: re.Pattern[str]
    fact: float
    unit: str = ""
    others: tuple[float, ...] = ()

    def is_said(self, figure: Figure) -> bool:
        """Whether a figure is the fact: a latency within a tenth, all else rounded to its digits."""
        if self.unit:
            return abs(float(figure.said) - self.fact) <= 0.1 * self.fact + 1
        return figure.equals(self.fact)

    def check(self, said: str, figure: Figure, claim: Claim) -> Check:
        """The figure held against the fact."""
        fact = f"{self.topic} = {self.fact:g}{self.unit}"
        return Check(self.topic, said, fact, self.is_said(figure), claim)


def _quantities(facts: Facts) -> list[_Quantity]:
    found = [
        _Quantity(n, p, facts.metrics[n], others=facts.other_figures.get(n, ()))
        for n, p in METRICS.items()
        if n in facts.metrics
    ]
    if facts.decision.threshold is not None:
        found.append(_Quantity("threshold", _CUT_OFF, facts.decision.threshold))
    if facts.service.p99_ms:
        found.append(_Quantity("latency", P99, facts.service.p99_ms, " ms"))
    return found


def table_checks(claim: Claim, facts: Facts) -> list[Check] | None:
    """Figures of a table row, a metric a row or a metric a column; None where the row is not one of figures."""
    cells = row_cells(claim.own)
    above = scope_above(claim.context)
    if not NUMBER.search(SHARE_SCOPE.sub("", cells[0].text)) and (named := _named(cells[0].text, facts)):
        return list(_one_of_columns(named, cells, claim, above))
    columns = [(quantity, cell) for cell in cells if (quantity := _named(cell.header, facts))]
    if not columns:
        return None
    rest = [cell for cell in cells if _named(cell.header, facts) is None]
    scopes = [_owner(cell) for cell in rest] + [version_scope(claim, facts)]
    row: Scope = next((s for s in scopes if s in {"model", "other"}), "served" if "served" in scopes else "")
    cut = next((cell for quantity, cell in columns if quantity.topic == "threshold"), None)
    if cut is not None and len(columns) > 1 and row not in {"model", "other"}:
        # A row for each cut-off: what stands there is of the model only where the cut-off is the one in use.
        figure = _told_figure(cut)
        in_use = "served" in (row, scope_of(cut.text, header=True))
        threshold = facts.decision.threshold
        if figure is None or not (in_use or (threshold is not None and figure.equals(threshold))):
            return []
        row = "served"
    checks: list[Check] = []
    for quantity, cell in columns:
        figure = _told_figure(cell)
        if figure is not None:
            head = scope_of(cell.header)
            unsaid: Scope = "" if rest else head or above or "served"
            own = head if head in {"model", "other"} else row or unsaid
            checks += _held(quantity, f"{cell.header} {figure}", figure, claim, sure=own == "served")
    return checks


def _owner(cell: Cell) -> Scope:
    """Whose figures a row holds by one of its cells; the served model's only where it says nothing further."""
    found = scope_of(cell.text, header=True)
    further = not is_plain(cell.text) or "+" in cell.text or "," in cell.text
    return "" if found == "served" and further and not _STATES.search(cell.text) else found


def _told_figure(cell: Cell) -> Figure | None:
    """The figure of a cell that tells one; a limit tells none."""
    figure = next(iter(figures_in(cell.text)), None)
    return figure if figure and not LIMITING.search(f"{cell.header} {cell.text[: figure.at]}") else None


def _one_of_columns(
    quantity: _Quantity, cells: Sequence[Cell], claim: Claim, above: Scope
) -> Iterator[Check]:
    """A metric's row: what stands under the served model, or in the only column, is its figure."""
    told = [(cell, figure) for cell in cells[1:] if (figure := _told_figure(cell)) is not None]
    found = [
        (_of_row(cells[0]) or scope_of(cell.header, header=True), figure, is_plain(cell.header))
        for cell, figure in told
    ]
    owned = [figure for scope, figure, _ in found if scope == "served"]
    mine = owned or [figure for scope, figure, _ in found if not scope]
    hit = next((figure for figure in mine if quantity.is_said(figure)), None)
    named = bool(owned) or all(plain for scope, _, plain in found if not scope)
    sure = len(mine) == 1 and named and above in {"", "served"}
    for figure in [hit] if hit else mine[:1]:
        yield from _held(quantity, f"{cells[0].text} {figure}", figure, claim, sure=sure)


def _of_row(cell: Cell) -> Scope:
    """Whose figures a metric's row holds, where its name says it: "PR-AUC (validation)"."""
    found = scope_of(cell.text)
    return found if found in {"model", "other"} else ""


def _held(quantity: _Quantity, said: str, figure: Figure, claim: Claim, *, sure: bool) -> Iterator[Check]:
    """A figure of a table beside its fact; it contradicts only where it is surely that of the served model."""
    odd = not figure.percent and not quantity.unit and float(figure.said) > 1
    check = quantity.check(said, figure, claim)
    known = any(figure.equals(other) for other in quantity.others)
    if check.agrees or (
        sure and not odd and not known and not LISTS_LIMITS.search(f"{claim.heading} | {claim.lead[-90:]}")
    ):
        yield check


def _named(text: str, facts: Facts) -> _Quantity | None:
    """The quantity a cell names, of those in the facts; none where it is one of another cut-off ("precision@10 %")."""
    if len(text.split()) > 7 or _ANOTHER_NAME.search(text):
        return None
    found = next((quantity for quantity in _quantities(facts) if quantity.pattern.search(text)), None)
    if (
        found
        and found.topic == "threshold"
        and re.search(r"\b(?:share|customers|over|above|psi|drift)\b", text)
    ):
        return None
    return None if found and of_another_cut(found.topic, text, facts) else found
