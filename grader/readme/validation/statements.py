"""Honest and false statements about one submission: how many of each are called false, and how many pay."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from grader.readme.claims import read_claims
from grader.readme.facts import Facts, read_facts
from grader.readme.grounding import check_claims
from grader.readme.judge import judge_readme
from grader.readme.validation.lines import read_lines

EMPTY = "# Churn model\n\nWe look after the model every month and retrain it when it gets worse.\n\n"
"""A README that tells nothing of its data; behind it a statement alone earns what it earns."""


class Statement(BaseModel):
    """A passage that agrees with the facts or tells what they do not hold (``honest``), or contradicts them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    honest: bool
    kind: str
    text: str = Field(min_length=1)


@dataclass(frozen=True)
class StatementsMeasured:
    """How many passages of each kind there are; ``accused``: honest ones called false; ``missed``: false ones not.

    ``earning`` honest ones and the ``paid`` false ones raise ``grounded_in_this_work`` of a README that says nothing.
    """

    name: str
    honest: int
    false: int
    accused: tuple[str, ...]
    missed: tuple[str, ...]
    earning: int
    paid: tuple[str, ...]


def measure_statements(folder: Path) -> StatementsMeasured:
    """Hold the passages of ``statements.jsonl`` against ``facts.json``. Raises ``FactsError`` or ``LinesError``."""
    facts = read_facts(folder / "facts.json")
    statements = read_lines(folder / "statements.jsonl", Statement)
    called = [called_false(statement.text, facts) for statement in statements]
    honest = [(s, said) for s, said in zip(statements, called, strict=True) if s.honest]
    false = [(s, said) for s, said in zip(statements, called, strict=True) if not s.honest]
    least = grounded(EMPTY, facts)
    raised = {s for s in statements if grounded(f"{EMPTY}{s.text}\n", facts) > least}
    return StatementsMeasured(
        folder.name,
        len(honest),
        len(false),
        tuple(f"{s.kind}: {s.text} [{'; '.join(said)}]" for s, said in honest if said),
        tuple(f"{s.kind}: {s.text}" for s, said in false if not said),
        sum(s in raised for s, _ in honest),
        tuple(f"{s.kind}: {s.text}" for s, _ in false if s in raised),
    )


def called_false(text: str, facts: Facts) -> tuple[str, ...]:
    """What of a text contradicts the facts, each with its fact."""
    checks = check_claims(read_claims(text, facts).claims, facts)
    return tuple(f"{check.said}, but {check.fact}" for check in checks if not check.agrees)


def grounded(readme: str, facts: Facts) -> int:
    """The level 1..4 of ``grounded_in_this_work``."""
    return next(c.level for c in judge_readme(readme, facts).criteria if c.id == "grounded_in_this_work")


def statements_as_json(measured: StatementsMeasured) -> dict[str, Any]:
    """The figures as plain values for ``--json``."""
    return {
        "statements": measured.name,
        "honest": {
            "count": measured.honest,
            "called false": list(measured.accused),
            "raise the level": measured.earning,
        },
        "false": {
            "count": measured.false,
            "not called false": list(measured.missed),
            "raise the level": list(measured.paid),
        },
    }


def statements_as_line(measured: StatementsMeasured) -> str:
    """The figures in one line for people."""
    return (
        f"{measured.name}: {len(measured.accused)} of {measured.honest} honest statements are called false; "
        f"{measured.false - len(measured.missed)} of {measured.false} false ones are found; "
        f"{measured.earning} honest and {len(measured.paid)} false ones raise the grounded level\n"
    )
