"""What a grading says of the grader: killed or not, how much it spilled, how far off it was."""

from __future__ import annotations

from dataclasses import dataclass

from tests.discrimination.grading import Graded
from tests.mutants.recipe import Archetype, Equivalent, Mutant

SPILL = 0.05
"""Share of its points that a criterion outside a mutant's declared set may move by."""
DISTANCE = 3.0
"""Points that an equivalent may be away from what it deserves."""
TIMING = frozenset({"serving.latency"})
"""Judged on a shared machine: a mutant's own loss counts, a move elsewhere does not."""


@dataclass(frozen=True)
class MutantVerdict:
    """`lost`: share of the reference's points of its criterion; `spilled`: other criteria and their shares."""

    id: str
    criterion: str
    least: float
    lost: float
    spilled: dict[str, float]
    cases: int
    total: float
    bonus_right: bool

    @property
    def killed(self) -> bool:
        """Whether the criterion lost what it must and the bonus is where it should be."""
        return self.lost >= self.least - 1e-9 and self.bonus_right


def judge_mutant(mutant: Mutant, base: Graded, found: Graded) -> MutantVerdict:
    """Compare a mutant's grading with that of what it was made from."""
    own = base.lines[mutant.criterion]
    lost = (own.points - found.lines[mutant.criterion].points) / own.points if own.points else 0.0
    others = [n for n in base.lines if not mutant.may_touch(n) and n not in TIMING - {mutant.criterion}]
    moved = {n: (base.lines[n].points - found.lines[n].points) / base.lines[n].most for n in others}
    spilled = {n: round(share, 3) for n, share in moved.items() if abs(share) > SPILL}
    bonus_right = (found.bonus == 0) == (mutant.bonus or base.bonus == 0)
    return MutantVerdict(
        mutant.id,
        mutant.criterion,
        mutant.least,
        round(lost, 3),
        spilled,
        len(others),
        found.total,
        bonus_right,
    )


@dataclass(frozen=True)
class EquivalentVerdict:
    """How far an equivalent is from what it deserves, and where it lost most."""

    id: str
    deserves: float
    total: float
    lost: dict[str, float]
    why: str

    @property
    def holds(self) -> bool:
        """Whether it is within the distance."""
        return abs(self.total - self.deserves) <= DISTANCE


def judge_equivalent(one: Equivalent, base: Graded, found: Graded) -> EquivalentVerdict:
    """Compare an equivalent's total with what it deserves; what hangs on the machine's speed is left out."""
    lost = {
        n: round(base.lines[n].points - found.lines[n].points, 2)
        for n in found.lines
        if n not in TIMING and abs(base.lines[n].points - found.lines[n].points) > 0.1
    }
    timing = sum(base.lines[n].points - found.lines[n].points for n in TIMING if n in found.lines)
    return EquivalentVerdict(one.id, base.total - one.less, round(found.total + timing, 1), lost, one.why)


@dataclass(frozen=True)
class ArchetypeVerdict:
    """Where an archetype's total is, and where it belongs."""

    id: str
    low: float
    high: float
    total: float
    readme: float
    """Points of the README's criteria."""
    bonus: float
    verdict: str

    @property
    def holds(self) -> bool:
        """Whether the total lies in the band."""
        return self.low <= self.total <= self.high


def judge_archetype(one: Archetype, found: Graded) -> ArchetypeVerdict:
    """Hold an archetype's total against its band."""
    readme = sum(line.points for name, line in found.lines.items() if name.startswith("readme."))
    return ArchetypeVerdict(
        one.id, one.low, one.high, found.total, round(readme, 2), found.bonus, found.verdict
    )
