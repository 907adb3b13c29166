"""Match what a candidate reported against the plants and decoys of the key."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from grader.checks.naming import in_issued_names
from grader.checks.stated import STATED_WORTH, stated_findings
from grader.evidence.document import Evidence
from grader.evidence.notebook import FindingClaim
from grader.metrics import Floats, month_index
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
FREE_COLUMNS = 1
"""Columns beside the right ones that the finding that pays for a plant may name before each is a false alarm."""
TRUSTED = 0.75
"""Share of right findings from which false alarms cost no recall."""
DISTRUST = 4.0
"""Power by which every recall falls below that share."""
INHERENT_WEIGHT = 0.25
"""Share of a hit that a fact of every variant counts for against spraying: it is known without looking."""
SURPLUS_LIMIT = 4
"""False alarms that one finding counts for at most, however many columns it names."""
FREE_ASKS = 5
"""Columns that may be asked about at full worth; beyond, the worth of every question shrinks."""
FREE_NOTES = 15
"""Columns that may be noted as harmless at full worth; beyond, the worth of every note shrinks."""
RELATION_ALONE = 0.5
"""Column credit of a concept drift that is dated but not traced to any column."""
FREE_ONSETS = 2
"""Different first months that may be given for one change; beyond, its credit shrinks."""


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
    wrong: float
    """False alarms by the number of their columns, surplus columns of the others, decoys double."""
    note_worth: float
    """Factor 0..1 on what notes earn; below 1 where very many columns are noted."""
    outside: tuple[int, ...] = ()
    """Findings outside the key that are true of the issued data and not of its twin: they cost nothing."""
    stated: bool = False
    """Whether the findings were read off the notebook's text, because there is no findings file."""

    def recall(self, family: str | None = None) -> float:
        """Severity-weighted credit over a family (or all), 0..1; 1 where the family is empty."""
        chosen = [m for m in self.matches if family in (None, m.plant.family)]
        weight = sum(m.plant.severity for m in chosen)
        return sum(m.credit * m.plant.severity for m in chosen) / weight if weight else 1.0

    @property
    def hits(self) -> float:
        """Number of plants with a finding that is about them."""
        return float(sum(m.credit >= MATCH_FLOOR for m in self.matches))

    @property
    def precision(self) -> float:
        """Share of what was reported as a defect that is one, by columns; a decoy counts double; 0 without any."""
        return self.hits / (self.hits + self.wrong) if self.hits else 0.0

    @property
    def spray_discount(self) -> float:
        """Factor 0..1 on every recall: full while three quarters of what was searched and reported are right.

        Below, it falls as an audit loses its reader: at two thirds right a third is lost, at one half four
        fifths. Facts of every variant can be reported without looking, so they hardly outweigh
        false alarms.
        """
        inherent = sum(m.credit >= MATCH_FLOOR for m in self.matches if m.plant.inherent)
        searched = self.hits - (1 - INHERENT_WEIGHT) * inherent
        right = searched / (searched + self.wrong) if searched else 0.0
        return float(min(1.0, (right / TRUSTED) ** DISTRUST))


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
    claims = in_issued_names(claims, truth)
    plants = truth.key.plants
    features, begins = frozenset(truth.key.columns), truth.key.months.from_month
    stated = not claims and bool(evidence.document.notebook.statements)
    if stated:
        claims, path = stated_findings(evidence.document.notebook, truth), "the notebook's text"
    credits = np.array(
        [[plant_credit(claim, plant, features, begins) for plant in plants] for claim in claims]
    )
    chosen: dict[int, int] = {}
    if claims and plants:
        credits *= STATED_WORTH if stated else 1.0
        credits *= _ask_worth(claims, features)[:, None] * _onset_worth(claims, credits, plants)
        # Loaded where it is needed: it takes longer than everything else a command without findings loads.
        from scipy.optimize import linear_sum_assignment

        weights = credits * np.array([p.severity for p in plants])
        for row, column in zip(*linear_sum_assignment(-weights), strict=True):
            if credits[row, column] > 0:
                chosen[int(column)] = int(row)
    matches = tuple(
        Match(plant, float(credits[chosen[i], i]) if i in chosen else 0.0, chosen.get(i))
        for i, plant in enumerate(plants)
    )
    paying = set(chosen.values())
    false_alarms: list[int] = []
    decoy_hits: list[tuple[int, Decoy]] = []
    wrong = 0.0
    for index, claim in enumerate(claims):
        if claim.status != "defect":
            continue
        about = [p for i, p in enumerate(plants) if credits[index, i] >= MATCH_FLOOR]
        right = {column for p in about for column in p.columns}
        # What concerns the label or the rows may hold for some of them: there `where` says which, and accuses nothing.
        of_rows = about and not any(features & set(p.columns) for p in about)
        named = set(claim.columns) if of_rows else accused(claim, features, right)
        surplus = set() if any(p.inherent for p in about) else named - right
        decoy = next((d for d in truth.key.decoys if _traps(claim, d) and surplus & set(d.columns)), None)
        if decoy is not None:
            decoy_hits.append((index, decoy))
            wrong += DECOY_WEIGHT + _surplus_weight(surplus - set(decoy.columns))
        elif about:
            # A second finding of the same defect may not carry accusations of further columns for nothing.
            wrong += _surplus_weight(surplus, FREE_COLUMNS if index in paying else 0)
        else:
            false_alarms.append(index)
            wrong += alarm_weight(claim, features)
    hit = {decoy.id for _, decoy in decoy_hits}
    noted = tuple(
        decoy
        for decoy in truth.key.decoys
        if decoy.id not in hit
        and any(c.status == "note" and c.summary and set(c.columns) & set(decoy.columns) for c in claims)
    )
    note_worth = min(1.0, FREE_NOTES / max(_columns_with("note", claims, features), 1))
    return Matching(
        claims, matches, tuple(false_alarms), tuple(decoy_hits), noted, path, wrong, note_worth, stated=stated
    )


