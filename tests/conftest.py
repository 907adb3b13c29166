"""The reference submission, made and graded once for all end-to-end tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.docker_engine import open_docker_executor
from tests.end_to_end import tools


@dataclass(frozen=True)
class Graded:
    """A variant with canaries in its vault, the reference's solution of it, and the report of its grading."""

    data: Path
    canary: str
    submission: Path
    result: Path
    report: dict[str, Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the long gradings first and keep them on one worker, since they share one graded reference."""
    long = [
        item for item in items if {"graded", "guarded", "engine"} & set(getattr(item, "fixturenames", ()))
    ]
    for item in long:
        item.add_marker(pytest.mark.xdist_group("gradings"))
    items.sort(key=lambda item: item not in long)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skip without an engine, or fail where one is required."""
    open_docker_executor(tmp_path_factory.mktemp("runs")).close()


@pytest.fixture(scope="session")
def variant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated variant: folder with bundle and vault, without canaries."""
    return tools.generate(tmp_path_factory.mktemp("variant") / "data")


@pytest.fixture(scope="session")
def solved(variant: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference's solution of the variant."""
    return tools.solve(variant / "bundle", tmp_path_factory.mktemp("solved") / "submission")


@pytest.fixture(scope="session")
def graded(engine: None, variant: Path, solved: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The reference graded in Docker against a vault full of canaries."""
    canary = tools.plant_canary(tools.vault_of(variant))
    out = tmp_path_factory.mktemp("graded") / "result"
    report = tools.grade(solved, variant, out)
    return Graded(variant, canary, solved, out, report)
