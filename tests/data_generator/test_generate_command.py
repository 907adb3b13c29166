"""The command line: one line per error, exit codes, JSON, and a bundle at the end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from data_generator.cli import register

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app() -> typer.Typer:
    """Return a command line with the generator's command and another one."""
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)
    return app


def test_generate_writes_bundle_and_vault(tmp_path: Path) -> None:
    """The module runs on its own, says its stages on stderr and its result as JSON on stdout."""
    out = tmp_path / "deep" / "out"
    command = [
        sys.executable,
        "-m",
        "data_generator.cli",
        "generate",
        "--seed",
        "5",
        "--out",
        str(out),
        "--rows",
        "5000",
        "--json",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["rows"] == 5000
    assert "on 5,000 rows a good model may not be told from chance" in done.stderr
    assert (Path(result["bundle"]) / "data" / "snapshots.parquet").is_file()
    assert (Path(result["vault"]) / "key.json").is_file()
    assert {"world", "plants", "yardstick", "bundle", "vault"} == set(result["seconds"])
    assert [path.name for path in out.parent.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--seed", "1", "--rows", "10"], "rows: found 10, expected at least 2000"),
        (["--seed", "-1"], "seed: found -1"),
        (["--seed", "x"], "Invalid value for '--seed'"),
        ([], "Missing option"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    app: typer.Typer, tmp_path: Path, options: list[str], said: str
) -> None:
    """Usage errors say what was found and what is expected, without a traceback."""
    result = CliRunner().invoke(app, ["generate", *options, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir())


def test_existing_and_unwritable_output(app: typer.Typer, tmp_path: Path) -> None:
    """An existing folder, or a file where a folder is needed, is refused before any work."""
    (tmp_path / "file").write_text("x")
    for out in (tmp_path, tmp_path / "file", tmp_path / "file" / "out"):
        result = CliRunner().invoke(app, ["generate", "--seed", "1", "--out", str(out)])
        assert result.exit_code == 2
        assert len(result.stderr.strip().splitlines()) == 1
        assert str(out) in result.stderr


def test_help_has_an_example(app: typer.Typer) -> None:
    """The help shows a command that works."""
    result = CliRunner().invoke(app, ["generate", "--help"])
    assert result.exit_code == 0
    assert "takehome generate --seed 7" in result.stdout
