"""The page of the opened key, `practice.html`."""

from __future__ import annotations

from pathlib import Path

from grader.practice.lessons import open_key
from grader.reports.pages import render_page
from grader.results import Report
from grader.truth import Truth
from grader.whole_file import write_whole

PAGE = "practice.html"


def render_practice(report: Report, truth: Truth) -> str:
    """One self-contained HTML page: no script, no request, light and dark, for screen and paper."""
    return render_page("page_practice.html", opened=open_key(report, truth), report=report)


def write_practice(report: Report, truth: Truth, result: Path) -> Path:
    """Write the page into a result folder and return its path."""
    path = result / PAGE
    write_whole(path, render_practice(report, truth))
    return path
