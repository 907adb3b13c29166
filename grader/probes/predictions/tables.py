"""Open a table of a stranger, Parquet or text, after checking what it unfolds to."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from grader.probes.shared.text import clean, decode_text

arrow: Any = pa  # the library ships no type information
parquet: Any = pq
SEPARATORS = ",;\t|"
TABLE_CAP, ROW_CAP = 1 << 30, 5_000_000


class Table:
    """A table of rows read in part: names first, then the columns that are asked for."""

    def __init__(
        self, names: Sequence[str], rows: int | None, load: Callable[[list[str]], pd.DataFrame]
    ) -> None:
        self.names, self.rows, self.load = list(names), rows, load


def open_parquet(data: bytes) -> Table:
    """Open Parquet bytes after checking what they claim to unfold to."""
    try:
        file = parquet.ParquetFile(arrow.BufferReader(data))
        meta = file.metadata
        unfolded = sum(meta.row_group(group).total_byte_size for group in range(meta.num_row_groups))
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise ValueError(f"found no Parquet ({clean(error, 120)})") from None
    if meta.num_rows > ROW_CAP or meta.num_columns > 2000 or unfolded > TABLE_CAP:
        raise ValueError(f"found {meta.num_rows} rows in {unfolded} bytes, expected at most {ROW_CAP} rows")

    def load(columns: list[str]) -> pd.DataFrame:
        try:
            table = file.read(columns=columns, use_threads=False)
        except (arrow.ArrowException, OSError, ValueError) as error:
            raise ValueError(f"found damaged Parquet ({clean(error, 120)})") from None
        if table.nbytes > TABLE_CAP:
            raise ValueError(f"found {table.nbytes} bytes of values, expected at most {TABLE_CAP}")
        return pd.DataFrame({name: series_of(table, name) for name in columns})

    return Table([name for name in file.schema_arrow.names if isinstance(name, str)], meta.num_rows, load)


def series_of(table: Any, name: str) -> pd.Series:
    """Return a column as pandas has it, periods as periods.

    pandas tells Arrow what its periods are only once its own Parquet code is imported; until then Arrow gives
    their ordinals, such as 651 for April 2024, and keeps what they are in the field's metadata.
    """
    column, about = table.column(name), table.schema.field(name).metadata or {}
    if about.get(b"ARROW:extension:name") == b"pandas.period" and arrow.types.is_int64(column.type):
        try:
            kind: Any = pd.PeriodDtype(json.loads(about[b"ARROW:extension:metadata"])["freq"])
            return pd.Series(kind.__from_arrow__(column))
        except (ValueError, TypeError, KeyError, RecursionError):
            pass  # a stranger's metadata that say nothing: the ordinals stay
    return pd.Series(column.to_pandas())


def joined(parts: Sequence[tuple[Table, dict[str, str]]]) -> Table:
    """Return the parts of one table as one, with the columns that the folders of each part spell (`split=test`)."""
    names = [*dict.fromkeys(name for table, spelled in parts for name in (*table.names, *spelled))]

    def load(columns: list[str]) -> pd.DataFrame:
        frames, rows = [], 0
        for table, spelled in parts:
            frame = table.load([name for name in columns if name in table.names])
            rows += len(frame)
            if rows > ROW_CAP:
                raise ValueError(f"found over {ROW_CAP} rows, expected fewer")
            told = {name: value for name, value in spelled.items() if name not in table.names}
            frames.append(frame.assign(**told).reindex(columns=columns))
        return pd.concat(frames, ignore_index=True)

    return Table(names, None, load)


def header_place(lines: Sequence[str]) -> int:
    """Return the place of the header: below blank lines, and below comments that part into other fields.

    >>> header_place(["", "# by run 3f", "id,p", "1,.5"]), header_place(["# id,p", "1,.5"])
    (2, 0)
    """
    told = [place for place, line in enumerate(lines) if line.strip()]
    for place, below in itertools.pairwise(told):
        fields = [max(map(lines[n].count, SEPARATORS)) for n in (place, below)]
        if lines[place][0] != "#" or fields[0] == fields[1]:
            return place
    return told[-1] if told else 0


def open_text(data: bytes, path: str) -> Table:
    """Open delimited text, packed by gzip or not."""
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(data)) as packed:
                data = packed.read(TABLE_CAP // 2 + 1)
        except (OSError, EOFError, ValueError) as error:
            raise ValueError(f"found damaged gzip ({clean(error, 80)})") from None
        if len(data) > TABLE_CAP // 2:
            raise ValueError(f"found over {TABLE_CAP // 2} bytes unpacked, expected less")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:100]:
        data = decode_text(data).encode()
    head = data[: 1 << 16].decode("utf-8-sig", "replace").splitlines()
    above = header_place(head)
    if not head or len(head[above]) > 20_000:
        raise ValueError("found no header line, expected delimited text")
    separator = max(SEPARATORS, key=head[above].count)
    names = [name.strip().strip('"') for name in next(csv.reader([head[above]], delimiter=separator))]

    def load(columns: list[str]) -> pd.DataFrame:
        places = [names.index(name) for name in columns]
        try:
            frame = pd.read_csv(
                io.BytesIO(data),
                sep=separator,
                usecols=places,
                header=None,
                skiprows=above + 1,
                dtype=str,
                keep_default_na=True,
                nrows=ROW_CAP,
                encoding="utf-8",
                encoding_errors="replace",
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, OverflowError) as error:
            raise ValueError(f"found no table ({clean(error, 120)})") from None
        return pd.DataFrame({name: frame[place] for name, place in zip(columns, places, strict=True)})

    return Table(names, None, load)
