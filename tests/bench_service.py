"""The reference service at 500 single-row requests a second, beside one that does nothing.

    python -m tests.bench_service
Open loop: requests leave on schedule whatever came back, and each is timed from when it was due. Service and load
generator share this machine's cores. Not a test: a busy machine misses any bound.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import pandas as pd

from grader.errors import SandboxError
from grader.execution.docker import DockerExecutor
from grader.execution.limits import JobLimits, Limits
from grader.execution.protocol import Job
from grader.pipeline.probing import probe_library, run_probe
from grader.pipeline.requests import rows_as_json
from grader.pipeline.service_phase import Floor, build_request
from grader.types import Verdict

ROOT = Path(__file__).resolve().parent.parent
ROWS = 500


def service_at_rate(submission: Path, data: Path, rate: float, seconds: float) -> dict[str, float]:
    """Return p50 and p99 (ms) of a submission's service and of a do-nothing one at the same rate, both with two cores.

    SandboxError where the image does not build or nothing answers.
    """
    limits = Limits()
    two = limits.service.model_copy(update={"cpus": 2.0})
    with tempfile.TemporaryDirectory() as folder, DockerExecutor() as executor:
        requests = Path(folder)
        frame = pd.read_parquet(data / "snapshots.parquet").tail(ROWS).drop(columns="churned_90d")
        (requests / "rows.json").write_text(json.dumps(rows_as_json(frame)), encoding="utf-8")
        requests.chmod(0o755)
        built = executor.build(build_request(submission, "Dockerfile", limits, "bench"))
        if built.verdict is not Verdict.OK or built.image is None:
            raise SandboxError(f"{submission}: {built.verdict} {built.detail}")
        idle = run_probe(executor, _load(0, requests, rate, seconds, two), Floor, Floor()).value.latency
        asked = _load(8000, requests, rate, seconds, limits.prober)
        with executor.serve(built.image, two) as service:
            served = run_probe(service, asked, Floor, Floor()).value.latency
            service.stop(limits.stop_seconds)
    if idle is None or served is None or idle.p99_ms is None or served.p99_ms is None:
        raise SandboxError("a service answered none of the load")
    return {
        "rate": rate,
        "reference_p50_ms": served.p50_ms or 0.0,
        "reference_p99_ms": served.p99_ms,
        "reference_answered": served.answered / served.sent,
        "do_nothing_p50_ms": idle.p50_ms or 0.0,
        "do_nothing_p99_ms": idle.p99_ms,
        "do_nothing_answered": idle.answered / idle.sent,
    }


def _load(port: int, requests: Path, rate: float, seconds: float, limits: JobLimits) -> Job:
    return Job(
        id="rate",
        script=ROOT / "tests" / "rate_probe.py",
        library=probe_library("floor"),
        arguments=(str(port), f"{rate:g}", f"{seconds:g}"),
        inputs={"REQUESTS_DIR": requests},
        limits=limits,
    )


def main() -> int:
    """Measure and print."""
    words = argparse.ArgumentParser(prog="python -m tests.bench_service", description=__doc__)
    words.add_argument("--submission", type=Path, default=ROOT / "build" / "demo" / "submission")
    words.add_argument("--data", type=Path, default=ROOT / "build" / "demo" / "data" / "bundle" / "data")
    words.add_argument(
        "--rate", type=float, default=500.0, help="single-row requests a second (default: 500)"
    )
    words.add_argument("--seconds", type=float, default=10.0)
    words.add_argument("--json", action="store_true", help="print JSON")
    given = words.parse_args()
    if not (given.submission / "Dockerfile").is_file():
        print(f"{given.submission}: no submission there; run `make demo` first", file=sys.stderr)
        return 2
    try:
        found = service_at_rate(given.submission, given.data, given.rate, given.seconds)
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 4
    if given.json:
        print(json.dumps(found, indent=2))
        return 0
    for name, value in found.items():
        print(f"{name:<24}{value:10.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
