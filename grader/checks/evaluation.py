"""Modelling decisions and evaluation rigor, from the submitted predictions and the served replay."""

from __future__ import annotations

import numpy as np

from grader import metrics
from grader.checks.case import Case
from grader.checks.lift import lift_agreement
from grader.checks.optimism import optimism
from grader.checks.plots import find_plot, shown_plot
from grader.checks.split_rows import (
    FITTED,
    TOLD,
    WHOLE,
    chosen_rows,
    share_tested,
    shared_customers,
)
from grader.checks.worth import SPLIT_FILE, unshipped, unusable
from grader.metrics import month_index, month_name
from grader.rounding import is_rounded
from grader.types import Finding, Proof, proof

CURVE = (
    "prcurve", "precisionrecall", "precisionvsrecall", "recallprecision", "averageprecision", "-pr-", "-prc-", "prauc",
    "auprc",
)  # fmt: skip
"""What the name of a picture of a precision-recall curve says, see find_plot."""
APART = 0.25
"""What a split keeps of its credit where its months overlap; of the embargo's only where its customers do not."""


def split_respects_time(case: Case) -> Finding:
    """The test months lie after every month whose labels were used otherwise, with the label horizon between.

    Legal: first test month minus last train, validation or calibration month is at least the label horizon
    (3), and the last test month is mature. 70 % of the credit falls with the embargo (half of it left for
    ordered months, in proportion to the gap, none for overlapping ones), 20 % is for mature labels everywhere,
    10 % for test rows that are all rows of their months. Where fewer rows are listed as fitted than half as many
    as tested, it pays in proportion. A customer on both sides costs only where time does not part: of overlapping
    months a quarter of each part is left where no test row's customer was fitted, nothing of the embargo's where
    a fifth of them were.
    """
    missing = unusable(case)
    if missing:
        return missing
    path = case.evidence.document.predictions.path or SPLIT_FILE
    month = np.array([month_index(m) for m in case.prediction_month])
    split = case.prediction_split
    test = month[split == "test"]
    fit = month[np.isin(split, FITTED)]
    if fit.size == 0:
        return Finding(0.1, "No training rows are listed, so the split cannot be checked.", (proof(path),))
    horizon = case.truth.key.label.horizon_months
    last_mature = month_index(case.truth.key.label.last_mature_month)
    gap = int(test.min() - fit.max())
    shared = shared_customers(case) if gap <= 0 else 0.0
    embargo = 1.0 if gap >= horizon else 0.5 * gap / horizon if gap > 0 else APART * max(0.0, 1 - 5 * shared)
    immature = float(max(np.mean(test > last_mature), np.mean(fit > last_mature)))
    share = share_tested(case)
    complete = min(1.0, share / WHOLE)
    listed = min(1.0, fit.size / (0.5 * test.size))
    credit = 0.7 * embargo + (0.2 * max(0.0, 1 - 5 * immature) + 0.1 * complete) * (1.0 if gap > 0 else APART)
    credit *= listed
    both = (proof(path, "customers", measured=f"{shared:.1%} of the test rows are of customers fitted, too"),)
    proofs = (
        proof(
            path,
            "split",
            f"fitted up to {month_name(int(fit.max()))}, tested from {month_name(int(test.min()))}",
            f"{_months(gap)} apart; the label looks {_months(horizon)} ahead",
        ),
        proof(
            path,
            "test rows",
            f"{int((split == 'test').sum())} rows",
            f"{share:.0%} of their months, {fit.size} rows fitted; immature labels: up to {immature:.1%} of a part",
        ),
        *(both if gap <= 0 else ()),
        *chosen_rows(case, path),
    )
    if embargo == 1:
        message = "The split respects time and the label horizon."
        if immature > 0:
            message += " Months whose labels were not complete at extraction are used as truth."
    elif gap > 0:
        message = f"Train and test are ordered but only {_months(gap)} apart: their label windows overlap."
    else:
        message = "Test months overlap the months used for fitting: the split is not by time."
        message += f" {shared:.0%} of the test rows are of customers that were fitted, too."
    if share < TOLD:
        message += f" Only {share:.0%} of the rows of the test months are tested."
    return Finding(round(credit, 6), message, proofs)


FIGURES = ("pr_auc", "roc_auc", "brier", "precision_at_capacity", "recall_at_capacity", "base_rate")


def _months(count: int) -> str:
    return f"{count} month{'' if abs(count) == 1 else 's'}"


