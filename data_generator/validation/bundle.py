"""What goes out holds what it should and nothing else: compared with the assignment, the variant and the vault."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd

from data_generator.dictionary import render
from data_generator.files import parquet
from data_generator.key import DecoyKey, PlantKey
from data_generator.months import EXTRACTION_MONTH, month_name
from data_generator.release import ASSIGNMENT, Release
from data_generator.schema import FEATURES, KEYS, feature_names
from data_generator.streams import variant_id
from data_generator.validation.parquet import parquet_oddities
from data_generator.validation.reading import Oddity
from data_generator.variant import Variant

SLICE = 48  # bytes of a vault file that must not occur in a bundle file
STRIDE = 997
SHORTEST_WORD = 8
TRUTH = "true_probability"
OWN_FILES = {"data/snapshots.parquet", "data/snapshots.csv.gz", "data_dictionary.md", "contract.yaml"}
NOT_CODE = "__pycache__"


def bundle_oddities(variant: Variant, release: Release, assignment: Path = ASSIGNMENT) -> list[Oddity]:
    """Search the files of a written variant."""
    bundle, data = release.bundle, release.bundle / "data" / "snapshots.parquet"
    odd = parquet_oddities(data, variant.columns)
    issued = pd.read_parquet(data)
    odd += _same_values(issued, variant.public, "data/snapshots.parquet")
    if (bundle / "data" / "snapshots.csv.gz").exists():
        odd += _csv(bundle / "data" / "snapshots.csv.gz", issued)
    odd += _assignment_files(bundle, assignment)
    odd += _contract(bundle / "contract.yaml", assignment / "contract.yaml", variant)
    odd += _dictionary(bundle / "data_dictionary.md", variant)
    return odd + vault_remains(variant, release, issued)


def vault_remains(variant: Variant, release: Release, issued: pd.DataFrame) -> list[Oddity]:
    """Search every file of the bundle for the seed, the canary, pieces of the vault's files and later rows."""
    odd = []
    key = json.loads((release.vault / "key.json").read_text(encoding="utf-8"))
    words = {
        "canary": key["canary"] or "",
        "seed": str(key["seed"]),
        "seed in hexadecimal": f"{key['seed']:x}",
    }
    words |= {f"hash of the rows of {p['id']}": p["affected_rows"]["sha256"] for p in key["plants"]}
    words = {what: word for what, word in words.items() if len(word) >= SHORTEST_WORD}
    pieces = probability_bytes(release.vault / "holdout.parquet")
    for path in sorted(p for p in release.bundle.rglob("*") if p.is_file()):
        raw = path.read_bytes()
        content = gzip.decompress(raw) if path.suffix == ".gz" else raw
        odd += [
            Oddity("vault in the bundle", str(path.relative_to(release.bundle)), f"holds the {what}")
            for what, word in words.items()
            if word.encode() in content
        ]
        if any(piece in content for piece in pieces):
            place = str(path.relative_to(release.bundle))
            odd.append(Oddity("vault in the bundle", place, "holds bytes of the replay's true probabilities"))
    if issued["snapshot_month"].astype(str).max() > month_name(EXTRACTION_MONTH):
        odd.append(
            Oddity("vault in the bundle", "data/snapshots.parquet", "holds months after the extraction")
        )
    if TRUTH in issued:
        odd.append(Oddity("vault in the bundle", "data/snapshots.parquet", "holds true probabilities"))
    return odd


def probability_bytes(holdout: Path) -> set[bytes]:
    """Return slices of the stored true probabilities, which no other file can share by chance."""
    group = parquet.ParquetFile(holdout).metadata.row_group(0)
    chunk = next(c for i in range(group.num_columns) if (c := group.column(i)).path_in_schema == TRUTH)
    # The dictionary page alone: the indices that follow it are the same for any column of distinct values.
    start, end = chunk.dictionary_page_offset, chunk.data_page_offset
    if start is None or start >= end:
        start, end = chunk.data_page_offset, chunk.data_page_offset + chunk.total_compressed_size
    content = holdout.read_bytes()[start:end]
    return {content[i : i + SLICE] for i in range(SLICE, len(content) - SLICE, STRIDE)}


