"""`python -m tests.kills`: 50 random SIGKILLs during gradings of the reference."""

from __future__ import annotations

import argparse
import json
import platform
import random
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from tests.dated import written_today
from tests.end_to_end import tools
from tests.kills.comparison import comparable, differences
from tests.kills.killing import ROOT, Setup, graded

SEED = 20260101
MOST_IN_A_ROW = 8
LIMITS = {"load_seconds": 3.0, "floor_seconds": 2.0}


def main() -> None:
    """Run, or go on with, the soak; the pages are written anew after every grading."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--kills", type=int, default=50)
    words.add_argument("--rows", type=int, default=20_000)
    words.add_argument("--work", type=Path, default=ROOT / "build" / "kills", help="kept between starts")
    words.add_argument("--pages", type=Path, default=ROOT / "docs" / "validation")
    words.add_argument(
        "--data", type=Path, help="a generated folder with bundle and vault, instead of a new one"
    )
    words.add_argument("--submission", type=Path, help="a solution of that bundle, instead of a new one")
    given = words.parse_args()
    data, submission, limits = _prepared(given.work, given.rows, given.data, given.submission)
    state_file = given.work / "state.json"
    state: dict[str, Any] = {"chains": []}
    if state_file.is_file():
        state = json.loads(state_file.read_text(encoding="utf-8"))

    def setup(name: str) -> Setup:
        shutil.rmtree(given.work / name, ignore_errors=True)
        (given.work / name).mkdir(parents=True)
        return Setup(submission, tools.vault_of(data), limits, given.work / name)

    if "undisturbed" not in state:
        chain = graded(setup("undisturbed"), random.Random(0), 0, 0.0)
        assert not chain.wrong, chain.wrong
        state |= {"undisturbed": chain.report, "seconds": chain.attempts[-1].seconds}
        _write(state_file, json.dumps(state))
    while (done := sum(len(c["kills"]) for c in state["chains"])) < given.kills:
        number = len(state["chains"])
        rng = random.Random(f"{SEED}-{number}")
        kills = min(rng.randint(2, MOST_IN_A_ROW), given.kills - done)
        begun = time.monotonic()
        chain = graded(setup("chain"), rng, kills, state["seconds"])
        differs = (
            differences(comparable(state["undisturbed"]), comparable(chain.report))
            if chain.report
            else ["no report"]
        )
        state["chains"].append(
            {
                "kills": [{"phase": a.phase, "seconds": a.seconds} for a in chain.kills],
                "reused": chain.attempts[-1].reused,
                "total": chain.report.get("total"),
                "seconds": round(time.monotonic() - begun, 1),
                "broken": chain.wrong,
                "differs": differs,
            }
        )
        _write(state_file, json.dumps(state))
        _pages(given.pages, state, given.rows)
        print(
            f"{done + len(chain.kills)} of {given.kills} kills", chain.kills, chain.wrong, differs, flush=True
        )


def _prepared(work: Path, rows: int, data: Path | None, submission: Path | None) -> tuple[Path, Path, Path]:
    """Return data, solution and limits, made once."""
    work.mkdir(parents=True, exist_ok=True)
    limits = work / "limits.yaml"
    limits.write_text(yaml.safe_dump(LIMITS), encoding="utf-8")
    if data is None:
        data = work / "data"
        if not (work / "generated").is_file():
            shutil.rmtree(data, ignore_errors=True)
            tools.generate(data, rows)
            (work / "generated").touch()
    if submission is None:
        submission = work / "solved"
        if not (work / "done").is_file():
            shutil.rmtree(submission, ignore_errors=True)
            tools.solve(data / "bundle", submission)
            (work / "done").touch()
    return data, submission, limits


def _pages(folder: Path, state: dict[str, Any], rows: int) -> None:
    chains = state["chains"]
    kills = [kill for chain in chains for kill in chain["kills"]]
    broken = [text for chain in chains for text in chain["broken"]]
    differs = [text for chain in chains for text in chain["differs"]]
    same = sum(not chain["differs"] for chain in chains)
    phases = Counter(kill["phase"] for kill in kills)
    summary = {
        "kills": len(kills),
        "gradings": len(chains),
        "same_report": same,
        "lost_corrupted_or_left_behind": len(broken),
        "undisturbed_seconds": state["seconds"],
        "rows": rows,
        "host": f"{platform.system()} {platform.machine()}",
        "killed_at": dict(phases.most_common()),
        "chains": chains,
    }
    seconds = state["seconds"]
    lines = [
        "# Killed at random",
        "",
        f"The grading of the reference ({rows:,} rows, {seconds:.0f} s undisturbed) was killed with SIGKILL at",
        f"{len(kills)} random moments and started again with the same command: {len(chains)} gradings, up to",
        f"{MOST_IN_A_ROW} kills each. Made by `python -m tests.kills`; every kill is in `kills.json`.",
        written_today(),
        "",
        f"- Gradings that ended with the report of the undisturbed one: **{same} of {len(chains)}**. Not compared are",
        "  seconds, samples of latency and memory, and build logs, which have seconds in every line.",
        "- Results lost or half-written, after a kill or at the end, and things left in the engine, beside the",
        f"  result, in the run folder or as processes: **{len(broken)}**.",
        "",
        "| killed while at | times |",
        "|---|---|",
        *(f"| {phase} | {count} |" for phase, count in phases.most_common()),
        "",
        *(f"- WRONG: {text}" for text in (*broken, *differs)),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "kills.json", json.dumps(summary, indent=1) + "\n")
    _write(folder / "kills.md", "\n".join(lines).rstrip() + "\n")


def _write(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(text)
    Path(file.name).chmod(0o644)
    Path(file.name).rename(path)


if __name__ == "__main__":
    main()
