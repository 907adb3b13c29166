"""Benchmarks, printed as ratios measured side by side in one run: `make bench`.

Not a test: machines are shared and noisy, so nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from sklearn.datasets import make_classification

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SMALL_ROWS = 5000

REPEATS = 3


def seconds(run: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def generation(rows: int) -> dict[str, float]:
    """Generating a variant, without the yardstick, over make_classification plus one Parquet write."""
    from data_generator.variant import make_variant

    with tempfile.TemporaryDirectory() as folder:

        def floor() -> None:
            x, y = make_classification(n_samples=rows, n_features=40, random_state=0)
            frame = pd.DataFrame(x, columns=[f"x{i}" for i in range(40)]).assign(y=y)
            frame.to_parquet(Path(folder) / "floor.parquet")

        def ours() -> None:
            variant = make_variant(7, rows)
            variant.public.to_parquet(Path(folder) / "ours.parquet")

        pairs = [(seconds(ours), seconds(floor)) for _ in range(REPEATS)]
    return {
        "generate_seconds": statistics.median(a for a, _ in pairs),
        "make_classification_seconds": statistics.median(b for _, b in pairs),
        "ratio": statistics.median(a / b for a, b in pairs),
    }


def generation_in_parts(rows: int, workers: int) -> dict[str, float]:
    """Rows a second and memory of a data set in parts, on all workers together; the yardstick is not in it."""
    from data_generator.blueprint import DEFAULT, load_blueprint
    from data_generator.sharded import write_large

    with tempfile.TemporaryDirectory() as folder:
        large = write_large(7, rows, load_blueprint(DEFAULT), Path(folder) / "large", workers)
    return {
        "rows": rows,
        "workers": workers,
        "rows_per_second": rows / large.seconds,
        "peak_mib_per_process": large.peak_mib,
    }


def readme_judge() -> dict[str, float]:
    """README judgments a second on the reference's own text."""
    from grader.readme.facts import Facts
    from grader.readme.judge import judge_readme

    text = (ROOT / "assignment" / "README.md").read_text(encoding="utf-8")
    took = seconds(lambda: [judge_readme(text, Facts()) for _ in range(5)]) / 5
    return {"seconds_per_readme": took}


def served(result: Path) -> dict[str, float]:
    """Latency of the graded service over the do-nothing service, from the last demo's evidence."""
    path = result / "evidence" / "evidence.json"
    if not path.is_file():
        return {}
    service = json.loads(path.read_text(encoding="utf-8"))["service"]
    load, floor = service["latency"], service["latency_floor"]
    if not load or not floor:
        return {}
    return {
        "p99_ms": load["p99_ms"],
        "do_nothing_p99_ms": floor["p99_ms"],
        "ratio": load["p99_ms"] / floor["p99_ms"],
    }


def phases(result: Path) -> dict[str, float]:
    """Where the time of the last demo's grading went, in seconds."""
    path = result / "report.json"
    if not path.is_file():
        return {}
    return {p["id"]: p["seconds"] for p in json.loads(path.read_text(encoding="utf-8"))["phases"]}


def small_isolation() -> dict[str, float]:
    """The cost of isolation for a submission of one cell and a service without packages, on 5,000 rows."""
    from tests.end_to_end import tools
    from tests.isolation_cost import isolation
    from tests.kills.small import make_small

    with tempfile.TemporaryDirectory() as folder:
        data = tools.generate(Path(folder) / "data", rows=SMALL_ROWS)
        return isolation(make_small(Path(folder) / "small"), data)


def reference_isolation(demo: Path) -> dict[str, float]:
    """The cost of isolation for the reference's solution of the last demo."""
    from tests.isolation_cost import isolation

    if not (demo / "submission" / "Dockerfile").is_file():
        return {}
    return isolation(demo / "submission", demo / "data")


def at_500_a_second(demo: Path) -> dict[str, float]:
    """The reference's service of the last demo and a do-nothing one at 500 single-row requests a second."""
    from grader.errors import SandboxError
    from tests.bench_service import service_at_rate

    if not (demo / "submission" / "Dockerfile").is_file():
        return {}
    try:
        return service_at_rate(demo / "submission", demo / "data" / "bundle" / "data", 500.0, 10.0)
    except SandboxError as error:
        print(f"500 requests a second: {error}", file=sys.stderr)
        return {}


def isolation_costs(demo: Path) -> dict[str, dict[str, float]]:
    """Both costs, or nothing to print where no engine answers."""
    from grader.errors import SandboxError
    from grader.execution.engine import connect

    try:
        connect().client.close()
    except SandboxError as error:
        print(f"cost of isolation: {error}", file=sys.stderr)
        return {}
    return {
        "cost of isolation, small submission": small_isolation(),
        "cost of isolation, reference": reference_isolation(demo),
    }


def main() -> None:
    """Run all benchmarks and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--large-rows", type=int, default=2_000_000, help="rows of the data set in parts")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--result", type=Path, default=ROOT / "build" / "demo" / "result")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--isolation-only", action="store_true", help="measure the cost of isolation only")
    given = parser.parse_args()
    demo = given.result.parent
    found = (
        isolation_costs(demo)
        if given.isolation_only
        else {
            **isolation_costs(demo),
            "generation": generation(given.rows),
            "generation in parts": generation_in_parts(given.large_rows, given.workers),
            "readme_judge": readme_judge(),
            "500 single-row requests a second": at_500_a_second(demo),
            "latency of the last demo": served(given.result),
            "phases of the last demo": phases(given.result),
        }
    )
    if given.json:
        print(json.dumps(found, indent=2))
        return
    for name, figures in found.items():
        print(name if figures else f"{name}: run `make demo` first")
        for figure, value in figures.items():
            print(f"  {figure:<30}{value:10.3f}")


if __name__ == "__main__":
    main()
