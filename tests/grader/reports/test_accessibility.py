"""People with a screen reader, a keyboard or weak sight can use every page: axe-core, contrast, structure."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from grader.reports.feedback import render_feedback
from grader.reports.html import render_html

from . import builders
from .accessibility import Trouble, axe_file, troubles
from .chromium import CHROMIUM

BRIEF = Path(__file__).parents[3] / "assignment" / "README.md"
PAGES = {
    "report": lambda: render_html(builders.report()),
    "report, hostile": lambda: render_html(builders.hostile_report()),
    "report, defended": lambda: render_html(builders.defended_report()),
    "feedback, defended": lambda: render_feedback(builders.defended_report()),
    "feedback": lambda: render_feedback(builders.report()),
    "feedback, pending": lambda: render_feedback(builders.pending_report()),
}


def serious(found: list[Trouble]) -> list[Trouble]:
    """What keeps people out: broken rules, and undecided ones but for the contrast of text in drawings."""
    return [
        one
        for one in found
        if one.impact in ("serious", "critical")
        and (one.decided or not (one.rule == "color-contrast" and one.svg))
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None or axe_file() is None, reason="no chromium or no axe.min.js here")
def test_the_checker_finds_nothing_serious(name: str, dark: bool, tmp_path: Path) -> None:
    """axe-core on each page, in both colour sets, with all details opened."""
    assert serious(troubles(PAGES[name](), tmp_path, dark=dark)) == []


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None or axe_file() is None, reason="no chromium or no axe.min.js here")
def test_the_brief_as_a_page(tmp_path: Path) -> None:
    """The brief, rendered as repositories render it, has its headings and table headers in order."""
    body = MarkdownIt("commonmark").enable("table").render(BRIEF.read_text(encoding="utf-8"))
    page = f"<!doctype html><html lang='en'><head><title>Brief</title></head><body><main>{body}</main></body></html>"
    assert [one for one in serious(troubles(page, tmp_path)) if one.decided] == []


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None or axe_file() is None, reason="no chromium or no axe.min.js here")
def test_the_checker_would_notice(tmp_path: Path) -> None:
    """A page with pale text and an image without words is told: the tests above can fail."""
    pale = "<p style='color:#bbb;background:#fff'>pale</p><img src='data:,x'>"
    page = (
        f"<!doctype html><html lang='en'><head><title>x</title></head><body><main>{pale}</main></body></html>"
    )
    assert {one.rule for one in serious(troubles(page, tmp_path))} >= {"color-contrast", "image-alt"}


def colours(dark: bool) -> dict[str, str]:
    """The colour names of the style sheet with their values in one of the two sets."""
    style = files("grader.reports").joinpath("report.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    pairs = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block)) for block in blocks]
    return {**pairs[0], **(pairs[1] if dark else {})}


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


TEXT = [
    (text, ground)
    for text in ("ink", "soft", "blue", "good", "bad", "open")
    for ground in ("paper", "sheet")
] + [("ink", "faint"), ("ink", "blue-wash"), ("soft", "blue-wash"), ("bad", "bad-wash"), ("ink", "bad-wash"),
     ("soft", "bad-wash"), ("ink", "open-wash"), ("open", "open-wash")]  # fmt: skip
MARKS = [(mark, "paper") for mark in ("blue", "bad", "open", "good", "grey")]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_in_drawings_has_contrast_too(dark: bool) -> None:
    """What the checker cannot see behind: text at 4.5 to 1, lines and marks at 3 to 1, in both colour sets."""
    known = colours(dark)
    weak = {pair: round(contrast(known[pair[0]], known[pair[1]]), 2) for pair in TEXT}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
    pale = {pair: round(contrast(known[pair[0]], known[pair[1]]), 2) for pair in MARKS}
    assert {pair: ratio for pair, ratio in pale.items() if ratio < 3} == {}


@pytest.mark.parametrize("name", PAGES)
def test_headings_do_not_skip_and_landmarks_are_there(name: str) -> None:
    """One first heading, no step left out, a main part, a skip link, and a header cell in every table."""
    page = PAGES[name]()
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", page)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for landmark in ("<main", "<header", "<footer", 'class="skip"'):
        assert landmark in page
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        assert 'scope="col"' in table
