"""What the vault knows of a variant: the key, the issued rows, the production replay, the costs.

Read on the host only after every job of the candidate has finished; the files are ours, so they are parsed
here. Nothing in this module ever reaches a container.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import yaml
from pydantic import Field, ValidationError

from grader.errors import VaultError
from grader.types import Model

DEPTH = 4
"""Folders below --vault in which a key.json is looked for: `issue --out issued/ada` puts it three levels down."""
MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


class MonthSpan(Model):
    """Inclusive months `YYYY-MM`; `to` null means until the end."""

    from_month: str = Field(alias="from", pattern=MONTH)
    to_month: str | None = Field(alias="to", default=None)


class KeyStatistic(Model):
    """A statistic of a plant on the variant, and of the same cells on the twin without the plant."""

    name: str
    value: float | None
    null: float | None = None
    column: str | None = None


class AffectedRows(Model):
    """How many rows a plant touched, and a hash of their keys."""

    count: int
    sha256: str


class Plant(Model):
    """A planted or inherent defect, as the key describes it."""

    id: str
    family: Literal["leakage", "change", "quality"]
    kind: str
    columns: tuple[str, ...] = ()
    months: MonthSpan | None = None
    label_months: MonthSpan | None = None
    onset_latest: str | None = None
    statistics: tuple[KeyStatistic, ...] = ()
    severity: float = Field(gt=0)
    tier: Literal["E", "M", "H"] = "M"
    inherent: bool = False
    seeded: bool = False
    equivalents: tuple[str, ...] = ()
    affected_rows: AffectedRows | None = None
    at_scoring: Literal["null", "honest", "continues"] = "continues"
    parameters: dict[str, Any] = Field(default_factory=dict)
    summary: str = ""

    @property
    def onset_months(self) -> tuple[str, str] | None:
        """The first and last month `YYYY-MM` to which its start may rightly be dated; None without months.

        A label looks ahead, so what happens in a month shows in the labels of earlier ones: either is right. What
        comes slowly is seen later than it begins.
        """
        if self.months is None:
            return None
        start = self.months.from_month
        shown = self.label_months.from_month if self.label_months else start
        return min(start, shown), max(start, shown, self.onset_latest or start)


class Decoy(Model):
    """Something that looks like a defect and is none; `trap_kinds` are the kinds it is mistaken for."""

    id: str
    columns: tuple[str, ...] = ()
    months: MonthSpan | None = None
    trap_kinds: tuple[str, ...] = ()
    summary: str = ""


class LabelClock(Model):
    """The label column, how far it looks ahead, and the last snapshot whose window had closed."""

    column: str
    horizon_days: int
    horizon_months: int
    last_mature_month: str


class ScoreFigures(Model):
    """Figures of a yardstick on one period; standard errors by resampling customers."""

    pr_auc: float
    roc_auc: float | None = None
    pr_auc_se: float | None = None
    expected_pr_auc: float | None = None
    months: MonthSpan | None = None


class Yardstick(Model):
    """A model of ours on the public test months (where it has any) and on the replay."""

    test: ScoreFigures | None = None
    replay: ScoreFigures


class Key(Model):
    """key.json, schema version 1."""

    schema_version: Literal[1]
    variant: str
    seed: int
    generator_version: str
    origin: Literal["practice", "issued"]
    canary: str | None = None
    rows: int
    columns: tuple[str, ...]
    months: MonthSpan
    replay_months: MonthSpan
    label: LabelClock
    plants: tuple[Plant, ...]
    decoys: tuple[Decoy, ...] = ()
    reference: Yardstick
    oracle: Yardstick
    dummy: Yardstick
    naive: dict[str, float] = Field(default_factory=dict)

    def seeded_leak(self) -> Plant | None:
        """Return the leak that carries the bonus, if the variant has one."""
        return next((plant for plant in self.plants if plant.seeded), None)


@dataclass(frozen=True)
class Business:
    """The money of the assignment: EUR a call, share kept, EUR a kept customer, share callable a month."""

    call_cost: float
    save_rate: float
    kept_value: float
    capacity_share: float

    @property
    def break_even(self) -> float:
        """Return the probability from which a call pays for itself."""
        return self.call_cost / (self.save_rate * self.kept_value)


@dataclass(frozen=True)
class Truth:
    """The vault of one variant, loaded."""

    key: Key
    issued: pd.DataFrame
    replay: pd.DataFrame
    business: Business
    contract: dict[str, Any]
    folder: Path
    twin: pd.DataFrame | None = None
    """The same world without any plant, where the vault has it; its rows are found by their keys."""

    @property
    def issued_folder(self) -> Path:
        """Return the folder with the public files as they were issued."""
        return self.folder / "issued"


def vaults_below(root: Path) -> list[Path]:
    """Return every folder with key.json: `root` itself, else those at most DEPTH levels below, nearest first.

    Hidden folders are passed over: a variant that is just being written lies in one.
    """
    if (root / "key.json").is_file():
        return [root]
    patterns = ["*/" * depth + "key.json" for depth in range(1, DEPTH + 1)]
    found = [key.parent for pattern in patterns for key in sorted(root.glob(pattern))]
    return [p for p in found if not any(part.startswith(".") for part in p.relative_to(root).parts)]


def only_vault(vaults: Sequence[Path]) -> Path | None:
    """Return the one vault of these, the first where all hold the same key; None where there is none, or several.

    Raises VaultError where the same variant has two different keys: nobody could say which was issued.
    """
    first = next(iter(vaults), None)
    if first is None or any(other.name != first.name for other in vaults):
        return None
    key = _bytes_of(first)
    for other in vaults[1:]:
        if _bytes_of(other) != key:
            raise VaultError(
                f"{first} and {other}: two different keys for {first.name}; "
                "expected one; name the vault it was graded with by --vault"
            )
    return first


def find_vault(path: Path, variant: str | None) -> Path:
    """Return the folder with key.json: `path` itself or the one below it for `variant`.

    Raises VaultError where there is none, or several and no variant to choose by.
    """
    if not path.is_dir():
        raise VaultError(
            f"{path}: no such folder; expected a vault (a folder with key.json, or of such folders)"
        )
    vaults = vaults_below(path)
    if variant is not None and vaults != [path]:
        vaults = [p for p in vaults if p.name == variant]
    found = only_vault(vaults)
    if found is not None:
        return found
    if not vaults:
        wanted = f" for variant {variant}" if variant else ""
        raise VaultError(
            f"{path}: no key.json{wanted} in it or at most {DEPTH} levels below; expected vault/<variant>/key.json"
        )
    names = ", ".join(p.name for p in vaults[:8])
    raise VaultError(f"{path}: {len(vaults)} vaults ({names}); name one, as --vault {vaults[0]}")


def _bytes_of(vault: Path) -> bytes:
    path = vault / "key.json"
    try:
        return path.read_bytes()
    except OSError as error:
        raise VaultError(f"{path}: not readable: {error.strerror}") from error


def load_key(folder: Path) -> Key:
    """Read key.json strictly; VaultError names the place of the first thing that is wrong."""
    path = folder / "key.json"
    try:
        return Key.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise VaultError(f"{path}: not found; expected the key that was written with the bundle") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise VaultError(f"{path}: {place}: {first['msg']}") from error
    except (OSError, ValueError) as error:
        raise VaultError(f"{path}: not readable as JSON: {error}") from error


def load_truth(folder: Path) -> Truth:
    """Load a vault whole; VaultError where a file is missing or does not fit the key."""
    key = load_key(folder)
    issued = _read_parquet(folder / "issued" / "snapshots.parquet")
    replay = _read_parquet(folder / "holdout.parquet")
    contract_path = folder / "issued" / "contract.yaml"
    try:
        contract = yaml.safe_load(contract_path.read_text(encoding="utf-8"))
        money = contract["business"]
        business = Business(
            call_cost=float(money["call_cost_eur"]),
            save_rate=float(money["save_rate"]),
            kept_value=float(money["kept_value_eur"]),
            capacity_share=float(money["capacity_share"]),
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise VaultError(f"{contract_path}: cannot read the business figures: {error!r}") from error
    needed = {"customer_id", "snapshot_month", key.label.column, *key.columns}
    for name, frame in (("issued/snapshots.parquet", issued), ("holdout.parquet", replay)):
        missing = sorted(needed - set(frame.columns))
        if missing:
            raise VaultError(f"{folder / name}: columns missing: {', '.join(missing[:5])}")
    if len(issued) != key.rows:
        raise VaultError(f"{folder}/issued/snapshots.parquet: {len(issued)} rows; the key says {key.rows}")
    twin = _read_parquet(folder / "twin.parquet") if (folder / "twin.parquet").exists() else None
    return Truth(key, issued, replay, business, contract, folder, twin)


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise VaultError(f"{path}: not readable: {str(error).splitlines()[0]}") from error
