"""Open a stranger's SQLite database so that it can neither be changed nor hold us."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from grader.probes.shared.files import read_file, read_head

DATABASE_CAP, MERGE_CAP = 2 << 30, 64 << 20
QUERY_SECONDS = 60


def open_database(root: Path, relative: str, copied: Path | None = None) -> sqlite3.Connection:
    """Open a database, or a copy of it, read-only with a time limit; ValueError where it is none."""
    if not read_head(root, relative, DATABASE_CAP).startswith(b"SQLite format 3\0"):
        raise ValueError("found no SQLite database")
    if copied is None:
        address = f"file:{quote(str((root / relative).absolute()))}?mode=ro&immutable=1"
    else:
        address = f"file:{quote(str(copied.absolute()))}"
    connection = sqlite3.connect(address, uri=True)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 16 << 20)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA query_only=ON")
    end = time.monotonic() + QUERY_SECONDS
    connection.set_progress_handler(lambda: int(time.monotonic() > end), 10_000)
    return connection


def merged(root: Path, relative: str, scratch: Path) -> Path | None:
    """Return a copy in `scratch` of a database with the writes beside it that were never merged, as a process leaves
    them that still runs or was killed; None where there are none, or too much to copy."""
    copy = scratch / "copy.db"
    try:
        writes = read_file(root, f"{relative}-wal", MERGE_CAP)
        if not writes:
            return None
        copy.write_bytes(read_file(root, relative, MERGE_CAP))
        copy.with_name(f"{copy.name}-wal").write_bytes(writes)
    except (ValueError, OSError):
        return None
    return copy


def columns_of(connection: sqlite3.Connection) -> dict[str, set[str]]:
    """Return the columns of every real table; views are left alone."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 200").fetchall()
    found: dict[str, set[str]] = {}
    for (name,) in names:
        if isinstance(name, str) and re.fullmatch(r"\w+", name):
            found[name] = {row[1] for row in connection.execute(f"PRAGMA table_info({name})").fetchall()}
    return found


def rows_of(
    connection: sqlite3.Connection, tables: Mapping[str, set[str]], table: str, columns: list[str], cap: int
) -> Iterator[tuple[Any, ...]]:
    """Yield rows of a table, None for columns that this version of the schema lacks."""
    if table not in tables:
        return
    chosen = ", ".join(name if name in tables[table] else f"NULL AS {name}" for name in columns)
    yield from connection.execute(f"SELECT {chosen} FROM {table} LIMIT {cap}")  # noqa: S608  names are ours
