"""The tables of the proof, as a page and as JSON."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from typing import Any

from tests.dated import written_today
from tests.discrimination.grading import Graded
from tests.discrimination.judging import ArchetypeVerdict, EquivalentVerdict, MutantVerdict
from tests.mutants import ARCHETYPES, EQUIVALENTS, MUTANTS

KILL_RATE = 0.95
SPILL_RATE = 0.05
REFERENCE = 95.0
GAP = 5.0
"""Points that separate neighbouring archetypes at least; the starter may have 5, so it only has to be above nothing."""
STARTER = "starter"


@dataclass(frozen=True)
class Proof:
    """All verdicts over one variant."""

    rows: int
    seed: int
    reference: Graded
    mutants: tuple[MutantVerdict, ...]
    equivalents: tuple[EquivalentVerdict, ...]
    archetypes: tuple[ArchetypeVerdict, ...]

    @property
    def kill_rate(self) -> float:
        """Share of mutants whose criterion lost what it must."""
        return sum(m.killed for m in self.mutants) / max(len(self.mutants), 1)

    @property
    def spill_rate(self) -> float:
        """Share of cases (a criterion that a mutant should leave alone) that moved by more than 5 %."""
        return sum(len(m.spilled) for m in self.mutants) / max(sum(m.cases for m in self.mutants), 1)

    @property
    def ordered(self) -> bool:
        """Whether every archetype is clear of the one before."""
        return all(
            later.total - earlier.total >= GAP or (later.id == STARTER and later.total > earlier.total)
            for earlier, later in itertools.pairwise(self.archetypes)
        )

    @property
    def holds(self) -> bool:
        """Whether everything that was judged is as it should be."""
        return (
            self.reference.total >= REFERENCE
            and (not self.mutants or (self.kill_rate >= KILL_RATE and self.spill_rate <= SPILL_RATE))
            and all(e.holds for e in self.equivalents)
            and all(a.holds for a in self.archetypes)
            and (len(self.archetypes) < 2 or self.ordered)
        )


def summary(proof: Proof) -> dict[str, Any]:
    """Everything as plain values."""
    return {
        "rows": proof.rows,
        "seed": proof.seed,
        "holds": proof.holds,
        "reference": {"total": proof.reference.total, "bonus": proof.reference.bonus},
        "kill_rate": round(proof.kill_rate, 4),
        "spill_rate": round(proof.spill_rate, 4),
        "mutants": [{**asdict(m), "killed": m.killed} for m in proof.mutants],
        "equivalents": [{**asdict(e), "holds": e.holds} for e in proof.equivalents],
        "archetypes": [{**asdict(a), "holds": a.holds} for a in proof.archetypes],
    }


def page(proof: Proof) -> str:
    """The page."""
    killed = sum(m.killed for m in proof.mutants)
    cases, spilled = sum(m.cases for m in proof.mutants), sum(len(m.spilled) for m in proof.mutants)
    near = sum(e.holds for e in proof.equivalents)
    lines = [
        "# Does the rubric discriminate?",
        "",
        f"One variant (seed {proof.seed}, {proof.rows:,} rows), solved once by the reference: "
        f"**{proof.reference.total:.1f}** + {proof.reference.bonus:g}. Every line below is a copy of it that a recipe",
        "of `tests/mutants/` changed, graded in Docker. Made by `python -m tests.discrimination`.",
        f"In the tables: {len(proof.mutants)} of {len(MUTANTS)} mutants, {len(proof.equivalents)} of "
        f"{len(EQUIVALENTS)} equivalents, {len(proof.archetypes)} of {len(ARCHETYPES)} archetypes.",
        written_today(),
        "",
        f"- Mutants (one defect each) whose criterion loses what it must: **{killed} of {len(proof.mutants)}**.",
        f"- Spill: criteria that a mutant should leave alone and that moved by more than 5 % of their points: "
        f"**{spilled} of {cases}** cases.",
        f"- Equivalents within 3 points of what they deserve: **{near} of {len(proof.equivalents)}**.",
        f"- Archetypes in their bands: **{sum(a.holds for a in proof.archetypes)} of {len(proof.archetypes)}**, "
        f"in strict order with gaps of at least {GAP:g} (above the empty one any): "
        f"**{'yes' if proof.ordered else 'no'}**.",
        "",
        "## Archetypes",
        "",
        "`README`: points of 25 for the text alone. The stuffer reports what holds of every variant; nobody looked.",
        "",
        "| submission | band | total | README | bonus | verdict |",
        "|---|---|---|---|---|---|",
        *(f"| {a.id} | {a.low:g} to {a.high:g} | {'' if a.holds else '**'}{a.total:.1f}{'' if a.holds else '**'} | "
          f"{a.readme:g} | {a.bonus:g} | {a.verdict} |" for a in proof.archetypes),
        "",
        "## Equivalents",
        "",
        "| form | deserves | total | where points went |",
        "|---|---|---|---|",
        *(f"| {e.id} | {e.deserves:.1f} | {'' if e.holds else '**'}{e.total:.1f}{'' if e.holds else '**'} | "
          f"{_moved(e.lost)}{f'. {e.why}' if e.why else ''} |" for e in proof.equivalents),
        "",
        "## Mutants",
        "",
        "`lost` is the share of the reference's points of the criterion; `must` the least that counts as seen.",
        "",
        "| defect | criterion | must | lost | total | spill |",
        "|---|---|---|---|---|---|",
        *(f"| {m.id} | {m.criterion} | {m.least:.0%} | {'' if m.killed else '**'}{m.lost:.0%}"
          f"{'' if m.killed else '**'}{'' if m.bonus_right else ' (bonus wrong)'} | {m.total:.1f} | "
          f"{_moved(m.spilled, '.0%')} |" for m in proof.mutants),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _moved(moved: dict[str, float], form: str = "g") -> str:
    return ", ".join(f"{name} {-value:{'+' + form}}" for name, value in moved.items())
