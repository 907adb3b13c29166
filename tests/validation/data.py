"""Proof that variants are credible, equally hard and free of unintended defects: `make validate-data`.

    python -m tests.validation.data --seeds 30 --rows 200000 --jobs 2

One record per seed is kept under `build/validate-data/`, so an interrupted run goes on where it was; the table,
the plots and the figures are written to `docs/validation/`. Exit code 1 where a promise does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.validation.promises import Promise

ROOT = Path(__file__).resolve().parents[2]
FIRST_SEED = 1_000
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def main(arguments: list[str] | None = None) -> int:
    """Measure all seeds, write the pages, and return 0 where every promise holds."""
    given = _arguments(arguments)
    for name in THREADS:
        os.environ.setdefault(name, "1")
    from tests.validation.promises import promises
    from tests.validation.report import judge_again, write_report
    from tests.validation.seeds import fingerprint

    if given.kept:
        return _told(judge_again(given.docs))
    work = given.work / f"{fingerprint()}-{given.blueprint.replace('/', '_')}-{given.rows}"
    work.mkdir(parents=True, exist_ok=True)
    seeds = list(range(FIRST_SEED, FIRST_SEED + given.seeds))
    records = _measure(seeds, given.rows, given.blueprint, given.jobs, work)
    kept = promises(records, given.rows)
    write_report(records, kept, given.docs, given.rows, given.blueprint)
    return _told(kept)


def _told(kept: list[Promise]) -> int:
    for promise in kept:
        print(promise)
    return 0 if all(promise.holds for promise in kept) else 1


def _measure(seeds: list[int], rows: int, blueprint: str, jobs: int, work: Path) -> list[dict]:
    missing = [seed for seed in seeds if not (work / f"{seed}.json").exists()]
    print(
        f"{len(seeds) - len(missing)} of {len(seeds)} seeds are there, {len(missing)} to go", file=sys.stderr
    )
    started, failed = time.perf_counter(), list[int]()
    with ProcessPoolExecutor(jobs) as pool:
        pending = {pool.submit(_record, seed, rows, blueprint, work): seed for seed in missing}
        for number, done in enumerate(as_completed(pending), 1):
            if (error := done.exception()) is not None:
                print(f"seed {pending[done]}: {type(error).__name__}: {error}", file=sys.stderr)
                failed.append(pending[done])
            left = (time.perf_counter() - started) / number * (len(missing) - number)
            print(
                f"seed {pending[done]}: {number} of {len(missing)}, {left / 60:.0f} min left", file=sys.stderr
            )
    if failed:
        raise SystemExit(
            f"validate-data: seeds {failed} could not be measured, see above; the others are kept"
        )
    return [json.loads((work / f"{seed}.json").read_text(encoding="utf-8")) for seed in seeds]


def _record(seed: int, rows: int, blueprint: str, work: Path) -> None:
    from tests.validation.seeds import examine

    path = work / f"{seed}.json"
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(json.dumps(examine(seed, rows, blueprint)), encoding="utf-8")
    draft.replace(path)


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="validate-data", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=30, help="number of variants (30)")
    parser.add_argument("--rows", type=int, default=200_000, help="issued rows of each (200000)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (2)")
    parser.add_argument("--blueprint", default="hiring", help="hiring, practice, hard or a .yaml file")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build" / "validate-data", help="folder of records"
    )
    parser.add_argument("--docs", type=Path, default=ROOT / "docs" / "validation", help="folder of the pages")
    parser.add_argument(
        "--kept", action="store_true", help="measure nothing: judge again what the page was made from"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
