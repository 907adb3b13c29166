"""What findings are worth against a variant: the grader's own audit checks on findings that were never typed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data_generator.release import make_key
from data_generator.variant import Variant
from data_generator.yardstick import Measured
from grader.checks import audit
from grader.checks.case import Case
from grader.checks.matching import Matching
from grader.evidence.document import Evidence, EvidenceDocument
from grader.evidence.notebook import FindingClaim, FindingsFile, NotebookEvidence
from grader.rubric import load_rubric
from grader.truth import Business, Key, Truth
from grader.types import PhaseRecord, Verdict

FOUND = 0.5
"""Credit from which a plant counts as found."""
PHASES = ("intake", "notebook", "probes", "build", "service", "latency")
MONEY = Business(call_cost=12, save_rate=0.25, kept_value=240, capacity_share=0.10)


@dataclass(frozen=True)
class Worth:
    """Points of the audit dimension (of 25), by criterion, and which planted defects were found."""

    points: float
    by_criterion: dict[str, float]
    found: tuple[str, ...]
    planted: int
    inherent_found: int
    false_alarms: float
    claims: int

    @property
    def hits(self) -> int:
        """Planted defects found, facts of every variant left out."""
        return len(self.found)


def truth_of(variant: Variant, measured: Measured) -> Truth:
    """Return what the grader reads from the variant's vault, without writing it."""
    key = make_key(variant, measured, "practice", None)
    frames = [
        frame.assign(**{name: frame[name].astype(object) for name in frame.select_dtypes("category")})
        for frame in (variant.public, variant.replay)
    ]
    return Truth(Key.model_validate(json.loads(key.to_json())), *frames, MONEY, {}, Path("vault"))


def worth(truth: Truth, claims: Sequence[FindingClaim]) -> Worth:
    """Return what a submission would earn whose notebook runs and writes exactly these findings.

    The kindest case: there is no served model that could contradict an action.
    """
    file = FindingsFile(path="findings.json", findings=tuple(claims))
    notebook = NotebookEvidence(
        path="audit.ipynb", code_cells=3, executed_cells=3, in_order=True, submitted=file, produced=file
    )
    document = EvidenceDocument(
        name="validation",
        sha256="0" * 64,
        variant=truth.key.variant,
        executor="docker",
        phases=tuple(PhaseRecord(id=name, verdict=Verdict.OK) for name in PHASES),
        notebook=notebook,
    )
    case = Case(Evidence(document), truth)
    dimension = next(d for d in load_rubric().file.dimensions if d.id == "audit")
    points = {
        criterion.id: criterion.points * getattr(audit, criterion.check.split(".")[1])(case).credit
        for criterion in dimension.criteria
    }
    matching: Matching = case.matching
    found = [m.plant for m in matching.matches if m.credit >= FOUND]
    return Worth(
        points=round(sum(points.values()), 2),
        by_criterion={name: round(value, 2) for name, value in points.items()},
        found=tuple(sorted(p.kind for p in found if not p.inherent)),
        planted=sum(not m.plant.inherent for m in matching.matches),
        inherent_found=sum(p.inherent for p in found),
        false_alarms=round(matching.wrong, 1),
        claims=len(claims),
    )


def claim(kind: str, *columns: str, **given: object) -> FindingClaim:
    """Return a finding with an action and a sentence."""
    values: dict[str, object] = {"kind": kind, "columns": columns, "action": "drop", "summary": "seen"}
    return FindingClaim.model_validate({**values, **given})


INHERENT = (
    claim("class_imbalance", "churned_90d"),
    claim("label_immaturity", "churned_90d", from_month="2024-10"),
    claim("label_overlap", "churned_90d"),
    claim("group_overlap", "customer_id"),
)
"""What is true of every variant, and known without a look at the data."""
