"""Whose figure a number is: that of the served model over the test months, or of something the facts do not hold.

A README tells figures of other models, earlier versions, other splits, single months, segments, folds, scenarios and
cut-offs. None of them can contradict the facts about the served model.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from grader.readme.figures import ANY_METRIC
from grader.readme.months import months_in
from grader.readme.wording import COLUMN, VERSION

REACH = 400
"""Signs before and behind a number within which it is looked for who owns it."""
Scope = Literal["served", "model", "other", ""]
"""``served``: said to be the served model's; ``model``: another model's; ``other``: of another part; empty: unsaid."""

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|march|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|20\d\d-\d\d|20\d\dm\d\d|(?:20\d\d[- ]?)?q[1-4])"
)


def _one_of(*parts: str) -> str:
    return f"(?:{'|'.join(parts)})"


_OTHER_MODEL = _one_of(
    r"logistic regressions?|log-?reg|logit|linear model|random forests?|(?<!boosted )decision trees?|xgb(?:oost)?",
    r"catboost|mlp|neural net\w*|naive bayes|svm|k-?nn|ridge|lasso|elastic net|dummy|baseline|base model|benchmark",
    r"transformers?|tabpfn|lstm|gru|autogluon|automl|h2o|glm|gam|survival model|cox|prophet|rules of",
    r"untuned|defaults?|stack\w*|isotonic|platt|ensemble|prevalence|no[- ]skill|constant|heuristic|rule of thumb",
    r"random (?:guess\w*|ranker|ranking|model|classifier|list|order)",
    r"before (?:tuning|calibration|the tuning)|uncalibrated|raw (?:(?:lightgbm|lgbm|gbm|xgboost|model|tree"
    r"|boosting) )?scores?|without (?:tuning|calibration)",
    r"(?:retired|predecessor|challenger|next|new|candidate) (?:model|version|try|attempt|run|notebook|one)",
    r"predecessor|challenger|slower|weaker",
)
_OTHER_PART = _one_of(
    # Told with a leak or before a repair, so they may well be better than ours.
    r"(?:previous|old|former|first|earlier|last) (?:model|version|try|attempt|run|notebook|one)",
    r"train(?:ing)?(?: (?:set|data|months|rows|part|window))?|in-sample|valid(?:ation)?(?: (?:set|months))?|val",
    r"dev set|cv|cross-?valid\w*|folds?|out-of-fold|oof|bootstrap",
    r"(?:random|naive|shuffled) (?:\w+ )?split|(?:single|one|that|this)[- ]column|column alone|auc alone",
    r"segments?|groups?|regions?|cohorts?|quartiles?|deciles?|best month|worst month|one month|single months?",
    r"scenarios?|simulat\w*|ablations?|permut\w*|importances?|goals?|aim(?:s|ed|ing)?|ambition|objective",
    r"what[- ]if|detect\w*|power|reweight\w*",
    r"with (?:it|this|that|them)|with (?:the |a )?(?:leak\w*|future)|client-side|so far|since go-live|at launch",
    r"live (?=precision|recall|hit|pr|roc|auc|brier|base|churn)|(?:first|last|latest) (?:\d+ )?(?:test )?months?",
    r"first lightgbm|cold|\d+ (?:rps|requests (?:a|per) second)",
    r"at first|used to|in the past|last year|first notebook|first result|planned|plans|next year",
    r"under load|load test|concurren\w*|\d+ (?:parallel )?(?:clients|threads|workers)|cold start",
    rf"(?<!split )by {COLUMN}|(?:per|in|within) (?:the |each |every |one )?{COLUMN}|for (?:each|every|one) {COLUMN}",
    rf"for (?:the )?{COLUMN}(?= (?:=|is\b))",
    rf"in {_MONTH}\b|{_MONTH}(?: alone| 20\d\d)?",
)
# Words that speak of the number beside them and of none further on.
_BESIDE = _one_of(
    r"each month|per month|monthly(?! call| list)|expect(?:s|ed|ing)?(?! calibration)|vari(?:ed|es)|backtest\w*",
    r"if we|would|could|alternative\w*",
    r"instead|break-?even|assum\w*|suppos\w*|until now|promised|hoped|wished|interval|confidence|range[ds]?|between",
    r"with all columns|all \d+ columns|retired|fallback",
    rf"with (?:the )?(?:column )?{COLUMN}",
)
_SERVED = _one_of(
    r"served|serving|live|in production|production model|in use|deployed|final(?: model)?|tuned|champion|lightgbm",
    r"lgbm|(?:our|my) (?!(?:first|previous|old|former|earlier|last|second) )(?:\w+ )?model|the model|overall",
    r"in total|holdout|hold-out",
    r"(?<!same )test(?:[- ]set| data| months| period| window| split)?",
)
_SERVED_HEADER = re.compile(
    r"\b(?:values?|results?|measured|actual|now|today|current(?:ly)?|score|all|overall|total)\b"
)
_TEST_SPAN = re.compile(
    rf"\b(?:test|holdout|hold-out)\b(?: \w+){{0,2}}[ :]?\(?{_MONTH}(?: 20\d\d)?"
    rf"(?: ?(?:-|to|until|through|\.\.) ?{_MONTH}(?: 20\d\d)?)?\)?"
)
_SPAN_OF_MONTHS = re.compile(
    rf"(?:\b(?:on|in|over|from|between|for|of) )?(?:the )?(?:months )?\b{_MONTH}(?: of)?(?: 20\d\d)?"
    rf" ?(?:-|–|—|to|until|through|and|\.{{2,3}}|…) ?{_MONTH}(?: of)?(?: 20\d\d)?"
)
_TOKEN = re.compile(
    rf"\b(?:(?P<model>{_OTHER_MODEL})|(?P<other>{_OTHER_PART})|(?P<beside>{_BESIDE})|(?P<served>{_SERVED}))\b"
)
# "Better than the baseline" says nothing of whose figure follows.
_COMPARED_WITH = re.compile(
    r"\b(?:than|unlike|over|above|beats?|beating|against|versus|vs\.?|compared (?:to|with)|instead of|not|like)"
    r" (?:the |a |an |our |my )?(?:\w+ )?$"
)
_A_GROUP = re.compile(
    r"\b(?:for|among|in|of) (?:the )?"
    r"(?!all\b|our\b|the\b|these\b|those\b|flagged\b|called\b|contacted\b|test\b|every\b|\d)"
    r"(?:\w+[- ]){1,3}(?:customers|accounts|clients|users|members|subscribers|companies|firms|contracts)\b"
    r"|\b(?:for|among) (?!all\b|our\b|the\b|these\b|every\b|this\b|that\b|it\b|test\b|each\b)[a-z0-9 -]{4,45}?"
    r" (?:the|it is|we get|we have)\b"
    r"|\b(?:new|old|young|small|large|long-standing|enterprise|business|private|retail|prepaid|postpaid|premium|basic)"
    r" (?:customers|accounts|clients|users|members|subscribers|companies|firms)\b"
)
_NUMBER = re.compile(r"(?<![\w./-])\d+(?:\.\d+)?(?: ?%)?(?![\w/]|-\d|\.\d)")
_CLAUSE = re.compile(r"[;,:(\[](?!\d)|\.(?:\s|$)|\s-+>?\s|->|\b(?:and|while|but|whereas|then)\b|[)\]]")


# A list under the name of a column tells of its values.
_ONE_COLUMN = re.compile(rf"\| {COLUMN} ?:?$")
_BREAK = re.compile(r";\s|\.(?:\s|$)|, and (?=(?:the|our) )")
_COMPARES = re.compile(r"(?<!-)[<>≤≥]")
_AFTERWARDS = re.compile(r"[;,:)](?!\d)|\.(?:\s|$)|\b(?:and|but|which|so|because|since|whereas|while)\b")
_AFTER_TUNING = re.compile(r"\bafter (?:the )?(?:tuning|calibration|training)\b")
_WORD = re.compile(r"[a-z]{2,}")
_OF_NO_ACCOUNT = re.compile(
    r"(?:the|an|is|was|are|were|of|at|and|with|in|on|we|have|has|had|get|gets|got|reach\w*|obtain\w*|achiev\w*"
    r"|measur\w*"
    r"|our|my|model|test|months?|set|scores?|results?|final|overall|in|total|about|around|roughly|only|just|now"
    r"|today|currently|current|here|to|be|for|all|customers|clients|members|data|dataset|value|capacity|list|top|called"
    r"|calls?|per|lightgbm|lgbm|tuned|trained|served|live|area|under|curve|error|score|rate|ms|milliseconds?"
    r"|seconds?|latency"
    r"|service|single|th|percentile|measured|good|nice|great|excellent|really|very|well|calibrated|balance"
    r"|performance|evaluation|solution|already"
    r"|finally|respectively|thus|hence|so|as|also|even|hand|over|handover|report\w*|tuning|brought|from|improved|rose"
    r"|gradient|boost\w*|decision|trees?|comes|out|stands?|amounts|equals|came|found|see|amounted|threshold|cut-?off"
    r"|used?|flag\w*|fills?|every|each|customer|account|or|more|share|qversion|still)"
)
# What a heading may say of its section without being the owner of the figures in it.
_NO_OWNER = re.compile(
    r"\b(?:(?:model )?train\w*|model validation|goals?|aims?|detect\w*|planned|plans|power|segments?|groups?"
    r"|isotonic|platt)\b"
)
_OTHER_ABOVE = re.compile(r"\b(?:leak\w*|immature|without|history|what[- ]if|one column|load test\w*)\b")


@dataclass(frozen=True)
class Cell:
    """One cell of a table row with its column's header, both normalised."""

    header: str
    text: str


