"""`python -m tests.kills.engine`: kill the engine itself in the middle of gradings, and start it again.

A private engine is used; the one that others use is not touched. Needs root and dockerd.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from grader.execution.images import sandbox_tag
from tests.dated import written_today
from tests.end_to_end import tools
from tests.kills.comparison import comparable, differences
from tests.kills.killing import ROOT, Setup, broken_result, command, left_behind
from tests.kills.small import make_small
from tests.private_engine import PrivateEngine, engine_in

SEED = 20260102
DOWN_SECONDS = 2.0


def main() -> None:
    """Grade a small submission undisturbed, then with one kill of the engine in each grading; write the pages."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--kills", type=int, default=10)
    words.add_argument("--pages", type=Path, default=ROOT / "docs" / "validation")
    given = words.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="thk-", dir="/tmp"))
    work = Path(tempfile.mkdtemp(prefix="takehome-kills-"))
    try:
        with engine_in(folder, "python:3.11-slim", sandbox_tag()) as engine:
            os.environ["DOCKER_HOST"] = engine.host
            _soak(engine, work, given.kills, given.pages)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(work, ignore_errors=True)


def _soak(engine: PrivateEngine, work: Path, kills: int, pages: Path) -> None:
    data = tools.generate(work / "data", rows=5000)
    limits = work / "limits.yaml"
    limits.write_text(yaml.safe_dump({"load_seconds": 1.0, "floor_seconds": 1.0}), encoding="utf-8")
    submission = make_small(work / "small")

    def graded(number: int, killed_at: float | None) -> tuple[dict[str, Any], list[str], float]:
        own = work / f"grading-{number}"
        own.mkdir()
        setup = Setup(submission, tools.vault_of(data), limits, own)
        with subprocess.Popen(
            command(setup),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=setup.environment,
            cwd=ROOT,
        ) as process:
            assert process.stderr is not None
            start = next(line for line in process.stderr if "intake ..." in line)
            begun = time.monotonic()
            if killed_at is not None:
                time.sleep(killed_at)
                engine.kill()
                time.sleep(DOWN_SECONDS)
                engine.run("start")
            _, said = process.communicate()
        print(start + said, flush=True)
        wrong = [] if process.returncode == 0 else [f"exit code {process.returncode}: {said[-300:]}"]
        wrong += broken_result(setup.out, must_be=True) + left_behind(setup)
        report = setup.out / "report.json"
        read = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
        return read, wrong, time.monotonic() - begun

    undisturbed, wrong, seconds = graded(0, None)
    assert not wrong, wrong
    rng = random.Random(SEED)
    lines = []
    for number in range(1, kills + 1):
        # Counted from the moment it has found the engine: without one a grading ends at once, and says so.
        moment = rng.uniform(0.0, 0.9) * seconds
        report, wrong, took = graded(number, moment)
        differs = differences(comparable(undisturbed), comparable(report)) if report else ["no report"]
        lines.append(
            {"killed_at": round(moment, 1), "seconds": round(took, 1), "wrong": wrong, "differs": differs}
        )
        print(lines[-1], flush=True)
        _page(pages, lines, seconds)


def _page(pages: Path, lines: list[dict[str, Any]], seconds: float) -> None:
    same = sum(not line["wrong"] and not line["differs"] for line in lines)
    text = [
        "# The engine killed",
        "",
        f"A small submission was graded {len(lines)} times ({seconds:.0f} s undisturbed) on an engine that was killed",
        f"with SIGKILL at a random moment and started again {DOWN_SECONDS:g} s later. Made by",
        "`python -m tests.kills.engine`; every kill is in `engine_kills.json`.",
        written_today(),
        "",
        f"- Gradings that ended by themselves with the report of the undisturbed one: **{same} of {len(lines)}**.",
        "",
        *(f"- WRONG: {text}" for line in lines for text in (*line["wrong"], *line["differs"])),
    ]
    pages.mkdir(parents=True, exist_ok=True)
    (pages / "engine_kills.json").write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")
    (pages / "engine_kills.md").write_text("\n".join(text).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
