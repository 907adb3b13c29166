"""Level of ``communication``: could a busy reader act on it?"""

import re

from grader.readme.claims import WORD_LIMIT, Claim, Reading
from grader.readme.elements import Assessment, Element
from grader.readme.ordinal import fitted_level
from grader.readme.wording import LIMIT

_FILLER = re.compile(
    r"\b(?:comprehensive|robust|holistic|scalable|state-of-the-art|journey|seamless\w*|leverag\w*"
    r"|actionable insights|it is important|of course|needless|in today's|culture|stakeholders"
    r"|philosophy|anecdote|heart|delighted)\b"
)


def _concrete(claim: Claim) -> bool:
    return bool(LIMIT.search(claim.own) or len(claim.columns) >= 1 or re.search(r"\d", claim.own))


def assess_communication(reading: Reading) -> Assessment:
    """Form only: length, structure, density of concrete statements, sentence length."""
    # Form does not depend on truth: denied and reported sentences are read like any other.
    paying = [
        c
        for c in reading.claims
        if c.read and c.modality not in {"instruction", "promise", "repeated", "quotation"}
    ]
    concrete = [c for c in paying if _concrete(c)]
    density = len(concrete) / max(len(reading.claims), 1)
    headings = sum(block.kind == "heading" for block in reading.blocks)
    listed = sum(c.kind in {"item", "row", "code"} for c in paying)
    lengths = [len(c.own.split()) for c in paying] or [0]
    mean_length = sum(lengths) / len(lengths)
    structured = headings >= 3 or listed >= 4
    leads = any(_concrete(c) for c in paying[:3])
    filler = sum(bool(_FILLER.search(c.own)) for c in reading.claims) >= 2
    too_long = reading.words > WORD_LIMIT * 1.1
    evidence = {
        "concrete": float(min(len(concrete), 10)),
        "density": min(density, 0.6),
        "brief": float(mean_length <= 15),
        "plain sentences": float(mean_length <= 20),
        "within the limit": float(not too_long),
        "any structure": float(structured),
        "leads": float(leads),
        "no filler": float(not filler),
    }
    level, sure = fitted_level("communication", evidence)
    if not any(_concrete(c) for c in reading.paying):
        level = 1
    if too_long:
        level = min(level, 1 if reading.words > WORD_LIMIT * 1.4 else 2)
    form = f"{reading.words} words, {headings} headings, {listed} list or table lines, "
    form += f"{mean_length:.0f} words a statement"
    return Assessment(
        level,
        (Element("concrete statements", tuple((concrete or paying)[:4])),),
        confidence=sure,
        note=form,
        evidence=evidence,
    )