def _same_values(written: pd.DataFrame, made: pd.DataFrame, name: str) -> list[Oddity]:
    if list(written.columns) != list(made.columns) or len(written) != len(made):
        return [Oddity("written rows", name, f"{written.shape} written, {made.shape} made")]
    odd = []
    for column in made.columns:
        a, b = written[column], made[column]
        if pd.api.types.is_numeric_dtype(b):
            same = np.array_equal(
                a.to_numpy(dtype=np.float64, na_value=np.nan),
                b.to_numpy(dtype=np.float64, na_value=np.nan),
                True,
            )
        else:
            x, y = a.astype(object), b.astype(object)
            same = bool(((x == y) | (x.isna() & y.isna())).all())
        if not same:
            odd.append(Oddity("written rows", f"{name}, {column}", "differ from what was made"))
    return odd


def _csv(path: Path, issued: pd.DataFrame) -> list[Oddity]:
    odd = []
    header = path.read_bytes()[:10]
    if header[3:8] != bytes(5):
        odd.append(Oddity("csv", "gzip header", "holds a file name, a comment or a time"))
    text = [c for c in issued.columns if not pd.api.types.is_numeric_dtype(issued[c])]
    csv = pd.read_csv(path, dtype=dict.fromkeys(text, "object"))
    return odd + _same_values(csv, issued, "data/snapshots.csv.gz")


def _assignment_files(bundle: Path, assignment: Path) -> list[Oddity]:
    def listed(folder: Path) -> dict[str, Path]:
        found = (p for p in sorted(folder.rglob("*")) if p.is_file() and NOT_CODE not in p.parts)
        return {str(p.relative_to(folder)): p for p in found}

    given, source = listed(bundle), listed(assignment)
    wanted = {n for n in source if n == "README.md" or n.startswith("starter/")}
    odd = [Oddity("bundle", name, "unexpected file") for name in sorted(set(given) - wanted - OWN_FILES)]
    odd += [Oddity("bundle", name, "missing") for name in sorted(wanted - set(given)) if "cache" not in name]
    odd += [
        Oddity("bundle", name, "differs from the assignment's")
        for name in sorted(wanted & set(given))
        if given[name].read_bytes() != source[name].read_bytes()
    ]
    return odd


def _contract(path: Path, template: Path, variant: Variant) -> list[Oddity]:
    ours, text = template.read_text(encoding="utf-8").rstrip(), path.read_text(encoding="utf-8")
    expected = f'{ours}\n\nvariant: "{variant_id(variant.seed)}"\nrows: {variant.rows}\n'
    return [] if text == expected else [Oddity("bundle", path.name, "more than variant and rows was added")]


def _dictionary(path: Path, variant: Variant) -> list[Oddity]:
    """Compare with the page of the world: only columns brought by a plant and declared notes may differ."""
    text = path.read_text(encoding="utf-8").splitlines()
    odd = (
        []
        if text == render(variant.columns, variant.notes).splitlines()
        else [Oddity("bundle", path.name, "is not the page of this variant's columns")]
    )
    standard = {column.name: column for column in FEATURES}
    entries: list[PlantKey | DecoyKey] = [*variant.plants, *variant.decoys]
    declared = {name for entry in entries for name in entry.columns}
    odd += [
        Oddity("dictionary", column.name, "described otherwise than in the world, undeclared")
        for column in variant.columns
        if column != standard.get(column.name) and column.name not in declared
    ]
    noted = len(variant.notes)
    if noted > len(variant.decoys) + sum(not plant.inherent for plant in variant.plants):
        odd.append(Oddity("dictionary", "change log", f"{noted} notes, more than plants and decoys"))
    names = [
        line.split("`")[1]
        for line in text
        if line.startswith("| `") and line.split("`")[1] not in (*KEYS, "churned_90d")
    ]
    if names != feature_names(variant.columns):
        odd.append(Oddity("dictionary", "columns", "not those of the data, in its order"))
    return odd
