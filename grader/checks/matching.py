"""Match what a candidate reported against the plants and decoys of the key."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from grader.evidence.document import Evidence
from grader.evidence.notebook import FindingClaim
from grader.metrics import month_index
from grader.truth import Decoy, Plant, Truth

FULL_RECALL = 0.8
"""Share of a family's severity at which recall earns full credit."""

LEAK_KINDS = frozenset(
    {
        "post_outcome_column",
        "look_ahead_window",
        "extraction_time_counter",
        "target_encoded_index",
        "identifier_leak",
        "leaky_missingness",
        "overwritten_dimension",
        "nightly_score",
        "row_order",
        "target_leakage",
    }
)
DECOY_WEIGHT = 2.0
MATCH_FLOOR = 0.2
"""Credit from which a finding is about a plant at all, so that it is no false alarm."""


@dataclass(frozen=True)
class Match:
    """A plant with the finding that earns most for it; `finding` is an index or None."""

    plant: Plant
    credit: float
    finding: int | None


@dataclass(frozen=True)
class Matching:
    """All plants with their findings, and the findings that belong to none."""

    claims: tuple[FindingClaim, ...]
    matches: tuple[Match, ...]
    false_alarms: tuple[int, ...]
    decoy_hits: tuple[tuple[int, Decoy], ...]
    decoys_noted: tuple[Decoy, ...]
    path: str

    def recall(self, family: str | None = None) -> float:
        """Severity-weighted credit over a family (or all), 0..1; 1 where the family is empty."""
        chosen = [m for m in self.matches if family in (None, m.plant.family)]
        weight = sum(m.plant.severity for m in chosen)
        return sum(m.credit * m.plant.severity for m in chosen) / weight if weight else 1.0

    @property
    def precision(self) -> float:
        """Share of defect findings that are about a plant; a decoy counts double; 0 without findings."""
        hits = sum(m.finding is not None for m in self.matches)
        wrong = len(self.false_alarms) + DECOY_WEIGHT * len(self.decoy_hits)
        return hits / (hits + wrong) if hits else 0.0

    @property
    def spray_discount(self) -> float:
        """Factor 0..1 on every recall: full while at least half of the defect findings are right."""
        return min(1.0, 2.0 * self.precision)


def claims_of(evidence: Evidence) -> tuple[tuple[FindingClaim, ...], str]:
    """Return the findings that count, and the file they came from: the submitted copy, else the produced."""
    notebook = evidence.document.notebook
    for file in (notebook.submitted, notebook.produced):
        if file is not None and file.findings:
            return file.findings, file.path
    return (), "findings.json"


def match_findings(evidence: Evidence, truth: Truth) -> Matching:
    """Assign findings to plants so that the total credit is largest; each finding pays for one plant."""
    claims, path = claims_of(evidence)
    plants = truth.key.plants
    features = frozenset(truth.key.columns)
    credits = np.array([[plant_credit(claim, plant, features) for plant in plants] for claim in claims])
    chosen: dict[int, int] = {}
    if claims and plants:
        weights = credits * np.array([p.severity for p in plants])
        for row, column in zip(*linear_sum_assignment(-weights), strict=True):
            if credits[row, column] > 0:
                chosen[int(column)] = int(row)
    matches = tuple(
        Match(plant, float(credits[chosen[i], i]) if i in chosen else 0.0, chosen.get(i))
        for i, plant in enumerate(plants)
    )
    false_alarms: list[int] = []
    decoy_hits: list[tuple[int, Decoy]] = []
    for index, claim in enumerate(claims):
        if claim.status != "defect" or (plants and credits[index].max() >= MATCH_FLOOR):
            continue
        decoy = next((d for d in truth.key.decoys if _is_about(claim, d)), None)
        if decoy is not None:
            decoy_hits.append((index, decoy))
        else:
            false_alarms.append(index)
    noted = tuple(
        decoy
        for decoy in truth.key.decoys
        if any(c.status == "note" and c.summary and set(c.columns) & set(decoy.columns) for c in claims)
    )
    return Matching(claims, matches, tuple(false_alarms), tuple(decoy_hits), noted, path)


def _is_about(claim: FindingClaim, decoy: Decoy) -> bool:
    return bool(set(claim.columns) & set(decoy.columns)) and (
        not decoy.trap_kinds or claim.kind in decoy.trap_kinds
    )


def plant_credit(claim: FindingClaim, plant: Plant, features: frozenset[str]) -> float:
    """Credit 0..1 of one finding for one plant: kind x columns x onset x status.

    `features` are the feature columns; a plant of the label or the keys needs no column to be named.
    """
    kind = _kind_credit(claim, plant)
    if kind == 0.0:
        return 0.0
    return (
        kind
        * _column_credit(claim, plant, features)
        * _onset_credit(claim, plant)
        * _status_credit(claim, plant)
    )


def _kind_credit(claim: FindingClaim, plant: Plant) -> float:
    if claim.kind in (plant.kind, plant.id, *plant.equivalents):
        return 1.0
    if plant.family == "leakage" and claim.kind in LEAK_KINDS and set(claim.columns) & set(plant.columns):
        return 0.8
    return 0.0


def _column_credit(claim: FindingClaim, plant: Plant, features: frozenset[str]) -> float:
    if plant.inherent or not features & set(plant.columns):
        return 1.0
    named, wanted = set(claim.columns), set(plant.columns)
    if not named & wanted:
        return 0.0
    surplus = len(named - wanted)
    return len(named & wanted) / len(wanted) * min(1.0, 2.0 / (1.0 + surplus))


def _onset_credit(claim: FindingClaim, plant: Plant) -> float:
    """Full within the tolerance, half within two months more, a quarter beyond; half where none is given."""
    if plant.months is None or plant.family == "leakage":
        return 1.0
    if plant.family == "quality" and not plant.inherent and claim.from_month is None:
        return 1.0
    if claim.from_month is None:
        return 0.5
    start = month_index(plant.months.from_month)
    low, high = start - 1, start + 1
    if plant.onset_latest is not None:
        high = max(high, month_index(plant.onset_latest) + 1)
    told = month_index(claim.from_month)
    late = max(low - told, told - high, 0)
    return 1.0 if late == 0 else 0.5 if late <= 2 else 0.25


def _status_credit(claim: FindingClaim, plant: Plant) -> float:
    if claim.status == "defect" or plant.inherent:
        return 1.0
    return 0.5