def recomputed_figures(case: Case, model: str) -> dict[str, float]:
    """Return the figures of metrics.json for a model, recomputed on the submitted test rows."""
    test = case.test
    p = test.tuned if model == "tuned" else test.baseline
    if not np.isfinite(p).all() or not test.usable:
        return {}
    precision, recall = metrics.capacity_figures(test.y, p, test.month, case.truth.business.capacity_share)
    return {
        "pr_auc": metrics.pr_auc(test.y, p),
        "roc_auc": metrics.roc_auc(test.y, p) or 0.5,
        "brier": metrics.brier(test.y, p),
        "precision_at_capacity": precision,
        "recall_at_capacity": recall,
        "base_rate": float(test.y.mean()),
    }


def tied_ranges(case: Case, model: str) -> dict[str, tuple[float, float]]:
    """Return what the capacity figures can be under any order among tied scores, which the brief leaves open."""
    test = case.test
    p = test.tuned if model == "tuned" else test.baseline
    if not np.isfinite(p).all() or not test.usable:
        return {}
    ranges = metrics.capacity_ranges(test.y, p, test.month, case.truth.business.capacity_share)
    return dict(zip(("precision_at_capacity", "recall_at_capacity"), ranges, strict=True))


def accepted_figures(case: Case, model: str) -> dict[str, float]:
    """Return the figures of metrics.json for a model that agree with ours, by the rule of `figures_reproduced`."""
    claimed = case.evidence.document.evaluation.metrics
    said = claimed.tuned if model == "tuned" else claimed.baseline
    ours, tied = recomputed_figures(case, model), tied_ranges(case, model)
    return {
        name: value
        for name, value in said.items()
        if name in ours and _close(value, float(np.clip(value, *tied[name])) if name in tied else ours[name])
    }


def figures_reproduced(case: Case) -> Finding:
    """Claimed figures recompute from the submitted predictions, and the labels used are the issued ones.

    Each figure of metrics.json is recomputed on the test rows with the issued labels, or `y_used` where a repair
    was due; it agrees within max(0.003, 2 %), or is ours rounded to two decimals, whatever the order among tied
    scores. PR-AUC counts double. A required figure that is absent counts as wrong. The credit is the square of the
    share that agrees, and at most 0.3 where the tuned PR-AUC itself does not recompute; each per cent of `y_true`
    that differs from the issued labels takes ten per cent of it.
    """
    missing = unusable(case) or unshipped(case)
    if missing:
        return missing
    claimed = case.evidence.document.evaluation.metrics
    path = claimed.path or "evaluation/metrics.json"
    right = total = 0.0
    proofs: list[Proof] = []
    for model, said in (("baseline", claimed.baseline), ("tuned", claimed.tuned)):
        ours, tied = recomputed_figures(case, model), tied_ranges(case, model)
        for name in FIGURES:
            required = name in ("pr_auc", "precision_at_capacity")
            if name not in said and not required:
                continue
            weight = 2.0 if name == "pr_auc" else 1.0
            total += weight
            value, measured = said.get(name), ours.get(name)
            if value is None or measured is None:
                proofs.append(
                    proof(path, f"{model}.{name}", "absent" if value is None else f"{value:.4f}", "–")
                )
                continue
            nearest = float(np.clip(value, *tied[name])) if name in tied else measured
            good = _close(value, nearest)
            right += weight * good
            word = "agrees" if good else "does not recompute"
            proofs.append(proof(path, f"{model}.{name}", f"{value:.4f}", f"{measured:.4f}, {word}"))
    labels = _label_agreement(case)
    if labels < 0.999:
        shown = case.evidence.document.predictions.path or SPLIT_FILE
        proofs.append(proof(shown, "y_true", measured=f"{labels:.2%} of the labels equal the issued ones"))
    share = right / total if total else 0.0
    headline = claimed.tuned.get("pr_auc"), recomputed_figures(case, "tuned").get("pr_auc")
    if not _close(*headline):
        share = min(share, 0.3**0.5)
    credit = share**2 * max(0.0, 1 - 10 * (1 - labels))
    wrong = [p for p in proofs if "agrees" not in p.measured]
    message = (
        "Every claimed figure recomputes from the submitted predictions."
        if not wrong
        else f"{len(wrong)} of {len(proofs)} claimed figures are absent or do not recompute."
    )
    unread = [proof(path, measured=told) for told in claimed.problems[:3]] if wrong else []
    agreed = [p for p in proofs if "agrees" in p.measured]
    return Finding(round(credit, 6), message, (*wrong, *unread, *agreed))


def _close(said: float | None, measured: float | None) -> bool:
    if said is None or measured is None:
        return False
    return abs(said - measured) <= max(0.003, 0.02 * abs(measured)) or is_rounded(said, measured)


