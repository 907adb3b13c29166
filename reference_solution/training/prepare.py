"""The rows to learn from: the issued data after the audit's findings have been acted on."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from audit.panel import HORIZON_MONTHS, KEYS, LABEL, Panel, load_panel
from scoring.features import FeatureSpec, UnitRepair

LEAKS = {
    "post_outcome_column", "look_ahead_window", "extraction_time_counter", "target_encoded_index", "identifier_leak",
    "leaky_missingness", "overwritten_dimension", "nightly_score", "target_leakage",
}  # fmt: skip
ISSUED = "label_as_issued"
RATIOS = (("seats_active", "seats_purchased"), ("logins_30d", "logins_avg_3m"))


@dataclass(frozen=True)
class Business:
    """The economics of a call: EUR, shares in 0..1."""

    call_cost: float
    save_rate: float
    kept_value: float
    capacity: float

    @property
    def break_even(self) -> float:
        """Return the probability at which a call pays for itself."""
        return self.call_cost / (self.save_rate * self.kept_value)


@dataclass(frozen=True)
class Prepared:
    """Clean rows, one per customer-month, with what was left out and why."""

    rows: pd.DataFrame
    spec: FeatureSpec
    fields: dict[str, str]
    dropped: dict[str, str]
    disputed_keys: int
    sha256: str
    contract: dict
    unusual: tuple[str, ...] = ()
    """Months in which the audit found the churn rate away from the others'."""

    @property
    def business(self) -> Business:
        """Return the brief's costs and capacity."""
        figures = self.contract["business"]
        return Business(
            figures["call_cost_eur"],
            figures["save_rate"],
            figures["kept_value_eur"],
            figures["capacity_share"],
        )


def prepare(bundle: Path, findings: list[dict]) -> Prepared:
    """Read a bundle and act on findings: leaks and moved columns go, units are made equal, copies are resolved."""
    panel = load_panel(bundle / "data")
    contract = yaml.safe_load((bundle / "contract.yaml").read_text())
    dropped = {
        one["columns"][0]: one["kind"] for one in findings if one["action"] == "drop" and one["columns"]
    }
    defects = [one for one in findings if one["status"] == "defect"]
    codes = {
        one["columns"][0]: tuple(float(code) for code in one["where"][one["columns"][0]])
        for one in defects
        if one["kind"] == "sentinel_values"
    }
    aliases = renamed_levels(findings)
    rows, disputed = undisputed_rows(with_panel_label(panel, defects))
    changes = [one for one in findings if one["kind"] == "unit_change" and one["status"] == "defect"]
    repairs = tuple(unit_repair(rows, one) for one in changes)
    numbers = tuple(name for name in panel.numeric if name not in dropped)
    levels = {
        name: tuple(sorted(set(rows[name].dropna().astype(str).unique()) - set(aliases.get(name, {}))))
        for name in panel.categorical
        if name not in dropped
    }
    ratios = tuple(pair for pair in RATIOS if set(pair) <= set(numbers))
    spec = FeatureSpec(numbers, levels, ratios, repairs, aliases, codes)
    fields = {name: "category" if name in panel.categorical else "number" for name in panel.features}
    shifts = [(one["from"], one["to"]) for one in defects if one["kind"] == "label_shift"]
    unusual = tuple(month for month in panel.months if any(first <= month <= last for first, last in shifts))
    return Prepared(rows, spec, fields, dropped, disputed, file_hash(bundle / "data"), contract, unusual)


def renamed_levels(findings: list[dict]) -> dict[str, dict[str, str]]:
    """Return, per category, which renamed level stands for which: old ones for the new where several were merged."""
    aliases: dict[str, dict[str, str]] = {}
    for one in findings:
        if one["kind"] == "category_recode" and (one.get("detail") or {}).get("replaces"):
            new, old = one["detail"]["level"], one["detail"]["replaces"]
            pairs = {new: old[0]} if len(old) == 1 else dict.fromkeys(old, new)
            aliases.setdefault(one["columns"][0], {}).update(pairs)
    return aliases


def with_panel_label(panel: Panel, defects: list[dict]) -> pd.DataFrame:
    """Return the issued rows with the label that the panel itself shows where a finding says to relabel.

    A customer who churned within three months is no longer listed three months on, and nobody else is missing.
    """
    relabelled = [one for one in defects if one["action"] == "relabel"]
    issued = panel.raw[LABEL].to_numpy()
    if not relabelled:
        return panel.raw.assign(**{ISSUED: issued})
    seen = panel.rows[list(KEYS)].assign(shown=(panel.months_until_gone <= HORIZON_MONTHS).astype(int))
    shown = panel.raw[list(KEYS)].merge(seen, how="left", on=list(KEYS))["shown"].to_numpy()
    hit = np.zeros(len(panel.raw), dtype=bool)
    for one in relabelled:
        inside = panel.raw["snapshot_month"].between(one["from"], one["to"])
        for column, levels in (one.get("where") or {}).items():
            inside &= panel.raw[column].isin(levels)
        hit |= inside.to_numpy()
    hit &= (panel.raw["snapshot_month"] <= panel.last_mature_month).to_numpy()
    return panel.raw.assign(**{LABEL: np.where(hit, shown, issued), ISSUED: issued})


def undisputed_rows(raw: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return one row per key, without the keys whose copies disagree, and how many such keys there are."""
    rows = raw.drop_duplicates()
    disputed = rows.duplicated(list(KEYS), keep=False)
    count = len(rows[disputed].drop_duplicates(list(KEYS)))
    return rows[~disputed].sort_values(list(KEYS)[::-1], kind="stable").reset_index(drop=True), count


def unit_repair(rows: pd.DataFrame, finding: dict) -> UnitRepair:
    """Return the row-wise rule that undoes a unit change.

    The limit lies half-way, in orders of magnitude, between the two units' medians, and below all but a
    thousandth of the values in the new unit.
    """
    column, factor, start = finding["columns"][0], finding["detail"]["factor"], finding["from"]
    by, levels = next(iter((finding.get("where") or {}).items()), (None, []))
    inside = rows[by].isin(levels) if by else pd.Series(True, index=rows.index)
    late = rows["snapshot_month"] >= start
    if factor < 1:
        return UnitRepair(column, start, factor, -np.inf, by, tuple(levels))
    new = rows[column][inside & late & (rows[column] > 0)]
    middle = float(np.sqrt(rows[column][inside & ~late].median() * new.median()))
    above = min(middle, 0.5 * float(new.quantile(0.001)))
    return UnitRepair(column, start, factor, above, by, tuple(levels))


def as_columns(rows: pd.DataFrame, spec: FeatureSpec) -> dict[str, np.ndarray]:
    """Return the raw columns as the service gets them: numbers as floats, levels and months as text or None."""
    columns = {name: rows[name].to_numpy(dtype=float) for name in spec.numbers}
    for name in spec.levels:
        columns[name] = rows[name].astype(object).where(rows[name].notna(), None).to_numpy()
    columns["snapshot_month"] = rows["snapshot_month"].astype(object).to_numpy()
    return columns


def file_hash(data: Path) -> str:
    """Return the SHA-256 of the snapshot file, or of its parts one after another."""
    path = next(p for p in (data / "snapshots.parquet", data / "snapshots.csv.gz") if p.exists())
    whole = hashlib.sha256()
    for part in sorted(path.iterdir()) if path.is_dir() else [path]:
        whole.update(part.read_bytes())
    return whole.hexdigest()


def label_of(rows: pd.DataFrame) -> np.ndarray:
    """Return the label (n,) of 0 and 1."""
    return rows[LABEL].to_numpy(dtype=int)
