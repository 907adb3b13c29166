"""Small truths and evidence with good defaults, made in memory."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from grader.checks.case import Case
from grader.checks.evaluation import recomputed_figures
from grader.evidence.document import Evidence, EvidenceDocument
from grader.evidence.modelling import (
    SPLITS,
    ClaimedMetrics,
    EvaluationEvidence,
    LiftRow,
    LiftTable,
    PlotFile,
    PredictionsEvidence,
    SegmentRow,
    SegmentTable,
)
from grader.evidence.notebook import FindingClaim, FindingsFile, NotebookEvidence
from grader.evidence.service import ServiceEvidence
from grader.metrics import lift_table, month_index, month_name, pr_auc, pr_auc_se
from grader.truth import Business, Key, Plant, Truth
from grader.types import PhaseRecord, Verdict

PLOTS = (
    PlotFile(path="evaluation/calibration.png", width=600, height=400, ink=0.05),
    PlotFile(path="evaluation/pr_curve.png", width=600, height=400, ink=0.05),
)
"""Pictures whose names say what they show."""

MONTHS = [month_name(month_index("2023-01") + i) for i in range(24)]
REPLAY_MONTHS = ["2025-01", "2025-02", "2025-03"]
FEATURES = ("leak", "usage", "charge", "strong")
PHASES = ("intake", "notebook", "probes", "build", "service", "latency")


def plant(**given: Any) -> Plant:
    """A leak in column `leak` unless told otherwise."""
    values: dict[str, Any] = {
        "id": "post_outcome_column",
        "family": "leakage",
        "kind": "post_outcome_column",
        "columns": ("leak",),
        "months": {"from": "2023-01", "to": "2024-12"},
        "severity": 3,
        "equivalents": ("target_leakage",),
    }
    return Plant.model_validate({**values, **given})


DEFAULT_PLANTS = (
    plant(seeded=True),
    plant(id="unit_change", family="change", kind="unit_change", columns=("charge",),
          months={"from": "2024-04", "to": "2024-12"}, equivalents=("scale_change",)),
    plant(id="covariate_drift", family="change", kind="covariate_drift", columns=("usage",), severity=2,
          months={"from": "2023-10", "to": "2024-12"}, onset_latest="2024-01", equivalents=("data_drift",)),
    plant(id="label_immaturity", family="quality", kind="label_immaturity", columns=("churned_90d",),
          months={"from": "2024-10", "to": "2024-12"}, inherent=True, equivalents=("right_censoring",)),
)  # fmt: skip


def key_of(columns: Sequence[str], rows: int, plants: Sequence[Plant], last_mature: str) -> Key:
    """A key over these columns."""
    replay = {"replay": {"pr_auc": 0.25, "pr_auc_se": 0.02}}
    return Key.model_validate(
        {
            "schema_version": 1, "variant": "0123456789ab", "seed": 1, "generator_version": "0",
            "origin": "practice", "rows": rows, "columns": list(columns),
            "months": {"from": "2023-01", "to": "2024-12"}, "replay_months": {"from": "2025-01", "to": "2025-03"},
            "label": {"column": "churned_90d", "horizon_days": 90, "horizon_months": 3,
                      "last_mature_month": last_mature},
            "plants": [p.model_dump(by_alias=True) for p in plants],
            "decoys": [{"id": "strong_predictor", "columns": ["strong"], "trap_kinds": ["target_leakage"],
                        "summary": "known at the snapshot"}],
            "reference": replay, "oracle": {"replay": {"pr_auc": 0.3}}, "dummy": {"replay": {"pr_auc": 0.1}},
        }
    )  # fmt: skip


def truth_of(
    issued: pd.DataFrame,
    replay: pd.DataFrame | None = None,
    plants: Sequence[Plant] = DEFAULT_PLANTS,
    last_mature_month: str = "2024-09",
) -> Truth:
    """A truth around an issued frame."""
    columns = [c for c in issued.columns if c not in ("customer_id", "snapshot_month", "churned_90d")]
    key = key_of(columns, len(issued), plants, last_mature_month)
    rest = replay if replay is not None else issued.head(0).assign(true_probability=0.0)
    return Truth(key, issued, rest, Business(12, 0.25, 240, 0.10), {}, Path("vault"))


def world(seed: int = 0, customers: int = 700) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Issued rows and replay rows of customers whose chance of leaving is known; about 17,000 and 2,100."""
    issued, replay = _world(seed, customers)
    return issued.copy(), replay.copy()