def row_cells(own: str) -> tuple[Cell, ...]:
    """The cells of a normalised table row, ``header: text`` between bars; a cell without header has an empty one."""
    cells = []
    for part in own.split(" | "):
        head, colon, text = part.partition(": ")
        cells.append(Cell(head.strip(), text.strip()) if colon else Cell("", part.strip()))
    return tuple(cells)


def scope_of(text: str, *, header: bool = False) -> Scope:
    """What a short text (a cell, a heading) says of whose figures belong to it; in a header, "value" is the served."""
    found = _scope([scope for scope, _ in _tokens(text)])
    return found or ("served" if header and _SERVED_HEADER.search(text) else "")


def plainly_said(text: str, start: int, end: int) -> bool:
    """Whether nothing stands around the number at ``start:end`` that could make it the figure of something else.

    Only then is a figure without an owner taken for the served model's: "PR-AUC 0.62, ROC-AUC 0.94" says whose it
    is by saying nothing else, "the third attempt: PR-AUC 0.62" does not.
    """
    text, start, end = _near(text, start, end)
    breaks = [m.end() for m in _BREAK.finditer(text, 0, start)]
    before = _blanked(text[breaks[-1] if breaks else 0 : start])
    stop = next((m.start() for m in _AFTERWARDS.finditer(text, end)), len(text))
    return not (_COMPARES.search(before) or _telling(before) or _telling(text[end:stop]))


