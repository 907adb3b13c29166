"""Text that is somebody else's: what a person, a text, a program or a tale says behind its introduction."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from grader.readme.elsewhere import MADE_UP, OF_ANOTHER, OTHER_MODEL, WISHED
from grader.readme.wording import plain

if TYPE_CHECKING:
    from grader.readme.visible import Block

_SAID = (
    r"(?:wr(?:ote|ites)|sa(?:id|ys)|t(?:old|ells)|answer(?:ed|s)|repl(?:ied|ies)|explain(?:ed|s)|promised?s?"
    r"|report(?:ed|s)"
    r"|claim(?:ed|s)|boast(?:ed|s)|recommend(?:ed|s)|suggest(?:ed|s)|advis(?:ed|es)|announced?|submitted"
    r"|handed in|gave)"
)
_ROLE = (
    r"(?:friend|neighbou?r|cousin|brother|sister|uncle|flatmate|acquaintance|speaker|lecturer|professor"
    r"|presenter|student|pupil|(?:last|previous|earlier|other|former|first) (?:candidate|applicant)|sales(?:man"
    r"|woman|person|rep)|consultant|vendor|supplier"
    r"|author|blogger"
    r"|predecessor|competitor|guru|influencer|chatbot|language model|bot|instructor|ex-colleague"
    r"|(?:former|old|previous) (?:colleague|boss)|colleague (?:at|from) (?:a|an|another))"
)
_PROGRAM = (
    r"(?:chat ?gpt|gpt(?:-?\d\w*)?|claude|gemini|copilot|the ai|an ai|an llm|the llm|a chatbot|the chatbot)"
)
_OTHER = (
    rf"(?:\b(?:an?|the|another|one|some|my|our|his|her|their|every"
    rf"|last) (?:[\w-]+ ){{0,3}}?{_ROLE}s?\b(?! (?:model|job|run|version|network|on (?:call|duty))\b)"
    rf"|\b{_PROGRAM}\b)"
)
_TEXT = (
    r"(?:manual|documentation|docs|handbook|brochure|demo|tutorial|white ?paper|data ?sheet|user guide|website|web page"
    r"|press release|advertisement|blog(?: post)?|leaflet)"
)
_OWNER = (
    r"(?:the|a|an|its|another|our) (?:[\w-]+ )?(?:tool|library|vendor|product|supplier|package|framework"
    r"|software|competitor"
    r"|provider|company|platform)"
)
_BOUND = (
    r"(?:banks?|insurers?|compan(?:y|ies)|providers?|firms?|institutions?|candidates?|applicants?|students?"
    r"|operators?)"
)

# What such an introduction governs is the rest of its paragraph, or the list behind it.
_REPORT = re.compile(
    rf"{_OTHER}[^.;:!?]{{0,60}}\b{_SAID}\b[^.;:!?]{{0,60}}:$"
    rf"|^(?:on |am )?(?:mon|tue|wed|thu|fri|sat|sun|\d)[^:]{{0,80}}\b(?:wrote|schrieb)\s*:$"
    r"|^from: \w+[^:]{0,80}$"
    rf"|\b(?:assignment|exercise|task sheet|brief|job (?:ad|advertisement|description)|rubric|exam)\b[^.:]{{0,30}}"
    rf"\b(?:tells?|asks?|wants?|expects?|requires?)\b[^.:]{{0,30}}\b(?:{_BOUND}|us|me|you)\b[^.:]{{0,20}}:$"
    rf"|\b(?:article|act|law|regulation|directive|guidelines?|standard|paragraph|section)\b[^.:]{{0,60}}"
    rf"\b(?:obliges?|requires?|demands?|asks?|tells?|forces?|expects?)\b (?:\w+ )?{_BOUND}\b[^.:]{{0,30}}:$"
    rf"|\b{_TEXT} of {_OWNER}\b[^.:]{{0,80}}:$|\b{_OWNER}(?:'s|s') (?:\w+ )?{_TEXT}\b[^.:]{{0,80}}:$"
    r"|\bnot our (?:own )?(?:config\w*|settings?|set-?up|plan|text|words)\b[^.:]{0,20}:$"
    r"|\bwhich (?:we|i) do not (?:use|follow|run|apply)\s*:$"
    r"|\b(?:thrown away|never merged|code is gone|code was deleted)\s*:$"
    rf"|\b{_OWNER} (?:which |that )?(?:we|i) (?:looked at|tried|saw|tested|compared|were shown)\b[^.:]{{0,40}}:$"
    rf"|^(?:quote|quoted|excerpt|passage|extract|copied|taken) (?:from|of|by)\b[^.:]{{0,60}}:$"
    rf"|^from (?:the|a|an) [^.:]{{0,20}}\b(?:{_TEXT}|book|article|post)\b[^.:]{{0,40}}:$"
    rf"|\b{_PROGRAM}(?:'s|s') (?:answer|reply|text|version|plan|suggestion)\b[^.:]{{0,20}}:$"
    r"|^(?:he|she|they|somebody|someone)\b[^.:,]{0,20}\b(?:wrote|said|told|answered|explained|replied)\b[^.:]{0,30}:$"
    rf"|^as {_OTHER} (?:put|wrote|said) [^.:]{{0,20}}:$"
)
_PROMISED = re.compile(
    r"\b(?:sales ?(?:man|woman|person|people|rep)|vendor|consultant|supplier|brochure)s?\b[^.:]{0,40}"
    r"\bpromis(?:ed|es?)\b[^.:]*\.$"
)
_CAPTION = re.compile(
    rf"^(?:figure|fig\.?|picture|screenshot|image)\b.{{0,60}}(?:{_OWNER}'s\b|\b{_TEXT}\b).{{0,30}}[.:]$"
)
_NAMED = re.compile(
    r"^(?:(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau)\.? )?[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2}"
    r"(?:, [^:.\"“]{0,70}| \([^:)\"“]{0,70}\))?"
    r"(?:\s*:\s*(?=[\"“«„])|,? (?:told|wrote|writes|said|says|answered)\b[^:.\"“]{0,40}:\s*)"
)
# "Tom (consultant): ..." in a dialogue.
_SPEAKER = re.compile(
    rf"^[A-Z][\w'-]+(?: [A-Z][\w'-]+)? \((?:an? |the |our |my |their )?(?:[\w-]+ )?"
    rf"(?:{_ROLE}|sales)(?:, [^)]*| at [^)]*)?\):"
)
_HAS_OFFICE = re.compile(
    r"\b(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau)\b|\b(?:head|chief|lead|director|manager|officer|founder|consultant"
    r"|engineer|scientist"
    r"|analyst|professor|c[tid]o|ceo|vp) (?:of|at|for)\b|\b(?:C[TID]O|CEO|VP)\b|\bcompetitor\b|\bat [A-Z]"
)
_TURN = re.compile(r"^(user|human|assistant|chat ?gpt|gpt-?\w*|claude|gemini|copilot|chatbot|bot)\s*:", re.I)
_PROGRAM_TURN = re.compile(r"^(?:assistant|chat ?gpt|gpt-?\w*|claude|gemini|copilot|chatbot|bot)\s*:", re.I)
_SAID_BEFORE = re.compile(
    r"^(?:that|this|so|all this|all of (?:this|that)|the above|all of the above|(?:this|the) (?:paragraph"
    r"|list|text|section)"
    rf"(?: above)?)\b[^.;:]{{0,30}}?\b(?:what|how)\b {_OTHER}[^.;:]{{0,20}}?\b{_SAID}\b"
)
_FOREIGN_HEADING = re.compile(
    r"\b(?:exam question|sample (?:exam|solution|answer)|good answer would|job (?:ad|advertisement"
    r"|description|posting)|assignment (?:sheet|text)|competitors?(?:'s?)? (?:product|plan|model|practice)"
    r"|(?:sales )?brochure|vendor's (?:demo|offer|plan|answer)|a short story"
    r"|fairy[- ]?tale|my dream|dream (?:set-?up|system|world)|(?:chatgpt|gpt|claude)(?:'s)? answer)\b"
)
_FOREIGN_COLUMN = re.compile(
    r"\bcompetitor\b|\bstudent'?s? answer\b|\bother (?:company|team|bank)\b|\bvendor says\b"
)
# Where the tale is left again.
_BACK_HERE = re.compile(
    r"^(?:but |now )?(?:here\b|in reality\b|in our case\b|our own\b|back to\b|for (?:this|our"
    r"|the churn) model\b|so we\b|so i\b"
    r"|we,? (?:however|instead|by contrast|on the other hand)\b|but (?:we|i|here)\b|(?:we|i) (?:do|did) the same\b)"
)
_SENTENCE = re.compile(r"(?<=[.!?])[\"”')]*\s+|(?<=:)\**\s+")
_TITLE_DOT = re.compile(r"\b(?:dr|prof|mr|mrs|ms|fig|no|art|e\.g|i\.e|vs|st|nr)\.\s*$", re.I)
_LISTED = {"item", "row", "code"}
# Signs that are looked at, in one block and in all: more than the words that are ever read for credit.
MOST_OF_A_BLOCK = 12_000
MOST_OF_ALL = 60_000


def mark_others(blocks: Sequence["Block"]) -> list["Block"]:
    """The same blocks with those parts marked as quoted that give the words or the doings of others."""
    out: list[Block] = []
    under = 0  # level of a heading that makes the words below it somebody else's
    governed = ""  # "list" or "next" behind an introduction that ended the block before
    depth = 0
    talk = sum(bool(_PROGRAM_TURN.match(block.text)) for block in blocks) > 0
    seen = 0
    for block in blocks:
        seen += min(len(block.text), MOST_OF_A_BLOCK)
        if seen > MOST_OF_ALL:
            out.append(block)
            continue
        if block.kind == "heading":
            if not under or block.level <= under:
                under = block.level if _foreign_heading(plain(block.text)) else 0
            governed = ""
            out.append(block)
            continue
        listed = block.kind in _LISTED
        if governed == "list" and not (listed and block.depth >= depth):
            governed = ""
        if (
            under
            or governed
            or (talk and _TURN.match(block.text))
            or any(_FOREIGN_COLUMN.search(plain(cell)) for cell in block.header)
        ):
            out.append(replace(block, quoted=True))
            if governed == "next":
                governed, depth = ("list", block.depth) if listed else ("", 0)
                if not listed and block.text.rstrip().endswith(":"):
                    governed, depth = "list", 0
            continue
        pieces = list(_pieces(block))
        if pieces and pieces[0] == (-1, -1):
            # "That is what a program answered": the list or paragraph before is meant as well.
            _mark_before(out)
            pieces = pieces[1:]
        out.extend(_cut(block, pieces))
        if _introduces(block, pieces):
            governed = "next" if not listed else "list"
            depth = block.depth + 1 if listed else 0
    return out


def _foreign_heading(heading: str) -> bool:
    return bool(
        _FOREIGN_HEADING.search(heading)
        or OTHER_MODEL.search(heading)
        or re.match(r"(?:the|our|a|my) fraud model\b", heading)
        or MADE_UP.search(heading)
    )


def _introduces(block: "Block", pieces: Sequence[tuple[int, int]]) -> bool:
    """Whether the last sentence of a block hands over to somebody else, and nothing of theirs is in the block."""
    if pieces or block.kind == "row":
        return False
    text = block.text[-MOST_OF_A_BLOCK:]
    spans = _sentences(text)
    last = plain(text[slice(*spans[-1])])
    if last.endswith(":"):
        return bool(
            _REPORT.search(last) or OTHER_MODEL.search(last) or MADE_UP.search(last) or WISHED.search(last)
        )
    alone = len(spans) == 1
    return alone and bool(re.match(r"from: \w+", last) and _REPORT.search(last))


def _pieces(block: "Block") -> Iterator[tuple[int, int]]:
    """Spans of a block that are others' words; a first span of (-1, -1) says that the block before is meant."""
    text = block.text
    spans = _sentences(text[:MOST_OF_A_BLOCK])
    if speaker := _SPEAKER.match(text):
        yield speaker.end(), len(text)
        return
    named = _NAMED.match(text)
    if named and _HAS_OFFICE.search(named.group()):
        yield named.end(), _closing_quote(text, named.end())
        return
    for number, (start, end) in enumerate(spans):
        own = plain(text[start:end])
        if _SAID_BEFORE.search(own) or OF_ANOTHER.search(own):
            yield (0, start) if number else (-1, -1)
            return
    for start, end in spans[:-1]:
        own = plain(text[start:end])
        if _REPORT.search(own) or _CAPTION.search(own):
            yield end, _closing_quote(text, end)
            return
        if (
            MADE_UP.search(own)
            or _PROMISED.search(own)
            or (own.endswith(":") and (WISHED.search(own) or OTHER_MODEL.search(own)))
        ):
            yield end, _back_here(text, spans, end)
            return


