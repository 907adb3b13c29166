"""Writes a variant: the public bundle and the private vault entry, whole or not at all."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import yaml

from data_generator import __version__
from data_generator.dictionary import render
from data_generator.errors import AssignmentError
from data_generator.files import sha256_of, to_table, write_csv_gz, write_parquet
from data_generator.key import Key, Label, months_range
from data_generator.months import (
    EXTRACTION_MONTH,
    FIRST_REPLAY_MONTH,
    HORIZON_DAYS,
    HORIZON_MONTHS,
    LAST_MATURE_MONTH,
    REPLAY_MONTHS,
    month_name,
)
from data_generator.schema import LABEL, feature_names
from data_generator.staging import staged
from data_generator.streams import variant_id
from data_generator.variant import Variant
from data_generator.yardstick import Measured

ASSIGNMENT = Path(__file__).resolve().parents[1] / "assignment"
NEEDED = ("README.md", "contract.yaml", "starter")
JUNK = shutil.ignore_patterns(
    "__pycache__", "*.pyc", ".ipynb_checkpoints", ".mypy_cache", ".ruff_cache", ".pytest_cache"
)
LIBRARIES = ("numpy", "pandas", "pyarrow", "scipy", "scikit-learn", "lightgbm")


@dataclass(frozen=True)
class Release:
    """Where the parts of a variant were written."""

    variant: str
    rows: int
    bundle: Path
    vault: Path


def check_assignment(folder: Path = ASSIGNMENT) -> None:
    """Raise AssignmentError unless brief, contract and starter are there."""
    for name in NEEDED:
        if not (folder / name).exists():
            raise AssignmentError(
                f"{folder / name}: not found, expected the brief, the contract and the starter there"
            )


def write_release(
    variant: Variant,
    measured: Measured,
    out: Path,
    *,
    csv: bool = False,
    origin: Literal["practice", "issued"] = "practice",
    canary: str | None = None,
    assignment: Path = ASSIGNMENT,
    progress: Callable[[str], None] = lambda stage: None,
) -> Release:
    """Write `out/bundle` and `out/vault/<variant>`, both or nothing.

    Raises OutputError when `out` exists or cannot be written, AssignmentError when the brief is missing.
    """
    check_assignment(assignment)
    with staged(out) as stage:
        write_parts(
            variant,
            measured,
            stage.folder,
            csv=csv,
            origin=origin,
            canary=canary,
            assignment=assignment,
            progress=progress,
        )
        stage.commit()
    name = variant_id(variant.seed)
    return Release(name, variant.rows, out / "bundle", out / "vault" / name)


def write_parts(
    variant: Variant,
    measured: Measured,
    folder: Path,
    *,
    csv: bool = False,
    origin: Literal["practice", "issued"] = "practice",
    canary: str | None = None,
    assignment: Path = ASSIGNMENT,
    progress: Callable[[str], None] = lambda stage: None,
) -> None:
    """Write `bundle` and `vault/<variant>` into a folder that is there; OSError for what cannot be written."""
    bundle, vault = folder / "bundle", folder / "vault" / variant_id(variant.seed)
    (bundle / "data").mkdir(parents=True)
    (vault / "issued").mkdir(parents=True)
    table = to_table(variant.public)
    write_parquet(table, bundle / "data" / "snapshots.parquet")
    if csv:
        write_csv_gz(table, bundle / "data" / "snapshots.csv.gz")
    for source in sorted((bundle / "data").iterdir()):
        shutil.copyfile(source, vault / "issued" / source.name)
    write_parquet(to_table(variant.replay), vault / "holdout.parquet")
    write_parquet(to_table(variant.twin), vault / "twin.parquet")
    write_documents(variant, bundle, assignment)
    progress("bundle")
    write_records(variant, measured, bundle, vault, origin=origin, canary=canary)
    progress("vault")


def make_key(
    variant: Variant, measured: Measured, origin: Literal["practice", "issued"], canary: str | None
) -> Key:
    """Return the answer key of a variant."""
    return Key(
        variant=variant_id(variant.seed),
        seed=variant.seed,
        generator_version=__version__,
        origin=origin,
        canary=canary,
        rows=variant.rows,
        columns=feature_names(variant.columns),
        months=months_range(month_name(0), month_name(EXTRACTION_MONTH)),
        replay_months=months_range(
            month_name(FIRST_REPLAY_MONTH), month_name(FIRST_REPLAY_MONTH + REPLAY_MONTHS - 1)
        ),
        label=Label(
            column=LABEL,
            horizon_days=HORIZON_DAYS,
            horizon_months=HORIZON_MONTHS,
            last_mature_month=month_name(LAST_MATURE_MONTH),
        ),
        plants=list(variant.plants),
        decoys=list(variant.decoys),
        reference=measured.reference,
        oracle=measured.oracle,
        dummy=measured.dummy,
        naive=measured.naive,
    )


def write_documents(variant: Variant, bundle: Path, assignment: Path = ASSIGNMENT) -> None:
    """Write what goes with the data: dictionary, contract, brief and starter."""
    (bundle / "data_dictionary.md").write_text(render(variant.columns, variant.notes), encoding="utf-8")
    (bundle / "contract.yaml").write_text(_contract(variant, assignment / "contract.yaml"), encoding="utf-8")
    shutil.copy(assignment / "README.md", bundle / "README.md")
    shutil.copytree(assignment / "starter", bundle / "starter", ignore=JUNK)


def _contract(variant: Variant, template: Path) -> str:
    """Return the template with variant and rows appended, so that its comments reach the candidate."""
    text = template.read_text(encoding="utf-8")
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise AssignmentError(f"{template}: not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise AssignmentError(f"{template}: found {type(content).__name__}, expected a mapping")
    if {"variant", "rows"} & set(content):
        raise AssignmentError(f"{template}: holds variant or rows; expected neither, they are added here")
    return f'{text.rstrip()}\n\nvariant: "{variant_id(variant.seed)}"\nrows: {variant.rows}\n'


def write_records(
    variant: Variant,
    measured: Measured,
    bundle: Path,
    vault: Path,
    *,
    origin: Literal["practice", "issued"] = "practice",
    canary: str | None = None,
    known: Mapping[Path, str] | None = None,
) -> None:
    """Write the key and the record of all files; `known` are the hashes of files that need not be read again."""
    for name in ("contract.yaml", "data_dictionary.md"):
        shutil.copyfile(bundle / name, vault / "issued" / name)
    (vault / "key.json").write_text(make_key(variant, measured, origin, canary).to_json(), encoding="utf-8")

    def hashes(folder: Path, part: str = "*") -> dict[str, str]:
        return {
            path.relative_to(folder).as_posix(): (known or {}).get(path) or sha256_of(path)
            for found in sorted(folder.glob(part))
            for path in ([found] if found.is_file() else sorted(found.rglob("*")))
            if path.is_file()
        }

    record: dict[str, Any] = {
        "schema_version": 1,
        "variant": variant_id(variant.seed),
        "seed": variant.seed,
        "generator_version": __version__,
        "rows": variant.rows,
        "canary": canary,
        "bundle": hashes(bundle),
        "vault": hashes(vault, "key.json") | hashes(vault, "holdout.parquet") | hashes(vault, "twin.parquet"),
        "libraries": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
    }
    (vault / "release.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
