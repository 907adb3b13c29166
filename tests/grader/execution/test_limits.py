"""All limits are in one place, can be overridden by a file, and are shown to whoever reads a report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.execution.limits import GIB, MIB, Limits, load_limits
from grader.pipeline.grading import Order, grade
from grader.pipeline.progress import Silent
from grader.rubric import load_rubric
from grader.truth import load_truth
from tests.grader.fake_executor import FakeExecutor
from tests.grader.vault_folder import write_vault


def loaded(tmp_path: Path, text: str) -> Limits:
    """Load limits from a file with this text."""
    path = tmp_path / "limits.yaml"
    path.write_text(text, encoding="utf-8")
    return load_limits(path)


def test_a_file_overrides_what_it_names(tmp_path: Path) -> None:
    """The rest of a phase's limits, and of the phases, stays as it is."""
    found = loaded(tmp_path, "notebook: {seconds: 60}\nload_rate: 5\nentries:\n  file_bytes: 1000\n")
    assert (found.notebook.seconds, found.notebook.memory) == (60, 4 * GIB)
    assert (found.load_rate, found.probe) == (5, Limits().probe)
    assert (found.entries.file_bytes, found.entries.entries) == (1000, Limits().entries.entries)
    assert loaded(tmp_path, "") == load_limits(None) == Limits()


@pytest.mark.parametrize(
    "text",
    ["notebook: {secnods: 60}", "note: 1", "notebook: {seconds: 0}", "probe: {memory: -1}", "entries: {ratio: 0}",
     "entries: {files: 3}", "notebook: 3", "- 1", "a: [", "load_rate: .nan", "entries: {depth: many}"],
)  # fmt: skip
def test_a_file_that_says_nothing_sensible_is_refused(tmp_path: Path, text: str) -> None:
    """A misspelt or impossible limit is named with its file, never ignored."""
    with pytest.raises(UsageError, match=r"limits\.yaml: not usable as limits"):
        loaded(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("foo: 1", "limits.yaml: not usable as limits: foo: no such limit"),
        ("probe: {pids: 0}", "limits.yaml: not usable as limits: probe.pids: Input should be greater than 0"),
        ("- 1", "limits.yaml: not usable as limits: expected names of limits with values, found list"),
    ],
)
def test_refused_limits_are_named_in_words_of_ours(tmp_path: Path, text: str, expected: str) -> None:
    """A wrong file once ended in the validator's own report with an address of its manual."""
    with pytest.raises(UsageError) as caught:
        loaded(tmp_path, text)
    assert str(caught.value).endswith(expected)


def test_limits_are_shown_with_their_units() -> None:
    """A reader sees every limit of every phase as a person would write it."""
    shown = Limits().lines()
    assert shown["notebook.seconds"] == "900 s"
    assert shown["notebook.memory"] == "4096 MiB"
    assert shown["notebook.output_bytes"] == "64 KiB"
    assert shown["notebook.pids"] == "256"
    assert shown["entries.total_bytes"] == "800 MiB"
    assert shown["entries.name_bytes"] == "200"
    assert shown["entries.entries"] == "20,000"
    assert shown["build_seconds"] == "900 s"
    nested = sum(len(v) if isinstance(v, dict) else 1 for v in Limits().model_dump().values())
    assert len(shown) == nested


def test_limits_are_in_the_report(tmp_path: Path) -> None:
    """What a grading was held to stands in report.json and in the page, changed ones as changed."""
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "README.md").write_text("# hello\n")
    limits = loaded(tmp_path, f"notebook: {{memory: {1234 * MIB}}}\n")
    truth = load_truth(write_vault(tmp_path / "vault"))
    (tmp_path / "results").mkdir()
    order = Order(tmp_path / "ada", truth, load_rubric(), limits, tmp_path / "results" / "ada")
    grade(order, FakeExecutor(), Silent())
    report = json.loads((order.out / "report.json").read_text(encoding="utf-8"))
    assert report["limits"] == limits.lines()
    page = (order.out / "report.html").read_text(encoding="utf-8")
    for name, value in limits.lines().items():
        assert name in page
        assert value in page
    assert "1234 MiB" in page