def _closing_quote(text: str, start: int) -> int:
    """Where speech ends that is set in quotation marks; the end of the text where it is not."""
    if text[start : start + 1] not in {'"', "“", "«", "„"}:
        return len(text)
    last = max(text.rfind(sign) for sign in '"”»')
    return last + 1 if last > start else len(text)


def _back_here(text: str, spans: Sequence[tuple[int, int]], start: int) -> int:
    for first, end in spans:
        if first >= start and _BACK_HERE.match(plain(text[first:end])):
            return first
    return len(text)


def _mark_before(out: list["Block"]) -> None:
    listed = bool(out) and out[-1].kind in _LISTED
    for position in range(len(out) - 1, -1, -1):
        block = out[position]
        if block.kind == "heading" or (listed and block.kind not in _LISTED):
            return
        out[position] = replace(block, quoted=True)
        if not listed:
            return


def _cut(block: "Block", pieces: Sequence[tuple[int, int]]) -> list["Block"]:
    if not pieces or block.kind in {"row", "code"}:
        return [replace(block, quoted=True) if pieces else block]
    start, end = pieces[0]
    parts = ((0, start, block.quoted), (start, end, True), (end, len(block.text), block.quoted))
    return [
        replace(
            block,
            text=block.text[first:last],
            at=block.at[first:last],
            quoted=quoted,
            cut=bool(block.text[last:].strip()),
        )
        for first, last, quoted in parts
        if block.text[first:last].strip()
    ]


def _sentences(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _SENTENCE.finditer(text):
        if _TITLE_DOT.search(text[start : match.start()] + " "):
            continue
        spans.append((start, match.end()))
        start = match.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans or [(0, len(text))]
