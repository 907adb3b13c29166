"""Prove that the rubric discriminates: mutants, equivalents and archetypes, graded in Docker.

    python -m tests.discrimination                      all of them; about an hour on two idle cores
    python -m tests.discrimination --only 'readme*,no-lift-table' --json

Every result is kept below --work and used again where neither recipe, reference nor grader has changed; phases that
a recipe leaves alone come from the phase cache. Exit code 1 where something does not hold.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

from tests.discrimination.grading import Graded, Gradings, read_graded, write
from tests.discrimination.ground import ROOT, Ground, copy_for, hash_of, prepare, recipe_stamp
from tests.discrimination.judging import judge_archetype, judge_equivalent, judge_mutant
from tests.discrimination.table import Proof, page, summary
from tests.mutants import ARCHETYPES, EQUIVALENTS, MUTANTS
from tests.mutants.recipe import Archetype, Equivalent, Mutant
from tests.mutants.work import Work

Recipe = Mutant | Equivalent | Archetype
Say = Callable[[str], None]
BASES = ("reference", "reference-findings-recorded")


def as_it_is(work: Work) -> None:
    """Change nothing."""


def main() -> int:
    """Run what is to be run, print the tables, write the page."""
    words = argparse.ArgumentParser(
        prog="python -m tests.discrimination",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words.add_argument("--rows", type=int, default=60_000, help="rows of the variant (default: 60000)")
    words.add_argument("--seed", type=int, default=7, help="seed of the variant (default: 7)")
    words.add_argument("--only", default="*", help="names, comma-separated, with * and ?")
    words.add_argument(
        "--work", type=Path, default=ROOT / "build" / "discrimination", help="kept between starts"
    )
    words.add_argument("--page", type=Path, default=ROOT / "docs" / "validation" / "discrimination.md")
    words.add_argument(
        "--kept",
        action="store_true",
        help="grade nothing: judge what earlier starts kept, and write the page",
    )
    words.add_argument("--json", action="store_true", help="print the summary as JSON on stdout")
    given = words.parse_args()
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - begun:7.1f} s  {text}", file=sys.stderr, flush=True)

    work = given.work / f"{given.seed}-{given.rows}"
    patterns = given.only.split(",")
    chosen = [o for o in (*MUTANTS, *EQUIVALENTS, *ARCHETYPES) if any(fnmatch(o.id, p) for p in patterns)]
    found = (
        read_kept(work / "results", chosen)
        if given.kept
        else graded_in_turn(work, prepare(work, given.rows, given.seed, say), chosen, say)
    )
    proof = proof_of(found, given.rows, given.seed)
    if given.only == "*":
        write(given.page, page(proof))
        write(given.page.with_suffix(".json"), json.dumps(summary(proof), indent=1) + "\n")
    print(json.dumps(summary(proof), indent=1) if given.json else page(proof))
    return 0 if proof.holds else 1


def graded_in_turn(work: Path, ground: Ground, chosen: list[Recipe], say: Say) -> dict[str, Graded]:
    """Grade the two bases and the chosen recipes, one after another."""
    found: dict[str, Graded] = {}
    with Gradings(ground.data / "vault", work) as gradings:
        for number, name in enumerate(BASES):
            base = Equivalent(name, as_it_is, real_notebook=number == 0)
            found[name] = kept_or_graded(gradings, ground, name, base, say)
        for number, one in enumerate(chosen, start=1):
            shown = f"{number} of {len(chosen)}: {one.id}"
            found[one.id] = kept_or_graded(gradings, ground, shown, one, say)
    return found


def read_kept(results: Path, chosen: list[Recipe]) -> dict[str, Graded]:
    """Return the kept results of the bases and of those recipes that have one."""
    names = [*BASES, *(one.id for one in chosen)]
    missing = [name for name in BASES if not (results / f"{name}.json").is_file()]
    if missing:
        raise SystemExit(f"{results}: no result of {missing[0]}; start once without --kept")
    return {
        name: read_graded(results / f"{name}.json") for name in names if (results / f"{name}.json").is_file()
    }


def kept_or_graded(gradings: Gradings, ground: Ground, shown: str, one: Recipe, say: Say) -> Graded:
    """Return the kept result of a recipe, or make its submission, grade it and keep that."""
    made = f"{ground.stamp} {recipe_stamp(one.apply)} {one.real_notebook}"
    stamp = f"{made} {hash_of(ROOT / 'grader')}"
    kept = ground.folder / "results" / f"{one.id}.json"
    kept.parent.mkdir(exist_ok=True)
    if kept.is_file() and json.loads(kept.read_text(encoding="utf-8"))["stamp"] == stamp:
        return read_graded(kept)
    submission = ground.folder / "submissions" / one.id
    noted = submission.with_suffix(".stamp")
    began = time.monotonic()
    if not noted.is_file() or noted.read_text(encoding="utf-8") != made:
        noted.unlink(missing_ok=True)
        submission.parent.mkdir(exist_ok=True)
        one.apply(copy_for(ground, submission, real_notebook=one.real_notebook))
        noted.write_text(made, encoding="utf-8")
    applied = time.monotonic() - began
    graded = gradings.grade(submission)
    write(kept, json.dumps({"stamp": stamp, "graded": graded.as_json()}, indent=1) + "\n")
    spent = time.monotonic() - began
    say(f"{shown}: {graded.total:.1f} + {graded.bonus:g} ({spent:.0f} s, {applied:.0f} of them to make it)")
    return graded


def proof_of(found: dict[str, Graded], rows: int, seed: int) -> Proof:
    """Judge whatever was graded."""
    real, light = (found[name] for name in BASES)
    return Proof(
        rows,
        seed,
        real,
        tuple(
            judge_mutant(m, real if m.real_notebook else light, found[m.id]) for m in MUTANTS if m.id in found
        ),
        tuple(
            judge_equivalent(e, real if e.real_notebook else light, found[e.id])
            for e in EQUIVALENTS
            if e.id in found
        ),
        tuple(judge_archetype(a, found[a.id]) for a in ARCHETYPES if a.id in found),
    )


if __name__ == "__main__":
    sys.exit(main())
