"""A claim as numbers: its words, the notions it touches, its quantities, and the notions around it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from grader.readme.claims import Claim
from grader.readme.lexicon import notions_in
from grader.readme.wording import CADENCE, DURATION, LIMIT, REFERENCE

_PART = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?|%|[<>≤≥=±]|->")
_MONTH = re.compile(
    r"\b(?:(?:early|mid|late)[- ])?(?:january|february|march|april|june|july|august|september|october|november|december"
    r"|jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?(?: (?:of )?20\d\d)?|\bmay 20\d\d\b|\b20\d\d-\d\d?\b(?!-?\d)"
    r"|\b\d\d?/20\d\d\b"
)
_UNITS = frozenset({
    "mb", "gb", "kb", "tb", "wh", "kwh", "mwh", "megabyte", "megabytes", "gigabyte", "gigabytes", "kilobytes", "bytes",
    "cents", "euros", "dollars", "litres", "gallons", "seconds", "minutes", "metres", "miles", "kilometres", "grams",
    "kilograms",
})  # fmt: skip
_SUFFIX = re.compile(r"(?:ations?|ation|ings?|ed|es|s|ly|er|ers|ment|ments)$")
_QUANTITIES = {"limit": LIMIT, "duration": DURATION, "cadence": CADENCE, "reference": REFERENCE}
_LEAD_LENGTH = 200
# What stands around a claim: it takes part in fitting the reader and not in reading.
CONTEXT = ("heading:", "lead:", "before:", "after:")


def stem(word: str) -> str:
    """A crude stem, the same for the forms of one word; words of four letters lose only a plural s."""
    if len(word) <= 4 or not word.isalpha():
        return word[:-1] if len(word) == 4 and word.endswith("s") and not word.endswith("ss") else word
    cut = _SUFFIX.sub("", word)
    if len(cut) < 3:
        return word
    if len(cut) > 3 and cut[-1] == cut[-2] and cut[-1] not in "sl":
        cut = cut[:-1]
    if cut.endswith("i"):
        cut = cut[:-1] + "y"
    return cut[:-1] if cut.endswith("e") and len(cut) > 4 else cut


def tokens(text: str) -> list[str]:
    """Stems of a normalised text; which figure, which month and which unit of size it is makes no difference."""
    out = []
    for part in _PART.findall(_MONTH.sub(" qmonth ", text)):
        if part[0].isdigit():
            value = float(part)
            out.append("#0" if value < 1 else "#y" if 2000 <= value < 2100 else "#n")
        elif part in _UNITS:
            out.append("qunit")
        elif part in "≥≤":
            out.append(">" if part == "≥" else "<")
        else:
            out.append(stem(part if part.endswith("n't") else part.split("'")[0]))
    return out


def own_features(claim: Claim) -> dict[str, float]:
    """Named features of a claim as it would stand alone, mostly 0 or 1."""
    words = tokens(claim.own)
    found = {f"word:{word}": 1.0 for word in words}
    found |= {f"pair:{a} {b}": 1.0 for a, b in pairwise(words)}
    found |= {f"notion:{name}": 1.0 for name in notions_in(claim.own)}
    found |= {f"quantity:{name}": 1.0 for name, sign in _QUANTITIES.items() if sign.search(claim.own)}
    if claim.columns:
        found["columns"] = 1.0
    if len(claim.columns) > 1:
        found["several columns"] = 1.0
    found[f"kind:{claim.kind}"] = 0.5
    found["length"] = min(len(words), 40) / 40
    return found


def claim_features(claim: Claim, before: Claim | None, after: Claim | None) -> dict[str, float]:
    """The features of a claim and of what stands around it; neighbours count only within the same block."""
    found = own_features(claim)
    found |= {f"heading:{name}": 1.0 for name in notions_in(claim.heading)}
    found |= {f"lead:{name}": 0.7 for name in notions_in(claim.lead[-_LEAD_LENGTH:])}
    if before is not None and before.block == claim.block:
        found |= {f"before:{name}": 0.5 for name in notions_in(before.own)}
    if after is not None and after.block == claim.block:
        found |= {f"after:{name}": 0.3 for name in notions_in(after.own)}
    return found


@lru_cache(maxsize=512)
def features_of(claims: tuple[Claim, ...]) -> tuple[dict[str, float], ...]:
    """Features of each claim of a README, in order."""
    return tuple(
        claim_features(
            claim,
            claims[number - 1] if number else None,
            claims[number + 1] if number + 1 < len(claims) else None,
        )
        for number, claim in enumerate(claims)
    )


def without_context(features: Mapping[str, float]) -> dict[str, float]:
    """The same claim as it would stand alone."""
    return {name: value for name, value in features.items() if not name.startswith(CONTEXT)}
