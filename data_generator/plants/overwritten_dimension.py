"""A register's entry that closing the account overwrites, in the months before as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey
from data_generator.months import LAST_MATURE_MONTH
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.leak import (
    Leak,
    auc_before_copies,
    auc_tolerance,
    churners,
    customer_stream,
    leak_key,
    mature,
    pool_size,
    with_text,
)
from data_generator.plants.plant import Plant
from data_generator.plants.ranking import grouped_auc
from data_generator.plants.search import bisect
from data_generator.schema import LABEL
from data_generator.world.customers import TERM_MONTHS

KIND = "overwritten_dimension"
TARGET = 0.675
VISIBLE = 0.04  # how far below its target the AUC may be and still be seen
CONTRACT_END = "months_to_contract_end"
TERMS = {"term_12": int(TERM_MONTHS[1]), "term_24": int(TERM_MONTHS[2])}
NEEDED = ("contract_type", "tenure_months")  # what the contract's end is counted from
RECORDED = (
    "in the register, which has one entry per account; closing the account rewrites its last three month-ends"
)


@dataclass(frozen=True)
class Overwrite:
    """What closing an account writes; None writes the months left until it is closed."""

    entry: int | str | None
    what: str


HOSTS: dict[str, Overwrite] = {
    CONTRACT_END: Overwrite(None, "the months until the cancellation"),
    "autopay_enabled": Overwrite(0, "0, as the mandate is returned"),
    "discount_pct": Overwrite(0, "0, as the discount is taken back"),
    "payment_method": Overwrite("invoice", "invoice, as the last bill is"),
    "acquisition_channel": Overwrite("phone", "phone, where the notice came in"),
}


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Overwrite `place.host` in the last three months of as many leavers as the AUC asks for."""
    truth, what = draft.truth, HOSTS[place.host]
    panel, rows = truth.panel, truth.public_rows
    luck = customer_stream(draft, KIND).random(pool_size(draft))[panel.customer[rows]]
    column = draft.public[place.host]
    is_text = isinstance(column.dtype, pd.CategoricalDtype)
    old: npt.NDArray[Any] = column.cat.codes.to_numpy() if is_text else column.to_numpy()
    new: Any = panel.leaves[rows] - panel.month[rows]
    if what.entry is not None:
        new = list(column.cat.categories).index(what.entry) if is_text else what.entry
    inside = _slice(draft.public, place.host)
    leaver = (draft.known_label() == 1) & inside
    ranked = inside & mature(draft)
    churn = churners(draft)[ranked]

    def values(reach: float) -> npt.NDArray[Any]:
        return np.where(leaver & (luck < reach), new, old)

    def reached(reach: float) -> float:
        return _level_auc(values(reach)[ranked].astype(np.int64), churn, is_text)

    aim, tolerance = auc_before_copies(draft, TARGET), auc_tolerance(draft) + 0.001
    reach, draft = draft.settle(
        f"{KIND}:{place.host}", lambda: bisect(reached, aim, 0.0, 1.0, tolerance, KIND)
    )
    written = values(reach)
    public: Any = (
        pd.Categorical.from_codes(written, categories=column.cat.categories)
        if is_text
        else written.astype(old.dtype)
    )
    planted = with_text(draft.with_public(place.host, public), place.host, recorded=RECORDED)
    leak = Leak(
        kind=KIND,
        columns=[place.host],
        tier="H",
        rows=leaver & (luck < reach),
        summary=f"{place.host} of {reach:.0%} of those who leave is overwritten with {what.what}.",
        equivalents=("overwritten_field", "slowly_changing_dimension", "point_in_time_error"),
        parameters={
            "target": TARGET,
            "reach": reach,
            "entry": "months until the cancellation" if what.entry is None else what.entry,
        }
        | ({"where": {"contract_type": list(TERMS)}} if place.host == CONTRACT_END else {}),
    )
    return planted, leak_key(draft, leak)


def _slice(frame: pd.DataFrame, host: str) -> npt.NDArray[np.bool_]:
    # Without a term there is no end to overwrite.
    if host != CONTRACT_END:
        return np.ones(len(frame), dtype=bool)
    return np.asarray(frame["contract_type"].isin(list(TERMS)))


def _level_auc(levels: npt.NDArray[np.int64], churn: npt.NDArray[np.bool_], by_rate: bool) -> float:
    ones, zeros = (np.bincount(levels[of], minlength=int(levels.max()) + 1) for of in (churn, ~churn))
    rate = ones / np.maximum(ones + zeros, 1)
    return grouped_auc(rate if by_rate else np.arange(ones.size, dtype=float), ones, zeros)


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the column's AUC on mature rows, for the contract's end among term contracts only."""
    host = key.columns[0]
    rows = _slice(frame, host) & (months_of(frame) <= LAST_MATURE_MONTH)
    return {"auc": statistics.auc(frame[host][rows], frame[LABEL][rows])}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the column separates leavers on mature rows nearly as well as it was set to."""
    return measure(frame, key)["auc"] >= float(key.parameters["target"]) - VISIBLE


def repair(frame: pd.DataFrame, key: PlantKey) -> pd.DataFrame:
    """Return the frame with the contract's end counted from tenure, or each customer's earliest entry.

    The entry of a customer whose first month is overwritten already cannot be told.
    """
    host = key.columns[0]
    if host == CONTRACT_END:
        term = frame["contract_type"].astype(object).map(TERMS).to_numpy(dtype=np.float64)
        return frame.assign(**{host: term - frame["tenure_months"].to_numpy() % term})
    who, month = frame["customer_id"].to_numpy(), months_of(frame)
    order = np.lexsort((month, who))
    heads = np.flatnonzero(np.append(True, who[order][1:] != who[order][:-1]))
    first = np.empty(len(frame), dtype=np.int64)
    first[order] = np.repeat(order[heads], np.diff(np.append(heads, len(frame))))
    return frame.assign(**{host: frame[host].array.take(first)})


PLANT = Plant(
    kind=KIND,
    family="leakage",
    tier="H",
    apply=apply,
    measure=measure,
    present=present,
    hosts=tuple(HOSTS),
    stage=1,
    touches=lambda place, c: frozenset({place.host, *(NEEDED if place.host == CONTRACT_END else ())}),
    repair=repair,
)
