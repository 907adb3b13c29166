"""A candidate's own list of packages is read as people's machines write it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from grader.execution import images
from grader.execution.build_client import BuildEnd
from grader.execution.capture import Capture
from grader.execution.limits import GIB
from grader.execution.runs import open_run
from grader.types import Verdict


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_of_packages_written_by_windows_was_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """With a byte order mark or in UTF-16 it is installed like any other, and refused for the same reasons."""
    ended = SimpleNamespace(exit_code=0, stopped=None, timed_out=False)
    monkeypatch.setattr(images, "run_build", lambda *given, **named: ended)
    monkeypatch.setattr(images, "build_watcher", lambda *given: None)
    run: Any = SimpleNamespace(folder=tmp_path, name=lambda kind: kind, labels={})
    engine: Any = SimpleNamespace(host="", root_dir=None)
    wanted = tmp_path / "requirements-notebook.txt"
    wanted.write_text("polars==1.9.0\n", encoding=encoding)
    made = images.packages_image(engine, engine, run, "sandbox", wanted)
    assert made.image == "takehome/packages:latest", made.detail
    assert (tmp_path / "packages" / "requirements.txt").read_text(encoding="utf-8") == "polars==1.9.0\n"
    wanted.write_text("--index-url http://elsewhere\n", encoding=encoding)
    assert "line 1: options are not allowed" in images.packages_image(engine, engine, run, "s", wanted).detail


FULL = b"ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"


@pytest.mark.parametrize(
    ("stopped", "log", "free", "verdict"),
    [
        ("the engine's disk has only 900 MiB left; make room on it", b"", 90, Verdict.INFRA_ERROR),
        ("the build took more than 11264 MiB of disk", b"", 90, Verdict.DISK_LIMIT),
        (None, FULL, 2, Verdict.INFRA_ERROR),
        (None, FULL, 90, Verdict.DISK_LIMIT),
        (None, b"ERROR: No matching distribution found for nosuch", 2, Verdict.BUILD_FAIL),
    ],
)
def test_incident_packages_that_found_our_disk_full_were_the_candidates(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stopped: str | None,
    log: bytes,
    free: int,
    verdict: Verdict,
) -> None:
    """A notebook was not run, and its points lost, because the disk of the engine was full."""
    said = Capture(4096)
    said.write(log)
    ended = BuildEnd(None if stopped else 1, said, 9.0, stopped=stopped)
    monkeypatch.setattr(images, "run_build", lambda *given, **named: ended)
    monkeypatch.setattr(images, "build_watcher", lambda *given: None)
    monkeypatch.setattr(images, "free_disk", lambda root: free * GIB)
    monkeypatch.setattr(images, "free_files", lambda root: None)
    run = open_run(tmp_path / "runs")
    wanted = tmp_path / "requirements-notebook.txt"
    wanted.write_text("polars==1.9.0\n")
    engine: Any = SimpleNamespace(host="", root_dir=tmp_path)
    made = images.packages_image(engine, engine, run, "sandbox", wanted)
    run.release()
    assert (made.image, made.verdict) == (None, verdict), made.detail
