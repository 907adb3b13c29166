"""Prove that the score is stable: the reference on other variants, and one of its solutions executed again and again.

    python -m tests.discrimination.stability                     20 variants and 10 executions; an hour and a half
    python -m tests.discrimination.stability --variants 3 --executions 2 --json

Every result is kept below --work and used again where neither grader, reference nor generator has changed; so is
every phase (about 50 MB a variant), so that a changed check or judge is measured in minutes. Exit code 1 where the
reference is below 95 on a variant or a standard deviation exceeds one point.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.dated import written_today
from tests.discrimination.grading import Graded, Gradings, read_graded, write
from tests.discrimination.ground import ROOT, hash_of, prepare

FIRST_SEED = 101
LEAST = 95.0
MOST_SD = 1.0


@dataclass(frozen=True)
class Stability:
    """Scores of the reference by seed, and of its repeated executions on the first one."""

    rows: int
    variants: Mapping[int, Graded]
    executions: tuple[Graded, ...]

    def totals(self) -> list[float]:
        """Totals over the variants."""
        return [one.total for one in self.variants.values()]

    def repeated(self) -> list[float]:
        """Totals of the executions."""
        return [one.total for one in self.executions]

    @property
    def holds(self) -> bool:
        """Whether all is as promised, as far as it was graded."""
        return min(self.totals()) >= LEAST and max(spread(self.totals()), spread(self.repeated())) <= MOST_SD


def spread(totals: list[float]) -> float:
    """Standard deviation in points; 0 of fewer than two."""
    return statistics.stdev(totals) if len(totals) > 1 else 0.0


def main() -> int:
    """Grade what is not known yet, print the page and write it."""
    words = argparse.ArgumentParser(
        prog="python -m tests.discrimination.stability",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words.add_argument("--variants", type=int, default=20, help="how many variants (default: 20)")
    words.add_argument("--executions", type=int, default=10, help="executions of one of them (default: 10)")
    words.add_argument("--rows", type=int, default=60_000, help="rows of each variant (default: 60000)")
    words.add_argument("--work", type=Path, default=ROOT / "build" / "stability", help="kept between starts")
    words.add_argument("--page", type=Path, default=ROOT / "docs" / "validation" / "stability.md")
    words.add_argument("--json", action="store_true", help="print the figures as JSON")
    given = words.parse_args()
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - begun:7.1f} s  {text}", file=sys.stderr, flush=True)

    found = Stability(given.rows, {}, ())
    for seed in range(FIRST_SEED, FIRST_SEED + given.variants):
        graded = _graded(given.work, given.rows, seed, 0, say)
        found = replace(found, variants={**found.variants, seed: graded})
        write(given.page, page(found))
    for number in range(1, given.executions + 1):
        graded = _graded(given.work, given.rows, FIRST_SEED, number, say)
        found = replace(found, executions=(*found.executions, graded))
        write(given.page, page(found))
    print(json.dumps(figures(found), indent=1) if given.json else page(found))
    return 0 if found.holds else 1


def _graded(work: Path, rows: int, seed: int, execution: int, say: Callable[[str], None]) -> Graded:
    """Return the kept result of an execution, or generate, solve and grade; only the first uses known phases."""
    folder = work / f"{seed}-{rows}"
    stamp = f"{rows} " + hash_of(ROOT / "data_generator", ROOT / "reference_solution", ROOT / "grader")
    kept = work / "results" / f"{seed}-{execution}.json"
    if kept.is_file() and json.loads(kept.read_text(encoding="utf-8"))["stamp"] == stamp:
        return read_graded(kept)
    ground = prepare(folder, rows, seed, say)
    with Gradings(ground.data / "vault", folder) as gradings:
        graded = gradings.grade(ground.reference, fresh=execution > 0)
    write(kept, json.dumps({"stamp": stamp, "graded": graded.as_json()}, indent=1) + "\n")
    say(f"seed {seed}, execution {execution}: {graded.total:.1f} + {graded.bonus:g}")
    return graded


def lost(graded: Graded) -> str:
    """The criteria that lost points, with how many."""
    short = {name: line.most - line.points for name, line in graded.lines.items()}
    return ", ".join(f"{name} -{gap:.2f}" for name, gap in short.items() if gap > 0.004)


def figures(found: Stability) -> dict[str, object]:
    """The figures as plain values."""
    return {
        "rows": found.rows,
        "variants": {seed: one.total for seed, one in found.variants.items()},
        "least": min(found.totals()),
        "sd_over_variants": round(spread(found.totals()), 3),
        "executions": found.repeated(),
        "sd_over_executions": round(spread(found.repeated()), 3),
    }


def page(found: Stability) -> str:
    """The figures as a page."""
    totals, repeated = found.totals(), found.repeated()
    lines = [
        "# Is the score stable?",
        "",
        f"The reference solved {len(totals)} variants of {found.rows:,} rows (seeds from {FIRST_SEED} on) and was",
        f"graded in Docker; on the first of them it was executed and graded {len(repeated)} times more without any",
        "kept phase. Made by `python -m tests.discrimination.stability`.",
        written_today(),
        "",
        f"- Lowest total over variants: **{min(totals):.1f}** (promised: {LEAST:g}), standard deviation",
        f"  **{spread(totals):.2f}** (promised: at most {MOST_SD:g}).",
    ]
    if repeated:
        lines.append(
            f"- Executed again: {min(repeated):.1f} to {max(repeated):.1f}, standard deviation"
            f" **{spread(repeated):.2f}** (promised: at most {MOST_SD:g})."
        )
    lines += ["", "| seed | total | bonus | where points went |", "|---|---|---|---|"]
    lines += [
        f"| {seed} | {one.total:.1f} | {one.bonus:g} | {lost(one)} |" for seed, one in found.variants.items()
    ]
    if repeated:
        lines += ["", "| execution | total | where points went |", "|---|---|---|"]
        lines += [
            f"| {number} | {one.total:.1f} | {lost(one)} |"
            for number, one in enumerate(found.executions, start=1)
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
