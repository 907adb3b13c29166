"""What many cases came to, for a reader and for a program."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tests.fuzz.trial import Outcome

GRACE = 30.0
"""Seconds that a phase may take beyond its limit."""


def summary(outcomes: Collection[Outcome], seed: int) -> dict[str, Any]:
    """Count verdicts by kind and phase, and find what broke or took too long."""
    verdicts: dict[str, Counter[str]] = {}
    rules: Counter[str] = Counter()
    slowest: dict[str, tuple[float, float]] = {}
    late: list[str] = []
    for outcome in outcomes:
        for step in outcome.steps:
            verdicts.setdefault(f"{outcome.kind}: {step.phase}", Counter())[step.verdict] += 1
            rules.update([step.rule] if step.rule else [])
            slowest[step.phase] = max(slowest.get(step.phase, (0.0, step.limit)), (step.seconds, step.limit))
            if step.seconds > step.limit + GRACE:
                late.append(f"case {outcome.number}: {step.phase} took {step.seconds:g} s")
    return {
        "seed": seed,
        "cases": len(outcomes),
        "by_kind": dict(sorted(Counter(o.kind for o in outcomes).items())),
        "without_verdict": [o.number for o in outcomes if not o.steps],
        "tracebacks": [
            {"case": o.number, "change": o.change, "said": o.trouble} for o in outcomes if o.trouble
        ],
        "beyond_limit_and_30_s": late,
        "verdicts": {name: dict(sorted(found.items())) for name, found in sorted(verdicts.items())},
        "intake_rules": dict(rules.most_common()),
        "slowest_seconds_and_limit": dict(sorted(slowest.items())),
    }


def write(folder: Path, shown: dict[str, Any], graded: list[dict[str, Any]]) -> None:
    """Write fuzz.json and fuzz.md into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _whole(folder / "fuzz.json", json.dumps({**shown, "graded_in_docker": graded}, indent=1) + "\n")
    _whole(folder / "fuzz.md", _page(shown, graded))


def _page(shown: dict[str, Any], graded: list[dict[str, Any]]) -> str:
    lines = [
        "# Mutated archives and notebooks",
        "",
        "Made by `python -m tests.fuzz`; do not edit. Each case is a small whole submission or its notebook, changed",
        "by chance from a seed, and read by the code a grading uses: archives are unpacked and held against the rules",
        "of intake, what opens is read by the probes, one notebook in ten is also run by the local executor. Readers",
        "run in forks of one process, under the clocks of the grader's default limits.",
        "",
        f"**{shown['cases']:,} cases** (seed {shown['seed']}): {len(shown['tracebacks'])} tracebacks,"
        f" {len(shown['without_verdict'])} without a verdict,"
        f" {len(shown['beyond_limit_and_30_s'])} beyond the limit of their phase plus {GRACE:g} s.",
        "",
        "| kind: phase | verdicts |",
        "|---|---|",
    ]
    lines += [f"| {name} | {_counts(found)} |" for name, found in shown["verdicts"].items()]
    lines += ["", f"Rules of intake that refused: {_counts(shown['intake_rules'])}.", ""]
    lines += ["| phase | slowest | limit |", "|---|---|---|"]
    lines += [
        f"| {n} | {s:.1f} s | {most:g} s |" for n, (s, most) in shown["slowest_seconds_and_limit"].items()
    ]
    if graded:
        lines += ["", "## A sample through the whole pipeline, in Docker", ""]
        lines += [
            "The reference submission with one change, graded by the command. A case that is refused has no phases.",
            "",
            "| case | change | exit code | phases that did not end OK | seconds |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {g['case']} | {g['change']} | {g['exit_code']} | {g['verdicts'] or 'none'} | {g['seconds']:.0f} |"
            for g in graded
        ]
    return "\n".join(lines) + "\n"


def _counts(found: dict[str, int]) -> str:
    return ", ".join(f"{name.split(':')[0]} {count}" for name, count in found.items()) or "none"


def _whole(path: Path, text: str) -> None:
    temporary = path.with_suffix(f"{path.suffix}.new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
