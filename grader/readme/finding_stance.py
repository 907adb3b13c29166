"""How a sentence stands to a finding: whether it tells it, asks, guesses, tells it of other data, or invents it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from grader.readme.claims import Claim
from grader.readme.defect_denial import MATURITY_KINDS
from grader.readme.facts import Facts
from grader.readme.months import months_in
from grader.readme.wording import columns_in, normalise

# "Possible", "may" and "whether" leave open what is so; "probably" and "seems" are how careful people tell a finding.
_GUESS = re.compile(
    r"\b(?:maybe|perhaps|possibl[ey]|potential(?:ly)?|conceivabl[ey]|hypothetical(?:ly)?)\b[^.;,]{0,40}?"
    r"\b(?:qcol|leak\w*|chang\w*|drift\w*|shift\w*|units?|immatur\w+|incomplete|unfinished|duplicat\w*)\b"
    r"|\b(?:might|could|may)(?: (?:also|well|still|or may not|even|have|be|been|show|a|contain))*"
    r" (?:leak\w*|chang\w*|drift\w*|shift\w*|switch\w*|jump\w*|immature|incomplete|unfinished|lack"
    r"|duplicat\w*|work(?:ed)? differently)\b"
    r"|\b(?:whether|if) (?:or not )?(?:the )?(?:unit of |units of |labels? |qcol )[^.;]*\b(?:leak\w*|chang\w*|drift\w*"
    r"|shift\w*|mature|immature|complete)\b.*|\bhint(?:s|ed)? (?:that|at)\b"
)
_HYPOTHESIS = re.compile(
    r"^\W*(?:(?:first|my|our|a|the) )?(?:hypothesis|suspicion|assumption|guess|theory)\b"
)
_CONFIRMED = re.compile(r"\b(?:confirmed|true|right|correct|holds|verified|it is so)\b")
# Whoever acts on a suspicion or has figures for it has looked.
_LOOKED = re.compile(
    r"\b(?:dropp?\w*|remov\w+|exclud\w+|left out|leave out|stays? out|taken out|thrown out|out of the (?:model"
    r"|features?)|convert\w*|divid\w+|multipl\w+|rescal\w+|correct(?:ed|s)|repaired|deduplicat\w*|blocked"
    r"|found|saw|seen|measured|checked|compared|auc|psi|because|since it|so (?:i|we|it|they)|therefore|hence)\b"
    r"|\bfactor\b|\d %|\b\d+ ?(?:x|times)\b"
)
_ELSEWHERE = re.compile(
    r"\b(?:in|for|at|on) [^.;:,]{0,30}?\b(?:competitions?|kaggle"
    r"|(?:other|another|different) (?:\w+ ){0,2}?(?:data ?sets?|data|projects?|compan(?:y|ies)|business(?:es)?)"
    r"|(?:former|previous|last|old|earlier) (?:\w+ )?(?:job|employer|compan(?:y|ies)|projects?|client)"
    r"|text ?book|tutorial|blog)\b"
    r"|\ba (?:column|feature|field|unit|flag|variable) (?:much |rather )?(?:like|similar to)\b"
)
_HERE_TOO = re.compile(
    r"\b(?:here|too|also|as well|same|likewise|this (?:data|file|set|model)|our (?:own )?(?:data|file)|ours)\b"
)
_OF_ROWS = re.compile(r"group|overlap|duplicat|row_order|many_rows")
_OF_LABELS = re.compile(r"\b(?:labels?|outcomes?|qlabel|answers?|truth)\b")
_DATES = re.compile(
    r"\b(?:from|since|as of|until|till|starting|beginning|began|begins|started|starts|after|before|prior|onwards?"
    r"|on)\b|>=|->|\|"
)
_BREAK = re.compile(r"[;:]\s+|,\s+|\.\s+|\s+(?:and|but|while|whereas|yet|because|since|so)\s+|\s[-–—]\s")
_STATES = re.compile(
    r"\b(?:leak\w*|chang\w*|switch\w*|jump\w*|drift\w*|shift\w*|unit|immature|incomplete|unfinished|complete|mature"
    r"|differently|duplicat\w*)\b"
)
_SUBJECT = re.compile(r"\b(?:qcol|qlabel|labels?|outcomes?|units?|rows)\b")


def is_asked(claim: Claim) -> bool:
    """Whether a sentence only asks, wherever its answer may stand."""
    return claim.text.rstrip(" *_|)\"'").endswith("?")


def is_guess(claim: Claim) -> bool:
    """Whether a sentence leaves open whether what it names is so, and nothing was done about it."""
    return bool(_GUESS.search(claim.own)) and not _LOOKED.search(claim.own)


def is_of_other_data(claim: Claim) -> bool:
    """Whether a sentence tells what was found in other data than these."""
    return bool(_ELSEWHERE.search(claim.own)) and not _HERE_TOO.search(claim.own)


def tells_no_finding(claim: Claim) -> bool:
    """Whether a sentence asks, guesses or speaks of other data, so that it tells no finding in these."""
    return is_asked(claim) or is_guess(claim) or is_of_other_data(claim) or _is_hypothesis(claim)


def _is_hypothesis(claim: Claim) -> bool:
    """Whether a sentence is put forward as a hypothesis, and nothing beside it confirms it."""
    return bool(_HYPOTHESIS.search(claim.own)) and not _CONFIRMED.search(claim.near)


def may_be_known(claim: Claim, facts: Facts) -> bool:
    """Whether what a sentence names leaves room for something known of these data; without defects it always does.

    A change of a column in which nothing changed, or in a month in which nothing began, is no finding in these data;
    one that is announced or documented is.
    """
    if not facts.defects:
        return True
    named = set(claim.columns) - {facts.label.column}
    # Customer and month name the rows, whatever else is said of them.
    rows = {c for d in facts.defects if _OF_ROWS.search(d.kind) for c in d.columns}
    named = named - rows or named
    mine = [known for known in (*facts.defects, *facts.decoys) if named & set(known.columns)]
    if named and not mine:
        return False
    said = months_in(claim.text)
    labels = _OF_LABELS.search(claim.own)
    near = mine or [d for d in facts.defects if d.start and (labels or not MATURITY_KINDS.search(d.kind))]
    # "It was 0.3 in June 2023 and 0.6 in June 2024" tells of a change that lasts, "since June 2024" of one in June.
    lasting = (labels if not mine else len(said) > 1) and not _DATES.search(claim.own)
    last = facts.months.last if lasting else None
    return not said or any(defect.touches(month.month, last) for defect in near for month in said)


def is_known_harmless(claim: Claim, facts: Facts) -> bool:
    """Whether all that a sentence names looks like a defect and is known to be none, so that it may say so."""
    named = set(claim.columns) - {facts.label.column}
    return bool(named) and named <= facts.harmless


MOST_BREAKS = 60
"""Places of one sentence at which a clause may end; what is behind them belongs to the last."""


def clauses(claim: Claim, facts: Facts) -> Iterator[Claim]:
    """The statements of one sentence, each with its own subject; what has none belongs to the one before."""
    if claim.kind == "row":
        yield claim
        return
    text = claim.text
    starts = [0]
    breaks = list(islice(_BREAK.finditer(text), MOST_BREAKS))
    for match, end in zip(breaks, [*(m.start() for m in breaks[1:]), len(text)], strict=False):
        if _complete(text[starts[-1] : match.start()], facts) and _complete(text[match.end() : end], facts):
            starts.append(match.end())
    if len(starts) == 1:
        yield claim
        return
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[start:end].strip()
        yield replace(claim, text=part, own=normalise(part, facts), columns=columns_in(part, facts))


def _complete(part: str, facts: Facts) -> bool:
    own = normalise(part, facts)
    return bool(_SUBJECT.search(own) and (_STATES.search(own) or months_in(own)))
