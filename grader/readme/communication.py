"""Level of ``communication``: could a busy reader act on it?"""

import re
from statistics import median

from grader.readme.claims import WORD_LIMIT, Reading
from grader.readme.elements import Assessment, Element
from grader.readme.evidence import Reckoning
from grader.readme.ordinal import OrdinalModel
from grader.readme.wording import COLUMN

_FILLER = re.compile(
    r"\b(?:comprehensive|robust|holistic|scalable|state-of-the-art|journey|seamless\w*|leverag\w*"
    r"|actionable insights|it is important|of course|needless|in today's|culture|stakeholders"
    r"|philosophy|anecdote|heart|delighted|kindly|sincere\w*|humility|synerg\w*|empower\w*|unlock\w*|best-in-class)\b"
)
# Names of columns strewn between sentences are no statements and no signposts.
_SAYS = re.compile(r"[a-z]{2}")
_NARRATOR = re.compile(r"\b(?:i|my|me)\b")
# Statements that somebody can act on: what, how much, then what.
ACTIONABLE = (
    "is", "il", "ir", "if", "ia", "os", "op", "od", "ol", "og", "tc", "tu", "tf", "tp", "tr", "rg", "rn", "rl", "rb",
    "rm", "rc",
)  # fmt: skip
_TOPICS = tuple(tuple(code for code in ACTIONABLE if code.startswith(topic)) for topic in "iotr")
CLEAR = 0.45
"""Evidence from which a statement is shown as one to act on."""
SPEAKS = 0.25
"""Evidence from which a statement counts towards form: it may be unclear what to do, and still be about doing."""
# Form is read off what is there up to these bounds, so that one section more or less hardly touches it.
ENOUGH_STATEMENTS = 8
ENOUGH_OF_A_TOPIC = 4
DENSE_FINDINGS = 0.1
FEWEST_OWN = 2
# Text of these kinds says nothing of its own; it can dilute a README and never improve its form.
_EMPTY = {"instruction", "promise", "repeated", "quotation", "question", "definition"}


def form_evidence(reading: Reading, reckoning: Reckoning) -> dict[str, float]:
    """Form only: denied and reported sentences are read like any other, since form does not depend on truth.

    Every value lies in 0..1; more of each is better for a reader in a hurry.
    """
    claims = reckoning.claims
    read = [
        n for n, claim in enumerate(claims)
        if claim.read and claim.modality not in _EMPTY and _SAYS.search(claim.own.replace(COLUMN, ""))
    ]  # fmt: skip
    acted = _acted(reckoning, read)
    if sum(claims[n].modality == "asserted" for n in acted) < FEWEST_OWN:
        # A text that proposes next to nothing gains no form from what it denies or reports.
        read = [n for n in read if claims[n].modality == "asserted"]
        acted = [n for n in acted if n in read]
    total = max(len(claims), 1)
    said = [claims[n] for n in read]
    lengths = [len(claim.own.split()) for claim in said] or [40]
    headings = len({claim.heading for claim in said if claim.heading})
    signposts = headings + sum(c.kind == "paragraph" and len(c.own.split()) <= 4 for c in said)
    listed = sum(claim.kind in {"item", "row", "code"} for claim in said)
    # Of what is said, not of all text: references or questions put behind a text must not thin out its narration.
    narrated = sum(bool(_NARRATOR.search(claim.own)) for claim in said) / max(len(said), 1)
    told = [sum(any(reckoning.raw[code][n] >= SPEAKS for n in acted) for code in topic) for topic in _TOPICS]
    enough = [min(number, ENOUGH_OF_A_TOPIC) / ENOUGH_OF_A_TOPIC for number in told]
    findings = sum(reckoning.raw["gf"][n] >= SPEAKS for n in read)
    return {
        "statements": min(len(acted), ENOUGH_STATEMENTS) / ENOUGH_STATEMENTS,
        "findings": min(findings / total, DENSE_FINDINGS) / DENSE_FINDINGS,
        "short sentences": min(max((26 - sum(lengths) / len(lengths)) / 14, 0.0), 1.0),
        "within the limit": float(reading.words <= WORD_LIMIT * 1.1),
        "more than a note": min(max((sum(lengths) - 60) / 120, 0.0), 1.0),
        "structure": float(headings >= 3 or listed >= 5 or signposts >= 4),
        "signposts": min(signposts, 5) / 5,
        "not narrated": 1 - min(narrated * 4, 1.0),
        "no filler": 1 - min(sum(bool(_FILLER.search(c.own)) for c in claims), 3) / 3,
        # Of inputs, outcomes, retraining and release: what is told of the two in the middle, whichever they are.
        "told of most topics": median(enough),
    }


def _acted(reckoning: Reckoning, read: list[int]) -> list[int]:
    """Statements to act on; of denied and reported ones those on one topic, at most half as many as asserted ones.

    What denies one part of a plan leaves its form as it was; a section that denies all four parts adds none to it.
    """
    clear = [n for n in read if any(reckoning.raw[code][n] >= SPEAKS for code in ACTIONABLE)]
    asserted = [n for n in clear if reckoning.claims[n].modality == "asserted"]
    others = [n for n in clear if reckoning.claims[n].modality != "asserted"]
    by_topic = [[n for n in others if _speaks_of(reckoning, n, topic)] for topic in _TOPICS]
    most = max(by_topic, key=len)
    return sorted(asserted + most[: (len(asserted) + 1) // 2])


def _speaks_of(reckoning: Reckoning, number: int, topic: tuple[str, ...]) -> bool:
    return any(reckoning.raw[code][number] >= SPEAKS for code in topic)


def assess_communication(reading: Reading, reckoning: Reckoning, model: OrdinalModel) -> Assessment:
    """What matters first, length, structure, one idea a sentence, no padding."""
    evidence = form_evidence(reading, reckoning)
    level, sure = model.level(evidence)
    acted = [
        claim
        for number, claim in enumerate(reckoning.claims)
        if claim.read and any(reckoning.raw[code][number] >= CLEAR for code in ACTIONABLE)
    ]
    shown = acted or [claim for claim in reckoning.claims if claim.pays and claim.quote]
    name = "statements to act on" if acted else "sentences, none of them to act on"
    if reading.words > WORD_LIMIT * 1.1:
        level = min(level, 1 if reading.words > WORD_LIMIT * 1.4 else 2)
    if not shown:
        level = 1
    words = sum(len(claim.own.split()) for claim in reckoning.claims) / max(len(reckoning.claims), 1)
    headings = sum(block.kind == "heading" for block in reading.blocks)
    listed = sum(claim.kind in {"item", "row", "code"} for claim in reckoning.claims)
    note = f"{reading.words} words, {headings} headings, {listed} list or table lines, {words:.0f} words a statement"
    return Assessment(
        level,
        (Element(name, tuple(shown[:4])),),
        confidence=sure,
        note=note,
        evidence=evidence,
    )
