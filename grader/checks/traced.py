"""Which tracked run the service's version leads back to, and whether that run holds the submitted figure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.checks.case import Case
from grader.checks.evaluation import recomputed_figures
from grader.evidence.modelling import TrackedRun
from grader.probes.evaluation.vocabulary import PR_AUC
from grader.probes.shared.text import word
from grader.probes.tracking.runs import REGISTERED

SHORT_ID = re.compile(r"[0-9a-f]{7,32}")
"""A run's id as people abbreviate it: what a version-control system shows, or more."""
MODEL_ID = re.compile(r"(?:^|/)(m-[0-9a-f]{10})[0-9a-f]{22}/")
"""How the id of a logged model begins, in the path of its files."""


@dataclass(frozen=True)
class Traced:
    """How the served version was traced: `credit` 0..1 or None where not assessed, the run, and words for it."""

    credit: float | None
    shown: str
    run: TrackedRun | None = None


def traced_run(case: Case, runs: list[TrackedRun]) -> Traced:
    """Return the run that the served version names: by its id, name, version or registered model."""
    phase = case.evidence.phase("service")
    if phase.failed_on_our_side or not phase.assessed:
        return Traced(None, "not assessed: no service was run here")
    served = case.evidence.document.service.model_version
    if not served:
        return Traced(0.0, "the service names no model version")
    short = SHORT_ID.findall(served.lower())
    known = [r.run_id for r in case.evidence.document.tracking.runs]
    names = [r.name for r in case.evidence.document.tracking.runs]
    for run in runs:
        version = str(run.tags.get("model_version") or run.params.get("model_version") or "")
        by_id = len(run.run_id) >= 8 and (
            run.run_id[:8] in served
            or any(run.run_id.startswith(s) and sum(k.startswith(s) for k in known) == 1 for s in short)
        )
        by_name = run.name == served and names.count(served) == 1
        by_model = any(found[1] in served for path in run.models if (found := MODEL_ID.search(path)))
        if (
            (version and version == served)
            or by_id
            or by_name
            or by_model
            or _registered_as(run, served, runs)
        ):
            return Traced(1.0, f"served {served!r} is run {run.run_id[:8]} {run.name!r}", run)
    return Traced(0.0, f"served {served!r} is none of the tracked runs")


def _registered_as(run: TrackedRun, served: str, runs: list[TrackedRun]) -> bool:
    """Whether the registry calls a run's model what is served: by name and version, or by a version of no other."""
    words = _words(served)
    told = [_versions(other) for other in runs]
    for name, number in _versions(run):
        if re.search(rf"(?<!\S){re.escape(_words(name))} (?:v ?|version )?{re.escape(number)}$", words):
            return True
        alone = sum(any(n == number for _, n in one) for one in told) == 1
        if alone and re.fullmatch(rf"(?:v ?|version )?{re.escape(number)}", words):
            return True
    return False


def _versions(run: TrackedRun) -> list[tuple[str, str]]:
    parts = [one.rpartition("/") for one in run.tags.get(REGISTERED, "").split(",")]
    return [(name, number) for name, _, number in parts if name and number]


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def holds_the_figure(case: Case, runs: list[TrackedRun], run: TrackedRun | None) -> float:
    """Return 1 where a PR-AUC is tracked that recomputes: of the traced run or the one above it, else of any."""
    ours = recomputed_figures(case, "tuned").get("pr_auc")
    meant = runs if run is None else [r for r in runs if r.run_id in (run.run_id, run.parent)]
    values = [v for r in meant for name, v in r.metrics.items() if PR_AUC.search(word(name))]
    return float(ours is not None and any(abs(v - ours) <= max(0.003, 0.02 * ours) for v in values))
