"""Data sets in parts: the same rows for any number of processes, one key for all, and nothing left on failure."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_generator import parts, sharded
from data_generator.blueprint import DEFAULT, Blueprint, load_blueprint
from data_generator.errors import PlantError, SpecError
from data_generator.parts import Part, Task, part_sizes
from data_generator.schema import KEYS
from data_generator.sharded import Large, write_large

ROWS, PART_ROWS = 45_000, 15_000
BLUEPRINT: Blueprint = load_blueprint(DEFAULT)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, assignment: Path) -> dict[int, Large]:
    """Return the same data set made by one process and by two."""
    folder = tmp_path_factory.mktemp("large")
    return {
        workers: write_large(
            7, ROWS, BLUEPRINT, folder / str(workers), workers, part_rows=PART_ROWS, assignment=assignment
        )
        for workers in (1, 2)
    }


def files(large: Large) -> dict[str, str]:
    """Return the hashes of all files of bundle and vault."""
    root = large.release.bundle.parent
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_same_bytes_for_one_worker_and_two(made: dict[int, Large]) -> None:
    """The number of processors of a machine is no part of the data."""
    assert files(made[1]) == files(made[2])


def test_rows_are_exact_and_no_customer_is_in_two_parts(made: dict[int, Large]) -> None:
    """Parts are read as one table whose customers are whole."""
    folder = made[1].release.bundle / "data" / "snapshots.parquet"
    assert len(pd.read_parquet(folder)) == ROWS
    customers = [set(pd.read_parquet(part)["customer_id"]) for part in sorted(folder.iterdir())]
    assert len(customers) == made[1].parts == 3
    assert sum(map(len, customers)) == len(set.union(*customers))
    replay = pd.read_parquet(made[1].release.vault / "holdout.parquet")
    assert not replay.duplicated(list(KEYS)).any()
    assert set(replay["snapshot_month"]) == {"2025-01", "2025-02", "2025-03"}


def test_the_vault_holds_what_was_issued(made: dict[int, Large]) -> None:
    """The grader reads the vault's copy of every part, and the record knows every file."""
    release = made[1].release
    for part in sorted((release.bundle / "data" / "snapshots.parquet").iterdir()):
        assert (release.vault / "issued" / "snapshots.parquet" / part.name).read_bytes() == part.read_bytes()
    record = json.loads((release.vault / "release.json").read_text())
    found = files(made[1])
    assert {f"bundle/{name}": digest for name, digest in record["bundle"].items()} == {
        name: digest for name, digest in found.items() if name.startswith("bundle/")
    }
    for name in ("holdout.parquet", "twin.parquet"):
        assert sum(path.startswith(f"{name}/part-") for path in record["vault"]) == made[1].parts


def test_the_twin_of_large_data_was_left_out(made: dict[int, Large]) -> None:
    """Without it nobody knows which values a model that rebuilds a column from history answers rightly."""
    vault = made[1].release.vault
    twin = pd.read_parquet(vault / "twin.parquet")
    issued = pd.read_parquet(vault / "issued" / "snapshots.parquet")
    keys = pd.MultiIndex.from_frame(issued[list(KEYS)])
    assert keys.isin(pd.MultiIndex.from_frame(twin[list(KEYS)])).mean() > 0.9
    assert len(set(twin) & set(issued)) > 30


def test_the_key_speaks_of_all_parts(made: dict[int, Large]) -> None:
    """Counts are those of the whole table, and affected rows can be recounted from it."""
    release = made[1].release
    key = json.loads((release.vault / "key.json").read_text())
    table = pd.read_parquet(release.bundle / "data" / "snapshots.parquet")
    plants = {plant["kind"]: plant for plant in key["plants"]}
    assert key["rows"] == ROWS
    churners = plants["class_imbalance"]["affected_rows"]
    assert churners["count"] == pytest.approx(table["churned_90d"].sum(), abs=0.01 * ROWS)
    repeated = table["customer_id"].duplicated(keep=False)
    statistic = plants["group_overlap"]["statistics"][0]
    assert statistic["value"] == pytest.approx(repeated.mean(), abs=1e-6)


def test_parts_differ_and_look_alike(made: dict[int, Large]) -> None:
    """Parts are independent draws of one world with the same strengths, not copies of each other."""
    folder = made[1].release.bundle / "data" / "snapshots.parquet"
    tables = [pd.read_parquet(part) for part in sorted(folder.iterdir())]
    usage = [table["data_usage_gb"].to_numpy() for table in tables]
    assert (usage[0][:1000] != usage[1][:1000]).mean() > 0.9
    rates = [table.loc[table["snapshot_month"] <= "2024-09", "churned_90d"].mean() for table in tables]
    assert np.ptp(rates) < 0.02
    assert all(list(table.columns) == list(tables[0].columns) for table in tables)


@pytest.mark.parametrize(("rows", "expected"), [(250_000, 1), (250_001, 2), (20_000_000, 80)])
def test_parts_are_alike_in_size(rows: int, expected: int) -> None:
    """No part is a small remainder on which plants could not be measured."""
    sizes = part_sizes(rows)
    assert len(sizes) == expected
    assert sum(sizes) == rows
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("error", [PlantError("broken"), KeyboardInterrupt()])
def test_nothing_stays_of_a_failure(
    tmp_path: Path, assignment: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """A part that fails, or Ctrl-C, leaves neither folder nor hidden folder behind."""

    def fails(task: Task) -> Part:
        raise error

    monkeypatch.setattr(sharded, "make_part", fails)
    with pytest.raises(type(error)):
        write_large(7, 9_000, BLUEPRINT, tmp_path / "out", 1, part_rows=4_500, assignment=assignment)
    assert list(tmp_path.iterdir()) == []


def test_a_failing_process_ends_all_and_leaves_nothing(tmp_path: Path, assignment: Path) -> None:
    """What a worker raises reaches the one who asked, in one piece."""
    plan = part_sizes(9_000, 4_500)
    assert plan == [4_500, 4_500]
    tasks = [Task(7, BLUEPRINT, index, 100, {}, tmp_path / "parts") for index in (1, 2)]
    with pytest.raises(SpecError, match="rows"):
        list(sharded._made(tasks, 2))
    assert list(tmp_path.iterdir()) == []


def test_no_worker_is_an_error(tmp_path: Path, assignment: Path) -> None:
    """A number that makes no sense is named before any work."""
    with pytest.raises(SpecError, match="workers"):
        write_large(7, 9_000, BLUEPRINT, tmp_path / "out", 0, assignment=assignment)


def test_without_links_the_vault_gets_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, assignment: Path
) -> None:
    """Some file systems know no links."""

    def refuse(*_: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr(parts.os, "link", refuse)
    large = write_large(7, 9_000, BLUEPRINT, tmp_path / "out", 1, part_rows=4_500, assignment=assignment)
    issued = sorted((large.release.vault / "issued" / "snapshots.parquet").iterdir())
    assert [path.stat().st_nlink for path in issued] == [1, 1]
