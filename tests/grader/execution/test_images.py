"""A candidate's own list of packages is read as people's machines write it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from grader.execution import images


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_of_packages_written_by_windows_was_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """With a byte order mark or in UTF-16 it is installed like any other, and refused for the same reasons."""
    ended = SimpleNamespace(exit_code=0, stopped=None, timed_out=False)
    monkeypatch.setattr(images, "run_build", lambda *given, **named: ended)
    monkeypatch.setattr(images, "build_watcher", lambda *given: None)
    run: Any = SimpleNamespace(folder=tmp_path, name=lambda kind: kind, labels={})
    engine: Any = SimpleNamespace(host="")
    wanted = tmp_path / "requirements-notebook.txt"
    wanted.write_text("polars==1.9.0\n", encoding=encoding)
    made = images.packages_image(engine, engine, run, "sandbox", wanted)
    assert made.image == "takehome/packages:latest", made.detail
    assert (tmp_path / "packages" / "requirements.txt").read_text(encoding="utf-8") == "polars==1.9.0\n"
    wanted.write_text("--index-url http://elsewhere\n", encoding=encoding)
    assert "line 1: options are not allowed" in images.packages_image(engine, engine, run, "s", wanted).detail
