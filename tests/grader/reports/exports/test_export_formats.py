"""Each export is what its reader expects, and hostile text of candidates is inert in all of them."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from typer.testing import CliRunner, Result

from grader.reports.exports.audience import Audience
from grader.reports.exports.cli import Format, export, register
from grader.reports.exports.markdown import code
from grader.reports.exports.spreadsheet import inert
from grader.reports.write import write_reports
from grader.results import Report
from tests.grader.reports import builders

from .junit_schema import violations

REPORTS = (
    builders.report, builders.hostile_report, builders.pending_report, builders.empty_report, builders.local_report,
)  # fmt: skip
BAD = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "'=1", '"=1', "＝1", "a;=1", "a,=1", "=cmd|'/c calc'!A0",
    "<img src=x onerror=alert(1)>", "<!-- x", "[x](javascript:y)", "![x](http://y/z.png)", "http://y", "www.y.de",
    "@everyone", "a@b.de", "#1", "org/repo#1", "`", "``` x", "a | b", "\\", "\\|", "$x$", ":smile:", "</details>",
    "&lt;", "\x1b[2J", "\x00", "\u202e", "\ud800", "]]>", "\n\n# head", "\n- list", "{{ x }}", "",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(BAD) | st.text(max_size=20), min_size=1, max_size=4).map("".join)
CONTROL = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def poisoned(text: str) -> Report:
    """A report in which every text a candidate can reach is this one."""
    base = builders.report()
    dimensions = tuple(
        part.model_copy(
            update={
                "criteria": tuple(
                    one.model_copy(
                        update={
                            "message": text,
                            "evidence": tuple(
                                proof.model_copy(update={"said": text, "where": text, "measured": text})
                                for proof in one.evidence
                            ),
                        }
                    )
                    for one in part.criteria
                )
            }
        )
        for part in base.dimensions
    )
    return base.model_copy(
        update={
            "submission": base.submission.model_copy(update={"name": text}),
            "dimensions": dimensions,
            "red_flags": (base.red_flags[0].model_copy(update={"message": text}),),
            "bonus_detail": base.bonus_detail.model_copy(update={"message": text}),
        }
    )


def shape(markdown: str) -> list[str]:
    """The structure that a reader of GitHub's Markdown sees, without the words."""
    reader = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    return [
        child.type + (child.content if child.type.startswith("html") else "")
        for token in reader.parse(markdown)
        for child in [token, *(token.children or [])]
    ]


def outside_code(markdown: str) -> str:
    """What is left when code spans are taken out."""
    return re.sub(r"`[^`\n]*`", "", markdown)


@pytest.mark.parametrize("case", REPORTS)
@pytest.mark.parametrize("audience", Audience)
def test_junit_keeps_the_schema(case: object, audience: Audience) -> None:
    """The document has only the elements, attributes and nesting that readers of JUnit accept."""
    assert violations(export(case(), Format.junit, audience)) == []  # type: ignore[operator]  # a builder


def test_the_schema_table_sees_what_is_wrong() -> None:
    """An unknown attribute, a missing one, stray text and wrong nesting are all found."""
    suite = '<testsuite name="x" tests="a" errors="0"><failure/></testsuite>'
    document = f'<testsuites skipped="1">text{suite}</testsuites>'
    assert sorted(violations(document)) == [
        "testsuite lacks @failures", "testsuite/failure", "testsuite@tests=a", "testsuites@skipped",
        "text in testsuites",
    ]  # fmt: skip


@pytest.mark.parametrize("case", REPORTS)
def test_gradescope_has_its_documented_fields(case: object) -> None:
    """Only documented fields with documented values; everything is plain text and waits for publication."""
    report: Report = case()  # type: ignore[operator]  # a builder
    made = json.loads(export(report, Format.gradescope))
    assert set(made) <= {
        "score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility",
        "stdout_visibility", "extra_data", "tests", "leaderboard",
    }  # fmt: skip
    assert (made["score"], made["stdout_visibility"]) == (report.total, "hidden")
    assert {made[name] for name in ("output_format", "test_output_format", "test_name_format")} == {"text"}
    for test in made["tests"]:
        assert set(test) <= {
            "score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags",
            "visibility", "extra_data",
        }  # fmt: skip
        assert test["visibility"] in {"hidden", "after_due_date", "after_published", "visible"}
        assert test.get("status", "passed") in {"passed", "failed"}
        assert 0 <= test["score"] <= test["max_score"]
    assert len({test["number"] for test in made["tests"]}) == len(made["tests"])
    assert sum(test["max_score"] for test in made["tests"]) == pytest.approx(report.max)


