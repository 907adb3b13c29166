"""What a status says of the plan beside it: rejected decisions, open boxes, settings that are switched off."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_VERDICT = (
    r"(?:rejected|declined|refused|turned down|voted down|vetoed|overruled|superseded|deprecated|withdrawn|revoked"
    r"|retired|obsolete|abandoned|discontinued|scrapped|shelved|suspended|abolished|given up|out of force"
    r"|switched off|turned off|disabled"
    r"|(?:not|never|no longer) (?:yet )?(?:in force|in use|in operation|active|accepted|adopted|approved|agreed"
    r"|followed|used|run|running|loaded|implemented|enabled|done|built|planned))"
)
# "Status: rejected by the board" ends there; "Decision: rejected batches are never scored" is a rule.
_ENDS = r"(?=\W*$|[.,;:(–—]| -| (?:by|in|on|as|since|because|for|after|until|at|and|last|this)\b)"
_STATUS = re.compile(
    r"^\W*(?:status|state|verdict|decision)\W{0,3}[:=]\W*(?:(?:was|is|proposed|draft|now|then|and|later|but)\W+){0,3}"
    rf"(?:{_VERDICT}|dropped|void|cancell?ed|for information|on hold|not (?:yet )?started){_ENDS}"
    rf"|^\W*this (?:decision|proposal|record) (?:was|is|has been) {_VERDICT}{_ENDS}"
)
_ANY_STATUS = re.compile(
    r"^\W*(?:(?:status|state)\W{0,3}[:=]\W*\w|(?:verdict|decision)\W{0,3}[:=]\W*"
    r"(?:accepted|approved|adopted|agreed|taken|kept|in force|yes)\b)"
)
_ROW_STATUS = re.compile(
    rf"^\W*(?:status|state)\s*:\W*(?:{_VERDICT}|dropped|void|cancell?ed|off|inactive|(?:planned, )?not started)\b"
)
_STATUS_WORDS = 10
"""Words up to which a line with a status is no more than that."""
_LABEL_WORDS = 5
"""Words up to which a statement before a status in the same paragraph is a label ("Date: 3 May.")."""
_LABEL = re.compile(r"^\W*\w+(?: \w+)?:")
_REASON = re.compile(r"\b(?:reasons?|why|rationale|because|grounds|justification)\W*$")
_REASON_FIRST = re.compile(r"^\W*(?:reasons?|why|rationale|because|grounds|justification)\b")
# A heading is voided by an aside in brackets, or by how it ends; data may be dropped, deleted or cancelled, plans are
# so only by name.
_PAPER = r"(?:rules?|plans?|procedures?|drafts?|proposals?|practices?|process(?:es)?)"
_PLAN = rf"(?:{_PAPER}|jobs?)"
_BE = r"(?:(?:was|were|is|are|has been|have been|now|since|later|then|again|finally) )*"
_OWN = r"(?:(?:an?|the|this|that|our|my|\w+'s|whole) )*"
_NOBODY = (
    r"(?:(?<!when )(?<!if )(?:nobody|no one) (?:\w+ )?(?:does|do|follows|uses|runs|reads|looks at)"
    r" (?:this|it|that|them|these|those)\b(?! (?:by hand|manually|alone|without|on|at|before|after|twice|for)\b))"
)
# "No longer run by hand" says how it is run.
_HOW = (
    r"(?! (?:by hand|manually|on (?:the |a )?\w+days?|on weekends?|at (?:night|weekends?)|without|alone|daily|if"
    r"|when|more than|automatically|blindly|by (?:the )?(?:calendar|date)|for (?!lack\b|want\b|now\b|cost))\b)"
)
_GONE = (
    rf"(?:{_BE}{_VERDICT}\b{_HOW}|{_OWN}{_PAPER} {_BE}{_VERDICT}\b{_HOW}"
    rf"|{_OWN}{_PLAN} {_BE}(?:dropped|deleted|removed|cancell?ed|gone)\b"
    r"|deleted in|this is what (?:it|we) did|in the old days|nothing (?:has )?(?:replaced|replaces) it"
    rf"|{_NOBODY})"
)
# What is said of data, customers or models ("columns (not used)", "loads: accepted, rejected") is no status of a plan.
_THINGS = (
    r"(?:columns?|features?|fields?|variables?|customers?|users?|riders?|members?|subscri\w+|offers?|contracts?|codes?"
    r"|values|rows|categories|data|labels?|targets?|churn\w*|models?|versions?|flags?|accepted|held|passed|approved"
    r"|loaded|and|or|loads?|batch(?:es)?|files?|candidates?|challengers?|months?|cases? \w{1,2}|results?|gate|is)"
)
_HEADING = re.compile(
    rf"[(\[](?:[^()\[\]]*[,;:.–—] ?)?(?:and |but |as )?{_GONE}[^()\[\]]*[)\]]\W*$|^\W*\[{_VERDICT}\]"
    rf"|(?: [–—-]|[:,]) ?{_GONE}\W*$|{_NOBODY}"
    rf"|\b{_PLAN} (?:that |which )?(?:nobody|no one) (?:follows|uses|runs|does)\W*$"
)
_OF_THINGS = re.compile(
    rf"(?<!\bof )(?<!\bof a )(?<!\bof the )\b{_THINGS}\W{{0,3}}[(\[–—:,-] ?(?:\w+ ?: ?)?"
    rf"(?:{_GONE}|{_PLAN} {_BE}cancell?ed\b)"
)
_WORD = re.compile(r"[a-z]{4,}")
_STEM = 5
"""Letters of a word in which the part of a table and a heading must agree."""
_ANY_PART = re.compile(r"^(?:check|rule|limit|plan|monit|watch|track|part|secti|chapt|proce)")
_DONE = r"(?:\[[xX]\]|[✓✔✅☑])"
_OPEN, _CROSS = r"(?:\[ ?\]|☐)", r"[✗✘❌🚫]"
_DONE_MARK, _OPEN_MARK, _CROSS_MARK = (re.compile(rf"^\W*?{mark}") for mark in (_DONE, _OPEN, _CROSS))
_RECURS = re.compile(
    r"\b(?:un(?:ticked|checked)|open|empty)\b[^.;:]{0,20}?(?:lines?|box(?:es)?|items?|points?|ones)?\b[^.;:]{0,40}"
    r"\b(?:recur|repeat|reset|(?:each|every) (?:day|week|month|quarter|time|load|list|batch))"
    r"|\b(?:ticked|tick (?:it|them|off|each)|repeat(?:ed)?)\b[^.;:]{0,60}"
    r"\b(?:each|every) (?:day|week|month|quarter|time|load|list|batch)"
    rf"|{_OPEN}[^.;,]{{0,20}}\b(?:by hand|manual(?:ly)?|in person|each time|every time)\b"
)
_EACH = re.compile(
    r"\b(?:each|every|per) (?:day|week|month|quarter|time|load|list|batch|release|run|version)\b"
    r"|\b(?:daily|weekly|monthly|quarterly|run ?book)\b"
)
"""What names a list that is gone through again and again, so that an open box in it waits for the next time."""
_LEFT = re.compile(
    r"\b(?:still open|open (?:items?|points?|work)|not (?:yet )?done|outstanding|undone|backlog)\W*$"
)
_LEGEND = re.compile(
    rf"{_DONE}.*(?:{_OPEN}|{_CROSS})|(?:{_OPEN}|{_CROSS}).*{_DONE}"
    r"|\b(?:empty|open|unticked) box(?:es)? (?:means?|is|are|stands?)\b[^.;]{0,40}"
    r"\b(?:nobody|no one|nothing|not|missing|to do|undone)\b"
)
_OFF = re.compile(
    r"(?:^|\n)[ \t-]*(?:\w+:[ \t]*\{[ \t]*)?"
    r"(?:(?:enabled|active|run|in[ _]use)\W{0,4}(?:false|no|off|0)\b(?!:)"
    r"|(?:disabled|switched[ _]off)\W{0,4}(?:true|yes)\b"
    r"|(?:status|state)\W{1,4}(?:off|disabled|inactive)\b)"
    r"|, ?(?:enabled|active)\W{1,4}(?:false|no|off|0)\b",
    re.I,
)
_SWITCH = re.compile(
    r"^[ \t]*(?:(?:enabled|active)\W{1,4}(?:false|no|off)|disabled\W{1,4}(?:true|yes))\W*$", re.I
)
_OFF_REMARK = re.compile(
    r"^[^#]*#(?:[^\n]*[,;:.] ?)?\W{0,3}(?:(?:this|block|part|section|is|now|currently|still|temporarily|all) )*"
    r"(?:(?:switched off|turned off|disabled|commented out|not (?:loaded|active|in use|used|run|enabled)|unused)\b"
    r"(?! (?:if|when|until|while|on|by hand|for)\b)|[^#\n,;:.]*\bskips this (?:block|part|section)|nobody runs\b)"
)
_NO_SETTING = re.compile(
    r"^[\w.\- ]{2,30}[:=] ?[\"']?(?:no|none|never|without)\b(?! later| more than| less than)"
    r"(?!.*\b(?:else|otherwise|unless|until|yes)\b|.*\b(?:over|above|below|under|before|without)\b.*\d)"
)


def heading_in_force(heading: str) -> bool:
    """Whether a heading leaves in force what stands below it."""
    if _LEGEND.search(heading):
        return True
    return not any(_HEADING.search(own) and not _OF_THINGS.search(own) for own in heading.split(" / "))


@dataclass(frozen=True)
class _Line:
    """A statement, what leads to it, the number of its block, and where it stands: which one of which section."""

    own: str
    lead: str
    block: int
    section: int
    number: int

    @property
    def is_status(self) -> bool:
        return bool(_ANY_STATUS.search(self.own)) or _status(self.own)

    @property
    def is_reason(self) -> bool:
        return bool(_REASON.search(self.lead) or _REASON_FIRST.search(self.own))

    @property
    def is_label(self) -> bool:
        return bool(_LABEL.search(self.own)) and len(self.own.split()) <= _LABEL_WORDS


def voided_by_status(sections: Sequence[Sequence[tuple[str, str, int]]]) -> list[set[int]]:
    """Which statements of each section its status voids; reasons for that stay.

    ``sections`` stand below one heading, their statements each with what leads to it and the number of its block. A
    status behind a statement in one block is about that block, one of several about its own part, and one alone
    about its section.
    """
    out: list[set[int]] = [set() for _ in sections]
    lines = [_Line(*line, n, k) for n, section in enumerate(sections) for k, line in enumerate(section)]
    marks = [n for n, line in enumerate(lines) if line.is_status]
    if len(marks) > 1 and marks[-1] - marks[0] == len(marks) - 1:
        return out  # A list of the states that something may have.
    last_said = max((n for n, line in enumerate(lines) if not line.is_reason), default=-1)
    behind = len(marks) > 1 and marks[0] > 0 and marks[-1] == last_said
    for before, mark, after in zip([-1, *marks], marks, [*marks[1:], len(lines)], strict=False):
        if not _status(lines[mark].own):
            continue
        part = _behind_in_block(lines, before, mark)
        if not part and behind:
            part = list(range(before + 1, mark + 1))
        elif not part:
            part = _around(lines, 0 if len(marks) == 1 else mark, mark, after)
        for line in (lines[n] for n in part):
            if not line.is_reason:
                out[line.section].add(line.number)
    return out


def _behind_in_block(lines: Sequence[_Line], before: int, mark: int) -> list[int]:
    """What a status ends in its own block, back to the status before; nothing where only labels precede it."""
    earlier = [n for n in range(mark) if lines[n].block == lines[mark].block]
    if all(lines[n].is_label for n in earlier):
        return []
    return [*(n for n in earlier if n > before), mark]


def _around(lines: Sequence[_Line], first: int, mark: int, after: int) -> list[int]:
    """What stands below a status in its section up to the next one, or else the block or the list right above it."""
    part = [n for n in range(first, after) if lines[n].section == lines[mark].section]
    if part != [mark] or not mark:
        return part
    above = lines[mark - 1]
    return [
        n
        for n, line in enumerate(lines[:mark])
        if line.block == above.block or (above.lead and line.lead == above.lead)
    ]


def _status(own: str) -> bool:
    return bool(_STATUS.search(own)) and len(own.split()) <= _STATUS_WORDS


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
        if (_OPEN_MARK.search(own) and (legend or _stays_open(heading, lead, (heading, lead) in ticked)))
        or (_CROSS_MARK.search(own) and (legend or ticked))
    }


def _stays_open(heading: str, lead: str, beside_ticked: bool) -> bool:
    above = f"{heading} {'' if _DONE_MARK.search(lead) else lead}"
    return not _EACH.search(above) and bool(beside_ticked or _DONE_MARK.search(lead) or _LEFT.search(lead))


def line_in_force(own: str, kind: str, lead: str, text: str) -> bool:
    """Whether a row or a setting, read as ``own`` and written as ``text``, says nothing that puts it out of force."""
    if kind == "row":
        return not any(_ROW_STATUS.search(cell) for cell in own.split("|"))
    return kind != "code" or not (_OFF.search(text) or _OFF_REMARK.search(lead) or _NO_SETTING.search(own))


def switched_off(text: str, kind: str) -> bool:
    """Whether a line of settings is no more than the switch, and so turns off all that stands beside it."""
    return kind == "code" and "\n" not in text and bool(_SWITCH.search(text))


def sections_off(headings: Sequence[str], rows: Iterable[str]) -> set[int]:
    """Which sections a table of parts and their status declares off: those with the name of such a part alone.

    A part of a number ("Load 2022-03", "Release 1") is one of many, and one that has another row is partly in force.
    """
    off: set[frozenset[str]] = set()
    on: set[frozenset[str]] = set()
    for row in rows:
        first, *others = row.split("|")
        part = first.rpartition(":")[2]
        if any(_ROW_STATUS.search(cell) for cell in others) and not re.search(r"\d", part):
            off.add(_name(part))
        else:
            on.add(_name(part))
    return {
        number
        for number, heading in enumerate(headings)
        if (name := _name(heading.rpartition(" / ")[2])) in off and not any(name <= other for other in on)
    }


def _name(text: str) -> frozenset[str]:
    """What a part is called, in stems and without words that any part may bear; empty where nothing is left."""
    stems = frozenset(word[:_STEM] for word in _WORD.findall(text))
    return frozenset(stem for stem in stems if not _ANY_PART.search(stem)) or stems


def rejected_records(sections: Sequence[tuple[str, str]]) -> set[int]:
    """Which sections, given with their heading and first statement, belong to a record with the status of a verdict.

    The status is a section of its own there: "### Status", and below it "Rejected".
    """
    gone = {
        parent
        for heading, first in sections
        for parent, _, own in [heading.rpartition(" / ")]
        if parent and own == "status" and _status(f"status: {first}")
    }
    return {
        n
        for n, (heading, _) in enumerate(sections)
        if any(f"{heading} / ".startswith(f"{g} / ") for g in gone)
    }
