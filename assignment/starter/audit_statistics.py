"""Every statistic that a finding may quote, exactly as the brief defines it; copy or import what you like.

The small functions take columns (pandas Series) and return a float, NaN where the figure is not defined.
`quoted_value` takes a whole finding and picks the rows and columns as the brief says:

>>> frame = pd.DataFrame({"customer_id": [1, 2, 1, 2], "usage": [2.0, 4.0, 20.0, 40.0],
...                       "snapshot_month": ["2023-01", "2023-01", "2023-02", "2023-02"]})
>>> quoted_value(frame, {"kind": "unit_change", "columns": ["usage"], "from": "2023-02", "to": None,
...                      "statistic": {"name": "median_ratio"}})
10.0
"""

import numpy as np
import pandas as pd

CUSTOMER, MONTH, LABEL = "customer_id", "snapshot_month", "churned_90d"
COMPARISONS = {"<=": np.less_equal, ">=": np.greater_equal, "!=": np.not_equal, "<": np.less, ">": np.greater}
SHARE_FLOOR = 1e-4


def auc(values: pd.Series, label: pd.Series) -> float:
    """Area under the ROC curve, or one minus it where that is larger.

    Ties count half, nulls rank lowest, a text column counts as the churn rate of its level. Pass only rows
    whose label is final: finding out which those are is part of the audit.

    >>> auc(pd.Series([1, 2, 2, None]), pd.Series([0, 1, 0, 0]))
    0.8333333333333334
    """
    if not pd.api.types.is_numeric_dtype(values):
        values = values.map(label.groupby(values).mean()).astype(float)
    positive = label.to_numpy() == 1
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not n_positive or not n_negative:
        return float("nan")
    ranks = values.astype(float).fillna(-np.inf).rank().to_numpy()  # mean rank among ties
    area = (ranks[positive].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative)
    return float(max(area, 1 - area))


def psi(reference: pd.Series, current: pd.Series) -> float:
    """Population stability index: ten equal-frequency bins of the reference, or one bin per text level.

    >>> same = pd.Series(["a", "b", None])
    >>> psi(same, same)
    0.0
    """
    if not len(reference) or not len(current):
        return float("nan")
    expected, actual = (np.maximum(s, SHARE_FLOOR) for s in _bin_shares(reference, current))
    return float(((actual - expected) * np.log(actual / expected)).sum())


