"""What a plan consists of: the elements of each criterion, and what an assessment found of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.readme.claims import Claim
from grader.readme.judgment import CheckedClaim, CriterionId

MOST_QUOTES = 8

# The first sign of a code is the topic: inputs, outcomes, training, release, ground. A code of one sign is the topic
# itself; x is a claim in the wrong direction.
NAMES: dict[str, str] = {
    "is": "a statistic or check",
    "if": "named features",
    "ir": "a reference",
    "il": "a limit",
    "ic": "a cadence",
    "ia": "an action",
    "in": "where the check itself misleads",
    "os": "the scores before labels",
    "op": "realised performance",
    "od": "the label delay",
    "og": "a segment",
    "ob": "a business figure",
    "ok": "the effect of the calls",
    "on": "where the figure misleads",
    "ol": "limits for the outcomes",
    "oa": "an action on outcomes",
    "tc": "a condition with a number",
    "tu": "how long it must last",
    "tv": "a vague condition",
    "tf": "a fault is repaired, not learned",
    "tw": "a changed world",
    "tr": "a new rule means new labels",
    "tp": "the data to train on",
    "tk": "when the reflex is wrong",
    "ts": "a schedule",
    "rg": "a gate against the current model",
    "rn": "what the gate measures",
    "rl": "a limited roll-out",
    "rb": "a way back",
    "rm": "the mechanism",
    "rc": "a rollback condition with a number",
    "ra": "where the obvious way fails",
    "gf": "a finding in this data",
    "gm": "a figure of this model",
    "gc": "a consequence",
    "gl": "a limitation or an insight",
}
WRONG = ("ix", "ox", "tx", "rx")
TOPICS: dict[CriterionId, str] = {
    "monitoring_inputs": "i",
    "monitoring_outcomes": "o",
    "retraining_triggers": "t",
    "release_and_rollback": "r",
    "grounded_in_this_work": "g",
}
READ = ("i", "o", "t", "r", *NAMES, *WRONG)
NEEDED: dict[CriterionId, tuple[tuple[str, ...], ...]] = {
    "monitoring_inputs": (("is",), ("if",), ("ir",), ("il", "ic")),
    "monitoring_outcomes": (("os",), ("op",), ("od",), ("og", "ob", "ok")),
    "retraining_triggers": (("tc",), ("tu",), ("tf",), ("tp",), ("tr", "tw", "tk")),
    "release_and_rollback": (("rg",), ("rl",), ("rb",), ("rm",), ("rc",)),
    "grounded_in_this_work": (("gf",), ("gl",)),
}


def elements_of(topic: str) -> tuple[str, ...]:
    """Codes of the elements of a topic, without the topic itself."""
    return tuple(code for code in NAMES if code[0] == topic)


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
    false: tuple[Claim, ...] = ()

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
