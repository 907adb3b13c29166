"""Output folders appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_generator.errors import OutputError
from data_generator.staging import Stage, check_output, staged


def test_a_commit_makes_the_folder_and_its_parents(tmp_path: Path) -> None:
    """What was written is there under the final name and nothing else."""
    out = tmp_path / "a" / "b" / "out"
    with staged(out) as stage:
        (stage.folder / "file").write_text("x")
        assert not out.exists()
        stage.commit()
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == [
        "a",
        "a/b",
        "a/b/out",
        "a/b/out/file",
    ]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, OSError])
def test_a_failure_leaves_nothing(tmp_path: Path, failure: type[BaseException]) -> None:
    """Neither the hidden folder nor parents made for it stay; errors of the file system name the output."""
    out = tmp_path / "a" / "b" / "out"

    def fail(folder: Path) -> None:
        (folder / "file").write_text("x")
        raise failure("no space")

    expected = OutputError if failure is OSError else failure
    with pytest.raises(expected), staged(out) as stage:
        fail(stage.folder)
    assert not list(tmp_path.iterdir())


def test_without_a_commit_nothing_stays(tmp_path: Path) -> None:
    """Leaving the block early is not success."""
    with staged(tmp_path / "out") as stage:
        (stage.folder / "file").write_text("x")
    assert not list(tmp_path.iterdir())


def test_a_name_taken_meanwhile_is_left_alone(tmp_path: Path) -> None:
    """Somebody else's folder is never replaced, not even an empty one."""
    out = tmp_path / "out"

    def commit_late(stage: Stage) -> None:
        out.mkdir()
        stage.commit()

    with pytest.raises(OutputError, match="exists already"), staged(out) as stage:
        commit_late(stage)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_cannot_be_written_is_refused_first(tmp_path: Path) -> None:
    """A dangling link and a file in the way count as taken."""
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="exists already"):
        check_output(tmp_path / "link")
    with pytest.raises(OutputError, match="not a writable folder"):
        check_output(tmp_path / "file" / "out")
