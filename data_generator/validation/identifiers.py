"""Do identifiers tell anything, by size, remainder, bits or digits: when a customer came, left, what they do?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from data_generator.schema import LABEL
from data_generator.validation.aspects import Floats, column_ranks
from data_generator.validation.exhibit import Exhibit
from data_generator.validation.reading import Reading

MODULI = (3, 5, 7, 10, 16, 97, 1000)
BITS = 8
FEWEST = 400  # customers below which a correlation has no normal law far out


def id_aspects(ids: npt.NDArray[np.int64]) -> Iterator[tuple[str, Floats]]:
    """Yield name and value (mean 0, SD 1 over the rows) of every aspect of identifiers."""
    digits = np.zeros(ids.size)
    rest = ids.copy()
    while (rest > 0).any():
        digits += rest % 10
        rest = rest // 10
    named: list[tuple[str, npt.NDArray[Any]]] = [
        ("customer_id, rank", rankdata(ids)),
        ("customer_id, distance of its rank from the middle", np.abs(rankdata(ids) / ids.size - 0.5)),
        ("customer_id, sum of digits", digits),
        ("customer_id, trailing zeros", (ids % 10 == 0) + (ids % 100 == 0)),
        *((f"customer_id modulo {m}", ids % m) for m in MODULI),
        *((f"customer_id, bit {b}", (ids >> b) & 1) for b in range(BITS)),
    ]
    for name, value in named:
        spread = float(np.std(value))
        if spread > 0:
            yield name, (value - np.mean(value)) / spread


def identifiers_against_customers(exhibit: Exhibit) -> list[Reading]:
    """Correlate aspects of identifiers with sign-up, first and last month, outcome and every column, by customer."""
    if exhibit.declared.holds("identifier_leak"):
        return []
    customers = _customers(exhibit)
    if len(customers) < FEWEST:
        return []
    ids = dict(id_aspects(np.unique(exhibit.frame["customer_id"].to_numpy())))
    ranked = np.column_stack([_standard(rankdata(customers[name])) for name in customers])
    z = np.column_stack(list(ids.values())).T @ ranked / len(customers) ** 0.5
    return [
        Reading("identifier tells", f"{aspect} with {name}", float(z[i, j]))
        for i, aspect in enumerate(ids)
        for j, name in enumerate(customers)
        if np.isfinite(z[i, j])
    ]


def _customers(exhibit: Exhibit) -> pd.DataFrame:
    """Return one row per customer in the order of their ids: when they came and left, and means of their ranks."""
    rows, who = exhibit.first, exhibit.customer[exhibit.first]
    month = exhibit.month[rows]
    number = np.bincount(who)
    first, last = np.full(number.size, 99), np.full(number.size, -1)
    np.minimum.at(first, who, month)
    np.maximum.at(last, who, month)
    table: dict[str, Floats] = {
        "first month": first.astype(np.float64),
        "last month": last.astype(np.float64),
        "number of months": number.astype(np.float64),
        "leaving": np.bincount(who, weights=exhibit.frame[LABEL].to_numpy()[rows] > 0).clip(max=1),
    }
    for column in exhibit.columns:
        if column.name not in exhibit.declared.columns:
            rank = column_ranks(exhibit, column.name)[rows]
            table[f"mean {column.name}"] = np.bincount(who, weights=rank) / number
    return pd.DataFrame(table)


def _standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / (values.std() or np.nan))
