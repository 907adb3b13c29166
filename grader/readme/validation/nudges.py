"""Small edits of rated texts, made of statements of theirs: they change content, and form should survive them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.readme.claims import WORD_LIMIT, Reading
from grader.readme.communication import ACTIONABLE, CLEAR
from grader.readme.evidence import Reckoning

TOPICS = sorted({code[0] for code in ACTIONABLE})
AT_ONCE = 2
BORROWED_PER_TEXT = 10
ROOM = 60  # words that two borrowed statements may need
SEED = 7


@dataclass(frozen=True)
class Nudge:
    """A text after an edit, as it is read; ``base`` names the text."""

    base: str
    reading: Reading
    reckoning: Reckoning


def nudges(
    readings: Mapping[str, Reading],
    reckonings: Mapping[str, Reckoning],
    texts: Sequence[str],
    donors: Sequence[str],
) -> list[Nudge]:
    """Per text: the two clearest statements of a topic left out, all of a topic denied, two borrowed from others."""
    chance = np.random.default_rng(SEED)
    made: list[Nudge] = []
    for text in texts:
        reading, reckoning = readings[text], reckonings[text]
        for topic in TOPICS:
            clear = [n for n in _clearest(reckoning, topic) if _strength(reckoning, topic, n) > CLEAR]
            if clear:
                rest = [n for n in range(len(reckoning.claims)) if n not in clear]
                words = reading.words - _words(reckoning, clear)
                left = reckoning.taken(rest)
                made.append(Nudge(text, replace(reading, claims=left.claims, words=words), left))
                made.append(_denied(text, reading, reckoning, topic))
        for _ in range(BORROWED_PER_TEXT):
            donor, topic = str(chance.choice(donors)), str(chance.choice(TOPICS))
            if donor == text or reading.words + ROOM > WORD_LIMIT:
                continue
            lent = reckonings[donor].taken(_clearest(reckonings[donor], topic))
            words = reading.words + _words(lent, range(len(lent.claims)))
            longer = replace(reading, claims=reading.claims + lent.claims, words=words)
            made.append(Nudge(text, longer, reckoning.joined(lent)))
    return made


def _denied(text: str, reading: Reading, reckoning: Reckoning, topic: str) -> Nudge:
    numbers = range(len(reckoning.claims))
    said = [_strength(reckoning, topic, number) <= CLEAR for number in numbers]
    claims = tuple(
        claim if stays else replace(claim, modality="negated")
        for claim, stays in zip(reckoning.claims, said, strict=True)
    )
    return Nudge(text, replace(reading, claims=claims), replace(reckoning.only(said), claims=claims))


def _strength(reckoning: Reckoning, topic: str, number: int) -> float:
    return max(reckoning.strength[code][number] for code in ACTIONABLE if code[0] == topic)


def _clearest(reckoning: Reckoning, topic: str) -> list[int]:
    numbers = range(len(reckoning.claims))
    return sorted(numbers, key=lambda number: -_strength(reckoning, topic, number))[:AT_ONCE]


def _words(reckoning: Reckoning, numbers: Sequence[int]) -> int:
    return sum(len(reckoning.claims[number].own.split()) for number in numbers)
