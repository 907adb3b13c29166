"""Tracking, claimed figures, operating decision and the choice of the shipped model."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from grader import metrics
from grader.checks.calibration import calibration_agreement
from grader.checks.case import Case
from grader.checks.evaluation import recomputed_figures
from grader.checks.leak_use import leak_moves_predictions
from grader.checks.optimism import refuted_by_replay
from grader.checks.segments import segments_recompute
from grader.checks.traced import holds_the_figure, traced_run
from grader.checks.trials import SEARCH_TRIALS, differing_trials
from grader.checks.worth import unshipped, unusable
from grader.evidence.modelling import TrackedRun
from grader.types import Finding, Proof, proof

BASELINE_WORDS = re.compile(
    r"baseline|logistic|logreg|dummy|(?<![a-z])(?:base(?![a-z])|base_?model|linear|simple)", re.I
)
ROLE_TAG = re.compile(
    r"role|kind|type|stage|phase|step|group|family|model|estimator|algorithm|classifier|candidate|run|experiment|name"
    r"|variant|approach|purpose|baseline",
    re.I,
)
OTHER_TAG = re.compile(r"compar|against|versus|(^|_)vs(_|$)|parent|refer|feature|column|data|source", re.I)
"""Tags that tell of something else than what the run itself is: what it is held against, what it read."""
MODEL_NAME = re.compile(r"(^|_)(model|estimator|algorithm|classifier)(_?(type|name|class|kind))?$", re.I)
DATA_NAME = re.compile(
    r"data|snapshot|variant|sha256|rows|months?|period|(^|_)(train|fit)(ed|ting|ing)?_(on|from|until|till|to|start|end|span)"
    r"|^n_(train|samples|observations)",
    re.I,
)
SETTING = re.compile(r"min_data|data_in_leaf|data_random|data_sample|data_per|free_raw|bin_construct", re.I)
NO_PROFIT, FULL_PROFIT = 0.85, 0.97
"""Shares of the attainable profit up to which a threshold earns nothing, and from which it earns all."""
RESAMPLES = 60
STRAW = 0.5
"""Share of the way to our yardstick below which a reader is told that the baseline was little to beat."""
FOLLOWS = 0.8
"""Credit of a threshold that follows from costs and capacity on calibrated probabilities, however the replay went."""
NEARBY = 0.1
"""Relative distance within which a threshold is the break-even or the capacity's cut."""


def runs_tracked(case: Case) -> Finding:
    """A baseline and a tuned run are in the store with what is needed to repeat and to trace them.

    Fifths: a finished baseline and another run with parameters and metrics; a search of at least ten trials
    whose parameters differ, and some figure with them, as runs or in a run's artefact `cv_results.csv`; a model
    artefact that is really in the submission; the data that was used (a dataset, or a parameter or tag that names
    it); the served model traced to a run (its id, name or version in /health; an id may be cut to seven characters
    where no other run begins so), and a PR-AUC of that run (of any where none was traced) that recomputes from the
    submitted predictions. Where no service could be run for reasons of ours, the figure alone stands for the last
    fifth.
    """
    missing = unusable(case)
    if missing:
        return missing
    tracking = case.evidence.document.tracking
    path = tracking.path or "mlflow.db"
    if not tracking.runs:
        reasons = tracking.problems[:4] or ("no runs in it",)
        return Finding(0.0, "No tracked runs were found.", tuple(proof(path, measured=r) for r in reasons))
    done = [r for r in tracking.runs if r.status.upper() in ("FINISHED", "") and r.metrics]
    described = [r for r in done if r.params]
    baseline = [r for r in described if _is_baseline(r)]
    others = [r for r in described if r not in baseline]
    trials = differing_trials(done)
    models = [m for r in done for m in r.models]
    data = [r.run_id for r in done if r.datasets or _names_data(r)]
    traced = traced_run(case, done)
    parts = (
        ("baseline and tuned run", 1.0 if baseline and others else 0.5 if described else 0.0,
         f"{len(baseline)} baseline, {len(others)} other runs with parameters and metrics"),
        ("search", min(1.0, trials / SEARCH_TRIALS) if trials >= 3 else 0.0,
         f"{trials} differing trials" + (f"; all of it from {SEARCH_TRIALS}" if trials < SEARCH_TRIALS else "")),
        ("model artefact", 1.0 if models else 0.0, f"{len(models)} present: {', '.join(models[:3])}"),
        ("data named", 1.0 if data else 0.0, f"{len(data)} runs name their data"),
        ("traced and consistent", _mean(traced.credit, holds_the_figure(case, done, traced.run)), traced.shown),
    )  # fmt: skip
    credit = sum(part[1] for part in parts) / len(parts)
    lacking = [name for name, value, _ in parts if value < 1]
    ended = (
        "can be traced" if traced.credit is not None else "hold the figure; what is served was not looked at"
    )
    message = f"Both models are tracked and {ended}." if not lacking else f"Weak: {', '.join(lacking)}."
    shown = [(name, text) for name, _, text in parts] + [("store", text) for text in tracking.problems[:3]]
    return Finding(round(credit, 6), message, tuple(proof(path, name, measured=text) for name, text in shown))


