"""Facts about printed numbers and nulls that hold for every single value, so one exception is an oddity."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_generator.schema import LABEL
from data_generator.validation.aspects import numbers
from data_generator.validation.exhibit import Exhibit
from data_generator.validation.reading import Oddity


def printed_numbers(exhibit: Exhibit) -> list[Oddity]:
    """Check precision, whole numbers, negative zeros, infinities, and nulls that the dictionary does not mention."""
    odd: list[Oddity] = []
    declared = exhibit.declared.columns
    for column in exhibit.columns:
        series = exhibit.frame[column.name]
        if (column.kind == "category") == pd.api.types.is_numeric_dtype(series):
            odd.append(Oddity("type", column.name, f"{series.dtype}, but described as {column.kind}"))
            continue
        nulls = int(series.isna().sum())
        if nulls and "null" not in column.meaning.lower() and column.name not in declared:
            odd.append(Oddity("nulls", column.name, f"{nulls} nulls that the dictionary does not speak of"))
        if column.kind == "category":
            continue
        values = numbers(series)
        known = values[~np.isnan(values)]
        if np.isinf(known).any():
            odd.append(Oddity("numbers", column.name, "infinite values"))
        elif (np.signbit(known) & (known == 0)).any():
            odd.append(Oddity("numbers", column.name, "negative zeros"))
        elif (np.round(known, column.decimals) != known).any():
            finer = int((np.round(known, column.decimals) != known).sum())
            odd.append(
                Oddity("precision", column.name, f"{finer} values with more than {column.decimals} decimals")
            )
        if column.kind == "flag" and column.name not in declared and not np.isin(known, (0, 1)).all():
            odd.append(Oddity("numbers", column.name, "values beside 0 and 1"))
    label = exhibit.frame[LABEL]
    if not label.isin((0, 1)).all():
        odd.append(Oddity("numbers", LABEL, "values beside 0 and 1"))
    return odd