def _label_agreement(case: Case) -> float:
    """Share of submitted labels equal to the issued ones; rows of a key issued twice accept either label."""
    given = case.evidence.array("predictions.y_true")
    known = np.isfinite(given)
    if not known.any():
        return 1.0
    rows = case.prediction_rows[known]
    keys = case.truth.issued[["customer_id", "snapshot_month"]]
    repeated = keys.duplicated(keep=False).to_numpy()[rows]
    return float(np.mean((given[known] == case.issued_label[rows]) | repeated))


def curves_recompute(case: Case) -> Finding:
    """The lift table by decile equals the recomputed one, and there is a picture of a precision-recall curve.

    65 % for the table: the square of the share of its figures (lift, churn rate, cumulative capture, churners) that
    agree with ours on the same test rows (lift within max(0.05, 3 %), counts within max(2, 3 %), a rate may have two
    decimals, decile 1 the highest scores, tied scores in any order), times the share of the ten deciles that have a
    figure; 35 % for the picture, by its name or as one of several figures of a notebook. Whether the curve in it is
    the right one is not read. Without a ranking that beats chance neither is worth anything.
    """
    missing = unusable(case) or unshipped(case)
    if missing:
        return missing
    submitted = case.evidence.document.evaluation.lift
    if not case.predicts:
        return Finding(
            0.0,
            "The test scores do not rank churners clearly better than chance: no curve to show.",
            (proof(SPLIT_FILE),),
        )
    path = submitted.path or "evaluation/lift.csv"
    agreed = lift_agreement(case, path)
    plot = find_plot(case, CURVE)
    credit = 0.65 * agreed.credit + (0.35 if plot else 0.0)
    figures = f"{agreed.right} of {agreed.total} figures agree"
    proofs = [proof(path, said=f"{len(submitted.rows)} deciles", measured=figures), *agreed.wrong]
    proofs += shown_plot(case, plot, "evaluation/pr_curve.png")
    message = (
        "The lift table agrees with the predictions, and a picture of a precision-recall curve is there."
    )
    if credit < 0.999:
        message = (
            f"Lift table: {figures}; picture of a precision-recall curve: {'found' if plot else 'none'}."
        )
    return Finding(round(credit, 6), message, tuple(proofs))


def generalises_to_replay(case: Case) -> Finding:
    """The served model ranks well on the three months after the release, and was not flattered before.

    80 %: PR-AUC of the served probabilities on the replay, from the dummy (0) to our yardstick minus one
    standard error (1), linear between. 20 % for an optimism gap (test minus replay PR-AUC) not larger than
    the yardstick's own gap by more than two standard errors, in proportion to the first part.
    """
    key = case.truth.key
    achieved = case.replay_pr_auc
    if achieved is None:
        return Finding(
            0.0, "The service gave no usable answer on the production replay.", (proof("service"),)
        )
    dummy = key.dummy.replay.pr_auc
    yardstick = key.reference.replay
    se = yardstick.pr_auc_se or 0.01
    if not case.serves_a_model:
        shown = proof("service", "replay", measured=case.replay_against_chance)
        return Finding(
            0.0,
            "The served ranking is not clearly better than chance on the months after the release.",
            (shown,),
        )
    rank = float(np.clip((achieved - dummy) / max(yardstick.pr_auc - se - dummy, 1e-6), 0, 1))
    proofs = [
        proof(
            "service",
            "replay of the three months after the release",
            measured=f"PR-AUC {achieved:.3f}; dummy {dummy:.3f}, yardstick {yardstick.pr_auc:.3f} ± {se:.3f}, "
            f"oracle {key.oracle.replay.pr_auc:.3f}",
        )
    ]
    gap = optimism(case, achieved, case.test.tuned)
    honest = gap.credit(gap.ordinary) if gap else 1.0
    proofs += [gap.shown] if gap else []
    credit = 0.8 * rank + 0.2 * rank * honest
    message = f"On the months after the release the model {_beside_yardstick(achieved, dummy, yardstick.pr_auc, se)}."
    if honest < 1:
        message += " Its test figure was flattered: something in the test data is not there in production."
    return Finding(round(credit, 6), message, tuple(proofs))


def _beside_yardstick(achieved: float, dummy: float, yardstick: float, se: float) -> str:
    """Say where a PR-AUC lies; the yardstick is a fixed model of ours, not the most that the data allows."""
    figures = f"PR-AUC {achieved:.3f} against {yardstick:.3f} ± {se:.3f}"
    if achieved >= yardstick:
        return f"is at least as good as our yardstick ({figures})"
    if achieved >= yardstick - se:
        return f"is as good as our yardstick within its error ({figures})"
    share = max(0.0, achieved - dummy) / max(yardstick - dummy, 1e-6)
    return (
        f"comes {share:.0%} of the way from the base rate to our yardstick "
        f"(PR-AUC {achieved:.3f}, between {dummy:.3f} and {yardstick:.3f})"
    )
