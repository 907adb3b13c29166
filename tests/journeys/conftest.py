"""One small world for all journeys: a variant, a solution of it, its archive, and two results."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.tools import solve, takehome
from tests.journeys.pages import ROOT

MOVED = (
    ("title: Leaking columns found, points: 6", "title: Leaking columns found, points: 5"),
    ("title: Changes over time found, points: 5", "title: Changes over time found, points: 6"),
)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a hiring company: issued/ada, ada/, ada.zip, inbox/, results/, changed.yaml."""
    folder = tmp_path_factory.mktemp("journeys") / "company"
    folder.mkdir()
    # A practice key, so that the local executor may grade it.
    takehome("generate", "--seed", "7", "--rows", "5000", "--out", folder / "issued" / "ada")
    solve(folder / "issued" / "ada" / "bundle", folder / "ada")
    takehome("pack", folder / "ada", "--out", folder / "ada.zip")
    (folder / "inbox").mkdir()
    shutil.copyfile(folder / "ada.zip", folder / "inbox" / "ada.zip")
    vault, out = folder / "issued" / "ada" / "vault", folder / "results" / "ada"
    takehome("grade", folder / "ada.zip", "--vault", vault, "--out", out, "--executor", "local", "--quiet")
    shutil.copytree(out, folder / "results" / "ada-again")
    rubric = (ROOT / "grader" / "rubric.yaml").read_text(encoding="utf-8")
    for before, after in MOVED:
        assert before in rubric
        rubric = rubric.replace(before, after)
    (folder / "changed.yaml").write_text(rubric, encoding="utf-8")
    return folder
