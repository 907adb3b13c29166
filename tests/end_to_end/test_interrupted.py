"""The real command, killed, run twice at once, and run again: nothing lost, nothing left, nothing done twice.

The same with the reference, and many more kills, is `python -m tests.kills`.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end import tools
from tests.kills.comparison import comparable, differences
from tests.kills.killing import ROOT, Chain, Setup, command, graded, left_behind
from tests.kills.small import make_small

pytestmark = [pytest.mark.docker, pytest.mark.slow]


@dataclass(frozen=True)
class Undisturbed:
    """A grading that nothing disturbed: its report and its seconds."""

    report: dict[str, Any]
    seconds: float


@pytest.fixture(scope="module")
def setup(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Setup:
    """A small submission of a small variant, with a short load, in folders of its own."""
    base = tmp_path_factory.mktemp("interrupted")
    data = tools.generate(base / "data", rows=5000)
    limits = base / "limits.yaml"
    limits.write_text(yaml.safe_dump({"load_seconds": 1.0, "floor_seconds": 1.0}), encoding="utf-8")
    (base / "work").mkdir()
    return Setup(make_small(base / "small"), tools.vault_of(data), limits, base / "work")


@pytest.fixture(scope="module")
def undisturbed(setup: Setup) -> Undisturbed:
    """The grading that the others are compared with; what it kept is thrown away."""
    chain = graded(setup, random.Random(0), 0, 0.0)
    assert chain.wrong == []
    forget(setup)
    shutil.rmtree(setup.out)
    return Undisturbed(chain.report, chain.attempts[0].seconds)


@pytest.fixture(scope="module")
def killed(setup: Setup, undisturbed: Undisturbed) -> Chain:
    """A grading that is killed three times, if it does not end before; sooner where the machine got faster."""
    for share in (1.0, 0.5, 0.25, 0.125):
        chain = graded(setup, random.Random(3), 3, share * undisturbed.seconds)
        if chain.wrong or len(chain.kills) >= 2:
            break
        forget(setup)
        shutil.rmtree(setup.out)
    return chain


def forget(setup: Setup) -> None:
    """Remove what finished phases left."""
    shutil.rmtree(setup.work / "cache" / "takehome" / "phases")


def test_every_phase_of_the_small_submission_ends_well(undisturbed: Undisturbed) -> None:
    """Else the tests below would show little."""
    assert {p["verdict"] for p in undisturbed.report["phases"]} == {"OK"}


def test_a_killed_grading_ends_as_an_undisturbed_one(killed: Chain, undisturbed: Undisturbed) -> None:
    """Same report but for seconds and samples; results whole or absent; nothing in the engine or beside."""
    assert killed.wrong == []
    assert len(killed.kills) >= 2, killed.attempts
    assert differences(comparable(undisturbed.report), comparable(killed.report)) == []


def test_a_changed_readme_runs_nothing_again(killed: Chain, setup: Setup, tmp_path: Path) -> None:
    """Every container phase is taken from the grading before; only what rests on the text differs."""
    changed = tools.copy_of(setup.submission, tmp_path / "changed")
    (changed / "README.md").write_text("# Nothing\n", encoding="utf-8")
    again = replace(setup, submission=changed)
    done = subprocess.run(
        command(again), capture_output=True, text=True, check=True, env=again.environment, cwd=ROOT
    )
    # Notebook, probes, service and the look into the image; the engine is asked to build.
    assert done.stderr.count("; kept") == 4, done.stderr
    before = tools.criteria(killed.report)
    after = tools.criteria(json.loads((setup.out / "report.json").read_text(encoding="utf-8")))
    measured = [name for name in before if not name.startswith("readme.")]
    assert [after[n]["points"] for n in measured] == [before[n]["points"] for n in measured]
    text = [name for name in before if name.startswith("readme.")]
    assert all(after[n]["points"] <= before[n]["points"] for n in text)
    assert sum(after[n]["points"] for n in text) <= sum(before[n]["points"] for n in text) - 2
    assert left_behind(setup) == []


def test_two_at_once_of_which_one_is_killed(setup: Setup, undisturbed: Undisturbed) -> None:
    """The second waits for the first, takes over when that is killed, and both end with the same report."""
    forget(setup)

    def start(name: str) -> subprocess.Popen[str]:
        words = command(setup)
        words[words.index(str(setup.out))] = str(setup.work / name / "result")
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        return subprocess.Popen(words, text=True, env=setup.environment, cwd=ROOT, **pipes)

    with start("one") as first, start("two") as second:
        assert first.stderr is not None
        assert second.stderr is not None
        # Whichever comes second waits for the other.
        assert any("notebook ..." in line for line in first.stderr)
        assert any("notebook ..." in line for line in second.stderr)
        first.send_signal(signal.SIGKILL)
        with start("one") as again:
            for process in (second, again):
                _, said = process.communicate(timeout=600)
                assert process.returncode == 0, said
    reports = [
        json.loads((setup.work / name / "result" / "report.json").read_text(encoding="utf-8"))
        for name in ("one", "two")
    ]
    for report in reports:
        assert differences(comparable(undisturbed.report), comparable(report)) == []
    assert reports[0]["phases"][1:] == reports[1]["phases"][1:]
    for name in ("one", "two"):
        assert [p.name for p in (setup.work / name).iterdir()] == ["result"]
    assert left_behind(setup) == []