def test_csv_rows_of_an_intake_fit_under_one_header() -> None:
    """The header has a name for every cell, whatever was pending; numbers stay numbers."""
    rows = [
        next(csv.reader(io.StringIO(export(case(), Format.csv))))  # type: ignore[operator]  # builders
        for case in REPORTS
    ]
    head, first = csv.reader(io.StringIO(export(builders.report(), Format.csv, header=True)))
    assert {len(row) for row in rows} == {len(head)}
    values = dict(zip(head, first, strict=True))
    assert (values["total"], values["serving.latency points"], values["audit.leakage level"]) == (
        "76.3",
        "",
        "3",
    )


def test_what_was_not_scored_is_no_zero() -> None:
    """A bonus that waits was "0 of 5", a grading in which our engine stopped "0, level 1", on other pages a dash."""
    report = builders.pending_report()
    head, cells = csv.reader(io.StringIO(export(report, Format.csv, header=True)))
    values = dict(zip(head, cells, strict=True))
    assert [values[name] for name in ("total", "bonus", "level", "pending")] == ["", "", "", "100"]
    assert "| Bonus, apart | – / 5 | |" in export(report, Format.markdown)
    assert "not in the score: – of 5" in json.loads(export(report, Format.gradescope))["output"]


def test_candidates_read_nothing_of_the_key() -> None:
    """What goes to Gradescope and into a pull request names no planted column, evidence or flag."""
    for wanted in (Format.gradescope, Format.markdown):
        shown = export(builders.report(), wanted)
        for secret in ("save_desk_minutes", "seasonal dip", "sentinel", "oracle", "500 to an empty batch"):
            assert secret not in shown
        assert "Seven of eleven wrong requests" in shown
    assert "500 to an empty batch" in export(builders.report(), Format.markdown, Audience.reviewer)


@settings(max_examples=60, deadline=None)
@given(text=HOSTILE)
def test_hostile_text_is_inert_everywhere(text: str) -> None:
    """Formulas, markup, links, mentions, terminal codes and control characters do nothing in any export."""
    report = poisoned(text)
    assert violations(export(report, Format.junit)) == []
    for wanted in Format:
        assert not CONTROL.search(export(report, wanted, Audience.reviewer).replace("\r\n", "\n"))
    (row,) = csv.reader(io.StringIO(export(report, Format.csv)))
    assert not re.match(r"\s*[=+\-@\t\r＝＋－＠]", row[0])
    shown = export(report, Format.markdown, Audience.reviewer)
    assert shape(shown) == shape(export(poisoned("harmless"), Format.markdown, Audience.reviewer))
    rest = outside_code(shown)
    assert not re.search(r"[@#\[\]\\$]|://|www\.", rest.replace("#", "", 2))
    assert set(re.findall(r"</?\w+", rest)) == {"<details", "</details", "<summary", "</summary"}
    assert {one["output_format"] for one in json.loads(export(report, Format.gradescope))["tests"]} == {
        "text"
    }


@given(text=HOSTILE)
def test_a_cell_is_a_text_with_any_separator(text: str) -> None:
    """Whether a spreadsheet splits at commas, semicolons, bars or tabs, no piece begins a formula."""
    made = inert(text)
    assert '"' not in made
    for piece in re.split(r"[,;|\t\r\n]", made):
        assert not re.match(r"\s*[=+\-@＝＋－＠]", piece)


@given(text=HOSTILE)
def test_a_code_span_has_one_end(text: str) -> None:
    """Nothing in it can close the span or the cell of a table."""
    made = code(text)
    assert re.fullmatch(r"`[^`|\n\\]+`", made)


@pytest.fixture
def run(tmp_path: Path) -> object:
    """The command on a result folder."""
    folder = tmp_path / "ada"
    folder.mkdir()
    write_reports(builders.report(), folder)
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(app, ["export", str(folder), *map(str, arguments)])

    return call


def test_the_command_writes_files_and_streams(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Standard output and --out hold the same bytes; JSON holds them too."""
    for wanted in Format:
        out = tmp_path / f"x.{wanted.value}"
        streamed = run("--format", wanted.value)
        assert run("--format", wanted.value, "--out", out).exit_code == 0
        assert out.read_bytes() == streamed.stdout_bytes
        assert (
            json.loads(run("--format", wanted.value, "--json").stdout)["content"].encode() == out.read_bytes()
        )
    assert not list(tmp_path.glob(".*.new"))


def test_mistakes_are_one_line(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """A header elsewhere than in CSV and a place that cannot be written end with exit code 2."""
    for arguments in (
        ("--format", "junit", "--header"),
        ("--format", "csv", "--out", tmp_path / "no" / "x.csv"),
    ):
        done = run(*arguments)
        assert (done.exit_code, len(done.stderr.strip().splitlines())) == (2, 1)
