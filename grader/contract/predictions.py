"""Whether the predictions have the columns, keys, splits and values that the brief asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.contract.problem import Problem, note, of_reader
from grader.contract.terms import load_terms
from grader.contract.work import Work

if TYPE_CHECKING:  # the check goes without these where they are not installed
    import pandas as pd

FORM = "write the column as the brief names it"


def check_predictions(work: Work) -> Iterator[Problem]:
    """Yield what does not keep the table's schema; ImportError where nothing here reads Parquet.

    The labels are not looked at, nor how good the probabilities are.
    """
    from grader.probes.predictions.columns import pick_columns
    from grader.probes.predictions.finding import find_table
    from grader.probes.predictions.tables import arrow

    problems: list[str] = []
    found = find_table(work.root, work.files, problems)
    if found is None:
        for told in problems:
            yield Problem(*_parts(told), "write evaluation/predictions.parquet as the brief says")
        return
    path, table = found
    columns = pick_columns(table.names)
    for ours, required in load_terms().prediction_columns.items():
        theirs = columns.get(ours)
        if theirs is None and required:
            yield Problem(path, ours, "no such column", "a column of that name", "add it")
        elif theirs is not None and theirs != ours:
            yield note(path, ours, f"the column {theirs!r}, taken for it", f"a column {ours!r}", "rename it")
    try:
        frame = table.load(sorted(set(columns.values())))
    except (ValueError, arrow.ArrowException) as error:
        yield of_reader(f"{path}: {error}", "write it again with pandas.DataFrame.to_parquet")
        return
    if not len(frame):
        yield Problem(path, "", "no rows", "a row per customer-month used", "write the rows")
        return
    yield from _keys(path, frame, columns, work)
    yield from _splits(path, frame, columns)
    for ours in ("p_baseline", "p_tuned"):
        if ours in columns:
            yield from _chances(path, ours, frame[columns[ours]])


def _keys(path: str, frame: pd.DataFrame, columns: dict[str, str], work: Work) -> Iterator[Problem]:
    from grader.probes.predictions.matching import match
    from grader.probes.predictions.values import month_codes, whole_numbers

    ids, valid = whole_numbers(frame[columns["customer_id"]])
    if not valid.all():
        found = f"{int((~valid).sum()):,} values that are no whole numbers"
        yield Problem(
            path, "customer_id", found, "int64 as issued", "do not turn the key into a float or an index"
        )
    if "snapshot_month" not in columns:
        return
    months = month_codes(frame[columns["snapshot_month"]])
    if (months < 0).any():
        found = f"{int((months < 0).sum()):,} values that are no months"
        yield Problem(path, "snapshot_month", found, "text YYYY-MM", FORM)
    if work.data is None:
        expected = "the rows compared with data/snapshots.parquet"
        yield note(
            path, "", "no issued data near this folder", expected, "set DATA_DIR to the bundle's data folder"
        )
        return
    rows, surplus = match(ids, months, valid, work.data)
    strangers = int((rows < 0).sum())
    if strangers:
        found = f"{strangers:,} of {len(rows):,} rows that the data does not hold"
        yield Problem(path, "", found, "customer-months as issued", "keep both keys as they were issued")
    if surplus:
        found = f"{surplus:,} rows more than the data holds of their key"
        yield Problem(path, "", found, "each customer-month once", "drop the repeated rows")


def _splits(path: str, frame: pd.DataFrame, columns: dict[str, str]) -> Iterator[Problem]:
    """Yield unknown names and a missing test; whether the months are chosen well is judged, not checked."""
    from grader.probes.predictions.values import split_codes

    terms = load_terms()
    if "split" not in columns:
        return
    splits = split_codes(frame[columns["split"]])
    if (splits == 4).any():
        found = f"{int((splits == 4).sum()):,} rows of no known split"
        yield Problem(path, "split", found, ", ".join(terms.splits), "name every row's split so")
    test = splits == terms.splits.index("test")
    if not test.any():
        yield Problem(
            path, "split", "no row of the test split", "test rows", "write the rows of the test as well"
        )


def _chances(path: str, name: str, values: pd.Series) -> Iterator[Problem]:
    from grader.probes.predictions.values import floats

    chances = floats(values, len(values))
    unknown = int((chances != chances).sum())  # not a number is unlike itself
    outside = int(((chances < 0) | (chances > 1)).sum())
    if unknown:
        remedy = "score every row you list, or leave the row out"
        yield Problem(
            path, name, f"{unknown:,} rows without a finite number", "a number in every row", remedy
        )
    if outside:
        remedy = "write predict_proba's second column, not a margin or a percentage"
        yield Problem(path, name, f"{outside:,} values outside 0..1", "probabilities", remedy)


def _parts(told: str) -> tuple[str, str, str, str]:
    shown = of_reader(told, "")
    return shown.file or "evaluation/predictions.parquet", "", shown.found, shown.expected
