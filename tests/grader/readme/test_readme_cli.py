"""The command line of the README judge."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from grader.readme import cli as readme_cli
from grader.readme.cli import register


@pytest.fixture
def app() -> typer.Typer:
    """An application with the command and, as in the product, others beside it."""
    made = typer.Typer()
    register(made)
    made.command("other")(lambda: None)
    return made


def test_json_has_the_published_shape(app: typer.Typer, data: Path) -> None:
    """--json prints the criteria with level, quotes and checked claims, the total and the maximum."""
    result = CliRunner().invoke(
        app, ["judge-readme", str(data / "r46.md"), "--facts", str(data / "facts.json"), "--json"]
    )
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert printed["max"] == 25
    assert len(printed["criteria"]) == 6
    assert {"id", "level", "credit", "points", "confidence", "quotes", "claims"} <= set(
        printed["criteria"][0]
    )


def test_a_person_gets_a_table(app: typer.Typer, data: Path) -> None:
    """Without --json there is a table with every criterion."""
    result = CliRunner().invoke(
        app, ["judge-readme", str(data / "r46.md"), "--facts", str(data / "facts.json")]
    )
    assert result.exit_code == 0
    assert "of 25 points" in result.stdout


def test_square_brackets_are_text_to_the_table(app: typer.Typer, data: Path, tmp_path: Path) -> None:
    """A sentence that is quoted as harmful once ended the command with an error of markup."""
    path = tmp_path / "README.md"
    path.write_text("Accuracy, see [/docs/plan.md], is our main alert.\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["judge-readme", str(path), "--facts", str(data / "facts.json")])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("broken", ["readme", "facts", "no facts"])
def test_bad_usage_is_exit_two_with_a_message(
    app: typer.Typer, data: Path, tmp_path: Path, broken: str
) -> None:
    """A missing file or missing facts end with code 2 and a sentence, not with a traceback."""
    readme = str(tmp_path / "none.md") if broken == "readme" else str(data / "r46.md")
    facts = ["--facts", str(tmp_path / "none.json" if broken == "facts" else data / "facts.json")]
    result = CliRunner().invoke(app, ["judge-readme", readme, *([] if broken == "no facts" else facts)])
    assert result.exit_code == 2
    expected = {"readme": "takehome: ", "facts": "takehome: ", "no facts": "--facts"}
    assert expected[broken] in result.output


def test_a_missing_readme_is_not_reported_as_missing_facts(app: typer.Typer, tmp_path: Path) -> None:
    """`judge-readme nowhere.md` said that the facts were missing, and nothing of the file that was not there."""
    result = CliRunner().invoke(app, ["judge-readme", str(tmp_path / "nowhere.md")])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"takehome: {tmp_path / 'nowhere.md'}: no such file")


def test_facts_that_are_not_read_are_named(app: typer.Typer, data: Path, tmp_path: Path) -> None:
    """A misspelt part once changed the judgment without a word; the result on standard output stays JSON."""
    path = tmp_path / "facts.json"
    path.write_text('{"months": {"first": "2023-01"}, "labels": {}}', encoding="utf-8")
    result = CliRunner().invoke(app, ["judge-readme", str(data / "r46.md"), "--facts", str(path), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["max"] == 25
    assert "not read: labels; the parts are columns, label, months" in result.stderr


def test_bytes_that_are_no_text_get_a_verdict(app: typer.Typer, data: Path, tmp_path: Path) -> None:
    """A binary README is judged as empty."""
    path = tmp_path / "README.md"
    path.write_bytes(bytes(range(256)) * 40)
    result = CliRunner().invoke(
        app, ["judge-readme", str(path), "--facts", str(data / "facts.json"), "--json"]
    )
    assert result.exit_code == 0
    assert json.loads(result.stdout)["total"] <= 4


def test_the_text_is_shown_with_what_counted(app: typer.Typer, data: Path) -> None:
    """Whoever practises sees which of their sentences were read as part of which criterion."""
    facts = ["--facts", str(data / "facts.json")]
    shown = CliRunner().invoke(app, ["judge-readme", str(data / "r46.md"), *facts, "--marked"])
    assert "[inputs" in shown.stdout
    told = CliRunner().invoke(app, ["judge-readme", str(data / "r46.md"), *facts, "--marked", "--json"])
    counted = [s["counted_for"] for block in json.loads(told.stdout)["readme"] for s in block["statements"]]
    assert any("monitoring_inputs" in one for one in counted)
    alone = CliRunner().invoke(app, ["judge-readme", str(data / "r46.md"), *facts, "--json"])
    assert "readme" not in json.loads(alone.stdout)


def test_a_readme_cannot_command_the_terminal(app: typer.Typer, data: Path, tmp_path: Path) -> None:
    """Quotes of a README once reached the terminal with its colours, titles and erased lines."""
    path = tmp_path / "README.md"
    path.write_text(
        "Each Monday the PSI of `data_usage_gb` is compared \x1b[31mwith\x1b]0;title\x07 the training months; above "
        "0.2 the analyst \x1b[2Jstops the load.\n",
        encoding="utf-8",
    )
    shown = CliRunner().invoke(
        app, ["judge-readme", str(path), "--facts", str(data / "facts.json"), "--marked"], color=True
    )
    assert "the training months" in " ".join(shown.stdout.split())
    assert not [code for code in ("[31m", "]0;title", "[2J") if f"\x1b{code}" in shown.stdout]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"[" * 100_000, "found maximum recursion depth exceeded"),
        (b'{"months": ' + b"9" * 5000 + b"}", "found Exceeds the limit"),
        (b'{"columns": "' + b"x" * 5000 + b'"}', "found 'xxx"),
        (b"\xff\x80", "found 'utf-8' codec"),
        (None, "cannot be read"),
    ],
)
def test_incident_facts_without_end_were_a_traceback(
    app: typer.Typer, data: Path, tmp_path: Path, content: bytes | None, found: str
) -> None:
    """Whatever the facts hold, bad ones are one line that names the file, what was found and what was expected."""
    path = tmp_path / "facts.json"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    done = CliRunner().invoke(app, ["judge-readme", str(data / "r46.md"), "--facts", str(path)])
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1), done.output
    assert done.stderr.startswith(f"takehome: {path}: ")
    assert found in done.stderr
    assert "expected a JSON object" in done.stderr or "columns: Input should be" in done.stderr
    assert len(done.stderr) < len(str(path)) + 300


def test_incident_judging_that_was_interrupted_was_a_traceback(
    app: typer.Typer, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is one line and the exit code 130 here as in every other command."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(readme_cli, "judge_readme", interrupt)
    done = CliRunner().invoke(
        app, ["judge-readme", str(data / "r46.md"), "--facts", str(data / "facts.json")]
    )
    assert (done.exit_code, done.stderr) == (130, "takehome: interrupted; nothing was left behind\n")
