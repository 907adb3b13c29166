"""Tests of `grader.reports.html`: complete, inert, self-contained, accessible."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from itertools import pairwise

import pytest

from grader.reports.feedback import render_feedback
from grader.reports.html import render_html
from grader.results import Report

from . import builders
from .reading import Node, read

CASES: dict[str, Callable[[], Report]] = {
    "good": builders.report,
    "pending": builders.pending_report,
    "local": builders.local_report,
    "empty": builders.empty_report,
    "hostile": builders.hostile_report,
}
KNOWN_TAGS = {
    *(
        "document",
        "html",
        "head",
        "meta",
        "title",
        "style",
        "mark",
        "body",
        "header",
        "nav",
        "main",
        "section",
        "article",
    ),
    *(
        "footer",
        "h1",
        "h2",
        "h3",
        "p",
        "a",
        "span",
        "i",
        "b",
        "code",
        "pre",
        "div",
        "dl",
        "dt",
        "dd",
        "ol",
        "ul",
        "li",
    ),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "details", "summary", "figure", "figcaption"),
    *("svg", "desc", "g", "line", "rect", "path", "circle", "text"),
}


@pytest.fixture(
    scope="module", params=[(case, page) for case in CASES for page in ("reviewer", "candidate")], ids=str
)
def page(request: pytest.FixtureRequest) -> str:
    """Each page of each case."""
    case, kind = request.param
    return (render_html if kind == "reviewer" else render_feedback)(CASES[case]())


def test_every_criterion_is_shown() -> None:
    """No line of the rubric is lost on the way to the reviewer: title, points, message and evidence."""
    report = builders.report()
    articles = {node.attributes["aria-labelledby"]: node for node in read(render_html(report)).all("article")}
    criteria = [criterion for dimension in report.dimensions for criterion in dimension.criteria]
    assert list(articles) == [criterion.id for criterion in criteria]
    for criterion in criteria:
        shown = articles[criterion.id].text
        assert criterion.title in shown
        assert criterion.message in shown
        assert f"/ {criterion.max:g}" in shown
        for proof in criterion.evidence:
            assert {proof.file, proof.where, proof.said, proof.measured} <= {
                node.text for node in articles[criterion.id].all("td", "th")
            }


def test_first_screen_holds_what_decides() -> None:
    """Total, verdict, level, bonus, open points, flags, variant, executor and the proposal come before the criteria."""
    report = builders.report()
    head = read(render_html(report).split('<nav class="contents"')[0] + "</main></body></html>")
    for words in (
        "76.3", "Pass", "Level 3", "+5 of 5", "3 pending of 100 points", "c41e09ab77d2", "executor: docker",
        "A proposal until a person has reviewed it.", report.red_flags[0].message, "4 of 6 planted defects found",
    ):  # fmt: skip
        assert words in head.text


def test_a_reviewed_report_is_no_proposal() -> None:
    """Once a person has reviewed it the page stops saying that nobody has."""
    assert "proposal" not in read(render_html(builders.report(final=True))).all("main")[0].text


def test_local_executor_is_called_not_isolated() -> None:
    """Nobody takes a practice result for one that ran in containers."""
    text = read(render_html(builders.local_report())).text
    assert "executor: local (not isolated)" in text
    assert "Not isolated:" in text
    assert "isolated:" not in read(render_html(builders.report())).text


def test_unscored_is_not_shown_as_zero() -> None:
    """A criterion that waits for us shows a dash and its status, not nought points."""
    latency = next(
        node
        for node in read(render_html(builders.report())).all("article")
        if node.attributes["aria-labelledby"] == "serving.latency"
    )
    assert "– / 3" in latency.text
    assert "Pending" in latency.text
    waiting = read(render_html(builders.pending_report())).all("main")[0].text
    assert "– of 100" in waiting
    assert "No level yet" in waiting
    assert "Level 1" not in waiting


def test_hostile_text_is_inert(page: str) -> None:
    """Text of a candidate adds no element, attribute, event or address, whatever it holds."""
    for node in read(page).everything():
        assert node.tag in KNOWN_TAGS
        assert not [
            name for name in node.attributes if name.startswith("on") or name in {"style", "src", "action"}
        ]
        assert node.attributes.get("href", "#").startswith("#")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff\ufffe\uffff]", page)
    page.encode("utf-8")


def test_templates_in_text_are_not_evaluated() -> None:
    """Template syntax in a message is shown, not run."""
    assert "{{ 7*7 }}" in read(render_html(builders.hostile_report())).text


def test_long_text_is_cut() -> None:
    """A flood of text in every field leaves a page that opens at once."""
    assert len(render_html(builders.hostile_report())) < 1_500_000


def test_page_refers_to_nothing_outside(page: str) -> None:
    """No address of any scheme stands in what we write, and the style loads nothing."""
    tree = read(page)
    style = tree.all("style")[0].text
    assert "url(" not in style
    assert "@import" not in style
    assert not tree.all("script", "link", "img", "iframe", "object", "embed", "base")


@pytest.mark.parametrize("case", [case for case in CASES if case != "hostile"])
def test_no_address_in_the_page(case: str) -> None:
    """Without candidate text there is no `http` in either page."""
    for render in (render_html, render_feedback):
        made = render(CASES[case]())
        assert "http" not in made.replace('http-equiv="Content-Security-Policy"', "")
        assert "//" not in made


def test_policy_allows_only_its_own_style(page: str) -> None:
    """The policy names the hash of the one style sheet, so nothing else loads, runs or styles."""
    tree = read(page)
    policy = next(node.attributes["content"] for node in tree.all("meta") if "http-equiv" in node.attributes)
    digest = base64.b64encode(hashlib.sha256(tree.all("style")[0].text.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert len(tree.all("style")) == 1


def test_accessibility_basics(page: str) -> None:
    """Language, landmarks, one h1, no skipped heading, headers in tables, names on plots, unique ids, live links."""
    tree = read(page)
    assert tree.all("html")[0].attributes["lang"] == "en"
    assert len(tree.all("main")) == len(tree.all("h1")) == len(tree.all("header")) == 1
    levels = [int(node.tag[1]) for node in tree.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for table in tree.all("table"):
        heads = table.all("th")
        assert heads
        assert all(head.attributes.get("scope") in {"col", "row"} for head in heads)
    for image in tree.all("svg"):
        assert image.attributes["role"] == "img"
        assert image.all("title")[0].text
    assert all(node.all("summary") for node in tree.all("details"))
    ids = [node.attributes["id"] for node in tree.everything() if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    for node in tree.everything():
        wanted = node.attributes.get("aria-labelledby", "").split()
        if node.attributes.get("href", "").startswith("#"):
            wanted.append(node.attributes["href"][1:])
        assert set(wanted) <= set(ids)


def _luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _palettes(tree: Node) -> list[dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", tree.all("style")[0].text, re.S)
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", block)) for block in blocks]


def test_text_has_enough_contrast_in_light_and_dark() -> None:
    """Every text colour stands out from its ground by the 4.5 to 1 of WCAG AA."""
    light, dark, *_ = _palettes(read(render_html(builders.report())))
    for palette in (light, dark):
        for ink, ground in (
            ("ink", "paper"), ("soft", "paper"), ("blue", "paper"), ("good", "paper"), ("bad", "paper"),
            ("open", "paper"), ("ink", "bad-wash"), ("soft", "bad-wash"), ("bad", "bad-wash"), ("blue", "bad-wash"),
            ("ink", "open-wash"), ("soft", "blue-wash"),
        ):  # fmt: skip
            bright, dim = sorted((_luminance(palette[ink]), _luminance(palette[ground])), reverse=True)
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, (ink, ground, palette[ink])


def test_many_flags_are_folded() -> None:
    """The first screen stays readable with twenty-five flags, and none is lost."""
    flags = read(render_html(builders.hostile_report())).all("section")[1]
    assert len(flags.all("li")) == 25
    assert len(flags.children[2].all("li")) == 6


def test_the_readme_shows_what_counted_and_what_stands_around_it() -> None:
    """A quote alone hides that the next sentence takes the plan back, so a reviewer sees all of the text."""
    page = render_html(builders.report())
    marks = read(page).all("mark")
    assert [mark.text for mark in marks] == [
        "Each Monday the PSI of plan_tier is held against the training months.",
        "precision | 0.3",
    ]
    text = read(page).text
    assert "training months. inputs, this work That was the plan until last week." in text
    assert "We never compare the scores with <last month>. not counted: denied" in text
    assert "The README as the program read it" not in read(render_html(builders.empty_report())).text


def test_the_notebook_is_shown_by_chapter() -> None:
    """A reviewer reads what the notebook printed below its headings, and how much was left out."""
    page = render_html(builders.report())
    text = read(page).text
    assert "Churn by month (2 cells, 1 figure)" in text
    assert "Before the first heading (1 cell)" in text
    assert "2023-12   0.0612   8120" in page
    assert "12 more lines" in text
    assert "The notebook as we ran it" not in read(render_html(builders.empty_report())).text


def test_where_no_findings_were_judged_nobody_missed_a_defect() -> None:
    """A notebook that failed through us left "0 of 6 planted defects found" on the first screen."""
    report = builders.report(dimensions=builders.unscored("pending", "Our engine stopped."))
    page = render_html(report)
    assert "the findings were not judged" in page
    assert "planted defects found" not in page
    assert not re.search(r'"span (found|in-part|missed|trapped|explained|left-alone)"', page)
    assert "span not-judged" in page
    assert not re.search(r"<td>(missed|found|in part|trapped)", page)
    assert "planted defects found" in render_html(builders.report())


def test_another_defect_reported_at_a_decoy_stands_in_the_first_line() -> None:
    """Beside "1 of 3 decoys taken for defects" nobody reads that a third one was reported as something else."""
    report = builders.report()
    *rest, last = report.figures.plants
    assert "of another kind reported at" not in render_html(report)
    told = last.model_copy(update={"said": "defect: unit_change in days_since_last_login"})
    figures = report.figures.model_copy(update={"plants": (*rest, told)})
    page = render_html(report.model_copy(update={"figures": figures}))
    assert "1 of 3 decoys taken for defects, a defect of another kind reported at 1" in page
