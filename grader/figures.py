"""The numbers behind the plots of a report."""

from __future__ import annotations

import numpy as np

from grader import metrics
from grader.checks.audit import said_of
from grader.checks.case import Case
from grader.checks.matching import Matching, accused
from grader.checks.readme import marked
from grader.evidence.service import LatencySeries
from grader.metrics import Floats
from grader.results import CurvePoint, Figures, LatencyLine, LiftDecile, PlantLine, ReliabilityBin, ReplayBand
from grader.truth import Decoy, Key, Plant

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
    # A score far outside 0..1 has no bin to be drawn in; what it costs, the checks say of the score as it is.
    tuned = np.clip(test.tuned, 0.0, 1.0)
    calibration = metrics.calibration(test.y, tuned, test.customer) if outside(case) else case.calibration
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


def outside(case: Case) -> int:
    """Return how many scores of the test rows are no probabilities."""
    return int(((case.test.tuned < 0) | (case.test.tuned > 1)).sum())


def plants_alone(case: Case) -> Figures:
    """Return the plants without any plot: where a plot fails, a page for candidates still knows what to hide."""
    try:
        return Figures(plants=_plants(case))
    except Exception:  # noqa: BLE001 -- our fault, and no reason to forget what is secret
        key = case.truth.key
        return Figures(plants=(*map(_line, key.plants), *map(_line, key.decoys)))


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
    matching, key = case.matching, case.truth.key
    lines = [
        _line(
            m.plant,
            found=m.credit >= 0.5,
            credit=round(m.credit, 3),
            said=said_of(matching.claims[m.finding]) if m.finding is not None else "",
        )
        for m in matching.matches
    ]
    hit = {decoy.id: said_of(matching.claims[i]) for i, decoy in matching.decoy_hits}
    noted = {decoy.id for decoy in matching.decoys_noted} - set(hit)
    lines += [
        _line(
            decoy,
            found=decoy.id in hit or decoy.id in noted,
            credit=1.0 if decoy.id in noted else 0.0,
            said=hit.get(decoy.id)
            or ("noted as harmless" if decoy.id in noted else reported_at(matching, decoy, key)),
        )
        for decoy in key.decoys
    ]
    return tuple(lines)


def reported_at(matching: Matching, decoy: Decoy, key: Key) -> str:
    """Return the defect that was reported in a decoy's column and months and that fits nothing there; else nothing.

    Such a finding is of another kind than the decoy is mistaken for, so it is a false alarm and no decoy hit.
    """
    features = frozenset(key.columns)
    span = decoy.months or key.months
    for index in (*matching.false_alarms, *matching.outside):
        claim = matching.claims[index]
        begins, ends = claim.from_month or key.months.from_month, claim.to_month or "9999-12"
        if (
            accused(claim, features) & set(decoy.columns)
            and begins <= (span.to_month or "9999-12")
            and ends >= span.from_month
        ):
            return said_of(claim)
    return ""


def _line(
    entry: Plant | Decoy, *, found: bool = False, credit: float = 0.0, said: str = "not matched: our fault"
) -> PlantLine:
    return PlantLine(
        id=entry.id,
        family=entry.family if isinstance(entry, Plant) else "decoy",
        columns=entry.columns,
        from_month=entry.months.from_month if entry.months else None,
        to_month=entry.months.to_month if entry.months else None,
        summary=entry.summary,
        found=found,
        credit=credit,
        said=said,
    )


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
