"""Variants and worlds shared by the tests of the generator, small enough to be made in a second."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_generator.release import Release, write_release
from data_generator.variant import Variant, make_variant
from data_generator.world.truth import Truth, make_truth
from data_generator.yardstick import Measured, measure

ROWS = 40_000


@pytest.fixture(scope="session")
def variant() -> Variant:
    """Return one planted variant."""
    return make_variant(7, ROWS)


@pytest.fixture(scope="session")
def measured(variant: Variant) -> Measured:
    """Return its yardstick figures."""
    return measure(variant)


@pytest.fixture(scope="session")
def truth() -> Truth:
    """Return a clean world large enough for its bands."""
    return make_truth(11, 80_000)


@pytest.fixture(scope="session")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small stand-in for the folder with brief, contract and starter."""
    folder = tmp_path_factory.mktemp("assignment")
    (folder / "README.md").write_text("# The brief\n")
    (folder / "contract.yaml").write_text("contract_version: 1\ndata: {path: data/snapshots.parquet}\n")
    (folder / "starter" / "__pycache__").mkdir(parents=True)
    (folder / "starter" / "__pycache__" / "junk.pyc").write_bytes(b"junk")
    (folder / "starter" / "train.py").write_text("print('hello')\n")
    return folder


@pytest.fixture(scope="session")
def release(
    variant: Variant, measured: Measured, assignment: Path, tmp_path_factory: pytest.TempPathFactory
) -> Release:
    """Return the written variant, with a canary in its vault."""
    out = tmp_path_factory.mktemp("release") / "out"
    return write_release(variant, measured, out, csv=True, canary="canary-3141592653", assignment=assignment)
