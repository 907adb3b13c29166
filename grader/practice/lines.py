"""Three lines of pandas that show a planted defect on the bundle; the page runs them, so they are what it draws."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.truth import LabelClock, Plant

READ = 'data = pd.read_parquet("data/snapshots.parquet")'
KEYS = '["customer_id", "snapshot_month"]'
MONTHLY = 'groupby("snapshot_month")'
COMPARISON = re.compile(r"^(<=|>=|!=|<|>)\s*(.+)$")


@dataclass(frozen=True)
class Look:
    """The lines before the last, the expression that the last one prints, and how to read what it gives.

    `kind` is `months` where the index is the month, `groups` else.
    """

    before: tuple[str, str]
    expression: str
    axis: str
    reading: str
    kind: Literal["months", "groups"] = "months"

    @property
    def code(self) -> str:
        """The three lines, after `import pandas as pd`."""
        return "\n".join([*self.before, f"print({self.expression})"])


def look_at(plant: Plant, label: LabelClock, columns: Mapping[str, bool]) -> Look:
    """Return the look that shows a plant best; `columns` are those of the bundle, and whether each is a number."""
    column = next((name for name in plant.columns if name in columns), label.column)
    made = _SPECIAL.get(plant.kind)
    if made is not None:
        return made(plant, column, label)
    if plant.kind == "concept_drift" and column != label.column:
        return _relation(column, label) if columns[column] else _relation_by_level(column, label)
    names = {one.name for one in plant.statistics}
    where = _where(plant)
    if plant.family == "leakage" and column != label.column:
        return _outcome_by_value(column, label, columns[column])
    if where and names & {"count", "share"}:
        return _matching_rows(where, columns)
    if "null_rate" in names and column != label.column:
        return _nulls(column, where, columns)
    if "rate" in names or column == label.column:
        return _churn_rate(label, where, columns)
    if "auc" in names and columns[column]:
        return _relation(column, label)
    return _middle(column, where, columns) if columns[column] else _levels(plant, column, label)


def mask(where: Mapping[str, Sequence[str]], columns: Iterable[str]) -> str:
    """Return the rows that match `where` as an expression of pandas.

    >>> mask({"region": ["A", "B"]}, ["region"])
    'data["region"].astype(str).isin(["A", "B"])'
    >>> mask({"age": ["> 20"]}, ["age"])
    '(data["age"] > 20)'
    """
    parts = []
    for name, wanted in where.items():
        found = [_match(name, str(text).strip(), columns) for text in wanted]
        if all(one is None for one in found):
            parts.append(f"{_column(name)}.astype(str).isin([{', '.join(map(_text, wanted))}])")
        else:
            parts.append(
                " | ".join(
                    one or f"({_column(name)}.astype(str) == {_text(text)})"
                    for one, text in zip(found, wanted, strict=True)
                )
            )
    return " & ".join(f"({part})" if " | " in part else part for part in parts)


def _match(name: str, text: str, columns: Iterable[str]) -> str | None:
    if text.lower() in ("null", "not null"):
        return f"{_column(name)}.{'isna' if text.lower() == 'null' else 'notna'}()"
    compared = COMPARISON.match(text)
    if compared:
        right = compared[2].strip()
        other = _column(right) if right in columns else right if _is_number(right) else _text(right)
        return f"({_column(name)} {compared[1]} {other})"
    return f"({_column(name)} == {text})" if _is_number(text) else None


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text) is not None


def _text(value: object) -> str:
    quoted = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{quoted}"'


def _column(name: str) -> str:
    return f"data[{_text(name)}]"


def _where(plant: Plant) -> dict[str, list[str]]:
    given = plant.parameters.get("where")
    if not isinstance(given, dict):
        return {}
    return {str(k): [str(one) for one in (v if isinstance(v, list) else [v])] for k, v in given.items()}


def _rows(where: Mapping[str, Sequence[str]], columns: Iterable[str]) -> str:
    return f"rows = data[{mask(where, columns)}]" if where else "rows = data"


def _outcome_by_value(column: str, label: LabelClock, number: bool) -> Look:
    value = f"rows[{_text(column)}]"
    group = f"pd.cut({value}.rank(method='dense', pct=True), 10)" if number else value
    expression = f"rows.groupby({group}.astype(str))[{_text(label.column)}].mean()"
    reading = (
        "The churn rate by the column's values in ten steps of their rank (nan: null). What is known in time "
        "hardly ever splits the outcome so."
    )
    return Look((READ, _mature(label)), expression, "Churn rate", reading, kind="groups")


def _mature(label: LabelClock) -> str:
    return f'rows = data[data["snapshot_month"] <= {_text(label.last_mature_month)}]'


def _leaky_nulls(plant: Plant, column: str, label: LabelClock) -> Look:
    state = f'rows[{_text(column)}].isna().map({{True: "null", False: "known"}})'
    expression = f"rows.groupby({state})[{_text(label.column)}].mean()"
    reading = "The churn rate where the value is known, and where it is null."
    return Look((READ, _mature(label)), expression, "Churn rate", reading, kind="groups")


def _row_order(plant: Plant, column: str, label: LabelClock) -> Look:
    place = f'place = data.{MONTHLY}.cumcount() / data.{MONTHLY}["snapshot_month"].transform("size")'
    expression = f"data.groupby((10 * place).astype(int).add(1).astype(str).str.zfill(2))[{_text(label.column)}].mean()"
    reading = "The churn rate by tenths of the row's place within its month: rows should come in no order that knows."
    return Look((READ, place), expression, "Churn rate", reading, kind="groups")


def _look_ahead(plant: Plant, column: str, label: LabelClock) -> Look:
    meter = str(plant.parameters.get("meter", column))
    ordered = f"{READ}.drop_duplicates({KEYS}).sort_values({KEYS})"
    past = f'past = data.groupby("customer_id")[{_text(meter)}].rolling(3).mean().droplevel(0)'
    near = f"((data[{_text(column)}] - past).abs() <= 0.05 + 0.001 * past.abs())[past.notna()]"
    expression = f'{near}.groupby(data["snapshot_month"]).mean()'
    reading = f"The share of rows in which the column is the mean of {meter} over three months."
    return Look((ordered, past), expression, "Share that agrees", reading)


def _levels(plant: Plant, column: str, label: LabelClock) -> Look:
    name = _text(column)
    level = f"level = data[{name}].astype(str)"
    expression = 'pd.crosstab(data["snapshot_month"], level, normalize="index")'
    return Look(
        (READ, level),
        expression,
        "Share of the month's rows",
        "The share of each level, month by month.",
    )


def _duplicates(plant: Plant, column: str, label: LabelClock) -> Look:
    again = f"again = data.duplicated({KEYS})"
    reading = "The share of rows whose customer-month was there before."
    return Look((READ, again), 'again.groupby(data["snapshot_month"]).mean()', "Share of rows", reading)


def _per_customer(plant: Plant, column: str, label: LabelClock) -> Look:
    rows = 'rows = data["customer_id"].value_counts()'
    reading = "How many customers have how many rows: a split by rows puts the same customer on both sides."
    return Look((READ, rows), "rows.value_counts().sort_index()", "Customers", reading, kind="groups")


def _label_overlap(plant: Plant, column: str, label: LabelClock) -> Look:
    before = f'before = data.groupby("customer_id")[{_text(label.column)}].shift()'
    expression = (
        f'data.groupby(before.map({{0: "no churn before", 1: "churn before"}}))[{_text(label.column)}].mean()'
    )
    reading = "The label by the label of the row before: their windows overlap, so they repeat each other."
    return Look((f"{READ}.sort_values({KEYS})", before), expression, "Churn rate", reading, kind="groups")


def _rate(plant: Plant, column: str, label: LabelClock) -> Look:
    return _churn_rate(label, {}, ())


def _churn_rate(label: LabelClock, where: Mapping[str, Sequence[str]], columns: Iterable[str]) -> Look:
    of = "of the rows concerned, " if where else ""
    expression = f"rows.{MONTHLY}[{_text(label.column)}].mean()"
    return Look(
        (READ, _rows(where, columns)),
        expression,
        "Churn rate",
        f"The churn rate {of}month by month.",
    )


def _matching_rows(where: Mapping[str, Sequence[str]], columns: Iterable[str]) -> Look:
    match = f"match = {mask(where, columns)}"
    reading = "The share of each month's rows that match."
    return Look((READ, match), 'match.groupby(data["snapshot_month"]).mean()', "Share of rows", reading)


def _nulls(column: str, where: Mapping[str, Sequence[str]], columns: Iterable[str]) -> Look:
    of = "in the rows concerned, " if where else ""
    expression = f'rows[{_text(column)}].isna().groupby(rows["snapshot_month"]).mean()'
    reading = f"The share of nulls {of}month by month."
    return Look((READ, _rows(where, columns)), expression, "Share null", reading)


def _noisy_labels(plant: Plant, column: str, label: LabelClock) -> Look:
    """As many labels are wrong both ways, so only what a column tells of them is another one in the slice."""
    where = _where(plant)
    telling = plant.parameters.get("statistic_column")
    if not where or not telling:
        return _churn_rate(label, where, ())
    mature = f"{READ}.query(\"snapshot_month <= '{label.last_mature_month}'\")"
    value = f"data[{_text(telling)}]"
    inside = f'{mask(where, ())}.map({{True: "slice, ", False: "rest, "}})'
    group = f'group = {inside} + ({value} > {value}.median()).map({{True: "high", False: "low"}})'
    reading = (
        f"The churn rate where {telling} is above its median (high) and not (low), in the slice and in the rest: "
        "wrong labels bring the two nearer to each other and leave the rate of the slice as it is."
    )
    expression = f"data.groupby(group)[{_text(label.column)}].mean()"
    return Look((mature, group), expression, "Churn rate", reading, kind="groups")


def _relation(column: str, label: LabelClock) -> Look:
    high = (
        f'high = (data[{_text(column)}] > data[{_text(column)}].median()).map({{True: "high", False: "low"}})'
    )
    mature = f"{READ}.query(\"snapshot_month <= '{label.last_mature_month}'\")"
    expression = f'data.groupby(["snapshot_month", high])[{_text(label.column)}].mean().unstack()'
    reading = "The churn rate above the column's median (high) and not (low): what tells them apart changes."
    return Look((mature, high), expression, "Churn rate", reading)


def _relation_by_level(column: str, label: LabelClock) -> Look:
    mature = f"{READ}.query(\"snapshot_month <= '{label.last_mature_month}'\")"
    level = f"level = data[{_text(column)}].astype(str)"
    expression = f'data.groupby(["snapshot_month", level])[{_text(label.column)}].mean().unstack()'
    reading = "The churn rate of each level, month by month: what tells the levels apart changes."
    return Look((mature, level), expression, "Churn rate", reading)


def _middle(column: str, where: Mapping[str, Sequence[str]], columns: Iterable[str]) -> Look:
    of = "of the rows concerned, " if where else ""
    name = _text(column)
    expression = f"rows.{MONTHLY}[{name}].quantile([0.25, 0.5, 0.75]).unstack()"
    reading = f"The quartiles {of}month by month."
    return Look((READ, _rows(where, columns)), expression, column, reading)


_SPECIAL: dict[str, Callable[[Plant, str, LabelClock], Look]] = {
    "leaky_missingness": _leaky_nulls,
    "row_order": _row_order,
    "look_ahead_window": _look_ahead,
    "category_recode": _levels,
    "duplicate_rows": _duplicates,
    "group_overlap": _per_customer,
    "label_overlap": _label_overlap,
    "label_noise_slice": _noisy_labels,
    "class_imbalance": _rate,
    "label_immaturity": _rate,
}
