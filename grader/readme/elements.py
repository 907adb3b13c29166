"""What a criterion looks for: elements established by claims, and the level they add up to."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.readme.claims import Claim
from grader.readme.judgment import CheckedClaim

MOST_QUOTES = 8
CAP = 2


@dataclass(frozen=True)
class Element:
    """One element of a criterion with the claims that establish it."""

    name: str
    claims: tuple[Claim, ...]

    def __bool__(self) -> bool:
        return bool(self.claims)


@dataclass(frozen=True)
class Assessment:
    """A level 1..4 with the elements behind it and what is missing, before it becomes points."""

    level: int
    elements: tuple[Element, ...]
    missing: tuple[str, ...] = ()
    wrong: tuple[Claim, ...] = ()
    confidence: float = 0.7
    checked: tuple[CheckedClaim, ...] = ()
    note: str = ""
    evidence: Mapping[str, float] = field(default_factory=dict)

    @property
    def quotes(self) -> tuple[str, ...]:
        """Verbatim texts that earned the level; the first claim of every element, then the rest."""
        if self.level == 1:
            return ()
        rounds = [[c.quote for c in element.claims] for element in self.elements if element.claims]
        ordered: list[str] = []
        for depth in range(max((len(r) for r in rounds), default=0)):
            ordered.extend(r[depth] for r in rounds if depth < len(r))
        return tuple(dict.fromkeys(quote for quote in ordered if quote))[:MOST_QUOTES]

    @property
    def message(self) -> str:
        """One line for people: what is there, what is missing, what is wrong."""
        there = ", ".join(element.name for element in self.elements if element)
        parts = [f"found: {there}" if there else "nothing found that a team could act on"]
        if self.missing:
            parts.append("missing: " + ", ".join(self.missing))
        if self.wrong:
            parts.append(f'in the wrong direction: "{self.wrong[0].text[:120]}"')
        if self.note:
            parts.append(self.note)
        return "; ".join(parts)


@dataclass
class Board:
    """Collects which claims establish which element."""

    found: dict[str, list[Claim]] = field(default_factory=dict)
    extra: dict[str, float] = field(default_factory=dict)

    def evidence(self) -> dict[str, float]:
        """Counts of every element, each capped so that saying more of one thing cannot stand for another."""
        counts = {name: float(min(len(claims), CAP)) for name, claims in self.found.items()}
        present = {f"any {name}": 1.0 for name, claims in self.found.items() if claims}
        return {**counts, **present, **self.extra}

    def note(self, name: str, claim: Claim) -> None:
        """Count a claim towards an element, once."""
        claims = self.found.setdefault(name, [])
        if claim not in claims:
            claims.append(claim)

    def has(self, *names: str) -> bool:
        """Whether every named element is established."""
        return all(self.found.get(name) for name in names)

    def count(self, *names: str) -> int:
        """How many of the named elements are established."""
        return sum(bool(self.found.get(name)) for name in names)

    def elements(self) -> tuple[Element, ...]:
        """All established elements."""
        return tuple(Element(name, tuple(claims)) for name, claims in self.found.items())

    def missing(self, names: Iterable[str]) -> tuple[str, ...]:
        """The named elements that nothing establishes."""
        return tuple(name for name in names if not self.found.get(name))


def mark(
    board: Board, claim: Claim, patterns: Mapping[str, re.Pattern[str]], text: str | None = None
) -> None:
    """Note every element whose pattern is found in the claim (or in ``text``, where context helps)."""
    for name, pattern in patterns.items():
        if pattern.search(claim.own if text is None else text):
            board.note(name, claim)


def matching(claims: Sequence[Claim], test: Callable[[Claim], bool]) -> tuple[Claim, ...]:
    """The claims that pass a test."""
    return tuple(claim for claim in claims if test(claim))