def accused(claim: FindingClaim, features: frozenset[str], right: AbstractSet[str] = frozenset()) -> set[str]:
    """Return the columns that a finding accuses: `columns`, and those of `where` if it names no feature there.

    So too if it names none that is `right`, and is about that by its rows alone. Else twenty columns could be guessed
    at in `where`, which beside a column that is right only says for which rows it holds.
    """
    named = set(claim.columns)
    by_rows = not named & features or (right and not named & right)
    return named | (set(claim.where) & features) if by_rows else named


def alarm_weight(claim: FindingClaim, features: frozenset[str]) -> int:
    """Return how many false alarms a finding that belongs to no plant counts for."""
    return max(1, _surplus_weight(accused(claim, features)))


def _surplus_weight(columns: set[str], free: int = FREE_COLUMNS) -> int:
    return min(SURPLUS_LIMIT, max(0, len(columns) - free))


def _columns_with(status: str, claims: tuple[FindingClaim, ...], features: frozenset[str]) -> int:
    return sum(max(1, len(accused(c, features))) for c in claims if c.status == status)


def _ask_worth(claims: tuple[FindingClaim, ...], features: frozenset[str]) -> Floats:
    """Factor per finding: questions never cost, so asking about everything must not earn."""
    worth = min(1.0, FREE_ASKS / max(_columns_with("ask", claims, features), 1))
    return np.array([worth if c.status == "ask" else 1.0 for c in claims])


def _onset_worth(claims: tuple[FindingClaim, ...], credits: Floats, plants: tuple[Plant, ...]) -> Floats:
    """Factor per plant: a change reported from many different months was not dated at all."""
    months = [
        {c.from_month for i, c in enumerate(claims) if credits[i, j] > 0 and c.status == "defect"}
        for j in range(len(plants))
    ]
    dated = [p.family != "leakage" and p.months is not None for p in plants]
    return np.array(
        [FREE_ONSETS / max(len(m), FREE_ONSETS) if d else 1.0 for m, d in zip(months, dated, strict=True)]
    )


def _traps(claim: FindingClaim, decoy: Decoy) -> bool:
    return not decoy.trap_kinds or claim.kind in decoy.trap_kinds


def plant_credit(claim: FindingClaim, plant: Plant, features: frozenset[str], begins: str) -> float:
    """Credit 0..1 of one finding for one plant: kind x columns x onset x status.

    `features` are the feature columns; a plant of the label or the keys needs no column to be named. `begins` is
    the first month of the data, which a finding without one means.
    """
    kind = _kind_credit(claim, plant)
    if kind == 0.0:
        return 0.0
    return (
        kind
        * _column_credit(claim, plant, features)
        * _onset_credit(claim, plant, begins)
        * _status_credit(claim, plant)
    )


def _kind_credit(claim: FindingClaim, plant: Plant) -> float:
    if claim.kind in (plant.kind, plant.id, *plant.equivalents):
        return 1.0
    if plant.family == "leakage" and claim.kind in LEAK_KINDS and set(claim.columns) & set(plant.columns):
        return 0.8
    return 0.0


def _column_credit(claim: FindingClaim, plant: Plant, features: frozenset[str]) -> float:
    """Full where the plant's main column is named; half for a changed relation that names the label or no column."""
    wanted = set(plant.columns)
    # A sub-population may be named by the rows it holds for instead of among the columns.
    named = set(claim.columns) | (set(claim.where) & wanted)
    if plant.inherent or (plant.family != "leakage" and not features & wanted):
        return 1.0
    if not features & wanted and not named & wanted:
        # A leak of the identifier or the order is in no feature: who names one accuses that one of it.
        return float(claim.kind == plant.kind and not named & features)
    if not named & wanted:
        return RELATION_ALONE if plant.kind == "concept_drift" and not named & features else 0.0
    surplus = len((named | accused(claim, features, wanted)) - wanted)
    share = 1.0 if plant.columns[0] in named else len(named & wanted) / len(wanted)
    return share * min(1.0, 2.0 / (1.0 + surplus))


def _onset_credit(claim: FindingClaim, plant: Plant, begins: str) -> float:
    """Full within the tolerance, half within two months more, a quarter beyond.

    No month is the first month of the data: full where that is right, else half, as nothing was dated.
    """
    if plant.onset_months is None or plant.family == "leakage":
        return 1.0
    if plant.family == "quality" and not plant.inherent and claim.from_month is None:
        return 1.0
    earliest, latest = plant.onset_months
    low, high = month_index(earliest) - 1, month_index(latest) + 1
    if claim.from_month is None:
        return 1.0 if low <= month_index(begins) <= high else 0.5
    told = month_index(claim.from_month)
    late = max(low - told, told - high, 0)
    return 1.0 if late == 0 else 0.5 if late <= 2 else 0.25


def _status_credit(claim: FindingClaim, plant: Plant) -> float:
    """A defect called harmless was not found; a question earns half where it is about a leak."""
    if claim.status == "defect" or plant.inherent:
        return 1.0
    return 0.5 if claim.status == "ask" and plant.family == "leakage" else 0.0
