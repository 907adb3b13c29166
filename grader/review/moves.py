"""What another scoring of the same evidence changes: which criteria move, from what to what, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.plain_text import one_line
from grader.reports.wording import points
from grader.results import CriterionResult, Report

SAME = 0.005
"""Points nearer than this are the same; points are kept with two decimals."""


@dataclass(frozen=True)
class Move:
    """A criterion before and after; points and level null where it is not in that rubric, level where unscored."""

    criterion: str
    old_points: float | None
    new_points: float | None
    old_level: int | None
    new_level: int | None
    why: str


@dataclass(frozen=True)
class Moves:
    """A result before and after another scoring."""

    name: str
    folder: str
    old_total: float
    new_total: float
    old_level: int
    new_level: int
    old_verdict: str
    new_verdict: str
    criteria: tuple[Move, ...]

    def as_json(self) -> dict[str, object]:
        """Return plain values."""
        return asdict(self)


def moves_between(old: Report, new: Report, folder: str) -> Moves:
    """Compare two reports of one submission, each as it stands with the decisions of people."""
    before = {one.id: one for part in old.dimensions for one in part.criteria}
    after = {one.id: one for part in new.dimensions for one in part.criteria}
    found = [_move(name, before.get(name), after.get(name)) for name in (*before, *(after.keys() - before))]
    return Moves(
        name=new.submission.name,
        folder=folder,
        old_total=old.total,
        new_total=new.total,
        old_level=old.level,
        new_level=new.level,
        old_verdict=old.verdict,
        new_verdict=new.verdict,
        criteria=tuple(sorted((m for m in found if m is not None), key=lambda m: m.criterion)),
    )


def print_moves(all_moves: list[Moves], console: Console) -> None:
    """Print a table of the results, then the criteria that move in each."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name in ("result", "total", "level", "verdict", "criteria that move"):
        table.add_column(name, overflow="fold")
    for one in all_moves:
        table.add_row(
            _text(_named(one)),
            _text(_arrow(points(one.old_total), points(one.new_total))),
            _text(_arrow(str(one.old_level), str(one.new_level))),
            _text(_arrow(one.old_verdict, one.new_verdict)),
            _text(str(len(one.criteria))),
        )
    console.print(table)
    for one in all_moves:
        if not one.criteria:
            continue
        console.print()
        console.print(_text(_named(one)), style="bold")
        for move in one.criteria:
            scored = _arrow(_points(move.old_points), _points(move.new_points))
            level = _arrow(_level(move.old_level), _level(move.new_level))
            console.print(
                _text(f"  {move.criterion}: points {scored}, level {level}; {move.why}"), soft_wrap=True
            )


def _named(one: Moves) -> str:
    """The folder that was named with the submission in it, for many submissions go by one name."""
    return f"{one.folder}: {one.name}"


def _move(name: str, old: CriterionResult | None, new: CriterionResult | None) -> Move | None:
    why = _why(old, new)
    if not why:
        return None
    return Move(
        criterion=name,
        old_points=old.points if old else None,
        new_points=new.points if new else None,
        old_level=old.level if old else None,
        new_level=new.level if new else None,
        why=why,
    )


def _why(old: CriterionResult | None, new: CriterionResult | None) -> str:
    """Say what differs; empty where nothing does."""
    if old is None or new is None:
        return "new in this rubric" if old is None else "not in this rubric any more"
    reasons = []
    if old.max != new.max:
        reasons.append(f"weight {points(old.max)} -> {points(new.max)}")
    if old.status != new.status:
        reasons.append(f"{old.status} -> {new.status}")
    elif abs(_credit(old) - _credit(new)) * max(old.max, new.max) > 2 * SAME or old.level != new.level:
        reasons.append(f"credit {_credit(old):.2f} -> {_credit(new):.2f}")
    if (old.person is None) != (new.person is None):
        reasons.append("set by a person" if new.person else "no longer set by a person")
    return ", ".join(reasons)


def _credit(criterion: CriterionResult) -> float:
    return criterion.points / criterion.max if criterion.max else 0.0


def _points(value: float | None) -> str:
    return "none" if value is None else points(value)


def _level(value: int | None) -> str:
    return "none" if value is None else str(value)


def _arrow(old: str, new: str) -> str:
    return old if old == new else f"{old} -> {new}"


def _text(content: str) -> Text:
    return Text(one_line(content, 300))
