"""Red flags: shown first, worth no points, and raised only; a person confirms or dismisses them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.checks.case import NEAR, Case
from grader.checks.copied import copied_from
from grader.checks.leak_use import leak_moves_predictions
from grader.checks.optimism import refuted_by_replay
from grader.checks.published import COPIED_TEXT, compare
from grader.checks.rare_outcome import called_great
from grader.checks.readme import unread_language
from grader.results import CriterionResult, RedFlag
from grader.types import Proof, proof


def raise_flags(
    case: Case, results: dict[str, CriterionResult], failed: list[str] | None = None
) -> tuple[RedFlag, ...]:
    """Return the flags that the evidence raises, in a fixed order; none of what we failed to measure.

    A flag that cannot be determined through a fault of ours is left out and told in `failed`, and takes no other
    with it; without that list the fault is raised.
    """
    rules: dict[str, Callable[[], RedFlag | None]] = {
        "model_uses_leak": lambda: _leak_used(case),
        "figures_do_not_recompute": lambda: _figures_do_not_recompute(results),
        "served_is_not_evaluated": lambda: _other_model_served(case),
        "replay_refutes_test": lambda: _replay_refutes_test(case),
        "no_baseline": lambda: _no_baseline(case),
        "accuracy_called_great": lambda: _accuracy_called_great(case),
        "no_monitoring": lambda: _no_monitoring(case, results),
        "published_reference": lambda: _published_reference(case),
        "tampering": lambda: _tampering(case),
        "copied_findings": lambda: _copied_findings(case),
    }
    found: list[RedFlag | None] = []
    for name, rule in rules.items():
        try:
            found.append(rule())
        except Exception as error:
            if failed is None:
                raise
            place = f"{type(error).__name__}: {error}"
            failed.append(f"the red flag {name} could not be determined on our side: {place}"[:300])
    return tuple(flag for flag in found if flag is not None)


def _flag(name: str, message: str, *proofs: Proof) -> RedFlag:
    return RedFlag(id=name, state="raised", message=message, evidence=proofs)


def _measured(case: Case, *phases: str) -> bool:
    """Whether these phases say something of the submission: none was left out here or failed on our side."""
    records = [case.evidence.phase(name) for name in phases]
    return all(record.assessed and not record.failed_on_our_side for record in records)


def _leak_used(case: Case) -> RedFlag | None:
    moved = leak_moves_predictions(case)
    if not moved or not case.serves_a_model or not _measured(case, "service"):
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
    if not case.serves_another or not _measured(case, "probes", "service"):
        return None
    errors = case.parity_errors[case.served_model]
    share = float((errors[~np.isnan(errors)] <= NEAR).mean())
    measured = f"{share:.0%} within {NEAR:g} of the submitted probabilities"
    if case.by_identifier.moved:
        return _flag(
            "served_is_not_evaluated",
            "A customer with an unknown customer_id does not get the evaluated model's answer.",
            proof(
                "service", "parity rows under such an id", measured=f"{measured}; {case.by_identifier.shown}"
            ),
        )
    return _flag(
        "served_is_not_evaluated",
        "The served model is not the evaluated one.",
        proof("service", "parity rows", measured=measured),
    )


def _replay_refutes_test(case: Case) -> RedFlag | None:
    """Say that a person should ask; where the seeded leak is used, that flag tells the reason already."""
    if not case.serves_a_model or not _measured(case, "probes", "service") or leak_moves_predictions(case):
        return None
    refuted = refuted_by_replay(case)
    if refuted is None:
        return None
    return _flag(
        "replay_refutes_test",
        "The same model ranks far better on the submitted test rows than on the months after the release: ask how the "
        "test predictions were made.",
        refuted[1],
    )


def _no_baseline(case: Case) -> RedFlag | None:
    claimed = case.evidence.document.evaluation.metrics
    baseline = case.evidence.array("predictions.p_baseline")
    if claimed.baseline or np.isfinite(baseline).any() or not _measured(case, "probes"):
        return None
    return _flag("no_baseline", "No baseline was evaluated beside the tuned model.")


def _accuracy_called_great(case: Case) -> RedFlag | None:
    proofs = called_great(case)
    if not proofs:
        return None
    return _flag(
        "accuracy_called_great",
        "The tuned model is judged by accuracy or ROC-AUC, and by nothing that suits a rare outcome.",
        *proofs,
    )


def _no_monitoring(case: Case, results: dict[str, CriterionResult]) -> RedFlag | None:
    lines = [results.get(f"readme.{name}") for name in ("monitoring_inputs", "monitoring_outcomes")]
    if any(line is None or line.level is None or line.level > 1 for line in lines):
        return None
    if unread_language(case):
        return None  # what such a text names is not known; each line says so and asks for a person
    return _flag("no_monitoring", "The README names no monitoring of inputs or of outcomes.")


def _published_reference(case: Case) -> RedFlag | None:
    found = compare(case.evidence)
    if not found.copied:
        return None
    readme = case.evidence.document.readme.path or "README.md"
    files = [(path, "code", f"{share:.0%} of this file") for path, share in found.files[:5]]
    text = [(readme, "text", f"{found.text:.0%} of the reference's")] if found.text >= COPIED_TEXT else []
    return _flag(
        "published_reference",
        f"{found.code:.0%} of the published reference solution's code and {found.text:.0%} of its README stand in "
        "this submission, whatever the names in it.",
        *(
            proof(file, where, measured=f"{share} stands in the reference")
            for file, where, share in files + text
        ),
    )


def _tampering(case: Case) -> RedFlag | None:
    found = case.evidence.document.sources.reaches
    if not found:
        return None
    things = sorted({reach.what for reach in found})
    first = [next(reach for reach in found if reach.what == what) for what in things]
    shown = [*first, *(reach for reach in found if reach not in first)]
    return _flag(
        "tampering",
        f"The submission reaches for what it must not touch: {', '.join(things)}.",
        *(proof(reach.path, reach.where, said=reach.text, measured=reach.what) for reach in shown[:6]),
    )


def _copied_findings(case: Case) -> RedFlag | None:
    found = copied_from(case)
    if found is None:
        return None
    fits, wrong = found
    claims = case.matching.claims
    said = (f"findings[{i}]: {claims[i].kind} {', '.join(claims[i].columns)}".rstrip() for i in fits.findings)
    compared = case.evidence.document.other_variants.compared
    return _flag(
        "copied_findings",
        f"{len(fits.findings)} of {len(claims)} findings fit variant {fits.variant} and not this one.",
        proof(
            case.matching.path,
            said="; ".join(said),
            measured=f"{wrong} findings fit nothing of this data; of each of the {compared} other variants compared "
            f"about {fits.by_chance:.1g} would fit by chance",
        ),
    )
