"""Findings that fit a variant issued to somebody else, and neither the key nor the data of this one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from grader.checks.case import Case
from grader.checks.matching import FREE_COLUMNS, LEAK_KINDS, plant_credit
from grader.checks.naming import in_issued_names
from grader.checks.recompute import agrees
from grader.evidence.elsewhere import FitsElsewhere, OtherVariants
from grader.evidence.notebook import FindingClaim
from grader.metrics import month_index
from grader.truth import Key, Plant

LEAST = 3
"""Findings that must fit one other variant before anybody is asked about it."""
RARE = 0.01
"""Chance, over all variants compared, from which on so many fits are no coincidence."""
FIGURE = 0.25
"""Chance that a quoted figure is within the tolerance of one that it has nothing to do with."""
SLACK = 1
"""Months beside the onset that count as the onset."""
NEAR = 3
"""Months beside the onset of a defect of this data within which another kind for its column means that defect."""


@dataclass(frozen=True)
class _Reported:
    """A finding that fits nothing here: its place, as its author spelled it, and whether its figure is true here."""

    index: int
    claim: FindingClaim
    true_here: bool


def compare_with(case: Case, keys: Iterable[Key]) -> OtherVariants:
    """Return which findings that are wrong here are right for one of the other variants."""
    others = {key.variant: key for key in keys if key.variant != case.truth.key.variant}
    if not others:
        return OtherVariants()
    reported = [_Reported(i, case.matching.claims[i], _is_true_here(case, i)) for i in wrong_here(case)]
    if len(reported) < LEAST:
        return OtherVariants(compared=len(others))
    found = (_fits(case, key, reported) for key in others.values())
    kept = sorted((one for one in found if len(one.findings) >= LEAST), key=lambda one: one.variant)
    return OtherVariants(compared=len(others), fits=tuple(kept))


def wrong_here(case: Case) -> tuple[int, ...]:
    """Return the findings that fit no plant, fact or decoy of this key, and that the data does not bear out."""
    claims = case.matching.claims
    return tuple(
        index
        for index in case.matching.false_alarms
        if not any(_is_of(claims[index], plant, case.truth.key) for plant in case.truth.key.plants)
    )


def _is_of(claim: FindingClaim, plant: Plant, key: Key) -> bool:
    """Whether a finding may be about a plant: it earns something, or gives what was seen another name.

    Another kind for a column that is really defective is no sign of other data, unless it is dated to other months.
    """
    features, begins = frozenset(key.columns), key.months.from_month
    if plant_credit(claim, plant, features, begins) > 0:
        return True
    if not set(plant.columns[:1]) & features & set(claim.columns):
        return False
    onset = plant.onset_months
    if plant.family == "leakage" or onset is None or claim.from_month is None:
        return True
    told = month_index(claim.from_month)
    return month_index(onset[0]) - NEAR <= told <= month_index(onset[1]) + NEAR


def copied_from(case: Case) -> tuple[FitsElsewhere, int] | None:
    """Return the other variant that most findings fit, beyond chance, and how many findings are wrong here."""
    others = case.evidence.document.other_variants
    wrong = wrong_here(case)
    found = [
        one.model_copy(update={"findings": tuple(i for i in one.findings if i in wrong)})
        for one in others.fits
    ]
    found = [one for one in found if _is_no_coincidence(one, others.compared)]
    if not found:
        return None
    return max(found, key=lambda one: (len(one.findings), -one.by_chance, one.variant)), len(wrong)


def _is_no_coincidence(fits: FitsElsewhere, compared: int) -> bool:
    count = len(fits.findings)
    return count >= LEAST and at_least(count, fits.by_chance) * max(compared, 1) <= RARE


def at_least(count: int, expected: float) -> float:
    """Return the chance of so many hits or more where so many are expected (Poisson).

    >>> round(at_least(1, 1.0), 3), at_least(0, 0.5)
    (0.632, 1.0)
    """
    fewer = sum(math.exp(-expected) * expected**n / math.factorial(n) for n in range(count))
    return max(0.0, 1.0 - fewer)


def _is_true_here(case: Case, index: int) -> bool:
    claim = case.matching.claims[index]
    said = claim.statistic.value if claim.statistic else None
    ours = case.recomputer.value(claim) if said is not None else None
    return said is not None and ours is not None and agrees(said, ours)


def _fits(case: Case, key: Key, reported: list[_Reported]) -> FitsElsewhere:
    """Return the findings that fit a key, one for each of its plants at most, and what chance would give.

    Chance is measured on the report itself: whoever accuses every column, or dates one change to every month,
    hits defects of every variant.
    """
    spelled = in_issued_names((one.claim for one in reported), replace(case.truth, key=key))
    reported = [replace(one, claim=claim) for one, claim in zip(reported, spelled, strict=True)]
    taken: set[int] = set()
    expected = 0.0
    for plant in key.plants:
        if plant.inherent or not set(plant.columns) & set(key.columns):
            continue  # what concerns the label or the rows is named by its kind alone
        place = _Place(plant, key, plant.columns[0] not in _names(case.truth.key))
        expected += 1.0 - math.exp(-place.chance(reported))
        hit = next((one.index for one in reported if one.index not in taken and place.is_hit(one)), None)
        if hit is not None:
            taken.add(hit)
    return FitsElsewhere(variant=key.variant, findings=tuple(sorted(taken)), by_chance=round(expected, 6))


def _names(key: Key) -> frozenset[str]:
    return frozenset({*key.columns, key.label.column, "customer_id", "snapshot_month"})


@dataclass(frozen=True)
class _Place:
    """A plant of another key, and whether its column is in no table but that one's."""

    plant: Plant
    key: Key
    only_there: bool

    @property
    def last(self) -> str:
        return self.key.months.to_month or self.key.label.last_mature_month

    @cached_property
    def window(self) -> tuple[int, int] | None:
        """The months to which its start may be dated; None where it is there from the beginning."""
        onset = self.plant.onset_months
        if self.plant.family == "leakage" or onset is None or onset[0] <= self.key.months.from_month:
            return None
        return month_index(onset[0]) - SLACK, month_index(onset[1]) + SLACK

    def is_of_kind(self, claim: FindingClaim) -> bool:
        plant = self.plant
        return claim.kind in (plant.kind, plant.id, *plant.equivalents) or (
            plant.family == "leakage" and claim.kind in LEAK_KINDS
        )

    def is_of_columns(self, claim: FindingClaim) -> bool:
        """Whether the main column is named, with one at most that has no part in it."""
        main, named = self.plant.columns[0], set(claim.columns)
        return (main in named or main in claim.where) and len(named - set(self.plant.columns)) <= FREE_COLUMNS

    def is_dated(self, claim: FindingClaim) -> bool:
        if self.window is None or claim.from_month is None:
            return False
        return self.window[0] <= month_index(claim.from_month) <= self.window[1]

    def is_quoted(self, one: _Reported) -> bool:
        """Whether the figure is one of this plant, and not as true of the candidate's own data."""
        said = one.claim.statistic
        if said is None or said.value is None or one.true_here:
            return False
        name = said.name.lower().strip()
        return any(
            figure.name == name and figure.value is not None and agrees(said.value, figure.value)
            for figure in self.plant.statistics
            if figure.column in (None, *one.claim.columns)
            and (figure.value is None or figure.null is None or not agrees(figure.value, figure.null))
        )

    def is_hit(self, one: _Reported) -> bool:
        if not (self.is_of_kind(one.claim) and self.is_of_columns(one.claim)):
            return False
        return self.only_there or self.is_dated(one.claim) or self.is_quoted(one)

    def chance(self, reported: list[_Reported]) -> float:
        """Return how many findings of this kind would have the rest right by having been put together blindly.

        Any column is as likely as any other; months are as likely as the report itself makes them.
        """
        dated = [self.is_dated(one.claim) for one in reported]
        months = month_index(self.last) - month_index(self.key.months.from_month) + 1
        least = (self.window[1] - self.window[0] + 1) / months if self.window else 0.0
        found, expected = sum(dated), 0.0
        for one, is_dated in zip(reported, dated, strict=True):
            if not self.is_of_kind(one.claim):
                continue
            rest = 0.0
            if self.window is not None and one.claim.from_month is not None:
                rest = max((found - is_dated) / max(len(dated) - 1, 1), least)
            if one.claim.statistic is not None and not one.true_here:
                rest += FIGURE
            expected += 1.0 if self.only_there else min(1.0, rest)
        return expected / len(self.key.columns)
