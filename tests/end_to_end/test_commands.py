"""Wrong use of the commands: a clear line, the right exit code, no traceback, nothing half-written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end import tools


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small variant."""
    return tools.generate(tmp_path_factory.mktemp("small") / "data", rows=5000)


@pytest.fixture(scope="module")
def nearly_empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A submission with a README only."""
    folder = tmp_path_factory.mktemp("submission") / "s"
    folder.mkdir()
    (folder / "README.md").write_text("# Mine\n", encoding="utf-8")
    return folder


def refused(code: int, *arguments: str | Path, environment: dict[str, str] | None = None) -> str:
    """Run, expect the exit code and no traceback; return standard error."""
    command = [sys.executable, "-m", "takehome", *map(str, arguments)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=tools.ROOT,
        env={**os.environ, **(environment or {})},
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    return done.stderr


def grade_arguments(submission: Path, vault: Path, out: Path) -> list[str | Path]:
    """A local grading."""
    return ["grade", submission, "--vault", vault, "--out", out, "--executor", "local"]


def test_wrong_path(small: Path, tmp_path: Path) -> None:
    """A submission that is not there is said to be missing."""
    told = refused(2, *grade_arguments(tmp_path / "nobody.zip", small / "vault", tmp_path / "out"))
    assert "nobody.zip" in told
    assert not (tmp_path / "out").exists()


def test_corrupt_zip(small: Path, tmp_path: Path) -> None:
    """An archive that is none is refused by name, and nothing is left."""
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 not a zip at all")
    told = refused(3, *grade_arguments(tmp_path / "bad.zip", small / "vault", tmp_path / "results" / "out"))
    assert "bad.zip" in told
    assert list((tmp_path / "results").iterdir()) == []


def test_missing_key(nearly_empty: Path, tmp_path: Path) -> None:
    """A vault without a key says what was expected."""
    (tmp_path / "vault").mkdir()
    told = refused(2, *grade_arguments(nearly_empty, tmp_path / "vault", tmp_path / "out"))
    assert "key.json" in told


def test_unknown_check(small: Path, nearly_empty: Path, tmp_path: Path) -> None:
    """A rubric that names a check that is not there is refused with the line."""
    text = (tools.ROOT / "grader" / "rubric.yaml").read_text(encoding="utf-8")
    rubric = tmp_path / "rubric.yaml"
    rubric.write_text(text.replace("audit.leakage_found", "audit.leakage_guessed"), encoding="utf-8")
    arguments = grade_arguments(nearly_empty, small / "vault", tmp_path / "out")
    told = refused(2, *arguments, "--rubric", rubric)
    assert "audit.leakage_guessed" in told
    assert "audit.leakage:" in told


def test_stopped_engine(small: Path, nearly_empty: Path, tmp_path: Path) -> None:
    """Without an engine the docker executor says what to do and writes nothing."""
    command = ["grade", nearly_empty, "--vault", small / "vault", "--out", tmp_path / "results" / "out"]
    told = refused(4, *command, environment={"DOCKER_HOST": f"unix://{tmp_path}/no.sock"})
    assert "--executor local" in told
    assert not (tmp_path / "results" / "out").exists()


def test_local_grading_is_incomplete_and_says_so(small: Path, nearly_empty: Path, tmp_path: Path) -> None:
    """The local executor leaves the containers' criteria unassessed instead of paying or zeroing them."""
    out = tmp_path / "out"
    done = tools.takehome(*grade_arguments(nearly_empty, small / "vault", out))
    assert "executor: local (not isolated)" in done.stdout
    assert (out / "report.html").is_file()


def test_explain_lists_and_explains() -> None:
    """Every criterion can be looked up from the command line."""
    assert "evaluation.split" in tools.takehome("explain").stdout
    assert "embargo" in tools.takehome("explain", "evaluation.split").stdout
    assert "expected one of" in refused(2, "explain", "evaluation.taste")


def test_the_bonus_was_no_criterion_to_explain() -> None:
    """It is a row of the score like the others, so its words can be looked up like theirs."""
    assert "changing that column" in tools.takehome("explain", "bonus").stdout
    assert json.loads(tools.takehome("explain", "bonus", "--json").stdout)[0]["points"] == 5


def test_evidence_is_not_scored_against_the_vault_of_another_size(
    small: Path, nearly_empty: Path, tmp_path: Path
) -> None:
    """One practice seed in two sizes has one variant id; mixing them up is refused, not scored."""
    tools.takehome(*grade_arguments(nearly_empty, small / "vault", tmp_path / "out"))
    other = tools.generate(tmp_path / "other", rows=6000)
    told = refused(2, "score", tmp_path / "out", "--vault", other / "vault")
    assert "6,000 rows" in told
