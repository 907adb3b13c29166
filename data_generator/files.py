"""Writing frames and texts: same content, same bytes; nothing of pandas or of this program in the metadata."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as arrow
import pyarrow.compute as arrow_compute
import pyarrow.csv as arrow_csv
import pyarrow.parquet as arrow_parquet

# The library ships partial type information only, so its objects are untyped here.
pa: Any = arrow
compute: Any = arrow_compute
csv: Any = arrow_csv
parquet: Any = arrow_parquet
Table = Any
GZIP_LEVEL = 2


def to_table(frame: pd.DataFrame) -> Table:
    """Return the frame as an Arrow table: categories as dictionaries of strings, NaN as null, no metadata."""
    arrays = []
    for name in frame.columns:
        series = frame[name]
        if isinstance(series.dtype, pd.CategoricalDtype):
            codes = series.cat.codes.to_numpy()
            levels = pa.array([str(level) for level in series.cat.categories])
            arrays.append(pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), levels))
        else:
            arrays.append(pa.array(series.to_numpy(), from_pandas=True))
    return pa.Table.from_arrays(arrays, names=list(frame.columns))


def write_parquet(table: Table, path: Path) -> None:
    """Write a table as Parquet with Zstandard compression, without column statistics, which take a seventh longer.

    Dictionaries become plain strings in the file.
    """
    parquet.write_table(
        table, path, compression="zstd", compression_level=1, store_schema=False, write_statistics=False
    )


def write_csv_gz(table: Table, path: Path) -> None:
    """Write a table as gzip-compressed CSV, nulls as empty fields; no time stamp or file name in the header."""
    plain = [
        column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    table = pa.Table.from_arrays(plain, names=table.column_names)
    options = csv.WriteOptions(quoting_style="none")
    with path.open("wb") as file, gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0) as stream:
        csv.write_csv(table, stream, options)


def sha256_of_lines(numbers: npt.NDArray[np.int64], names: list[str], codes: npt.NDArray[Any]) -> str:
    """Return the SHA-256 of the lines `number|name`, each ended by LF; `codes` says which name is whose."""
    ends = pa.array([f"{name}\n" for name in names])
    right = pa.DictionaryArray.from_arrays(pa.array(codes), ends).cast(pa.string())
    lines = compute.binary_join_element_wise(pa.array(numbers).cast(pa.string()), right, "|")
    _, offsets, text = lines.buffers()
    length = int(np.frombuffer(offsets, dtype=np.int32)[len(lines)]) if len(lines) else 0
    return hashlib.sha256(memoryview(text)[:length] if length else b"").hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