def _is_baseline(run: TrackedRun) -> bool:
    """Whether name, own tags or the named model of a run say that it is the simple one; paths say nothing."""
    own = [
        value
        for name, value in run.tags.items()
        if not name.startswith("mlflow.") and ROLE_TAG.search(name) and not OTHER_TAG.search(name)
    ]
    model = [value for name, value in run.params.items() if MODEL_NAME.search(name)]
    return BASELINE_WORDS.search(" ".join([run.name, *own, *model])[:1000]) is not None


def _names_data(run: TrackedRun) -> bool:
    """Whether a parameter or own tag of a run names its data; a library's own settings (min_data_in_leaf) do not."""
    names = [name for name in (*run.params, *run.tags) if "mlflow." not in name]
    return any(DATA_NAME.search(name) and not SETTING.search(name) for name in names)


def _mean(traced: float | None, consistent: float) -> float:
    return consistent if traced is None else 0.5 * traced + 0.5 * consistent


def figures_fit_the_problem(case: Case) -> Finding:
    """The claimed figures suit a rare outcome and a limited call list, and say how sure they are.

    For the tuned model: PR-AUC with the base rate beside it 35 %, precision or recall at the capacity 25 %, an
    interval of PR-AUC that holds the recomputed value and is between 0.4 and 2.5 times as wide as ours from
    customer resamples 25 %, figures by segment that recompute on the test rows 15 %. Values of at least three
    folds, or a mean with its standard deviation or error, are read as an interval of 1.96 of these on either side
    and held to the same. Accuracy or ROC-AUC alone earns nothing, nor does a figure that is not within half and
    twice of ours; whether it is right is another line.
    """
    missing = unusable(case) or unshipped(case)
    if missing:
        return missing
    claimed = case.evidence.document.evaluation.metrics
    path = claimed.path or "evaluation/metrics.json"
    test, ours = case.test, recomputed_figures(case, "tuned")
    ranked = _plausible(claimed.tuned.get("pr_auc"), ours.get("pr_auc"))
    based = any(
        _plausible(m.get("base_rate"), ours.get("base_rate")) for m in (claimed.tuned, claimed.baseline)
    )
    capacity = any(
        _plausible(claimed.tuned.get(n), ours.get(n)) for n in ("precision_at_capacity", "recall_at_capacity")
    )
    interval = claimed.intervals.get("tuned.pr_auc") or claimed.intervals.get("pr_auc")
    sound, shown = 0.0, "no interval"
    if interval:
        low, high = interval
        width = 3.92 * metrics.pr_auc_se(test.y, test.tuned, test.customer)
        held = low <= ours.get("pr_auc", -1) <= high
        ratio = (high - low) / max(width, 1e-6)
        sound = 1.0 if held and 0.4 <= ratio <= 2.5 else 0.3 if held else 0.0
        shown = f"recomputed {ours.get('pr_auc', 0):.4f}; ours is {width:.4f} wide"
    segments = segments_recompute(case)
    credit = (0.25 + 0.1 * based if ranked else 0.0) + 0.25 * capacity + 0.25 * sound + 0.15 * segments.credit
    said = f"{interval[0]:.4f} to {interval[1]:.4f}" if interval else "–"
    proofs = (
        proof(path, "tuned", said=", ".join(sorted(claimed.tuned)) or "nothing"),
        proof(path, "pr_auc_ci", said=said, measured=shown),
        segments.shown,
    )
    message = "The figures suit a rare outcome and say how sure they are."
    if credit < 0.999:
        absent = [n for n, ok in (("PR-AUC", ranked), ("base rate", based), ("a figure at the capacity", capacity),
                                  ("a sound interval", sound == 1),
                                  ("figures by segment that recompute", segments.credit == 1)) if not ok]  # fmt: skip
        message = f"Missing: {', '.join(absent)}."
    return Finding(round(credit, 6), message, proofs)


