"""A small seeded sample of mutated cases in every test run, and the bookkeeping of the long one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.execution.local import LocalExecutor
from tests.fuzz import __main__ as command
from tests.fuzz import base, report, trial

SEED = 11
SAMPLE = range(20)
FILES = base.files()


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[trial.Outcome]]:
    """Run the sample once."""
    folder = tmp_path_factory.mktemp("fuzz")
    data = base.data(folder / "data")
    with LocalExecutor(folder=folder / "jobs") as executor:
        yield [trial.run(n, SEED, FILES, executor, data, folder / f"case{n}") for n in SAMPLE]


def test_every_case_ends_in_a_verdict(outcomes: list[trial.Outcome]) -> None:
    """No traceback, no case without a verdict, none beyond its limit: the promise of the long run, in small."""
    shown = report.summary(outcomes, SEED)
    assert (shown["tracebacks"], shown["without_verdict"], shown["beyond_limit_and_30_s"]) == ([], [], [])
    assert set(shown["by_kind"]) == set(trial.KINDS)
    assert shown["verdicts"]["archive: intake"].get("REJECTED_INTAKE", 0) > 0


def test_a_case_is_the_same_each_time() -> None:
    """A case that broke something can be made again from its number and seed."""
    for number in SAMPLE:
        assert trial.make(number, SEED, FILES) == trial.make(number, SEED, FILES)
    assert trial.make(0, SEED, FILES) != trial.make(0, SEED + 1, FILES)


def test_a_traceback_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run can fail: a reader that raises, on the host or in its process, is reported."""
    data = base.data(tmp_path / "data")
    notebook = next(n for n in SAMPLE if trial.KINDS[n % len(trial.KINDS)] == "notebook" and n % 4)
    archive = next(n for n in SAMPLE if trial.KINDS[n % len(trial.KINDS)] == "inner")
    broken = tmp_path / "broken.py"
    broken.write_text("raise ZeroDivisionError('ours')")
    with LocalExecutor(folder=tmp_path / "jobs") as executor, monkeypatch.context() as patched:
        patched.setattr(trial, "probe_script", lambda _: broken)
        assert "read_notebook" in trial.run(notebook, SEED, FILES, executor, data, tmp_path / "a").trouble
        patched.setattr(trial, "find_pins", lambda *_: 1 / 0)
        assert "ZeroDivisionError" in trial.run(archive, SEED, FILES, executor, data, tmp_path / "b").trouble


def test_a_run_goes_on_where_it_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finished cases are kept, one line each; a line cut by a kill is run again."""
    ran: list[int] = []

    def run(number: int, *_: object) -> trial.Outcome:
        ran.append(number)
        return trial.Outcome(number, "archive", "flip", (trial.Step("intake", "OK", "", 0.1, 180.0),))

    monkeypatch.setattr(trial, "run", run)
    monkeypatch.setattr(command, "kept_apart", lambda *_: None)
    kept = tmp_path / "kept.jsonl"
    whole = command.run_all(3, SEED, kept)
    lines = kept.read_text().splitlines()
    kept.write_text("\n".join([*lines[:2], lines[2][:9]]))
    assert command.run_all(4, SEED, kept)[:3] == whole
    assert ran == [0, 1, 2, 2, 3]
    assert len(kept.read_text().splitlines()) == 4
    report.write(tmp_path / "docs", report.summary(whole, SEED), [])
    assert "**3 cases** (seed 11): 0 tracebacks" in (tmp_path / "docs" / "fuzz.md").read_text()
