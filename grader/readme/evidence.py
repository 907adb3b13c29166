"""From what each claim states to what a README establishes: the evidence that the levels are read off."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.readme.claims import Claim
from grader.readme.elements import NAMES, elements_of
from grader.readme.reader import Matrix

# A probability below the first bound counts nothing, above the second fully.
FLOOR = 0.1
FULL = 0.7
SHOWN = 0.35
LEAST_OF_A_PLAN = 0.2
PLANNED = "iotr"
"""The topics of a plan: inputs, outcomes, training, release. Findings are what was, and no plan."""


@dataclass(frozen=True)
class Reckoning:
    """How far each element is established by each claim, 0..1, and whether the claim may pay at all."""

    claims: tuple[Claim, ...]
    strength: Mapping[str, tuple[float, ...]]
    raw: Mapping[str, tuple[float, ...]]

    def evidence(self, topic: str) -> dict[str, float]:
        """Per element its strongest claim, and what further claims add; each claim pays once per element."""
        found: dict[str, float] = {}
        for code in elements_of(topic):
            first, second, third = (*sorted(self.strength[code], reverse=True), 0.0, 0.0, 0.0)[:3]
            found[code] = first
            found[f"{code}+"] = second + 0.5 * third
        return found

    def only(self, kept: Iterable[object]) -> "Reckoning":
        """The same with nothing paid for the claims whose entry in ``kept`` is false."""
        keep = [bool(entry) for entry in kept]
        strength = {
            code: tuple(value if stays else 0.0 for value, stays in zip(values, keep, strict=True))
            for code, values in self.strength.items()
        }
        return Reckoning(self.claims, strength, self.raw)

    def taken(self, numbers: Sequence[int]) -> "Reckoning":
        """The same of these claims alone, in this order."""
        strength, raw = (
            {code: tuple(values[number] for number in numbers) for code, values in table.items()}
            for table in (self.strength, self.raw)
        )
        return Reckoning(tuple(self.claims[number] for number in numbers), strength, raw)

    def joined(self, other: "Reckoning") -> "Reckoning":
        """The same with the claims of another text behind its own."""
        strength = {code: values + other.strength[code] for code, values in self.strength.items()}
        raw = {code: values + other.raw[code] for code, values in self.raw.items()}
        return Reckoning(self.claims + other.claims, strength, raw)

    @property
    def plan_strengths(self) -> tuple[float, ...]:
        """How clearly each claim states a part of a plan, whether or not it pays; 0 below ``LEAST_OF_A_PLAN``."""
        codes = [code for code in NAMES if code[0] in PLANNED]
        most = (max(column) for column in zip(*(self.raw[code] for code in codes), strict=True))
        return tuple(value if value >= LEAST_OF_A_PLAN else 0.0 for value in most)

    def claims_for(self, code: str, least: float = SHOWN) -> tuple[Claim, ...]:
        """The claims that establish an element, the clearest first."""
        ranked = sorted(
            ((value, number) for number, value in enumerate(self.strength[code]) if value >= least),
            key=lambda pair: (-pair[0], pair[1]),
        )
        return tuple(self.claims[number] for _, number in ranked)


def reckon(claims: Sequence[Claim], probabilities: Matrix, elements: Sequence[str]) -> Reckoning:
    """Weigh the read probabilities: only asserted claims within the limit pay, and only for their own topic."""
    place = {code: column for column, code in enumerate(elements)}
    pays = np.array([claim.pays for claim in claims], dtype=float)
    strength: dict[str, tuple[float, ...]] = {}
    raw: dict[str, tuple[float, ...]] = {}
    for code in (*NAMES, "ix", "ox", "tx", "rx"):
        read = probabilities[:, place[code]] if len(claims) else np.zeros(0)
        if code[0] != "g" and len(claims):
            read = read * np.clip(1.5 * probabilities[:, place[code[0]]], 0, 1)
        clear = np.clip((read - FLOOR) / (FULL - FLOOR), 0, 1)
        raw[code] = tuple(float(value) for value in clear)
        strength[code] = tuple(float(value) for value in clear * pays)
    return Reckoning(tuple(claims), strength, raw)
