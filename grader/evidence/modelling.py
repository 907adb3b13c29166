"""What the probes report of predictions, tracking store, claimed figures and plots."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from grader.types import Model

SPLITS = ("train", "validation", "calibration", "test", "other")
"""Codes 0..4 of the array `predictions.split`."""

PREDICTION_ARRAYS = ("row", "split", "y_true", "y_used", "p_baseline", "p_tuned")
"""Float64 arrays of one length, one entry per submitted row that belongs to the issued data.

`row` is the position in the issued data (first of several rows of the same key), `split` a code of SPLITS;
the others are NaN where absent or not a finite number.
"""


class PredictionsEvidence(Model):
    """The predictions file as read; the values are in the arrays."""

    path: str | None = None
    problems: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: int = 0
    matched_rows: int = 0
    duplicate_keys: int = 0
    non_finite: int = 0
    out_of_range: int = 0
    data_trouble: str = ""
    """Why the probe could not read the issued data, which are ours; empty where it could."""


class Trial(Model):
    """A setting that a search tried, and how it came out."""

    params: dict[str, str] = Field(default_factory=dict)
    score: float


class TrackedRun(Model):
    """One run of the tracking store, cut to what checks look at."""

    run_id: str
    name: str = ""
    parent: str | None = None
    status: str = ""
    params: dict[str, str] = Field(default_factory=dict)
    metrics: dict[str, float] = Field(default_factory=dict)
    tags: dict[str, str] = Field(default_factory=dict)
    models: tuple[str, ...] = ()
    """Model artefacts that are really in the submission, as relative paths."""
    datasets: tuple[str, ...] = ()
    seconds: float | None = None
    trials: tuple[Trial, ...] = ()
    """Trials of a search that are kept as a table among the run's artefacts, the first of many."""


class TrackingEvidence(Model):
    """The MLflow store as read, read-only."""

    path: str | None = None
    store: Literal["sqlite", "file"] | None = None
    problems: tuple[str, ...] = ()
    runs: tuple[TrackedRun, ...] = ()


class ClaimedMetrics(Model):
    """evaluation/metrics.json: figures per model, and the decision."""

    path: str | None = None
    problems: tuple[str, ...] = ()
    baseline: dict[str, float] = Field(default_factory=dict)
    tuned: dict[str, float] = Field(default_factory=dict)
    intervals: dict[str, tuple[float, float]] = Field(default_factory=dict)
    decision: dict[str, float] = Field(default_factory=dict)


class LiftRow(Model):
    """A row of the submitted lift table; absent columns are null."""

    decile: int
    customers: float | None = None
    churners: float | None = None
    churn_rate: float | None = None
    lift: float | None = None
    cumulative_capture: float | None = None


class LiftTable(Model):
    """The submitted lift table."""

    path: str | None = None
    problems: tuple[str, ...] = ()
    rows: tuple[LiftRow, ...] = ()


class SegmentRow(Model):
    """Figures of the test rows whose `column` holds `level`; absent ones are null."""

    column: str
    level: str
    rows: float | None = None
    churn_rate: float | None = None
    mean_score: float | None = None
    pr_auc: float | None = None
    roc_auc: float | None = None


class SegmentTable(Model):
    """The submitted figures by segment; `path` null where there are none."""

    path: str | None = None
    rows: tuple[SegmentRow, ...] = ()


class PlotFile(Model):
    """An image that decodes; `ink` is the share of pixels that differ from the commonest colour."""

    path: str
    width: int
    height: int
    ink: float


class EvaluationEvidence(Model):
    """Claims and plots of the evaluation folder."""

    metrics: ClaimedMetrics = Field(default_factory=ClaimedMetrics)
    lift: LiftTable = Field(default_factory=LiftTable)
    segments: SegmentTable = Field(default_factory=SegmentTable)
    plots: tuple[PlotFile, ...] = ()
    suited: str | None = None
    """A text or table that tells a figure which suits a rare outcome, wherever it lies; empty where none does.

    None where nobody looked, as in evidence from before anyone did, or where there was more than is read.
    """
    problems: tuple[str, ...] = ()
    """Plots that do not decode."""
