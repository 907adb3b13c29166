"""Figures as they are written: what a number says, when it is a limit, and how it is held against a fact."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from grader.readme.claims import Claim

_NAMES = {
    "pr_auc": r"pr[- ]?auc|average precision|area under (?:the )?precision(?:-| and )recall(?: curve)?"
    r"|(?:precision-recall|pr) (?:area|curve area)|precision-recall area|auprc",
    "roc_auc": r"roc[- ]?auc|auroc|(?<!pr[ -])auc",
    "brier": r"brier(?: score)?",
    "ece": r"ece|(?:expected )?calibration error",
    "base_rate": r"base rate|churn rate|rate of churn|prevalence",
    "precision_at_capacity": r"(?<!average )precision(?! ?-recall)|prec@|hit rate",
    "recall_at_capacity": r"(?<!precision and )(?<!precision-)recall",
}
METRICS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"\b(?:{pattern})\b@?") for name, pattern in _NAMES.items()
}
"""How metrics are called, by their name in the facts."""
ANY_METRIC = re.compile("|".join(f"(?:{pattern})" for pattern in _NAMES.values()))
NUMBER = re.compile(r"(?<![\w./+@-])(\d+(?:\.\d+)?)(?: ?(%))?(?![\w/]|-\d|\.\d)")
LIMITING = re.compile(
    r"[<>≤≥±]|\b(?:under|below|above|over|less|more|least|most|than|by|outside|limit|floor|within"
    r"|between|drop\w*|falls?|fell|to|until|lower|higher|fewer|below:|min\w*|max\w*|if|target"
    r"|smaller|bigger|larger|greater|pass(?:es|ed)?|past|cross\w*|leaves?|reach\w*|breach\w*|breaks?|sinks?|sank|rises?"
    r"|beyond|exceed\w*|tolerance|ticket|red|amber|yellow|alarm|alert|interval|times|worry|worse|better|gain\w*|without|budget|ceiling|cap|slo|sla|objective)\b"
)
# Under "alarm when one of these is reached:" a figure is a limit, whatever stands beside it.
LISTS_LIMITS = re.compile(
    r"\b(?:limits?|alarms?|alerts?|alerting|thresholds?|floors?|red (?:if|when)|tickets?)\b[^.]*:?$"
    r"|\b(?:limits?|alarm\w*|alert\w*|guardrails?|objectives?|slos?|slas?|gates?|criteri\w+|triggers?|budgets?|targets?"
    r"|requirements?|when we worry|retrain when|page when|stop when|act when)\b[^|]*\|"
    r"|\b(?:retrain|page|stop|act|escalate|roll back|ticket|alarm|alert) (?:when|if|at)\b[^.]*:?$"
)
"""In a heading (before the bar) or at the end of a lead-in: what follows are limits."""


@dataclass(frozen=True)
class Check:
    """One statement beside its fact; ``topic`` names what was checked, so that repeats count once."""

    topic: str
    said: str
    fact: str
    agrees: bool
    claim: Claim


def same_figure(said: str, percent: bool, fact: float) -> bool:
    """Whether a written figure is the fact rounded to the digits shown; 33 %, 33 and 0.33 are the same."""
    value = float(said)
    digits = len(said.split(".")[1]) if "." in said else 0
    candidates = [(value, 10.0**-digits)]
    if percent or value > 1:
        candidates = [(value / 100, 10.0 ** -(digits + 2))]
        if not percent:
            candidates.append((value, 10.0**-digits))
    return any(abs(number - fact) <= 0.51 * step + 0.005 * abs(fact) for number, step in candidates)


@dataclass(frozen=True)
class Figure:
    """A figure as it is written: its digits, whether a per cent sign follows, and its place in the sentence."""

    said: str
    percent: bool
    at: int = 0

    def __str__(self) -> str:
        return f"{self.said}{' %' if self.percent else ''}"

    def equals(self, fact: float) -> bool:
        """Whether it is the fact, rounded to its digits."""
        return same_figure(self.said, self.percent, fact)


def figures_in(text: str) -> list[Figure]:
    """All figures of a text, in their order."""
    return [Figure(m.group(1), m.group(2) == "%", m.start(1)) for m in NUMBER.finditer(text)]
