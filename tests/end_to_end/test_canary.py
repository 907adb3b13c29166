"""The vault never meets candidate code: a random string in every private file is found nowhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Graded
from tests.end_to_end import tools
from tests.end_to_end.engine_watch import EngineWatch
from tests.end_to_end.spy import make_spy

pytestmark = [pytest.mark.docker, pytest.mark.slow]


@pytest.fixture(scope="module")
def guarded(engine: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A small variant with canaries in its vault."""
    data = tools.generate(tmp_path_factory.mktemp("guarded") / "data", rows=5000)
    return data, tools.plant_canary(tools.vault_of(data))


def spied(data: Path, folder: Path, planted: str | None) -> dict[str, Any]:
    """Grade the spying submission; return its saved evidence."""
    tools.grade(make_spy(folder / "spy", planted), data, folder / "out")
    return dict(json.loads((folder / "out" / "evidence" / "evidence.json").read_text(encoding="utf-8")))


def test_candidate_code_finds_no_canary_anywhere(guarded: tuple[Path, str], tmp_path: Path) -> None:
    """Neither notebook, build, layers, service, environment, requests, mounts nor logs carry the vault.

    The submission looks from inside; what every container is given, probes included, is looked at from outside.
    """
    data, canary = guarded
    with EngineWatch(canary) as watch:
        evidence = spied(data, tmp_path, None)
    assert len(watch.containers) >= 6
    assert watch.found == set()
    assert evidence["notebook"]["executed_cells"] == 1
    assert evidence["notebook"]["error"] == ""
    assert evidence["service"]["started"]
    seen = json.loads(evidence["service"]["model_version"].removeprefix("seen: "))
    assert (seen["build"], seen["service"], seen["requests"]) == ([], [], 0)
    for path in tools.text_files(tmp_path / "out"):
        assert canary.encode() not in path.read_bytes(), path


def test_the_spy_would_have_noticed(guarded: tuple[Path, str], tmp_path: Path) -> None:
    """A canary that is within reach is reported from notebook, build and service, so silence means absence."""
    data, _ = guarded
    planted = "CANARY-" + "0" * 32
    with EngineWatch(planted) as watch:
        evidence = spied(data, tmp_path, planted)
    assert {place.rpartition(" ")[2] for place in watch.found} == {"planted.txt"}
    assert "planted.txt" in evidence["notebook"]["error"]
    seen = evidence["service"]["model_version"]
    assert seen.count("planted.txt") >= 2


def test_reference_result_holds_no_canary(graded: Graded) -> None:
    """Reports and evidence of an ordinary grading repeat nothing private of the vault verbatim."""
    for path in tools.text_files(graded.result):
        assert graded.canary.encode() not in path.read_bytes(), path