def _plausible(said: float | None, measured: float | None) -> bool:
    """Whether a figure is one at all; exactness is judged by evaluation.reproduced."""
    return said is not None and measured is not None and 0.5 * measured <= said <= 2 * measured


def decision_pays(case: Case) -> Finding:
    """The threshold and the call list follow from the costs and the capacity, and pay on the replay.

    Expected profit (true probabilities) on the replay of calling everybody at or above the stated threshold
    inside each month's capacity, over the best that any threshold attains with the same ranking: full from
    97 %, none at 85 %. A threshold at the break-even of the costs (or at the capacity's cut, where that is
    higher), on probabilities that agree with frequencies on test, earns at least 80 %: nobody can know better
    beforehand. Rows without an answer cost in proportion. The stated capacity must be that of the brief, or a
    third is lost.
    """
    decision = case.evidence.document.evaluation.metrics.decision
    path = case.evidence.document.evaluation.metrics.path or "evaluation/metrics.json"
    if not case.serves_a_model:
        return Finding(
            0.0,
            "No served model that ranks clearly better than chance, so no decision to judge.",
            (proof(path),),
        )
    if "threshold" not in decision:
        return Finding(0.0, "No operating threshold is stated.", (proof(path, "decision"),))
    if not 0 <= decision["threshold"] <= 1:
        shown = proof(path, "decision.threshold", f"{decision['threshold']:.4g}", "expected 0 to 1")
        return Finding(0.0, "The stated threshold is no probability, so it decides nothing.", (shown,))
    replay, business = case.replay, case.truth.business
    share, gain = business.capacity_share, business.save_rate * business.kept_value
    called = metrics.called_within_capacity(replay.tuned, replay.month, share)
    worth = np.where(called, replay.chance * gain - business.call_cost, 0.0)
    order = np.argsort(-replay.tuned, kind="stable")
    cuts = np.append(np.flatnonzero(np.diff(replay.tuned[order])), order.size - 1)  # no threshold parts ties
    best = float(np.max(np.cumsum(worth[order])[cuts], initial=0.0))
    threshold = float(decision["threshold"])
    got = float(worth[replay.tuned >= threshold].sum())
    ratio = got / best if best > 0 else 0.0
    stated = decision.get("capacity_share")
    credit = float(np.clip((ratio - NO_PROFIT) / (FULL_PROFIT - NO_PROFIT), 0, 1))
    derived = _follows(case, threshold)
    if derived:
        credit = FOLLOWS + (1 - FOLLOWS) * credit
    credit *= min(1.0, case.replay_answered / 0.99)
    wrong_capacity = stated is None or abs(stated - share) > 0.005
    if wrong_capacity:
        credit *= 2 / 3
    proofs = (
        proof(
            path,
            "decision.threshold",
            f"{threshold:.4g}",
            f"{got:,.0f} EUR expected on the replay, {ratio:.0%} of the {best:,.0f} this ranking can earn; a call "
            f"breaks even at {business.break_even:.2f}",
        ),
        proof(
            path,
            "decision.capacity_share",
            "absent" if stated is None else f"{stated:g}",
            f"{share:g} in the brief",
        ),
    )
    message = f"The stated threshold earns {ratio:.0%} of what the same ranking can earn under the costs."
    if derived:
        message += " It follows from the costs and the capacity."
    elif ratio < FULL_PROFIT:
        aside = "above" if threshold > business.break_even else "below"
        message += (
            f" At {threshold:.2g} it lies {aside} the {business.break_even:.2f} from which a call pays."
        )
    if wrong_capacity:
        message += " The stated capacity is not the brief's."
    return Finding(round(credit, 6), message, proofs)


def _follows(case: Case, threshold: float) -> bool:
    """Whether a threshold is what costs and capacity give before any outcome of the replay is known."""
    test, business = case.test, case.truth.business
    if not test.usable or case.serves_another or calibration_agreement(case) < 1:
        return False
    cuts = [
        float(np.quantile(test.tuned[test.month == month], 1 - business.capacity_share))
        for month in np.unique(test.month)
    ]
    low = business.break_even * (1 - NEARBY)
    return low <= threshold <= max(business.break_even, *cuts) * (1 + NEARBY)


def _way_to_yardstick(case: Case) -> float:
    """What the baseline's PR-AUC gains over the base rate, as a share of what our yardstick gains on the replay."""
    test, key = case.test, case.truth.key
    possible = key.reference.replay.pr_auc - key.dummy.replay.pr_auc
    return max(0.0, metrics.pr_auc(test.y, test.baseline) - float(test.y.mean())) / max(possible, 1e-6)


