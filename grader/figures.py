"""The numbers behind the plots of a report."""

from __future__ import annotations

import numpy as np

from grader import metrics
from grader.checks.audit import said_of
from grader.checks.case import Case
from grader.checks.readme import marked
from grader.evidence.service import LatencySeries
from grader.metrics import Floats
from grader.results import CurvePoint, Figures, LatencyLine, LiftDecile, PlantLine, ReliabilityBin, ReplayBand

CURVE_POINTS = 120


def figures_of(case: Case) -> Figures:
    """Compute what the plots show; parts that were not measured stay empty."""
    test = case.test
    months = tuple(sorted(set(case.issued_month.tolist())))
    shown = Figures(
        months=months,
        replay=_replay(case),
        plants=_plants(case),
        latency=_latency(case),
        notebook=case.evidence.document.notebook.outputs,
        readme=marked(case),
    )
    if not test.usable:
        return shown
    calibration = case.calibration
    return shown.model_copy(
        update={
            "base_rate": float(test.y.mean()),
            "reliability": tuple(
                ReliabilityBin(
                    predicted=float(calibration.predicted[i]),
                    observed=float(calibration.observed[i]),
                    low=float(calibration.low[i]),
                    high=float(calibration.high[i]),
                    rows=int(calibration.rows[i]),
                )
                for i in range(calibration.rows.size)
            ),
            "pr_curve": _curve(test.y, test.tuned),
            "pr_curve_baseline": _curve(test.y, test.baseline) if np.isfinite(test.baseline).all() else (),
            "lift": tuple(LiftDecile(**vars(row)) for row in metrics.lift_table(test.y, test.tuned)),
        }
    )


def _curve(y: Floats, p: Floats) -> tuple[CurvePoint, ...]:
    precision, recall = metrics.pr_curve(y, p)
    if not recall.size:
        return ()
    keep = recall > 0.002
    precision, recall = precision[keep], recall[keep]
    wanted = np.searchsorted(recall, np.linspace(recall[0], 1.0, CURVE_POINTS)).clip(0, recall.size - 1)
    return tuple(
        CurvePoint(recall=float(recall[i]), precision=float(precision[i])) for i in np.unique(wanted)
    )


def _replay(case: Case) -> ReplayBand:
    key = case.truth.key
    return ReplayBand(
        dummy=key.dummy.replay.pr_auc,
        yardstick=key.reference.replay.pr_auc,
        oracle=key.oracle.replay.pr_auc,
        submission=case.replay_pr_auc,
        claimed=case.evidence.document.evaluation.metrics.tuned.get("pr_auc"),
    )


def _plants(case: Case) -> tuple[PlantLine, ...]:
    matching = case.matching
    lines = [
        PlantLine(
            id=m.plant.id,
            family=m.plant.family,
            columns=m.plant.columns,
            from_month=m.plant.months.from_month if m.plant.months else None,
            to_month=m.plant.months.to_month if m.plant.months else None,
            summary=m.plant.summary,
            found=m.credit >= 0.5,
            credit=round(m.credit, 3),
            said=said_of(matching.claims[m.finding]) if m.finding is not None else "",
        )
        for m in matching.matches
    ]
    hit = {decoy.id: said_of(matching.claims[i]) for i, decoy in matching.decoy_hits}
    noted = {decoy.id for decoy in matching.decoys_noted} - set(hit)
    lines += [
        PlantLine(
            id=decoy.id,
            family="decoy",
            columns=decoy.columns,
            from_month=decoy.months.from_month if decoy.months else None,
            to_month=decoy.months.to_month if decoy.months else None,
            summary=decoy.summary,
            found=decoy.id in hit or decoy.id in noted,
            credit=1.0 if decoy.id in noted else 0.0,
            said=hit.get(decoy.id, "noted as harmless" if decoy.id in noted else ""),
        )
        for decoy in case.truth.key.decoys
    ]
    return tuple(lines)


def _latency(case: Case) -> tuple[LatencyLine, ...]:
    """Return the service's latencies beside those of a service that does nothing; empty where there was no load."""
    service = case.evidence.document.service
    if service.latency is None or service.latency.p50_ms is None:
        return ()
    lines = [LatencyLine(name="service", **_percentiles(service.latency))]
    if service.latency_floor is not None:
        lines.append(LatencyLine(name="do-nothing", **_percentiles(service.latency_floor)))
    return tuple(lines)


def _percentiles(series: LatencySeries) -> dict[str, float | None]:
    return {"p50_ms": series.p50_ms, "p95_ms": series.p95_ms, "p99_ms": series.p99_ms}
