"""The submission's README: the template filled with this dataset's findings and this model's figures."""

import re
from pathlib import Path

import numpy as np

from training.experiment import Outcome

WORD_LIMIT = 500
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def render_readme(outcome: Outcome, findings: list[dict]) -> str:
    """Return the README; raises ValueError when it is longer than the brief allows."""
    text = (TEMPLATES / "README.md").read_text().format(**_values(outcome, findings))
    text = "\n".join(line for line in text.splitlines() if line.strip() != "|  |  |  |")
    text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
    if count_words(text) > WORD_LIMIT:
        raise ValueError(f"README: {count_words(text)} words, at most {WORD_LIMIT} are read")
    return text


def count_words(text: str) -> int:
    """Return the words of the prose: without code blocks, the run section and markdown signs."""
    prose = re.sub(r"^## Run\n.*", "", text, flags=re.S | re.M)
    return len(re.findall(r"[^\s|#*`>-][^\s|]*", prose))


def _values(outcome: Outcome, findings: list[dict]) -> dict[str, object]:
    tuned, simple = outcome.figures["tuned"], outcome.figures["baseline"]
    low, high = outcome.intervals.tuned
    gain = outcome.intervals.gain
    business = outcome.prepared.business
    wins = outcome.ships == "tuned"
    return {
        "version": outcome.version,
        "test_span": f"{outcome.split.test[0]}..{outcome.split.test[-1]}",
        "train_span": f"{outcome.split.train[0]}..{outcome.split.train[-1]}",
        "pr_auc": tuned["pr_auc"],
        "low": low,
        "high": high,
        "rival": f"logistic baseline {simple['pr_auc']:.3f}" if wins else "trees won by less than noise",
        "base_rate": tuned["base_rate"],
        "threshold": outcome.decision.threshold,
        "break_even": business.break_even,
        "capacity": business.capacity,
        "calls": outcome.calls,
        "call_precision": outcome.call_precision,
        "mean_score": float(outcome.scores.mean()),
        "share_above": float(np.mean(outcome.scores >= outcome.decision.threshold)),
        "precision": tuned["precision_at_capacity"],
        "precision_floor": 0.85 * tuned["precision_at_capacity"],
        "segment": _weakest_segment(outcome),
        "interval_limit": (
            f"The tuned gain is {gain[0]:.4f} to {gain[1]:.4f} PR-AUC: real but small; the "
            "logistic model is the fallback."
            if wins
            else "The simpler model ships until trees win beyond noise."
        ),
        "watched": _names(_of_kind(findings, "strong_predictor")[:3]),
        **_audit_phrases(outcome, findings),
        "run_section": (TEMPLATES / "run_section.md").read_text(),
    }


def _weakest_segment(outcome: Outcome) -> str:
    rows = outcome.segments[outcome.segments["column"] == "contract_type"]
    worst = rows.loc[(np.log(rows["observed_to_expected"])).abs().idxmax()]
    return f"farthest off on test: {worst['level']}, {worst['observed_to_expected']:.2f}"


def _audit_phrases(outcome: Outcome, findings: list[dict]) -> dict[str, str]:
    defects = [one for one in findings if one["status"] == "defect"]
    units, drifts = _of_kind(defects, "unit_change"), _of_kind(defects, "covariate_drift")
    leaks = [
        one
        for one in defects
        if one["columns"]
        and one["columns"][0] in outcome.prepared.dropped
        and one["kind"] != "covariate_drift"
    ]
    seasons = _of_kind(findings, "seasonality")
    copies = _of_kind(defects, "duplicate_rows")
    overlap = _of_kind(findings, "label_overlap")
    immature = _of_kind(defects, "label_immaturity")
    moved = drifts[0] if drifts else None
    return {
        "unit_row": _unit_row(units),
        "season": (
            f"`{seasons[0]['columns'][0]}` dips every {_month_name(seasons[0]['from'])}: year on year"
            if seasons
            else "compare year on year first"
        ),
        "moved_label": f"`{moved['columns'][0]}`, not in the model"
        if moved
        else "Share of rows with an unknown level",
        "moved_limit": f"PSI {moved['statistic']['value']:.2f} since {moved['from']}" if moved else "> 0.5 %",
        "moved_action": "re-admit after six flat months" if moved else "hold",
        "leak_row": (
            f"| `{leaks[0]['columns'][0]}` at scoring | any value | ask its owner; the service ignores it |"
            if leaks
            else "|  |  |  |"
        ),
        "immature": f"{immature[0]['from']} to {immature[0]['to']}"
        if immature
        else "the newest three months",
        "audit_sentence": " ".join(_leak_sentence(one) for one in leaks[:3]) or "No column knew the outcome.",
        "duplicates": (
            f"{copies[0]['statistic']['value']:,.0f} repeated rows; "
            f"{outcome.prepared.disputed_keys:,} disagreeing keys left out."
            if copies
            else ""
        ),
        "overlap": (
            f"{overlap[0]['detail']['share_of_positives_repeating_a_cancellation']:.0%} of "
            "positives repeat one cancellation"
            if overlap
            else "labels look ahead"
        ),
    }


def _unit_row(units: list[dict]) -> str:
    if not units:
        return (
            "| median of every amount by segment | outside ×0.5–2 of the last three months | hold the "
            "batch, call the feed's owner |"
        )
    one = units[0]
    by = next((f" by `{column}`" for column in one.get("where") or {}), "")
    return (
        f"| median of `{one['columns'][0]}`{by} | outside ×0.5–2 of three months before | hold; "
        f"{'/'.join(levels_of(one)) or 'all rows'} came ×{one['statistic']['value']:.0f} from "
        f"{one['from']}, the service divides by {one['detail']['factor']:g}: remove when fixed |"
    )


def levels_of(finding: dict) -> list[str]:
    """Return the levels that a finding is limited to."""
    return [level for levels in (finding.get("where") or {}).values() for level in levels]


def _leak_sentence(one: dict) -> str:
    column = one["columns"][0]
    if one["kind"] == "look_ahead_window":
        return f"`{column}` averaged next month in (match {one['statistic']['value']:.2f}): dropped until rebuilt."
    return f"`{column}` is written when customers leave (AUC {one['statistic']['value']:.2f}): dropped."


def _of_kind(findings: list[dict], kind: str) -> list[dict]:
    return [one for one in findings if one["kind"] == kind]


def _names(findings: list[dict]) -> str:
    return ", ".join(f"`{one['columns'][0]}`" for one in findings) or "the ten strongest columns"


def _month_name(month: str) -> str:
    names = (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    )
    return names[int(month[5:7]) - 1]