def is_plain(text: str) -> bool:
    """Whether a cell says nothing beyond names of metrics and words of no account."""
    return not _telling(text)


def _telling(text: str) -> list[str]:
    """The words of a text that are neither names of metrics nor of no account."""
    return [
        word
        for word in _WORD.findall(_AFTER_TUNING.sub(" ", ANY_METRIC.sub(" ", text)))
        if not _OF_NO_ACCOUNT.fullmatch(word)
    ]


@lru_cache(maxsize=4096)
def scope_at(text: str, start: int, end: int, around: str = "") -> Scope:
    """Whose figure the number at ``start:end`` of a sentence is; ``around`` is the heading and lead-in above it.

    A word in brackets behind the number comes first ("0.19 (baseline)"), then the words of its own part of the
    sentence, then of the parts before it, the nearest first, then what stands above. What stands in closed brackets
    before the number belongs to something else.
    """
    text, start, end = _near(text, start, end)
    behind = text[end : end + 80]
    bracket = re.match(r"[ *%]*(?:ms)? ?[(\[]([^)\]]{1,40})[)\]]", behind)
    if bracket and not _NUMBER.search(bracket.group(1)) and (found := scope_of(bracket.group(1))):
        return found
    before = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", lambda m: " " * len(m.group()), _blanked(text[:start]))
    parts = _CLAUSE.split(before)
    stop = next((m.start() for m in _NUMBER.finditer(behind)), len(behind))
    clause = _CLAUSE.split(behind[:stop], maxsplit=1)[0]
    own = [scope for scope, _ in _tokens(parts[-1])]
    later = [scope for scope, _ in _tokens(clause)]
    if "other" in later:
        return "other"
    if own or later:
        return _scope(own) if own else later[0]
    for part in reversed(parts[:-1]):
        if found := _scope(_carried(part)):
            return found
    return scope_above(around)


def with_test_months_named(text: str, first: str | None, last: str | None) -> str:
    """A normalised text in which the months from ``first`` to ``last`` are called the test, at its old length."""

    def named(match: re.Match[str]) -> str:
        said = [month.month for month in months_in(match.group())]
        whole = said and (min(said), max(said)) == (first, last)
        return " test".ljust(len(match.group())) if whole else match.group()

    return _SPAN_OF_MONTHS.sub(named, text) if first and last else text


def scope_above(around: str) -> Scope:
    """Whose figures a heading and a lead-in announce; ``around`` parts them by a bar."""
    if _ONE_COLUMN.search(around) or _OTHER_ABOVE.search(around):
        return "other"
    found: Scope = next(reversed(_carried(_NO_OWNER.sub(" ", around))), "")
    # Which version a heading names is not known here.
    return "other" if VERSION in around and found != "served" else found


def _near(text: str, start: int, end: int) -> tuple[str, int, int]:
    """The part of a text that can say whose a number is, and the number's place in it."""
    first = max(start - REACH, 0)
    return text[first : end + REACH], start - first, end - first


def _scope(found: Sequence[Scope]) -> Scope:
    """What several words of one part of a sentence say together: a part of the rows wins, else the last word."""
    return "other" if "other" in found else found[-1] if found else ""


def _blanked(text: str) -> str:
    """Text in which the months of the test do not look like single months."""
    return _TEST_SPAN.sub(lambda m: "test".ljust(len(m.group())), text)


def _tokens(text: str) -> Iterator[tuple[Scope, bool]]:
    """The words of a text that say whose figures it tells, in their order, and whether they reach no further."""
    text = _blanked(text)
    found: list[tuple[int, Scope, bool]] = [(m.start(), "other", False) for m in _A_GROUP.finditer(text)]
    for match in _TOKEN.finditer(text):
        if not _COMPARED_WITH.search(text[max(match.start() - 40, 0) : match.start()]):
            kind = match.lastgroup
            scope: Scope = "model" if kind == "model" else "served" if kind == "served" else "other"
            found.append((match.start(), scope, kind == "beside"))
    for _, scope, beside in sorted(found):
        yield scope, beside


def _carried(text: str) -> list[Scope]:
    """What a part of a text says of the figures that follow it."""
    return [scope for scope, beside in _tokens(text) if not beside]
