"""Red flags: shown first, worth no points, and raised only; a person confirms or dismisses them."""

from __future__ import annotations

import numpy as np

from grader.checks.audit import leak_moves_predictions
from grader.checks.case import NEAR, Case
from grader.checks.readme import unread_language
from grader.results import CriterionResult, RedFlag
from grader.types import Proof, proof


def raise_flags(case: Case, results: dict[str, CriterionResult]) -> tuple[RedFlag, ...]:
    """Return the flags that the evidence raises, in a fixed order."""
    found = (
        _leak_used(case),
        _figures_do_not_recompute(results),
        _other_model_served(case),
        _no_baseline(case),
        _no_monitoring(case, results),
    )
    return tuple(flag for flag in found if flag is not None)


def _flag(name: str, message: str, *proofs: Proof) -> RedFlag:
    return RedFlag(id=name, state="raised", message=message, evidence=proofs)


def _leak_used(case: Case) -> RedFlag | None:
    moved = leak_moves_predictions(case)
    if not moved or not case.serves_a_model:
        return None
    plant = case.truth.key.seeded_leak()
    column = ", ".join(plant.columns) if plant else "the leak"
    return _flag(
        "model_uses_leak",
        "The served model reacts to a column that is only known after the outcome.",
        proof("service", column, measured=f"predictions move by up to {moved:.3f} when only it changes"),
    )


def _figures_do_not_recompute(results: dict[str, CriterionResult]) -> RedFlag | None:
    line = results.get("evaluation.reproduced")
    if line is None or line.status != "scored":
        return None
    wrong = [p for p in line.evidence if "does not recompute" in p.measured]
    if not wrong:
        return None
    return _flag(
        "figures_do_not_recompute", "Claimed figures cannot be recomputed from the predictions.", *wrong[:4]
    )


def _other_model_served(case: Case) -> RedFlag | None:
    if not case.serves_another:
        return None
    errors = case.parity_errors[case.served_model]
    share = float((errors[~np.isnan(errors)] <= NEAR).mean())
    return _flag(
        "served_is_not_evaluated",
        "The served model is not the evaluated one.",
        proof(
            "service", "parity rows", measured=f"{share:.0%} within {NEAR:g} of the submitted probabilities"
        ),
    )


def _no_baseline(case: Case) -> RedFlag | None:
    claimed = case.evidence.document.evaluation.metrics
    baseline = case.evidence.array("predictions.p_baseline")
    if claimed.baseline or np.isfinite(baseline).any():
        return None
    return _flag("no_baseline", "No baseline was evaluated beside the tuned model.")


def _no_monitoring(case: Case, results: dict[str, CriterionResult]) -> RedFlag | None:
    lines = [results.get(f"readme.{name}") for name in ("monitoring_inputs", "monitoring_outcomes")]
    if any(line is None or line.level is None or line.level > 1 for line in lines):
        return None
    if unread_language(case):
        return None  # what such a text names is not known; each line says so and asks for a person
    return _flag("no_monitoring", "The README names no monitoring of inputs or of outcomes.")
