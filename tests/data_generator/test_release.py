"""What is written: the contract's layout, nothing of the vault in the bundle, all or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from data_generator.errors import AssignmentError, OutputError
from data_generator.files import sha256_of
from data_generator.key import Key
from data_generator.release import Release, make_key, write_release
from data_generator.schema import KEYS, LABEL, feature_names
from data_generator.variant import Variant
from data_generator.yardstick import Measured


def files(folder: Path) -> set[str]:
    """Return the relative paths of all files in a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_layout(release: Release) -> None:
    """The files that the contract names are there, and no others."""
    assert files(release.bundle) == {
        "README.md",
        "contract.yaml",
        "data_dictionary.md",
        "data/snapshots.parquet",
        "data/snapshots.csv.gz",
        "starter/train.py",
    }
    assert files(release.vault) == {
        "key.json",
        "holdout.parquet",
        "twin.parquet",
        "release.json",
        "issued/snapshots.parquet",
        "issued/snapshots.csv.gz",
        "issued/contract.yaml",
        "issued/data_dictionary.md",
    }


def test_public_table(release: Release, variant: Variant) -> None:
    """Types and columns are those of the contract; the metadata holds nothing but the schema."""
    table = pq.read_table(release.bundle / "data" / "snapshots.parquet")
    assert table.column_names == [*KEYS, *feature_names(variant.columns), LABEL]
    assert table.num_rows == variant.rows
    assert str(table.schema.field("customer_id").type) == "int64"
    assert str(table.schema.field("snapshot_month").type) == "string"
    assert not table.schema.metadata
    assert set(table["snapshot_month"].to_pylist()) <= {
        f"{y}-{m:02d}" for y in (2023, 2024) for m in range(1, 13)
    }


def test_csv_and_parquet_hold_the_same_rows(release: Release) -> None:
    """A candidate may choose either file."""
    parquet = pd.read_parquet(release.bundle / "data" / "snapshots.parquet")
    csv = pd.read_csv(release.bundle / "data" / "snapshots.csv.gz")
    assert list(csv.columns) == list(parquet.columns)
    for name in parquet.columns:
        if pd.api.types.is_numeric_dtype(parquet[name]):
            np.testing.assert_allclose(csv[name], parquet[name])
        else:
            assert csv[name].tolist() == parquet[name].tolist()


def test_holdout(release: Release, variant: Variant) -> None:
    """The replay has the public columns in order, complete labels and true probabilities."""
    holdout = pd.read_parquet(release.vault / "holdout.parquet")
    assert list(holdout.columns) == [*KEYS, *feature_names(variant.columns), LABEL, "true_probability"]
    assert set(holdout["snapshot_month"]) == {"2025-01", "2025-02", "2025-03"}
    assert holdout["true_probability"].between(0, 1, inclusive="neither").all()
    assert holdout[LABEL].isin([0, 1]).all()


def test_contract_carries_the_variant(release: Release, variant: Variant) -> None:
    """A submission can be told to belong to this dataset."""
    contract = yaml.safe_load((release.bundle / "contract.yaml").read_text())
    assert contract["variant"] == release.variant
    assert contract["rows"] == variant.rows
    assert contract["contract_version"] == 1


def test_key_is_strict_and_complete(release: Release) -> None:
    """The key reads back through its own strict model, with the columns of the data."""
    text = (release.vault / "key.json").read_text()
    key = Key.model_validate_json(text)
    assert key.to_json() == text
    assert (key.origin, key.canary, key.label.last_mature_month) == (
        "practice",
        "canary-3141592653",
        "2024-09",
    )
    assert [plant.kind for plant in key.plants if plant.seeded] == ["post_outcome_column"]
    raw = json.loads(text)
    assert raw["months"] == {"from": "2023-01", "to": "2024-12"}
    assert raw["plants"][0].keys() == {
        *(
            "id",
            "family",
            "kind",
            "columns",
            "months",
            "label_months",
            "onset_latest",
            "statistics",
            "severity",
            "tier",
        ),
        *("inherent", "seeded", "equivalents", "affected_rows", "at_scoring", "parameters", "summary"),
    }
    with pytest.raises(ValueError, match="extra"):
        Key.model_validate({**raw, "surprise": 1})


def test_release_lists_hashes_of_what_was_written(release: Release) -> None:
    """What was issued can be proved later."""
    record = json.loads((release.vault / "release.json").read_text())
    assert set(record["bundle"]) == files(release.bundle)
    for name, digest in record["bundle"].items():
        assert sha256_of(release.bundle / name) == digest
    for name, digest in record["vault"].items():
        assert sha256_of(release.vault / name) == digest


def test_issued_copies_are_the_bundles_bytes(release: Release) -> None:
    """The grader reads the data that went out."""
    for name in ("data/snapshots.parquet", "contract.yaml", "data_dictionary.md"):
        assert (release.bundle / name).read_bytes() == (
            release.vault / "issued" / Path(name).name
        ).read_bytes()


def test_nothing_of_the_vault_is_in_the_bundle(release: Release, variant: Variant) -> None:
    """Neither the canary nor the seed, neither replay rows nor the words of the key."""
    for path in release.bundle.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for word in (
                b"canary-3141592653",
                b"true_probability",
                b"2025-0",
                b"look_ahead",
                b"oracle",
                b"data_generator",
            ):
                assert word not in content, path
    public = pd.read_parquet(release.bundle / "data" / "snapshots.parquet")
    assert not set(public["snapshot_month"]) & set(variant.replay["snapshot_month"].astype(str))


def test_same_seed_same_bytes(
    release: Release, variant: Variant, measured: Measured, assignment: Path, tmp_path: Path
) -> None:
    """Writing a variant twice gives the same files."""
    again = write_release(
        variant, measured, tmp_path / "out", csv=True, canary="canary-3141592653", assignment=assignment
    )
    for name in files(release.bundle):
        assert (again.bundle / name).read_bytes() == (release.bundle / name).read_bytes(), name
    for name in files(release.vault):
        assert (again.vault / name).read_bytes() == (release.vault / name).read_bytes(), name


def test_existing_output_is_left_alone(
    variant: Variant, measured: Measured, assignment: Path, tmp_path: Path
) -> None:
    """What is there already is never overwritten."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        write_release(variant, measured, tmp_path / "out", assignment=assignment)
    assert files(tmp_path) == {"out/mine"}


def test_failure_leaves_nothing_behind(variant: Variant, measured: Measured, tmp_path: Path) -> None:
    """A broken contract template stops the writing and no half of a bundle stays."""
    template = tmp_path / "assignment"
    (template / "starter").mkdir(parents=True)
    (template / "README.md").write_text("x")
    (template / "contract.yaml").write_text("- not a mapping\n")
    with pytest.raises(AssignmentError, match="expected a mapping"):
        write_release(variant, measured, tmp_path / "out", assignment=template)
    assert [path.name for path in tmp_path.iterdir()] == ["assignment"]


def test_missing_assignment_is_named(variant: Variant, measured: Measured, tmp_path: Path) -> None:
    """The message says which file is missing where."""
    with pytest.raises(AssignmentError, match=r"README\.md: not found"):
        write_release(variant, measured, tmp_path / "out", assignment=tmp_path)


def test_issued_origin(variant: Variant, measured: Measured) -> None:
    """A key says whether it was made for practice."""
    assert make_key(variant, measured, "issued", None).origin == "issued"
