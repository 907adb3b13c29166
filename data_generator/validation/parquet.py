"""Parquet tells only what its table tells: no foreign metadata, even row groups, honest statistics, right types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as arrow
import pyarrow.compute as arrow_compute
import pyarrow.parquet as arrow_parquet

from data_generator.schema import LABEL, Column
from data_generator.validation.reading import Oddity

# The library ships partial type information only, so its objects are untyped here.
pa: Any = arrow
pc: Any = arrow_compute
pq: Any = arrow_parquet
TYPES = {
    "category": {"string"},
    "flag": {"int64", "double"},  # double where there are nulls
    "integer": {"int64", "double"},
    "real": {"double"},
}


def parquet_oddities(path: Path, columns: tuple[Column, ...]) -> list[Oddity]:
    """Compare everything that the file says beside its values with what the values alone explain."""
    file = pq.ParquetFile(path)
    meta, table = file.metadata, file.read()
    odd = [*_header(meta, table), *_types(table, columns), *_row_groups(meta)]
    expected = {**_layout(meta)}
    start = 0
    for group in range(meta.num_row_groups):
        part = meta.row_group(group)
        rows = table.slice(start, part.num_rows)
        start += part.num_rows
        for index in range(part.num_columns):
            odd += _chunk(part.column(index), rows, group, expected)
    return odd


def _header(meta: Any, table: Any) -> list[Oddity]:
    odd = []
    if table.schema.metadata:
        odd.append(Oddity("parquet", "schema metadata", f"{sorted(table.schema.metadata)}, expected none"))
    if meta.metadata:
        odd.append(Oddity("parquet", "file metadata", f"{sorted(meta.metadata)}, expected none"))
    expected = f"parquet-cpp-arrow version {pa.__version__}"
    if meta.created_by != expected:
        odd.append(Oddity("parquet", "created_by", f"{meta.created_by!r}, expected {expected!r}"))
    odd += [
        Oddity("parquet", f"field {field.name}", f"metadata {field.metadata}, expected none")
        for field in table.schema
        if field.metadata and set(field.metadata) - {b"PARQUET:field_id"}
    ]
    return odd


def _types(table: Any, columns: tuple[Column, ...]) -> list[Oddity]:
    expected: dict[str, set[str]] = {"customer_id": {"int64"}, "snapshot_month": {"string"}}
    expected |= {column.name: TYPES[column.kind] for column in columns}
    expected |= {LABEL: {"int64"}}
    if list(expected) != table.column_names:
        return [Oddity("parquet", "columns", f"found {table.column_names}, expected {list(expected)}")]
    return [
        Oddity("parquet", f"type of {field.name}", f"{field.type}, expected {'|'.join(expected[field.name])}")
        for field in table.schema
        if str(field.type) not in expected[field.name]
    ]


def _row_groups(meta: Any) -> list[Oddity]:
    sizes = [meta.row_group(i).num_rows for i in range(meta.num_row_groups)]
    if len(set(sizes[:-1])) > 1 or (len(sizes) > 1 and sizes[-1] > sizes[0]):
        return [Oddity("parquet", "row groups", f"sizes {sizes[:6]}, expected equal ones and a rest")]
    sorting = [i for i in range(meta.num_row_groups) if meta.row_group(i).sorting_columns]
    return [Oddity("parquet", "row groups", f"{len(sorting)} declare an order")] if sorting else []


def _layout(meta: Any) -> dict[str, Any]:
    first = meta.row_group(0).column(0)
    return {"compression": first.compression, "statistics": first.is_stats_set}


def _chunk(chunk: Any, rows: Any, group: int, expected: dict[str, Any]) -> list[Oddity]:
    name = chunk.path_in_schema
    place = f"{name}, row group {group}"
    found = {"compression": chunk.compression, "statistics": chunk.is_stats_set}
    odd = [
        Oddity("parquet", place, f"{what} {found[what]}, elsewhere {expected[what]}")
        for what in expected
        if found[what] != expected[what]
    ]
    if not chunk.is_stats_set:
        return odd
    told, column = chunk.statistics, rows[name]
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if told.null_count is not None and told.null_count != column.null_count:
        odd.append(Oddity("parquet", place, f"{told.null_count} nulls told, {column.null_count} there"))
    if told.distinct_count:
        odd.append(Oddity("parquet", place, "tells the number of distinct values"))
    if told.has_min_max and column.null_count < len(column):
        limits = pc.min_max(column).as_py()
        if (told.min, told.max) != (limits["min"], limits["max"]):
            odd.append(Oddity("parquet", place, f"extremes {told.min}, {told.max}; values {limits}"))
    return odd