def _bin_shares(reference: pd.Series, current: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the shares per bin of both samples; the last bin holds the nulls."""
    numeric = pd.api.types.is_numeric_dtype(reference) and not pd.api.types.is_bool_dtype(reference)
    if numeric:
        known = reference.dropna().to_numpy(float)
        edges = np.unique(np.quantile(known, np.arange(1, 10) / 10)) if len(known) else np.empty(0)
        codes = [np.searchsorted(edges, s.to_numpy(float, na_value=np.nan)) for s in (reference, current)]
        n_bins = len(edges) + 1
    else:
        levels = pd.unique(pd.concat([reference, current]).dropna())
        codes = [pd.Index(levels).get_indexer(s) for s in (reference, current)]
        n_bins = len(levels)
    shares = []
    for sample, code in zip((reference, current), codes, strict=True):
        code = np.where(sample.isna(), n_bins, code)
        shares.append(np.bincount(code, minlength=n_bins + 1) / len(sample))
    return shares[0], shares[1]


def ks(reference: pd.Series, current: pd.Series) -> float:
    """Largest distance of the two empirical distribution functions, nulls left out.

    >>> ks(pd.Series([1, 2, 3, 4]), pd.Series([3, 4, 5, None]))
    0.5
    """
    a, b = np.sort(reference.dropna().to_numpy(float)), np.sort(current.dropna().to_numpy(float))
    if not len(a) or not len(b):
        return float("nan")
    at = np.concatenate([a, b])
    below_a, below_b = np.searchsorted(a, at, side="right"), np.searchsorted(b, at, side="right")
    return float(np.abs(below_a / len(a) - below_b / len(b)).max())


def null_rate(current: pd.Series) -> float:
    """Share of nulls.

    >>> null_rate(pd.Series([1.0, None]))
    0.5
    """
    return float(current.isna().mean())


def rate(label: pd.Series) -> float:
    """Mean of the label.

    >>> rate(pd.Series([0, 1, 0, 0]))
    0.25
    """
    return float(label.mean())


def median_ratio(reference: pd.Series, current: pd.Series) -> float:
    """Median of the current values divided by that of the reference, nulls left out.

    >>> median_ratio(pd.Series([1, 2, 3]), pd.Series([200, None]))
    100.0
    """
    below = reference.median()
    return float("nan") if pd.isna(below) or below == 0 else float(current.median() / below)


def correlation(first: pd.Series, second: pd.Series) -> float:
    """Pearson correlation over the rows in which neither is null.

    >>> round(correlation(pd.Series([1, 2, 3, None]), pd.Series([2, 4, 6, 0])), 12)
    1.0
    """
    known = first.notna() & second.notna()
    x, y = first[known].to_numpy(float), second[known].to_numpy(float)
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def repeated_key(frame: pd.DataFrame) -> pd.Series:
    """True for rows that repeat the customer and month of an earlier row.

    >>> repeated_key(pd.DataFrame({"customer_id": [1, 1, 1], "snapshot_month": ["a", "a", "b"]})).tolist()
    [False, True, False]
    """
    return frame.duplicated([CUSTOMER, MONTH])


def month_before(frame: pd.DataFrame, column: str, months: int = 1) -> pd.Series:
    """Return the customer's value of `months` earlier, row by row; null where there is no such row.

    Of a repeated customer-month the first row supplies the value; a gap of a month gives null.

    >>> frame = pd.DataFrame({"customer_id": 1, "snapshot_month": ["2023-12", "2024-01", "2024-03"],
    ...                       "x": [5.0, 6.0, 7.0]})
    >>> month_before(frame, "x").tolist()
    [nan, 5.0, nan]
    """
    number = frame[MONTH].str[:4].astype(int) * 12 + frame[MONTH].str[5:7].astype(int)
    source = pd.DataFrame({CUSTOMER: frame[CUSTOMER], "number": number, "value": frame[column]})
    source = source.drop_duplicates([CUSTOMER, "number"])
    wanted = pd.DataFrame({CUSTOMER: frame[CUSTOMER], "number": number - months})
    found = wanted.merge(source, how="left", on=[CUSTOMER, "number"])["value"]
    return pd.Series(found.to_numpy(), index=frame.index)


def match_rate(
    frame: pd.DataFrame, column: str, monthly: str | None = None, rows: pd.Series | None = None
) -> float:
    """Share of rows in which a column equals what the customer's own months say.

    With `monthly`: the mean of that column over this month and the two before. Without: the column's own
    value a month before. `rows` limits which rows are counted, not which supply values.

    >>> frame = pd.DataFrame({"customer_id": 7, "snapshot_month": ["2023-01", "2023-02", "2023-03"],
    ...                       "x": [1.0, 2.0, 6.0], "x_avg": [1.0, 1.5, 3.0]})
    >>> match_rate(frame, "x_avg", "x")
    1.0
    """
    if monthly is None:
        expected = month_before(frame, column).astype(float)
    else:
        expected = sum(month_before(frame, monthly, back).astype(float) for back in range(3)) / 3
    distance = (frame[column].astype(float) - expected).abs()
    counted = distance.notna() if rows is None else distance.notna() & rows
    equal = distance <= 0.05 + 0.001 * expected.abs()
    return float(equal[counted].mean()) if counted.any() else float("nan")


def in_months(frame: pd.DataFrame, months: str) -> pd.Series:
    """True for the rows of a range `YYYY-MM..YYYY-MM`, both ends included, or of one month.

    >>> frame = pd.DataFrame({"snapshot_month": ["2023-01", "2023-02", "2023-03"]})
    >>> in_months(frame, "2023-02..2023-03").tolist()
    [False, True, True]
    """
    first, _, last = months.partition("..")
    return (frame[MONTH] >= first) & (frame[MONTH] <= (last or first))


def matching(frame: pd.DataFrame, where: dict) -> pd.Series:
    """True for the rows that match every column of `where`.

    A value, or one of a list of values, must be equal; a text value may be a comparison with a number or
    with another column, or "null" or "not null".

    >>> frame = pd.DataFrame({"a": [1, -5, 3], "b": [2, 2, 2], "c": ["x", "y", None]})
    >>> matching(frame, {"a": "> b", "c": "null"}).tolist()
    [False, False, True]
    """
    keep = pd.Series(True, index=frame.index)
    for column, wanted in where.items():
        alternatives = wanted if isinstance(wanted, list | tuple) else [wanted]
        keep &= np.logical_or.reduce([_matches(frame, column, value) for value in alternatives])
    return keep


def _matches(frame: pd.DataFrame, column: str, value: object) -> np.ndarray:
    """Return which rows match one value; a null matches nothing but "null"."""
    values = frame[column]
    if value is None or value == "null":
        return values.isna().to_numpy()
    if value == "not null":
        return values.notna().to_numpy()
    known = values.notna().to_numpy()
    compare, other = np.equal, value
    for sign, function in COMPARISONS.items():
        if isinstance(value, str) and value.startswith(sign):
            compare, other = function, value[len(sign) :].strip()
            break
    if isinstance(other, str) and other in frame.columns:
        known = known & frame[other].notna().to_numpy()
        other = frame[other].to_numpy()[known]
    elif pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        other = float(other)
    else:
        values, other = values.astype(str), str(other)
    matched = np.zeros(len(values), dtype=bool)
    matched[known] = compare(values.to_numpy()[known], other)
    return matched


def quoted_value(frame: pd.DataFrame, finding: dict, last_final_month: str | None = None) -> float:
    """Compute the statistic that a finding names, over the rows and columns that it names.

    `frame` is the data as issued. `last_final_month`, needed for `auc` only, is the last month whose labels
    you hold to be final; later rows are left out. Raises KeyError for an unknown statistic or column.
    """
    frame = frame.reset_index(drop=True)
    statistic, columns = finding["statistic"], finding.get("columns") or [None]
    first, last = finding.get("from") or frame[MONTH].min(), finding.get("to") or frame[MONTH].max()
    months = statistic.get("current") or f"{first}..{last}"
    in_current = in_months(frame, months)
    earlier = statistic.get("reference")
    in_reference = in_months(frame, earlier) if earlier else frame[MONTH] < months[:7]
    where = finding.get("where") or {}
    kept = matching(frame, where)
    name, column = statistic["name"], columns[0]
    now, before = frame[in_current & kept], frame[in_reference & kept]

    if name in ("count", "share"):
        number = int((in_current & (kept if where else repeated_key(frame))).sum())
        return float(number) if name == "count" else number / max(int(in_current.sum()), 1)
    if name == "auc":
        if last_final_month is None:
            raise ValueError("auc needs last_final_month: the last month whose labels you hold to be final")
        final = now[now[MONTH] <= last_final_month]
        return auc(_ranked(frame, finding.get("kind"), column).loc[final.index], final[LABEL])
    if name == "match_rate":
        return match_rate(frame, column, columns[1] if len(columns) > 1 else None, in_current & kept)
    if name == "correlation":
        return correlation(now[column], now[columns[1]])
    if name in ("psi", "ks", "median_ratio"):
        return {"psi": psi, "ks": ks, "median_ratio": median_ratio}[name](before[column], now[column])
    return {"null_rate": null_rate, "rate": rate}[name](now[LABEL if name == "rate" else column])


def _ranked(frame: pd.DataFrame, kind: str | None, column: str | None) -> pd.Series:
    """Return what `auc` ranks: the column, or what its kind is about."""
    if kind == "row_order":
        by_month = frame.groupby(MONTH)[MONTH]
        return by_month.cumcount() / by_month.transform("size")
    if kind == "leaky_missingness":
        return frame[column].isna().astype(int)
    return frame[column]
