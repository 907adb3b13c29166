"""Tests of `grader.reports.terminal`."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from grader.reports.terminal import print_scorecard
from grader.results import Report
from grader.types import PhaseRecord, Verdict

from . import builders


def printed(report: Report, width: int = 80, folder: Path | None = None) -> str:
    """The scorecard as a pipe gets it."""
    out = io.StringIO()
    print_scorecard(report, Console(file=out, width=width), folder)
    return out.getvalue()


def squeezed(text: str) -> str:
    """Text with its line breaks and padding gone."""
    return " ".join(text.split())


@pytest.mark.parametrize("width", [80, 120])
def test_everything_is_there(width: int) -> None:
    """Total, verdict, every criterion, flags, phases and the place of the report, at usual widths."""
    report = builders.report()
    text = printed(report, width, Path("results/one"))
    lines = text.splitlines()
    assert "executor: docker" in lines
    assert "76.3 / 100, level 3" in text
    assert "PASS" in text
    for dimension in report.dimensions:
        for criterion in dimension.criteria:
            assert criterion.id.split(".")[1] in text
    assert f"sha256 {report.submission.sha256}" in text
    assert "500 to an empty batch" in text
    for phase in report.phases:
        assert any(line.split()[:2] == [phase.id, phase.verdict.value] for line in lines if line.strip())
    assert "report: results/one/report.html" in lines
    assert max(len(line) for line in lines) <= width


def test_local_executor_is_called_not_isolated() -> None:
    """A practice run is never taken for a contained one."""
    assert "executor: local (not isolated)" in printed(builders.local_report())


def test_no_codes_in_a_pipe_and_none_of_the_candidate_on_a_terminal() -> None:
    """A pipe gets plain text; on a terminal the only codes are our colours."""
    assert "\x1b" not in printed(builders.hostile_report())
    out = io.StringIO()
    print_scorecard(
        builders.hostile_report(), Console(file=out, width=80, force_terminal=True, color_system="standard")
    )
    shown = out.getvalue()
    assert "\x1b]" not in shown
    assert "\x1b[2J" not in shown
    assert "\x9b" not in shown
    assert "\u202e" not in shown
    assert "{% raw %}[bold red]" in squeezed(shown)


def test_an_encoding_that_lacks_signs_is_no_error() -> None:
    """A log in ASCII gets question marks instead of a crash at the end of a grading."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    print_scorecard(builders.hostile_report(), Console(file=out, width=80))
    print_scorecard(builders.report(), Console(file=out, width=80))
    out.flush()
    assert b"Scorecard of" in raw.getvalue()


@pytest.mark.parametrize("case", [builders.empty_report, builders.pending_report])
def test_extremes_print(case: object) -> None:
    """Nothing handed in and nothing assessed both give a scorecard."""
    text = printed(case())  # type: ignore[operator]  # a builder
    assert "Red flags: none raised" in text
    assert "Total" in text


def test_unscored_is_not_shown_as_zero() -> None:
    """A pending criterion shows a dash and its status."""
    line = next(
        line for line in printed(builders.report()).splitlines() if line.strip().startswith("latency ")
    )
    assert line.split()[:4] == ["latency", "-", "/", "3"]
    assert "pending" in line


def test_verbose_shows_evidence_and_what_phases_printed() -> None:
    """Who asks for more gets whole messages, said and measured, and the last output, as harmless as the rest."""
    phases = (
        PhaseRecord(
            id="build", verdict=Verdict.CRASH, detail="exit 1", output_tail="a\n\x1b[31mpip: no\x1b[0m"
        ),
    )
    report = builders.report(phases=phases)
    out = io.StringIO()
    print_scorecard(report, Console(file=out, width=100), verbose=True)
    text = squeezed(out.getvalue())
    assert "said covariate_drift: logins_30d, PSI 0.12 in July; measured PSI 0.004" in text
    assert "build: exit 1 a pip: no" in text
    assert "\x1b" not in text
    assert "PSI 0.004" not in squeezed(printed(report))
