"""One part of a large data set: made in a process of its own, written to its files, told in a few numbers."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from data_generator.blueprint import Blueprint
from data_generator.files import sha256_of, to_table, write_parquet
from data_generator.key import DecoyKey, PlantKey
from data_generator.streams import variant_id
from data_generator.variant import Variant, build, make_design

PART_ROWS = 250_000  # keeps a process below 1 GiB and its columns near the cache
KIB_PER_MIB = 1024


@dataclass(frozen=True)
class Task:
    """What a worker needs to make a part; `strengths` are those of the first part."""

    seed: int
    blueprint: Blueprint
    index: int
    rows: int
    strengths: Mapping[str, float]
    folder: Path


@dataclass(frozen=True)
class Part:
    """What is left of a part once its rows are written; `peak_mib` is the process's largest resident memory."""

    index: int
    rows: int
    plants: tuple[PlantKey, ...]
    decoys: tuple[DecoyKey, ...]
    hashes: Mapping[Path, str]
    peak_mib: float


def part_sizes(rows: int, part_rows: int = PART_ROWS) -> list[int]:
    """Return the rows of each part: as few parts as `part_rows` allows, alike to a row."""
    number = -(-rows // part_rows)
    return [rows // number + (index < rows % number) for index in range(number)]


def make_part(task: Task) -> Part:
    """Make and write one part of the data."""
    design = make_design(task.seed, task.blueprint)
    return write_part(build(design, task.rows, shard=task.index, strengths=task.strengths), task)


def write_part(variant: Variant, task: Task) -> Part:
    """Write a part's issued rows, the vault's copy of them, its replay and its twin."""
    vault = task.folder / "vault" / variant_id(task.seed)
    name = f"part-{task.index:05d}.parquet"
    public, issued, replay, twin = (
        folder / name
        for folder in (
            task.folder / "bundle" / "data" / "snapshots.parquet",
            vault / "issued" / "snapshots.parquet",
            vault / "holdout.parquet",
            vault / "twin.parquet",
        )
    )
    for path in (public, issued, replay, twin):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_parquet(to_table(variant.public), public)
    write_parquet(to_table(variant.replay), replay)
    write_parquet(to_table(variant.twin), twin)
    try:
        os.link(public, issued)
    except OSError:  # not every file system knows links
        shutil.copyfile(public, issued)
    return Part(
        index=task.index,
        rows=variant.rows,
        plants=variant.plants,
        decoys=variant.decoys,
        hashes={path: sha256_of(path) for path in (public, replay, twin)},
        peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB,
    )
