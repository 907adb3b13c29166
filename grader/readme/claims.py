"""A README as claims: sentences, list items, table rows and settings, each with its context and modality."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from grader.readme.facts import Facts
from grader.readme.governance import (
    jested_blocks,
    leads_to_nothing,
    own_decision,
    section_modality,
    spread,
    title_modality,
)
from grader.readme.in_force import (
    heading_in_force,
    line_in_force,
    open_boxes,
    rejected_records,
    sections_off,
    switched_off,
    voided_by_status,
)
from grader.readme.modality import Modality, own_modality
from grader.readme.retraction import taken_back_elsewhere
from grader.readme.visible import Block, visible_blocks
from grader.readme.wording import columns_in, normalise

WORD_LIMIT = 500
GRACE = 1.1
SIGNPOST_WORDS = 3
MOST_OF_A_BLOCK = 12_000
MOST_OF_A_HEADER = 200
MOST_OF_AN_ENTRY = (
    4_000  # characters of a settings entry that are joined; more lines would be joined for ever
)
_WORD = re.compile(r"\w+(?:[-'’./]\w+)*")
_SENTENCE_END = re.compile(
    r"(?<=[.!?])[\"')”’]*\s+(?=[\"'(“‘\[]*[A-Z0-9`_<>≥≤~=+*]|[a-z_]+_[a-z0-9_]+)|(?<=[.!?])\s*\n\s*"
)
_FILE_TREE = re.compile(r"^[\s│|]*(?:[├└]─+|[|+`\\]--+) ?[\w.*\-]+/?(?:\s*$|\s+(?:#|<-|[-–—] |\s))")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|approx|ca|no|nr|etc|resp|incl|min|max|avg|fig|jan|feb|mar|apr|jun|jul"
    r"|aug|sept?|oct|nov|dec|eng|st|dr)"
    r"|^\s*\d{1,2})\.[\"')]*\s*$",
    re.I,
)


@dataclass(frozen=True)
class Claim:
    """One thing a README says.

    ``own`` is the normalised statement, ``lead`` what introduces it (lead-in of a list, bold run, question,
    earlier sentences of the paragraph), ``heading`` the headings above, ``near`` the whole block and ``opening`` the
    short paragraph that opens the section or its list; ``quote`` is verbatim from the source.
    """

    text: str
    own: str
    lead: str
    heading: str
    quote: str
    columns: tuple[str, ...]
    kind: str
    modality: Modality
    section: int
    block: int
    read: bool = True
    near: str = ""
    opening: str = ""
    depth: int = 0

    @property
    def pays(self) -> bool:
        """Whether it is asserted and within the words that are read."""
        return self.modality == "asserted" and self.read

    @property
    def context(self) -> str:
        """Heading and lead-in together."""
        return f"{self.heading} | {self.lead}"


@dataclass(frozen=True)
class Reading:
    """All claims of a README, how many words a reader sees, and its blocks.

    ``Claim.block`` counts ``joined``, the blocks with the entries of settings joined; of those, ``read`` are within the
    word limit.
    """

    claims: tuple[Claim, ...]
    words: int
    blocks: tuple[Block, ...]
    joined: tuple[Block, ...] = ()
    read: int = 0

    @property
    def paying(self) -> tuple[Claim, ...]:
        """The claims that may earn credit."""
        return tuple(claim for claim in self.claims if claim.pays)


@dataclass(frozen=True)
class _Place:
    heading: str = ""
    pseudo: str = ""
    lead: str = ""
    section: int = 0


def read_claims(text: str, facts: Facts) -> Reading:
    """Split a README into claims; words past the limit and its grace are counted but not read."""
    blocks = visible_blocks(text)
    budget = int(WORD_LIMIT * GRACE)
    words = 0
    claims: list[Claim] = []
    place = _Place()
    headings: list[tuple[int, str]] = []
    joined = _joined_settings(blocks)
    read = 0
    for number, block in enumerate(joined):
        count = len(_WORD.findall(block.text))
        if words > budget:
            words += count
            continue
        read = number + 1
        if block.kind == "heading":
            headings = [h for h in headings if h[0] < block.level] + [
                (block.level, normalise(block.text, facts))
            ]
            place = _Place(_heading_text(headings, number), section=place.section + 1)
        else:
            if _signpost(block):
                place = replace(place, section=place.section + 1)
            place, made = _block_claims(block, number, place, text, facts, words, budget)
            claims.extend(made)
        words += count
    settled = _settle(_without_repeats(claims), knows_columns=bool(facts.columns))
    return Reading(settled, words, blocks, tuple(joined), read)


def _signpost(block: Block) -> bool:
    """Whether a paragraph is a heading without the sign of one, so that what is taken back below stays below."""
    said = block.text.strip()
    return block.kind == "paragraph" and len(said.split()) <= SIGNPOST_WORDS and said[-1:].isalpha()


def _heading_text(headings: Sequence[tuple[int, str]], number: int) -> str:
    # The title of the page says what the page is about, not what the paragraph is about.
    used = headings if number > 0 else []
    inner = [text for level, text in used if level > 1] or [text for _, text in used[-1:]]
    return " / ".join(inner)


def _joined_settings(blocks: Iterable[Block]) -> list[Block]:
    """Join the lines of one entry of a settings file, so that an alert rule is one claim."""
    out: list[Block] = []
    for block in blocks:
        last = out[-1] if out else None
        if (
            block.kind == "code"
            and last is not None
            and last.kind == "code"
            and last.group == block.group
            and block.level > last.level
            and not block.text.lstrip().startswith("- ")
            and len(last.text) < MOST_OF_AN_ENTRY
            and _opens_entry(last)
        ):
            text = f"{last.text}\n{block.text}"
            out[-1] = replace(last, text=text, at=(*last.at, -1, *block.at))
        else:
            out.append(block)
    return out


def _opens_entry(block: Block) -> bool:
    """Whether deeper lines belong to this one: a list entry, or a key below the top that has no value of its own."""
    first = block.text.split("\n")[0].rstrip()
    return first.lstrip().startswith("- ") or (block.level > 0 and first.endswith(":"))


def _block_claims(
    block: Block, number: int, place: _Place, source: str, facts: Facts, words: int, budget: int
) -> tuple[_Place, list[Claim]]:
    # Nothing past the word limit is read, so nothing past this can matter.
    block = replace(block, text=block.text[:MOST_OF_A_BLOCK], at=block.at[:MOST_OF_A_BLOCK])
    whole = normalise(block.text, facts)
    if block.kind == "code" and block.level == 0 and block.text.split("#")[0].rstrip(" |>").endswith(":"):
        return replace(place, lead=whole, pseudo=whole), []
    pieces = [(0, len(block.text))] if block.kind in {"row", "code"} else _sentences(block.text)
    made: list[Claim] = []
    lead = place.lead if block.kind in {"item", "row", "code"} else place.pseudo
    earlier = ""
    for start, end in pieces:
        said = block.text[start:end].strip()
        if not _WORD.search(said):
            continue
        own = _row_text(block, facts) if block.kind == "row" else normalise(said, facts)
        quote = _quote(source, block.at[start:end])
        words += len(_WORD.findall(said))
        claim = Claim(
            text=said,
            own=own,
            lead=f"{lead} {earlier}".strip(),
            heading=place.heading,
            quote=quote,
            columns=columns_in(said, facts) or columns_in(" | ".join(block.header)[:MOST_OF_A_BLOCK], facts),
            kind=block.kind,
            # A listing of files says nothing of what is done, whatever their names or comments are.
            modality=own_modality(own, said, quoted=block.quoted or bool(_FILE_TREE.match(said))),
            section=place.section,
            block=number,
            read=words <= budget,
            near=whole,
            depth=block.depth,
            opening=place.pseudo,
        )
        made.append(claim)
        if len(made) == 1 and (said.endswith(("?", ":")) or len(own.split()) <= 5):
            earlier = own
    if block.kind == "paragraph":
        short = len(whole.split()) <= 9
        opens = whole.endswith((":", "?", " if", " when")) or (short and not whole.endswith("."))
        opens = opens or (short and leads_to_nothing(whole))
        # An introduction whose speech stands in its own paragraph governs no other.
        pseudo = whole if opens and len(whole.split()) <= 14 and not block.cut else place.pseudo
        if opens and len(whole.split()) <= 2 and place.pseudo:
            pseudo = f"{place.pseudo.split(' > ')[0]} > {whole}"
            whole = pseudo
        place = replace(
            place, pseudo=pseudo, lead=whole[-260:] if opens or len(whole.split()) <= 40 else whole[-160:]
        )
    elif (
        block.kind == "item" and (whole.endswith((":", "?")) or len(whole.split()) <= 4) and block.depth == 1
    ):
        place = replace(place, lead=whole)
    elif block.kind == "item" and block.depth == 1:
        place = replace(place, lead=place.lead)
    return place, made


def _row_text(block: Block, facts: Facts) -> str:
    parts = []
    for position, cell in enumerate(block.cells):
        if cell:
            head = block.header[position][:MOST_OF_A_HEADER] if position < len(block.header) else ""
            parts.append(f"{head}: {cell}" if head else cell)
    return normalise(" | ".join(parts)[:MOST_OF_A_BLOCK], facts)


def _sentences(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if _ABBREVIATION.search(text[start : match.end()]):
            continue
        spans.append((start, match.end()))
        start = match.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def _quote(source: str, at: Sequence[int]) -> str:
    """The source between the first and the last visible sign; empty where the place is not known."""
    known = [position for position in at if position >= 0]
    if not known:
        return ""
    start, end = known[0], known[-1] + 1
    while start > 0 and source[start - 1] in '`*_"“(':
        start -= 1
    while end < len(source) and source[end] in '`*_"”)':
        end += 1
    return source[start:end].strip()


def _without_repeats(claims: Sequence[Claim]) -> list[Claim]:
    """Each claim pays once: a repeated statement is kept as a repetition."""
    seen: set[str] = set()
    out: list[Claim] = []
    for claim in claims:
        key = re.sub(r"\W+", " ", claim.own).strip()
        repeated = key in seen and len(key.split()) > 3
        seen.add(key)
        out.append(
            replace(claim, modality="repeated") if repeated and claim.modality == "asserted" else claim
        )
    return out


def _settle(claims: Sequence[Claim], *, knows_columns: bool) -> tuple[Claim, ...]:
    """Let hearsay, denials and retractions reach the sentences they govern.

    Settings that name none of the columns of the data belong to something else.
    """
    out: list[Claim] = []
    sections = [list(group) for _, group in groupby(claims, key=lambda claim: claim.section)]
    gone = taken_back_elsewhere([(s[0].heading, [claim.own for claim in s]) for s in sections])
    gone |= sections_off([s[0].heading for s in sections], [c.own for c in claims if c.kind == "row"])
    gone |= rejected_records([(s[0].heading, s[0].own) for s in sections])
    idle = {(c.section, c.lead) for c in claims if c.lead and switched_off(c.text, c.kind)}
    undone = open_boxes([(claim.heading, claim.lead, claim.own) for claim in claims])
    void: list[set[int]] = []
    for _, same in groupby(sections, key=lambda section: section[0].heading):
        void += voided_by_status([[(c.own, c.lead, c.block) for c in section] for section in same])
    for number, section in enumerate(sections):
        told: Modality | None = None
        title = "negated" if number in gone else title_modality(section[0].heading)
        if title is None and not heading_in_force(section[0].heading):
            title = "negated"
        begun = len(out)
        strange = knows_columns and not any(c.columns for c in section if c.kind == "code")
        blocks = [list(group) for _, group in groupby(section, key=lambda claim: claim.block)]
        texts = [[member.own for member in members] for members in blocks]
        whole = section_modality(section[0].heading, texts, [claim.modality for claim in section])
        jested = jested_blocks(texts)
        lists: set[str] = set()
        items: set[str] = set()
        nested: set[str] = set()
        opening = ""
        for place, members in enumerate(blocks):
            lead, kind = members[0].lead, members[0].kind
            over = kind == "paragraph" and lead in lists
            if kind in {"item", "row"}:
                # A short item leads on to the next ones, but what denies the list denies those too; what stands
                # over an inner list denies that alone.
                if members[0].depth > 1 and lead in items:
                    nested.add(lead)
                opening = opening or ("" if lead in nested else lead)
                lists.add(lead)
                items.add(members[0].own)
                lead = opening if leads_to_nothing(opening) else lead
            else:
                opening = ""
            states = spread([m.own for m in members], [m.modality for m in members], lead, told, listed=over)
            told = states[-1]
            for member, state in zip(members, states, strict=True):
                off = place in jested or len(out) - begun in void[number] or len(out) in undone
                off |= state == "asserted" and not line_in_force(
                    member.own, member.kind, member.lead, member.text
                )
                off |= member.kind == "code" and (member.section, member.lead) in idle
                if strange and member.kind == "code":
                    settled: Modality = "quotation"
                elif off:
                    settled = "negated"
                elif title and (number in gone or not own_decision(member.own)):
                    settled = title
                else:
                    settled = whole or state
                out.append(replace(member, modality=settled))
    return tuple(out)
