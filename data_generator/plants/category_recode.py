"""A level of a category is written in another way from a month on: renamed, merged with another, or split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import EXTRACTION_MONTH, month_name
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.plant import Plant
from data_generator.plants.slices import rows_of_key, window
from data_generator.streams import stream

KIND = "category_recode"
PRESENT_SHARE = 0.01  # of the rows since the onset: the least that a level unknown before must have
CASE, ABBREVIATION, CODE, MERGE, SPLIT = "case", "abbreviation", "code", "merge", "split"

# By column: the levels that may be recoded, each with its abbreviation and its code, and the pair that may be
# merged with the name of the union. Every level holds at least a tenth of the rows.
LEVELS: dict[str, dict[str, tuple[str, str]]] = {
    "customer_segment": {
        "consumer": ("cons", "S1"),
        "micro_business": ("micro", "S2"),
        "small_business": ("SMB", "S3"),
    },
    "plan_tier": {
        "basic": ("bas", "T10"),
        "standard": ("std", "T20"),
        "plus": ("pl", "T30"),
        "premium": ("prem", "T40"),
    },
    "region": {
        "A": ("Reg. A", "R01"),
        "B": ("Reg. B", "R02"),
        "C": ("Reg. C", "R03"),
        "D": ("Reg. D", "R04"),
    },
    "acquisition_channel": {
        "web": ("www", "CH1"),
        "store": ("st", "CH2"),
        "partner": ("ptn", "CH3"),
        "phone": ("tel", "CH4"),
    },
    "contract_type": {"monthly": ("mth", "0"), "term_12": ("t12", "12"), "term_24": ("t24", "24")},
    "payment_method": {
        "direct_debit": ("DD", "P1"),
        "card": ("CC", "P2"),
        "invoice": ("inv", "P3"),
        "wallet": ("wlt", "P4"),
    },
}
UNIONS: dict[str, tuple[str, str, str]] = {
    "customer_segment": ("micro_business", "small_business", "business"),
    "plan_tier": ("plus", "premium", "plus_premium"),
    "region": ("C", "D", "CD"),
    "acquisition_channel": ("store", "partner", "indirect"),
    "contract_type": ("term_12", "term_24", "term"),
    "payment_method": ("card", "wallet", "card_or_wallet"),
}


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Recode `place.host` in the guise `place.choice` from month `place.first` on, in the replay as well."""
    host, first = place.host, place.first
    rename = _rename(draft.truth.seed, host, place.choice)
    old, new = list(rename), sorted({level for levels in rename.values() for level in levels})

    planted = draft.with_public(host, _recoded(draft.public, host, first, rename))
    planted = planted.with_replay(host, _recoded(draft.replay, host, first, rename))
    touched = (draft.month >= first) & np.asarray(draft.public[host].isin(old))
    key = PlantKey(
        id=KIND,
        family="change",
        kind=KIND,
        columns=[host],
        months=months_range(month_name(first), month_name(EXTRACTION_MONTH)),
        severity=2,
        tier="E",
        inherent=False,
        seeded=False,
        equivalents=["schema_change", "new_category", "category_change", "encoding_change", "label_encoding"],
        affected_rows=affected_rows(draft.public, touched),
        at_scoring="continues",
        parameters={
            "guise": place.choice,
            "recoded": {level: list(levels) for level, levels in rename.items()},
            "where": {host: new},
            "reference": window(0, first - 1),
            "current": window(first),
        },
        summary=f"{host}: {' and '.join(old)} is written {' or '.join(new)} from {month_name(first)} on.",
    )
    return planted, key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the share of the new levels since the onset, and the PSI against the months before."""
    host, late = frame[key.columns[0]], rows_of_key(frame, key)
    return {
        "share": statistics.share(host[late].isin(key.parameters["where"][key.columns[0]])),
        "psi": statistics.psi(host[~late], host[late]),
    }


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether a level that no month before the onset knows holds a hundredth of the rows since."""
    host, late = frame[key.columns[0]], rows_of_key(frame, key)
    size = len(host.cat.categories)
    before, since = (np.bincount(host[rows].cat.codes + 1, minlength=size + 1)[1:] for rows in (~late, late))
    return bool(((before == 0) & (since >= PRESENT_SHARE * late.sum())).any())


def repair(frame: pd.DataFrame, key: PlantKey) -> pd.DataFrame:
    """Return the frame with one spelling throughout: the old one, or the union where levels were merged."""
    host = key.columns[0]
    recoded: dict[str, list[str]] = key.parameters["recoded"]
    if key.parameters["guise"] == MERGE:
        back = {level: levels[0] for level, levels in recoded.items()}
    else:
        back = {new: level for level, levels in recoded.items() for new in levels}
    levels = frame[host].cat.categories
    targets = [back.get(level, level) for level in levels]
    names = pd.Index(list(dict.fromkeys(targets)), dtype=object)
    codes = np.append(names.get_indexer(pd.Index(targets)), -1)[frame[host].cat.codes.to_numpy()]
    return frame.assign(**{host: pd.Categorical.from_codes(codes, categories=names)})


def _rename(seed: int, host: str, guise: str) -> dict[str, tuple[str, ...]]:
    """Return the new levels by the old: one, or two among which a customer's identifier decides."""
    if guise == MERGE:
        one, other, union = UNIONS[host]
        return {one: (union,), other: (union,)}
    level = str(stream(seed, KIND).choice(list(LEVELS[host])))
    abbreviation, code = LEVELS[host][level]
    new = {
        CASE: (level.lower() if level.isupper() else level.upper(),),
        ABBREVIATION: (abbreviation,),
        CODE: (code,),
        SPLIT: (f"{level}_1", f"{level}_2"),
    }
    return {level: new[guise]}


def _recoded(
    frame: pd.DataFrame, host: str, first: int, rename: Mapping[str, tuple[str, ...]]
) -> Any:  # a categorical, which a frame takes in the place of an array
    old = list(frame[host].cat.categories)
    names = list(dict.fromkeys([*old, *(level for levels in rename.values() for level in levels)]))
    codes = frame[host].cat.codes.to_numpy().astype(np.int64)
    late, half = months_of(frame) >= first, frame["customer_id"].to_numpy() % 2
    emitted = codes.copy()
    for level, levels in rename.items():
        here = late & (codes == old.index(level))
        targets = np.array([names.index(levels[0]), names.index(levels[-1])])
        emitted[here] = targets[half[here]]
    return pd.Categorical.from_codes(emitted, categories=pd.Index(names, dtype=object))


PLANT = Plant(
    kind=KIND,
    family="change",
    tier="E",
    apply=apply,
    measure=measure,
    present=present,
    hosts=tuple(LEVELS),
    choices=(CASE, ABBREVIATION, CODE, MERGE, SPLIT),
    onset=(9, 17),  # 2023-10 to 2024-06: visible inside training, well before the last mature month
    repair=repair,
)
