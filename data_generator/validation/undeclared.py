"""Cell by cell: what differs from the clean world must be declared in the key, and nothing else differs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.key import DecoyKey, PlantKey
from data_generator.months import EXTRACTION_MONTH
from data_generator.plants.draft import months_of
from data_generator.plants.slices import rows_where
from data_generator.schema import FEATURES, KEYS, LABEL, feature_names
from data_generator.validation.exhibit import month_mask, origins
from data_generator.validation.reading import Oddity
from data_generator.variant import Variant

Mask = npt.NDArray[np.bool_]
LABEL_PLANTS = ("label_immaturity", "label_definition", "label_noise_slice")


def undeclared_cells(variant: Variant) -> list[Oddity]:
    """Compare every issued cell with the clean world's, and every replay cell as the key's `at_scoring` says."""
    public, origin = variant.public, origins(variant)
    clean = variant.truth.twin.iloc[origin].reset_index(drop=True)
    odd = _columns(public, clean, variant, may_be_copies=True)
    odd += _label(public, variant, origin)
    replay = variant.replay
    by_key = pd.MultiIndex.from_frame(variant.truth.replay[list(KEYS)].astype({"snapshot_month": str}))
    at = by_key.get_indexer(pd.MultiIndex.from_frame(replay[list(KEYS)].astype({"snapshot_month": str})))
    if (at < 0).any():
        return [*odd, Oddity("replay", "keys", f"{int((at < 0).sum())} rows are not of the clean replay")]
    later = variant.truth.replay.iloc[at].reset_index(drop=True)
    odd += [Oddity("replay", o.place, o.found) for o in _columns(replay, later, variant, may_be_copies=False)]
    for name in (LABEL, "true_probability"):
        if not np.array_equal(replay[name].to_numpy(), later[name].to_numpy()):
            odd.append(Oddity("replay", name, "differs from the clean world's"))
    return odd


def _columns(
    issued: pd.DataFrame, clean: pd.DataFrame, variant: Variant, may_be_copies: bool
) -> list[Oddity]:
    odd: list[Oddity] = []
    entries: list[PlantKey | DecoyKey] = [*variant.plants, *variant.decoys]
    copied = issued.duplicated(list(KEYS), keep=False).to_numpy() if may_be_copies else None
    for column in variant.columns:
        name = column.name
        if name not in clean:
            if not any(name in entry.columns for entry in entries):
                odd.append(Oddity("undeclared column", name, "nobody declares it"))
            continue
        differs = _differs(issued[name], clean[name])
        if not differs.any():
            continue
        allowed = np.zeros(len(issued), dtype=bool)
        for plant in variant.plants:
            allowed |= _declares(plant, name, issued, clean, copied)
        for decoy in variant.decoys:
            allowed |= _decoy_declares(decoy, name, issued)
        left = int((differs & ~allowed).sum())
        if left:
            odd.append(
                Oddity(
                    "undeclared cells", name, f"{left} of {int(differs.sum())} changed cells are not declared"
                )
            )
    missing = set(feature_names(FEATURES)) - {c.name for c in variant.columns}
    brought = {c.name for c in variant.columns} - set(feature_names(FEATURES))
    if len(missing) != len(brought):
        odd.append(Oddity("columns", ", ".join(sorted(missing)), f"replaced by {sorted(brought)}"))
    return odd


def _declares(
    plant: PlantKey, name: str, issued: pd.DataFrame, clean: pd.DataFrame, copied: Mask | None
) -> Mask:
    if copied is not None and plant.parameters.get("near_column") == name:
        return copied
    if name not in plant.columns:
        return np.zeros(len(issued), dtype=bool)
    month = months_of(issued)
    mask = np.where(
        month <= EXTRACTION_MONTH,
        month_mask(plant.months)[np.minimum(month, EXTRACTION_MONTH)],
        plant.at_scoring != "honest" or "ordinary" in plant.parameters,  # what happens to anybody goes on
    )
    # A proxy's slice is where the defect shows most, not where it is.
    where = {} if "proxy" in plant.parameters else plant.parameters.get("where", {})
    # A slice may be known by its values before or after, as for codes that took the place of others.
    mask = mask & (
        rows_where(issued, where) | rows_where(clean, {k: v for k, v in where.items() if k in clean})
    )
    return np.asarray(mask, dtype=bool)


def _decoy_declares(decoy: DecoyKey, name: str, issued: pd.DataFrame) -> Mask:
    if name not in decoy.columns:
        return np.zeros(len(issued), dtype=bool)
    month = months_of(issued)
    # A harmless change goes on after the extraction.
    return np.asarray(
        np.where(
            month <= EXTRACTION_MONTH, month_mask(decoy.months)[np.minimum(month, EXTRACTION_MONTH)], True
        )
    )


def _label(public: pd.DataFrame, variant: Variant, origin: npt.NDArray[np.int64]) -> list[Oddity]:
    complete = variant.truth.twin[LABEL].to_numpy()[origin]
    differs = public[LABEL].to_numpy() != complete
    differs &= ~public.duplicated(list(KEYS), keep=False).to_numpy()
    for plant in variant.plants:
        if plant.kind in LABEL_PLANTS:
            mask = month_mask(plant.label_months or plant.months)[months_of(public)]
            mask &= rows_where(public, plant.parameters.get("where", {}))
            differs &= ~mask
    number = int(differs.sum())
    return (
        [Oddity("undeclared labels", LABEL, f"{number} labels differ without a declared reason")]
        if number
        else []
    )


def _differs(a: pd.Series, b: pd.Series) -> Mask:
    if pd.api.types.is_numeric_dtype(a) and pd.api.types.is_numeric_dtype(b):
        x, y = (s.to_numpy(dtype=np.float64, na_value=np.nan) for s in (a, b))
        return np.asarray((x != y) & ~(np.isnan(x) & np.isnan(y)))
    x, y = (s.astype(object).to_numpy() for s in (a, b))
    both_null = pd.isna(x) & pd.isna(y)
    return np.asarray((x != y) & ~both_null, dtype=bool)
