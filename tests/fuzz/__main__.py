"""Run many mutated cases, go on where an earlier run stopped, and write the page about them.

    python -m tests.fuzz --count 2000
    python -m tests.fuzz --count 2000 --graded 12 --demo build/demo

Finished cases are kept in `--work`, by seed and by a hash of the code that reads them, so a changed reader starts
anew. Exit code 1 where a case ended in a traceback, without a verdict, or too late.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from grader.execution.local import LocalExecutor
from tests.fuzz import base, graded, report, trial
from tests.fuzz.forking import ForkingExecutor, kept_apart

ROOT = Path(__file__).resolve().parents[2]
MAKE_DATA = """
import pathlib, sys
from tests.fuzz import base
folder = pathlib.Path(sys.argv[1])
base.data(folder / "data")
base.keep(folder / "files")
"""
READERS = ("grader/probes", "grader/intake", "tests/fuzz")
WRITERS = ("__main__.py", "report.py", "graded.py", "test_fuzz.py")
"""Files of this folder that change no outcome."""


def main() -> int:
    """Run, resume, write; the options are in the module's docstring."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=2000, help="cases in all")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "fuzz", help="finished cases")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs" / "validation", help="where the page goes")
    parser.add_argument("--graded", type=int, default=0, help="cases through the whole pipeline in Docker")
    parser.add_argument("--demo", type=Path, default=ROOT / "build" / "demo", help="what `make demo` left")
    given = parser.parse_args()
    os.nice(10)
    given.work.mkdir(parents=True, exist_ok=True)
    outcomes = run_all(given.count, given.seed, given.work / f"{given.seed}-{code_hash()}.jsonl")
    sample = grade_all(given.graded, given.seed, given.demo, given.work / f"{given.seed}-graded.jsonl")
    shown = report.summary(outcomes, given.seed)
    report.write(given.docs, shown, sample)
    bad = [
        shown["tracebacks"],
        shown["without_verdict"],
        shown["beyond_limit_and_30_s"],
        [g for g in sample if g["traceback"]],
    ]
    print(f"{len(outcomes)} cases, {len(sample)} graded: {sum(map(len, bad))} bad; {given.docs / 'fuzz.md'}")
    return 1 if any(bad) else 0


def code_hash() -> str:
    """Return a hash of the code that makes and reads cases."""
    digest = hashlib.sha256()
    for folder in READERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if folder == "tests/fuzz" and path.name in WRITERS:
                continue
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def run_all(count: int, seed: int, kept: Path) -> list[trial.Outcome]:
    """Run the cases that are not in the file `kept` yet; return all."""
    done = {o.number: o for o in map(trial.from_line, _lines(kept)) if o.number < count}
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch, kept.open("a", encoding="utf-8") as log:
        folder = Path(scratch)
        kept_apart(ROOT, MAKE_DATA, [str(folder)])
        data = folder / "data"
        files = base.kept(folder / "files")
        with LocalExecutor(folder=folder / "jobs") as local:
            executor = ForkingExecutor(local)
            for number in range(count):
                if number in done:
                    continue
                case = folder / f"case{number}"
                done[number] = outcome = trial.run(number, seed, files, executor, data, case)
                shutil.rmtree(case, ignore_errors=True)
                log.write(trial.as_line(outcome) + "\n")
                log.flush()
                if outcome.trouble or number % 100 == 99:
                    print(f"{number + 1} of {count} {outcome.trouble[-400:]}", flush=True)
    return [done[number] for number in sorted(done)]


def grade_all(count: int, seed: int, demo: Path, kept: Path) -> list[dict[str, Any]]:
    """Grade the sample that is not in the file `kept` yet; return all of it."""
    done = {g["case"]: g for g in map(json.loads, _lines(kept))}
    for number in range(count):
        if number in done:
            continue
        with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
            case = graded.grade(
                number, seed, demo / "submission", demo / "data" / "vault", Path(scratch, "case")
            )
        done[number] = case
        with kept.open("a", encoding="utf-8") as log:
            log.write(json.dumps(case) + "\n")
        print(f"graded {number + 1} of {count}: {case['verdicts']}", flush=True)
    return [done[number] for number in sorted(done)]


def _lines(path: Path) -> list[str]:
    """Return the whole lines of a file, none where it is not there; a line cut by a kill is left out."""
    if not path.is_file():
        return []
    *whole, cut = path.read_text(encoding="utf-8").split("\n")
    if cut:
        path.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")
    return whole


if __name__ == "__main__":
    sys.exit(main())
