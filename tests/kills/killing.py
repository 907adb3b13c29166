"""One grading that is killed again and again until it gets through, and what it may have left behind."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.evidence.document import load_evidence
from grader.execution.engine import connect
from grader.execution.runs import FOLDER_LABEL, folder_hash
from grader.results import Report

ROOT = Path(__file__).resolve().parents[2]
ENDS_WITHIN = 900.0
SETTLES_WITHIN = 60.0


@dataclass(frozen=True)
class Setup:
    """What is graded, and a folder of its own for results, kept phases and locks of running graders."""

    submission: Path
    vault: Path
    limits: Path
    work: Path

    @property
    def out(self) -> Path:
        """Where the result goes."""
        return self.work / "results" / "result"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the grader: a cache folder of this setup alone, so that nothing is shared."""
        own = {"XDG_CACHE_HOME": str(self.work / "cache")}
        return {k: v for k, v in os.environ.items() if k != "TAKEHOME_PHASE_CACHE"} | own

    @property
    def runs(self) -> Path:
        """Where its graders hold their locks."""
        return self.work / "cache" / "takehome" / "runs"


@dataclass
class Attempt:
    """One start of the command: its seconds, how it ended (-9 for killed), the phase it was at, what it kept."""

    seconds: float
    code: int
    phase: str
    reused: int
    last: str = ""


@dataclass
class Chain:
    """A grading with its kills; `wrong` lists everything that should not have been."""

    attempts: list[Attempt] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def kills(self) -> list[Attempt]:
        """The starts that were killed."""
        return [a for a in self.attempts if a.code == -signal.SIGKILL]


def graded(setup: Setup, rng: random.Random, kills: int, seconds: float) -> Chain:
    """Start the grading, kill it up to `kills` times, let the last start end, and look at what is there.

    Each moment is drawn uniformly from what is left of the `seconds` an undisturbed grading takes, so that every
    phase is hit; a grading that ends before its moment is not killed any more.
    """
    chain = Chain()
    left = seconds
    for number in range(kills + 1):
        until = rng.uniform(0.0, left) if number < kills else None
        attempt, spent = _start(setup, until)
        chain.attempts.append(attempt)
        if attempt.code == 0:
            break
        if attempt.code != -signal.SIGKILL:
            chain.wrong.append(f"start {number + 1} ended with exit code {attempt.code}: {attempt.last}")
            break
        chain.wrong += [f"after kill {number + 1}: {w}" for w in broken_result(setup.out)]
        left = max(5.0, left - spent)
    chain.wrong += broken_result(setup.out, must_be=True)
    chain.wrong += left_behind(setup)
    if (setup.out / "report.json").is_file():
        chain.report = json.loads((setup.out / "report.json").read_text(encoding="utf-8"))
    return chain


def command(setup: Setup) -> list[str]:
    """Return the command that grades."""
    words = [sys.executable, "-m", "takehome", "grade", setup.submission, "--vault", setup.vault]
    return [str(w) for w in (*words, "--out", setup.out, "--limits", setup.limits)]


def _start(setup: Setup, until: float | None) -> tuple[Attempt, float]:
    """Run the command, kill it after `until` seconds; return the attempt and the seconds of finished phases."""
    begun = time.monotonic()
    phase, reused, spent, line = "start", 0, 0.0, ""
    with subprocess.Popen(
        command(setup),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=setup.environment,
        cwd=ROOT,
        start_new_session=True,
    ) as process:
        timer = threading.Timer(
            ENDS_WITHIN if until is None else until, process.send_signal, [signal.SIGKILL]
        )
        timer.start()
        assert process.stderr is not None
        for line in process.stderr:
            said = line.partition("] ")[2].strip()
            if said.endswith(")") and "..." in said:
                phase = said.split(" ")[0]
            reused += said.endswith("; kept")
            if " in " in said and said.endswith(" s"):
                spent += float(said.rsplit(" in ", 1)[1].removesuffix(" s"))
                phase = f"after {said.split(':')[0]}"
        code = process.wait()
        timer.cancel()
    return Attempt(round(time.monotonic() - begun, 1), code, phase, reused, line.strip()), spent


def broken_result(out: Path, *, must_be: bool = False) -> list[str]:
    """Return what is wrong with a result, which is whole or not there at all."""
    if not out.exists():
        return ["no result"] if must_be else []
    wrong = []
    names = {"report.json", "report.html", "feedback.html", "junit.xml", "evidence"}
    missing = names - {p.name for p in out.iterdir()}
    if missing:
        wrong.append(f"the result lacks {', '.join(sorted(missing))}")
    try:
        Report.model_validate_json((out / "report.json").read_bytes())
        load_evidence(out / "evidence")
    except Exception as error:  # noqa: BLE001 -- whatever does not read is what is looked for
        wrong.append(f"the result does not read: {error}")
    return wrong


def left_behind(setup: Setup) -> list[str]:
    """Return what a finished grading left: in the engine, beside its result, in its run folder, as processes."""
    until = time.monotonic() + SETTLES_WITHIN
    while (left := [*_in_engine(setup.runs), *_processes(str(setup.work))]) and time.monotonic() < until:
        time.sleep(0.5)  # a build that was cut off takes a moment to end
    left += [f"file {p}" for p in setup.out.parent.glob("*") if p != setup.out]
    return left + [f"file {p}" for p in setup.runs.glob("*")]


def _in_engine(runs: Path) -> Iterator[str]:
    filters = {"label": f"{FOLDER_LABEL}={folder_hash(runs)}"}
    client = connect().client
    try:
        for container in client.api.containers(all=True, filters=filters):
            yield f"container {container['Names']}"
        for volume in client.api.volumes(filters=filters)["Volumes"] or []:
            yield f"volume {volume['Name']}"
        for image in client.api.images(filters=filters):
            yield f"image {image['RepoTags']}"
        for network in client.api.networks(filters=filters):
            yield f"network {network['Name']}"
    finally:
        client.close()


def _processes(text: str) -> Iterator[str]:
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in words and place.parent.name != str(os.getpid()) and "tests.kills" not in words:
            yield f"process {words[:200]}"