def _ranks(y: metrics.Floats, scores: metrics.Floats, customer: npt.NDArray[np.int64]) -> bool:
    """Whether scores rank better than a constant by two standard errors, as noise on a constant does not."""
    return metrics.pr_auc(y, scores) > float(y.mean()) + 2 * metrics.pr_auc_se(y, scores, customer)


def choice_is_earned(case: Case) -> Finding:
    """What ships has earned it, and imbalance was not handled at the price of the probabilities.

    60 %: the tuned model ships and beats the baseline on test by more than two standard errors (customers as
    the unit) in PR-AUC or in log loss; or it does not and the baseline ships (half where both columns are one and no
    search of ten trials is tracked). Half where the other one ships and their PR-AUC does not speak against it by two
    standard errors, and half of it all beside a baseline that ranks no better than chance; none where what is served
    uses the seeded leak, which flatters the test, and less to none where the replay refutes the test figure: by a gap
    of more than twice the ordinary one and of 3.5 standard errors of the two figures.
    40 %: the mean shipped probability is within 15 % of the test churn rate (none from 60 %), as re-weighting
    left in place would not be.
    """
    missing = unusable(case) or unshipped(case)
    if missing:
        return missing
    test = case.test
    path = case.evidence.document.predictions.path or "evaluation/predictions.parquet"
    proofs: list[Proof] = []
    earned = 0.0
    message = "No baseline probabilities were submitted, so the choice cannot be judged."
    served = any(np.isfinite(errors).any() for errors in case.parity_errors.values())
    if not served:
        message = "No served model could be compared with the submitted ones, so nothing is known to ship."
    elif np.isfinite(test.baseline).all():
        gain, se = metrics.pr_auc_difference(
            test.y, test.tuned, test.baseline, test.customer, resamples=RESAMPLES
        )
        closer, closer_se = metrics.log_loss_gain(test.y, test.tuned, test.baseline, test.customer)
        wins = gain > 2 * se or closer > 2 * closer_se
        one = np.allclose(test.tuned, test.baseline, atol=1e-9)
        ships = "baseline" if one else case.served_model
        against = -gain if ships == "tuned" else gain
        earned = 1.0 if wins == (ships == "tuned") else 0.5 if against <= 2 * se else 0.0
        tried = differing_trials(r for r in case.evidence.document.tracking.runs if r.metrics)
        if one and tried < SEARCH_TRIALS:
            earned = 0.5  # little shows that anything else was tried
        if not _ranks(test.y, test.baseline, test.customer):
            earned *= 0.5
        measured = f"PR-AUC {gain:+.4f} ± {se:.4f}, log loss {-closer:+.5f} ± {closer_se:.5f}"
        proofs.append(proof(path, "tuned minus baseline", f"{ships} ships", measured))
        message = (
            f"The {ships} model ships; tuning {'wins by more' if wins else 'gains no more'} than two standard errors "
            f"on test (PR-AUC {gain:+.4f}, standard error {se:.4f}; log loss {-closer:+.5f}, {closer_se:.5f})."
        )
        if wins and (way := _way_to_yardstick(case)) < STRAW:
            message += f" The baseline gains {way:.0%} of what our yardstick gains over the base rate: little to beat."
        if one:
            message = f"The baseline ships, in both columns; {tried} differing trials are tracked" + (
                "." if tried >= SEARCH_TRIALS else f", too few of {SEARCH_TRIALS} to show that tuning lost."
            )
        moved = leak_moves_predictions(case)
        if moved and case.serves_a_model:
            earned = 0.0
            message += " Its test figures are flattered, so no win there earns the choice."
            shown = f"predictions move by up to {moved:.3f} when only the seeded leak changes"
            proofs.append(proof("service", "leak column changed", measured=shown))
        elif refuted := refuted_by_replay(case):
            earned *= refuted[0]
            message += " The months after the release refute its test figures, so a win there earns little or nothing."
            proofs.append(refuted[1])
    mean, base = float(test.tuned.mean()), float(test.y.mean())
    off = abs(mean / base - 1)
    kept = float(np.clip((0.6 - off) / 0.45, 0, 1))
    proofs.append(proof(path, "p_tuned on test", f"mean {mean:.4f}", f"churn rate {base:.4f}, {off:.0%} off"))
    if kept < 1:
        message += " The probabilities are distorted against the churn rate."
    return Finding(round(0.6 * earned + 0.4 * kept, 6), message, tuple(proofs))
