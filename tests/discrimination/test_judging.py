"""The judge of the judge: kills, spill, distances and order follow from points alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.discrimination.grading import Graded, Line
from tests.discrimination.judging import judge_archetype, judge_equivalent, judge_mutant
from tests.discrimination.table import Proof, page, summary
from tests.mutants.recipe import Archetype, Equivalent, Mutant


def graded(bonus: float = 5.0, **points: float) -> Graded:
    """Three criteria of ten points, full unless told otherwise."""
    names = {"a.x": 10.0, "a.y": 10.0, "serving.latency": 10.0}
    found = {name: points.get(name.replace(".", "_"), most) for name, most in names.items()}
    lines = {name: Line(value, 10.0, "scored", "") for name, value in found.items()}
    return Graded(sum(found.values()), bonus, "pass", lines)


MUTANT = Mutant("m", "a.x", 0.5, lambda work: None)


@pytest.mark.parametrize(("found", "killed", "spilled"), [
    (graded(a_x=4.0), True, {}),
    (graded(a_x=6.0), False, {}),
    (graded(a_x=0.0, a_y=9.0), True, {"a.y": 0.1}),
    (graded(a_x=0.0, a_y=9.6, serving_latency=0.0), True, {}),
    (graded(a_x=0.0, bonus=0.0), False, {}),
])  # fmt: skip
def test_a_mutant_is_killed_where_its_criterion_and_the_bonus_say_so(
    found: Graded, killed: bool, spilled: dict[str, float]
) -> None:
    """Its own loss counts, other criteria may move by 5 % at most, the machine's speed is nobody's spill."""
    verdict = judge_mutant(MUTANT, graded(), found)
    assert (verdict.killed, verdict.spilled) == (killed, spilled)


def test_declared_criteria_may_move() -> None:
    """What a recipe declares is no spill, and no case of one."""
    verdict = judge_mutant(replace(MUTANT, also=("a.*",)), graded(), graded(a_x=0.0, a_y=0.0))
    assert (verdict.spilled, verdict.cases) == ({}, 0)


def test_an_equivalent_is_held_against_what_it_deserves() -> None:
    """Three points either way, the machine's speed left out."""
    one = Equivalent("e", lambda work: None, less=2.0)
    assert judge_equivalent(one, graded(), graded(a_y=8.0, serving_latency=0.0)).holds
    assert not judge_equivalent(one, graded(), graded(a_y=4.0)).holds
    assert not judge_equivalent(replace(one, less=4.0), graded(), graded()).holds


def test_the_proof_holds_only_as_a_whole() -> None:
    """A reference below the mark, a mutant that survives or archetypes out of order break it, and the page shows it."""
    mutant = judge_mutant(MUTANT, graded(), graded(a_x=0.0))
    first, second, close = (
        judge_archetype(Archetype(name, lambda work: None, 0, 100), replace(graded(), total=total))
        for name, total in (("starter", 4.0), ("solid-junior", 60.0), ("solid-senior", 62.0))
    )
    full = replace(graded(), total=99.0)
    good = Proof(1, 1, full, (mutant,), (), (first, second))
    assert good.holds
    assert not replace(good, reference=replace(full, total=90.0)).holds
    assert not replace(good, archetypes=(first, second, close)).holds
    survivor = judge_mutant(MUTANT, graded(), graded())
    assert not replace(good, mutants=(mutant, survivor)).holds
    assert summary(good)["kill_rate"] == 1.0
    assert "| m | a.x | 50% | 100% |" in page(good)


def test_the_lowest_archetypes_are_ordered_too() -> None:
    """The starter may be close to nothing but not at it, and a stuffer that ties with the starter breaks the order."""

    def proof(*totals: float) -> Proof:
        made = tuple(
            judge_archetype(Archetype(name, lambda work: None, 0, 100), replace(graded(), total=total))
            for name, total in zip(("empty", "starter", "keyword-stuffer"), totals, strict=True)
        )
        return Proof(1, 1, replace(graded(), total=99.0), (), (), made)

    assert proof(0.0, 4.0, 10.0).ordered
    assert not proof(0.0, 0.0, 10.0).ordered
    assert not proof(0.0, 4.0, 4.0).ordered