@lru_cache(maxsize=2)
def _world(seed: int, customers: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    ids = rng.permutation(10**6)[:customers]
    frames = []
    for month in [*MONTHS, *REPLAY_MONTHS]:
        usage, strong = rng.normal(size=(2, customers))
        chance = 1 / (1 + np.exp(2.6 - 1.1 * strong - 0.4 * usage))
        y = (rng.random(customers) < chance).astype(float)
        leak = np.where(y > 0, rng.random(customers), np.nan)
        frames.append(pd.DataFrame({"customer_id": ids, "snapshot_month": month, "leak": leak, "usage": usage,
                                    "charge": rng.gamma(2, 10, customers), "strong": strong, "churned_90d": y,
                                    "true_probability": chance}))  # fmt: skip
    full = pd.concat(frames, ignore_index=True)
    later = full["snapshot_month"].isin(REPLAY_MONTHS)
    replay = full[later].reset_index(drop=True).assign(leak=np.nan)
    return full[~later].drop(columns="true_probability").reset_index(drop=True), replay


def split_of(months: pd.Series, first_test: str = "2024-07", gap: int = 3) -> np.ndarray:
    """Codes of a time-ordered split; -1 for embargoed and immature rows."""
    index = months.map(month_index).to_numpy()
    start = month_index(first_test)
    code = np.full(index.size, -1)
    code[index <= start - gap] = SPLITS.index("train")
    code[(index >= start) & (index <= month_index("2024-09"))] = SPLITS.index("test")
    return code


def good_scores(frame: pd.DataFrame) -> np.ndarray:
    """Calibrated probabilities from what is known at the snapshot."""
    return np.asarray(1 / (1 + np.exp(2.6 - 1.1 * frame["strong"] - 0.4 * frame["usage"])))


def case_of(
    *,
    findings: Sequence[FindingClaim] = (),
    split: np.ndarray | None = None,
    tuned: np.ndarray | None = None,
    served_replay: np.ndarray | None = None,
    metrics: ClaimedMetrics | None = None,
    service: ServiceEvidence | None = None,
    document: dict[str, Any] | None = None,
    plants: Sequence[Plant] = DEFAULT_PLANTS,
    arrays: dict[str, np.ndarray] | None = None,
) -> Case:
    """A good submission of the small world, with parts replaced."""
    issued, replay = world()
    truth = truth_of(issued, replay, plants)
    codes = split_of(issued["snapshot_month"]) if split is None else split
    rows = np.flatnonzero(codes >= 0)
    p = good_scores(issued) if tuned is None else tuned
    made = {
        "predictions.row": rows.astype(float),
        "predictions.split": codes[rows].astype(float),
        "predictions.y_true": issued["churned_90d"].to_numpy()[rows],
        "predictions.p_tuned": p[rows],
        "predictions.p_baseline": (0.7 * p + 0.3 * p.mean())[rows],
        "service.replay": good_scores(replay) if served_replay is None else served_replay,
        **(arrays or {}),
    }
    file = FindingsFile(path="findings.json", findings=tuple(findings))
    contents: dict[str, Any] = {
        "name": "submission-00000000", "sha256": "0" * 64, "variant": truth.key.variant, "executor": "docker",
        "phases": tuple(PhaseRecord(id=name, verdict=Verdict.OK) for name in PHASES),
        "notebook": NotebookEvidence(path="audit.ipynb", code_cells=3, executed_cells=3, in_order=True,
                                     submitted=file, produced=file),
        "predictions": PredictionsEvidence(path="evaluation/predictions.parquet", rows=rows.size,
                                           matched_rows=rows.size),
        "evaluation": EvaluationEvidence(metrics=metrics or ClaimedMetrics()),
        "service": service or ServiceEvidence(started=True, route="/predict", request_shape="rows"),
        **(document or {}),
    }  # fmt: skip
    return Case(Evidence(EvidenceDocument(**contents), made), truth)


def finding(kind: str, *columns: str, **given: Any) -> FindingClaim:
    """A finding with an action."""
    values: dict[str, Any] = {"kind": kind, "columns": columns, "action": "drop", "summary": "seen"}
    return FindingClaim(**{**values, **given})


def claimed_figures(
    case: Case, *, threshold: float = 0.2, interval: bool = True, **changed: float
) -> ClaimedMetrics:
    """What metrics.json honestly says of a case's predictions; `changed` adds to figures of the tuned model."""
    tuned = recomputed_figures(case, "tuned")
    tuned |= {name: tuned[name] + by for name, by in changed.items()}
    half = 1.96 * pr_auc_se(case.test.y, case.test.tuned, case.test.customer)
    middle = recomputed_figures(case, "tuned")["pr_auc"]
    return ClaimedMetrics(
        path="evaluation/metrics.json",
        baseline=recomputed_figures(case, "baseline"),
        tuned=tuned,
        intervals={"tuned.pr_auc": (middle - half, middle + half)} if interval else {},
        decision={"threshold": threshold, "capacity_share": 0.10},
    )


def claimed(case: Case, **changed: float) -> Case:
    """The case with honest claims about its own predictions, but for `changed`."""
    rows = tuple(LiftRow(**vars(row)) for row in lift_table(case.test.y, case.test.tuned))
    evidence = EvaluationEvidence(
        metrics=claimed_figures(case, **changed),
        lift=LiftTable(path="evaluation/lift.csv", rows=rows),
        plots=PLOTS,
    )
    return with_document(case, evaluation=evidence)


def stated_segments(case: Case, **changed: float) -> SegmentTable:
    """Honest figures of a case's test rows by month; `changed` adds to a figure of each."""
    found = []
    for month in np.unique(case.test.month):
        chosen = case.test.month == month
        y, p = case.test.y[chosen], case.test.tuned[chosen]
        figures = {"rows": float(y.size), "churn_rate": float(y.mean()), "pr_auc": pr_auc(y, p)}
        moved = {name: value + changed.get(name, 0.0) for name, value in figures.items()}
        found.append(SegmentRow(column="snapshot_month", level=str(month), **moved))
    return SegmentTable(path="evaluation/metrics.json", rows=tuple(found))


def with_document(case: Case, **parts: Any) -> Case:
    """The same case with parts of its document replaced."""
    return Case(Evidence(case.evidence.document.model_copy(update=parts), case.evidence.arrays), case.truth)


def with_arrays(case: Case, **arrays: np.ndarray) -> Case:
    """The same case with arrays replaced; `service__parity` is `service.parity`."""
    changed = {name.replace("__", "."): values for name, values in arrays.items()}
    return Case(Evidence(case.evidence.document, {**case.evidence.arrays, **changed}), case.truth)


def served_arrays(issued: pd.DataFrame, rows: np.ndarray, scores: np.ndarray) -> dict[str, np.ndarray]:
    """What the prober brings from a service that answers `scores` on issued rows, whatever it is asked."""
    p = scores[rows]
    names = (
        "parity",
        "fresh_id",
        "fresh_id_again",
        "single",
        "reversed",
        "repeated",
        "column_order",
        "leak_changed",
    )
    return {"service.parity_rows": rows.astype(float), **{f"service.{name}": p.copy() for name in names}}


def served_case(**given: Any) -> Case:
    """A good submission whose service was probed on 400 test rows and answers as submitted."""
    issued, _ = world()
    rows = np.flatnonzero(split_of(issued["snapshot_month"]) == SPLITS.index("test"))[:400]
    given["arrays"] = {**served_arrays(issued, rows, good_scores(issued)), **given.get("arrays", {})}
    return case_of(**given)
