"""What a status says of the plan beside it: rejected decisions, open boxes, settings that are switched off."""

import re
from collections.abc import Iterable, Sequence

_VERDICT = (
    r"(?:rejected|declined|refused|turned down|voted down|vetoed|overruled|superseded|deprecated|withdrawn|revoked"
    r"|retired|obsolete|abandoned|discontinued|scrapped|shelved|suspended|abolished|given up|out of force"
    r"|switched off|turned off|disabled"
    r"|(?:not|never|no longer) (?:yet )?(?:in force|in use|in operation|active|accepted|adopted|approved|agreed"
    r"|followed|used|run|running|loaded|implemented|enabled|done|built|planned))"
)
_STATUS = re.compile(
    rf"^\W*(?:status|state|verdict|decision)\s*[:=]\W*(?:{_VERDICT}|dropped|void|cancell?ed|for information)\b"
)
_ROW_STATUS = re.compile(rf"^\W*(?:status|state)\s*:\W*(?:{_VERDICT}|dropped|void|cancell?ed)\b")
_STATUS_WORDS = 10
"""Words up to which a line with a status is no more than that."""
_REASON = re.compile(r"\b(?:reasons?|why|rationale|because|grounds|justification)\W*$")
_REASON_FIRST = re.compile(r"^\W*(?:reasons?|why|rationale|because|grounds|justification)\b")
# A heading is voided by an aside in brackets, or by how it ends; data may be dropped, deleted or cancelled, plans are
# so only by name.
_PLAN = r"(?:rules?|plans?|procedures?|jobs?|drafts?|proposals?|practices?|process(?:es)?)"
_GONE = (
    rf"(?:{_VERDICT}|{_PLAN} (?:(?:was|were|is|are|has been|have been) )?(?:dropped|deleted|removed|cancell?ed|gone)"
    r"|deleted in|this is what (?:it|we) did|in the old days|nothing (?:has )?(?:replaced|replaces) it"
    r"|(?:nobody|no one) (?:\w+ )?(?:does|do|follows|uses|runs|reads|looks at) (?:this|it|that|them)\b)"
)
_HEADING = re.compile(
    rf"\([^()]*\b{_GONE}[^()]*\)|[–—:,-] ?(?:(?:was|were|is|are|now|since) )?{_GONE}\W*$"
    rf"|\b(?:nobody|no one) (?:does|follows|uses|runs) (?:this|it|that|them)\b"
)
_WORD = re.compile(r"[a-z]{4,}")
_STEM = 5
"""Letters of a word in which the part of a table and a heading must agree."""
_DONE = r"(?:\[[xX]\]|[✓✔✅☑])"
_OPEN, _CROSS = r"(?:\[ ?\]|☐)", r"[✗✘❌🚫]"
_DONE_MARK, _OPEN_MARK, _CROSS_MARK = (re.compile(rf"^\W*?{mark}") for mark in (_DONE, _OPEN, _CROSS))
_RECURS = re.compile(
    r"\b(?:un(?:ticked|checked)|open|empty)\b[^.;:]{0,20}?(?:lines?|box(?:es)?|items?|points?|ones)?\b[^.;:]{0,40}"
    r"\b(?:recur|repeat|reset|(?:each|every) (?:day|week|month|quarter|time|load|list|batch))"
)
_LEGEND = re.compile(rf"{_DONE}.*(?:{_OPEN}|{_CROSS})|(?:{_OPEN}|{_CROSS}).*{_DONE}")
_OFF = re.compile(
    r"\b(?:enabled|active|run|in use)\b\W{0,4}(?:false|no|off|0)\b|\b(?:disabled|switched off)\W{0,4}(?:true|yes)\b"
)
_OFF_REMARK = re.compile(
    r"#.*\b(?:switched off|turned off|disabled|commented out|not (?:loaded|active|in use|run|enabled)"
    r"|skips this (?:block|part|section)|nobody runs)\b"
)
_NO_SETTING = re.compile(
    r"^[\w.\- ]{2,30}[:=] ?[\"']?(?:no|none|never|without)\b(?! later| more than| less than)"
)


def heading_in_force(heading: str) -> bool:
    """Whether a heading leaves in force what stands below it."""
    return bool(_LEGEND.search(heading)) or not _HEADING.search(heading)


def voided_by_status(owns: Sequence[str], leads: Sequence[str]) -> set[int]:
    """Which statements of a section, given with what leads to each, its status voids; reasons for that stay."""
    if not any(_STATUS.search(own) and len(own.split()) <= _STATUS_WORDS for own in owns):
        return set()
    return {
        number
        for number, (own, lead) in enumerate(zip(owns, leads, strict=True))
        if not (_REASON.search(lead) or _REASON_FIRST.search(own))
    }


def open_boxes(statements: Sequence[tuple[str, str, str]]) -> set[int]:
    """Which of the statements, each with its heading and what leads to its list, stand beside a box that is open.

    An open box tells what is not done where ticked ones stand in the same list, or a legend explains both; a list of
    open boxes alone is to be ticked each time, as is one of which that is said. A cross tells it beside any tick.
    """
    if any(_RECURS.search(own) for _, _, own in statements):
        return set()
    legend = any(_LEGEND.search(text) for heading, _, own in statements for text in (heading, own))
    ticked = {(heading, lead) for heading, lead, own in statements if _DONE_MARK.search(own)}
    return {
        number
        for number, (heading, lead, own) in enumerate(statements)
        if (_OPEN_MARK.search(own) and (legend or (heading, lead) in ticked))
        or (_CROSS_MARK.search(own) and (legend or ticked))
    }


def line_in_force(own: str, kind: str, lead: str) -> bool:
    """Whether a row or a setting says nothing of itself that puts it out of force."""
    if kind == "row":
        return not any(_ROW_STATUS.search(cell) for cell in own.split("|"))
    return kind != "code" or not (_OFF.search(own) or _OFF_REMARK.search(lead) or _NO_SETTING.search(own))


def sections_off(headings: Sequence[str], rows: Iterable[str]) -> set[int]:
    """Which sections a table of parts and their status declares off: those that bear the first word of such a part."""
    off: set[int] = set()
    for row in rows:
        first, *others = row.split("|")
        part = _WORD.search(first.rpartition(":")[2])
        if part is None or not any(_ROW_STATUS.search(cell) for cell in others):
            continue
        for number, heading in enumerate(headings):
            words = _WORD.findall(heading.rpartition(" / ")[2])
            if any(word[:_STEM] == part[0][:_STEM] for word in words):
                off.add(number)
    return off
