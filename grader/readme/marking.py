"""A README as the judge read it, so that a person sees each statement that counted with what stands around it."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from grader.readme.claims import Claim, Reading
from grader.readme.elements import WRONG, Assessment
from grader.readme.evidence import SHOWN, Reckoning
from grader.readme.judgment import CriterionId
from grader.readme.modality import Modality
from grader.readme.visible import Block
from grader.types import ReadmeBlock, ReadmeStatement

WHY: Mapping[Modality, str] = {
    "negated": "denied",
    "hearsay": "told of others",
    "delegated": "left to others",
    "definition": "a definition or a list of words",
    "quotation": "quoted",
    "question": "a question",
    "instruction": "speaks to whoever grades",
    "promise": "only announced",
    "repeated": "said before",
}
TAGS: Mapping[CriterionId, str] = {
    "monitoring_inputs": "inputs",
    "monitoring_outcomes": "outcomes",
    "retraining_triggers": "retraining",
    "release_and_rollback": "release",
    "grounded_in_this_work": "this work",
    "communication": "communication",
}
PAST_THE_LIMIT = "past the word limit"
FALSE = "contradicts the facts"
MOST_UNREAD = 6_000
"""Characters past the word limit that are shown, as text that was not read."""


def tags(statement: ReadmeStatement) -> str:
    """The criteria a statement was read as a part of, in short."""
    return ", ".join(TAGS[criterion] for criterion in statement.counted_for)


def marked_blocks(
    reading: Reading, reckoning: Reckoning, assessed: Mapping[CriterionId, Assessment]
) -> tuple[ReadmeBlock, ...]:
    """All blocks in order, the first ``MOST_UNREAD`` characters past the limit too; a table starts with its header."""
    counted: dict[Claim, list[CriterionId]] = {}
    against: dict[Claim, str] = {}
    for criterion, assessment in assessed.items():
        against |= dict.fromkeys(assessment.wrong, f"{TAGS[criterion]}: in the wrong direction")
        against |= dict.fromkeys(assessment.false, FALSE)
        if criterion != "communication":
            for claim in {claim for element in assessment.elements for claim in element.claims}:
                counted.setdefault(claim, []).append(criterion)
    stated = _stated(reckoning)
    marked = {
        number: [
            (
                claim.text,
                tuple(c for c in assessed if c in counted.get(claim, ()) and against.get(claim) != FALSE),
                against.get(claim) or _why_not(claim, stated=claim in stated),
            )
            for claim in claims
        ]
        for number, claims in groupby(reading.claims, key=lambda claim: claim.block)
    }
    return tuple(_blocks(reading, marked))


_Said = tuple[str, tuple[CriterionId, ...], str]


def _blocks(reading: Reading, marked: Mapping[int, list[_Said]]) -> Iterator[ReadmeBlock]:
    table, unread = 0, 0
    for number, block in enumerate(reading.joined):
        past = number >= reading.read
        if past and unread >= MOST_UNREAD:
            left = sum(len(rest.text.split()) for rest in reading.joined[number:])
            more = ReadmeStatement(text=f"… and about {left:,} more words")
            yield ReadmeBlock(kind="paragraph", statements=(more,))
            return
        if block.kind == "row" and block.group != table:
            table = block.group
            if any(block.header):
                header = ReadmeStatement(text=" | ".join(block.header))
                yield ReadmeBlock(kind="row", level=1, statements=(header,))
        if past:
            text = block.text[: MOST_UNREAD - unread]
            unread += len(text)
            text += "…" if len(text) < len(block.text) else ""
            said = [ReadmeStatement(text=_shown(text, block), not_counted=PAST_THE_LIMIT)]
        else:
            said = list(_statements(block, marked.get(number, [])))
        yield ReadmeBlock(
            kind=block.kind,
            level=block.level if block.kind == "heading" else 0,
            depth=block.depth,
            statements=tuple(said),
        )


def _statements(block: Block, marked: list[_Said]) -> Iterator[ReadmeStatement]:
    """The statements of a block with what stands between them, so that nothing of its text is lost."""
    end = 0
    for text, counted_for, not_counted in marked:
        place = block.text.find(text, end)
        if place < 0:
            place = end
        if re.search(r"\S", between := block.text[end:place]):
            yield ReadmeStatement(text=_shown(between, block))
        yield ReadmeStatement(text=_shown(text, block), counted_for=counted_for, not_counted=not_counted)
        end = min(place + len(text), len(block.text))
    if re.search(r"\S", rest := block.text[end:]) and not (block.kind == "row" and not rest.strip(" |")):
        yield ReadmeStatement(text=_shown(rest, block))


def _shown(text: str, block: Block) -> str:
    if block.kind == "code":
        return text.rstrip()
    return text.strip(" |\n") if block.kind == "row" else text.strip()


def _stated(reckoning: Reckoning) -> set[Claim]:
    """The claims that state a part of a plan or a finding, whether or not that pays."""
    most = zip(*(values for code, values in reckoning.raw.items() if code not in WRONG), strict=True)
    return {
        claim for claim, values in zip(reckoning.claims, most, strict=True) if max(values, default=0) >= SHOWN
    }


def _why_not(claim: Claim, *, stated: bool) -> str:
    if claim.modality == "instruction":
        return WHY["instruction"]
    if not stated or claim.pays:
        return ""
    return WHY[claim.modality] if claim.modality != "asserted" else PAST_THE_LIMIT
