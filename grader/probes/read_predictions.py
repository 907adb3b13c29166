"""Read the submitted predictions and match their rows to the issued data.

Prints PredictionsEvidence and the arrays `row`, `split`, `y_true`, `y_used`, `p_baseline`, `p_tuned`: one entry
per submitted row whose customer and month are in DATA_DIR/snapshots.parquet; `row` is the position of the first
issued row of that key, `split` 0..4 for train, validation, calibration, test, other; NaN where absent.
`duplicate_keys` counts rows beyond as many as the issued data holds of their key.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import math
import os
import re
import stat
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from numpy.typing import NDArray

# region shared: reading files of a stranger; the same text in every probe, a test holds the copies equal
Json = Any
JSON_LIMIT = 1 << 20
MAX_ENTRIES = 200_000
JUNK = frozenset(
    (".git", ".hg", ".venv", "venv", "env", "__MACOSX", "node_modules", "__pycache__", ".ipynb_checkpoints")
)
CONTROL = re.compile(
    "\x1b\\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)


def clean(value: object, cap: int = 2000) -> str:
    """Return the value as printable text of at most `cap` characters."""
    text = value if isinstance(value, str) else str(value)
    text = text[: cap * 4].encode("utf-8", "replace").decode("utf-8")
    return CONTROL.sub("", text).strip()[:cap]


def number(value: Json) -> float | None:
    """Return a finite float of a JSON number, a numeric string or a percentage; None otherwise."""
    if isinstance(value, str) and len(value) <= 40:
        text = value.strip().replace("\u2212", "-").replace("_", "x")
        share = text.endswith("%")
        text = text.rstrip("%").strip()
        if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", text):
            text = text.replace(",", "")
        try:
            value = float(text) / (100.0 if share else 1.0)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def word(value: object) -> str:
    """Return a name in lower case with single underscores between its letters and digits."""
    return re.sub(r"[^a-z0-9]+", "_", clean(value, 200).lower()).strip("_")


def list_files(root: Path) -> dict[str, int]:
    """Return size by relative path of the regular files below a folder, shallow ones first, no links."""
    found: dict[str, int] = {}
    folders = [("", 0)]
    for prefix, depth in folders:
        try:
            with os.scandir(root / prefix) as opened:
                entries = sorted(opened, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if len(found) >= MAX_ENTRIES:
                return found
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in JUNK and depth < 30:
                    folders.append((f"{prefix}{entry.name}/", depth + 1))
            elif entry.is_file(follow_symlinks=False):
                found[prefix + entry.name] = entry.stat(follow_symlinks=False).st_size
    return found


def read_file(root: Path, relative: str, cap: int) -> bytes:
    """Return the bytes of a regular file; ValueError says why not (a link, no file, over `cap` bytes)."""
    try:
        handle = os.open(root / relative, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        raise ValueError(f"found nothing readable ({type(error).__name__}), expected a file") from error
    with os.fdopen(handle, "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("found a folder or special file, expected a regular file")
        if status.st_size > cap:
            raise ValueError(f"found {status.st_size} bytes, expected at most {cap}")
        data = opened.read(cap + 1)
    if data.startswith(b"version https://git-lfs.github.com/spec/"):
        raise ValueError("found a pointer of large-file storage, expected the file itself")
    return data[:cap]


def decode_text(data: bytes) -> str:
    """Return UTF-8 or UTF-16 bytes as text, with a byte order mark or without; damage is replaced."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    head = data[:400]
    if head and head.count(0) > len(head) // 4:
        return data.decode("utf-16-be" if head[0] == 0 else "utf-16-le", "replace")
    return data.decode("utf-8-sig", "replace")


def parse_json(data: bytes) -> Json:
    """Return a JSON document with NaN and infinities as null; ValueError says what is wrong."""
    try:
        return json.loads(decode_text(data), parse_constant=lambda _: None)
    except RecursionError:
        raise ValueError("found JSON nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"found no JSON ({clean(error, 120)})") from None


class PlainLoader(yaml.SafeLoader):
    """YAML of plain values: no tags that make objects, and no aliases, which can grow without bound."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases."""
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def parse_yaml(data: bytes) -> Json:
    """Return a YAML document of plain values; ValueError says what is wrong."""
    try:
        return yaml.load(decode_text(data), Loader=PlainLoader)  # noqa: S506  a SafeLoader without aliases
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        raise ValueError(f"found no plain YAML ({clean(error, 120)})") from None


def stated_path(root: Path, files: Mapping[str, int], names: Collection[str]) -> str | None:
    """Return the file that submission.yaml states under one of the names, where it is really there."""
    for name in ("submission.yaml", "submission.yml"):
        if name not in files:
            continue
        try:
            stack = [parse_yaml(read_file(root, name, 65536))]
        except ValueError:
            continue
        while stack:
            node = stack.pop()
            if isinstance(node, dict):
                stack.extend(value for value in node.values() if isinstance(value, dict))
                for key, value in node.items():
                    path = value.replace("\\", "/").removeprefix("./") if isinstance(value, str) else ""
                    if word(key) in names and (path in files or any(f.startswith(path + "/") for f in files)):
                        return path or None
    return None


def shorten(value: Json, cap: int) -> Json:
    """Return the value with every string and key cut to `cap` characters."""
    if isinstance(value, str):
        return value[:cap]
    if isinstance(value, dict):
        return {key[:cap]: shorten(part, cap) for key, part in value.items()}
    return [shorten(part, cap) for part in value] if isinstance(value, list | tuple) else value


def emit(result: Json, arrays: Mapping[str, Any] | None = None) -> None:
    """Print one JSON line of at most 1 MiB, then the arrays as little-endian float64 in announced order."""
    values = {name: np.ascontiguousarray(part, dtype="<f8") for name, part in (arrays or {}).items()}
    announced = [{"name": name, "length": int(part.size)} for name, part in values.items()]
    line = b""
    for cap in (4000, 800, 200, 60, 20):
        document = {"result": shorten(result, cap), "arrays": announced}
        line = json.dumps(document, allow_nan=False, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        if len(line) <= JSON_LIMIT:
            break
    if len(line) > JSON_LIMIT:
        raise SystemExit("the result of this probe is longer than 1 MiB")
    sys.stdout.buffer.write(line)
    for part in values.values():
        sys.stdout.buffer.write(part.tobytes())
    sys.stdout.buffer.flush()


# endregion

arrow: Any = pa  # the library ships no type information
parquet: Any = pq
FILE_CAP, TABLE_CAP, ROW_CAP, SENT_CAP = 256 << 20, 1 << 30, 5_000_000, 1_000_000
ENDINGS = (".parquet", ".csv", ".csv.gz", ".pq", ".tsv")
SPLITS = {
    0: ("train", "training", "tr", "fit"),
    1: ("validation", "valid", "val", "dev", "eval", "tune", "tuning"),
    2: ("calibration", "calib", "cal"),
    3: ("test", "testing", "holdout", "hold_out", "oot", "out_of_time", "tst"),
}
CHANCE = (
    r"(p|prob|probs|proba|probability|pred|prediction|predicted|score|yhat|y_prob|y_proba|y_score|y_pred)"
)
BASELINE = r"(baseline|base|logreg|logistic|logistic_regression|lr|dummy|linear)"
TUNED = r"(tuned|final|best|calibrated|lgbm|lightgbm|gbm|xgb|xgboost|catboost|model|champion|churn)"
NAMES: dict[str, tuple[str, ...]] = {
    "customer_id": ("customer_id", "customerid", "cust_id", "customer", "client_id", "account_id", "id"),
    "snapshot_month": (
        "snapshot_month",
        "snapshotmonth",
        "month",
        "snapshot",
        "snapshot_date",
        "date",
        "period",
    ),
    "split": ("split", "set", "fold", "dataset", "partition", "subset", "part", "data_split"),
    "y_true": (
        "y_true",
        "ytrue",
        "churned_90d",
        "label",
        "target",
        "y",
        "actual",
        "truth",
        "churned",
        "churn",
    ),
    "y_used": ("y_used", "label_used", "target_used", "y_repaired", "y_fixed", "y_clean"),
    "p_baseline": (
        "p_baseline",
        f"{CHANCE}_{BASELINE}",
        f"{BASELINE}_{CHANCE}",
        f"{CHANCE}_.*{BASELINE}",
        BASELINE,
    ),
    "p_tuned": (
        "p_tuned",
        f"{CHANCE}_tuned(_calibrated)?",
        f"tuned_{CHANCE}",
        "tuned",
        f"{CHANCE}_{TUNED}",
        f"{TUNED}_{CHANCE}",
        f"{CHANCE}_.*{TUNED}",
        f"y_pred_{CHANCE}",
        CHANCE,
    ),
}


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
        return pd.DataFrame({name: table.column(name).to_pandas() for name in columns})

    return Table([name for name in file.schema_arrow.names if isinstance(name, str)], meta.num_rows, load)


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
    if not head or len(head[0]) > 20_000:
        raise ValueError("found no header line, expected delimited text")
    separator = max(",;\t|", key=head[0].count)
    names = [name.strip().strip('"') for name in head[0].split(separator)]

    def load(columns: list[str]) -> pd.DataFrame:
        places = [names.index(name) for name in columns]
        try:
            frame = pd.read_csv(
                io.BytesIO(data),
                sep=separator,
                usecols=places,
                header=None,
                skiprows=1,
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


def pick_columns(names: Sequence[str]) -> dict[str, str]:
    """Return the file's own column name for each of ours that it has."""
    given = {word(name): name for name in reversed(names)}
    taken: dict[str, str] = {}
    for ours, patterns in NAMES.items():
        for pattern in patterns:
            found = next(
                (g for g in given if re.fullmatch(pattern, g) and given[g] not in taken.values()), None
            )
            if found is not None:
                taken[ours] = given[found]
                break
    return taken


def candidates(root: Path, files: Mapping[str, int]) -> list[str]:
    """Return the files worth opening, the likeliest first."""
    tables = [path for path in files if path.lower().endswith(ENDINGS)]
    stated = stated_path(root, files, {"predictions", "prediction", "predictions_file"})

    def rank(path: str) -> tuple[int, int]:
        name = Path(path).name.lower()
        exact = name.split(".")[0] == "predictions"
        order = (
            0 if path == stated else 1 if path.startswith("evaluation/predictions.") else 2 if exact else 3
        )
        if order == 3:
            order += 0 if "pred" in name else 1 if "score" in name or "proba" in name else 2
        return order, ENDINGS.index(next(end for end in ENDINGS if name.endswith(end)))

    return sorted(tables, key=rank)[:40]


def find_table(root: Path, files: Mapping[str, int], problems: list[str]) -> tuple[str, Table] | None:
    """Return the first table with a customer and a probability; the likely ones that fail are told."""
    for place, path in enumerate(candidates(root, files)):
        likely = "pred" in Path(path).name.lower() or place == 0
        try:
            data = read_file(root, path, FILE_CAP)
            table = open_parquet(data) if data[:4] == b"PAR1" else open_text(data, path)
        except ValueError as error:
            if likely:
                problems.append(f"{clean(path, 300)}: {error}")
            continue
        columns = pick_columns(table.names)
        if "customer_id" in columns and ("p_tuned" in columns or "p_baseline" in columns):
            return path, table
        if likely:
            found = ", ".join(clean(name, 40) for name in table.names[:12])
            problems.append(f"{clean(path, 300)}: found columns {found}; expected customer_id and p_tuned")
    return None


def whole_numbers(values: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return int64 values without loss where text or floats hold them, and which ones are valid."""
    if pd.api.types.is_bool_dtype(values):
        return np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=bool)
    if pd.api.types.is_signed_integer_dtype(values) and not values.isna().any():
        return values.to_numpy(np.int64), np.ones(len(values), dtype=bool)
    text = values.astype("string").str.strip().str.replace(r"\.0+$", "", regex=True)
    valid = text.str.fullmatch(r"-?\d{1,19}").fillna(False).to_numpy(bool)
    found = np.zeros(len(values), dtype=np.int64)
    if valid.any():
        numbers = text[valid].map(int).to_numpy(object)
        inside = np.array([-(2**63) <= n < 2**63 for n in numbers], dtype=bool)
        valid[np.flatnonzero(valid)[~inside]] = False
        found[valid] = numbers[inside].astype(np.int64)
    return found, valid


def month_codes(values: pd.Series) -> NDArray[np.int64]:
    """Return 12 * year + month of dates or the usual spellings, -1 where there is none."""
    if pd.api.types.is_datetime64_any_dtype(values):
        stamps = values.dt.year * 12 + values.dt.month
        return np.asarray(stamps.fillna(-1), dtype=np.int64)
    codes, unique = pd.factorize(values.astype("string"))
    if len(unique) > 50_000:
        return np.full(len(values), -1, dtype=np.int64)
    table = np.full(len(unique) + 1, -1, dtype=np.int64)
    for place, text in enumerate(unique):
        found = re.match(
            r"\s*((?:19|20)\d\d)\s*[-/._mM ]?\s*(\d{1,2})(?!\d)|\s*((?:19|20)\d\d)(\d\d)\d\d$", str(text)
        )
        if found:
            year, month = int(found[1] or found[3]), int(found[2] or found[4])
        else:
            moment = pd.to_datetime(str(text)[:40], errors="coerce", format="%b %Y")
            year, month = (0, 0) if pd.isna(moment) else (moment.year, moment.month)
        if 1 <= month <= 12:
            table[place] = 12 * year + month
    return np.asarray(table[codes])


def floats(values: pd.Series | None, length: int) -> NDArray[np.float64]:
    """Return float64 values, NaN where they are no finite numbers; truth values and percentages are read."""
    if values is None:
        return np.full(length, np.nan)
    if not pd.api.types.is_numeric_dtype(values):
        text = values.astype("string").str.strip().str.lower()
        share = text.str.endswith("%").fillna(False).to_numpy(bool)
        text = text.replace({"true": "1", "false": "0", "yes": "1", "no": "0"}).str.rstrip("%")
        found = pd.to_numeric(text, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        found = np.where(share, found / 100, found)
    else:
        found = values.to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(found), found, np.nan)


def split_codes(values: pd.Series) -> NDArray[np.float64]:
    """Return the codes 0..4 of split names."""
    codes, unique = pd.factorize(values.astype("string"))
    table = np.full(len(unique) + 1, 4.0)
    for place, text in enumerate(unique[:10_000]):
        name = re.sub(r"^(is|x|y|df|set)_|_(set|split|fold|data|rows)$", "", word(text))
        table[place] = next((float(code) for code, words in SPLITS.items() if name in words), 4.0)
    return np.asarray(table[codes])


def issued_keys(data: Path) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return customer ids and month codes of the issued rows."""
    frame = parquet.read_table(
        data / "snapshots.parquet", columns=["customer_id", "snapshot_month"]
    ).to_pandas()
    return whole_numbers(frame["customer_id"])[0], month_codes(frame["snapshot_month"])


def match(
    ids: NDArray[np.int64], months: NDArray[np.int64], valid: NDArray[np.bool_], data: Path
) -> tuple[NDArray[np.int64], int]:
    """Return for each submitted row the first issued row of its key or -1, and the excess duplicates."""
    own_ids, own_months = issued_keys(data)
    known = np.unique(own_ids)
    keys, first, held = np.unique(
        np.searchsorted(known, own_ids) * 100_000 + own_months, return_index=True, return_counts=True
    )
    rows = np.full(len(ids), -1, dtype=np.int64)
    if not len(known):
        return rows, 0
    place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    valid = valid & (known[place] == ids) & (months >= 0)
    wanted = place * 100_000 + months
    spot = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    valid &= keys[spot] == wanted
    rows[valid] = first[spot[valid]]
    sent = np.bincount(spot[valid], minlength=len(keys))
    return rows, int(np.maximum(sent - held, 0).sum())


def read_table(
    table: Table, shown: str, data: Path, problems: list[str]
) -> tuple[dict[str, Json], dict[str, NDArray[np.float64]]]:
    """Return PredictionsEvidence and the arrays of an opened table; ValueError where it cannot be read."""
    columns = pick_columns(table.names)
    frame = table.load(sorted(set(columns.values())))
    for ours, theirs in columns.items():
        if ours != theirs:
            problems.append(f"{shown}: column {clean(theirs, 80)!r} is taken as {ours}")
    for ours in ("snapshot_month", "split", "p_baseline", "p_tuned"):
        if ours not in columns:
            problems.append(f"{shown}: found no column {ours}, expected one")
    series = {ours: frame[theirs] for ours, theirs in columns.items()}
    length = len(frame)
    ids, valid = whole_numbers(series["customer_id"])
    months = month_codes(series["snapshot_month"]) if "snapshot_month" in series else np.full(length, -1)
    rows, duplicates = match(ids, months, valid, data)
    inside = np.flatnonzero(rows >= 0)
    if len(inside) < length:
        problems.append(
            f"{shown}: found {length - len(inside)} of {length} rows that are not in the issued data"
        )
    if len(inside) > SENT_CAP:
        problems.append(f"{shown}: found {len(inside)} rows, the first {SENT_CAP} are judged")
        inside = inside[:SENT_CAP]
    split = np.full(length, 3.0)
    if "split" in series:
        split = split_codes(series["split"])
        if (split == 4).any():
            problems.append(f"{shown}: split: found {int((split == 4).sum())} rows of no known split")
    else:
        problems.append(f"{shown}: without a split column all rows are taken as test")
    arrays = {"row": rows.astype(np.float64), "split": split}
    for name in ("y_true", "y_used", "p_baseline", "p_tuned"):
        arrays[name] = floats(series.get(name), length)
    arrays = {name: values[inside] for name, values in arrays.items()}
    chances = [arrays[name] for name in ("p_baseline", "p_tuned") if name in columns]
    result = {
        "path": shown,
        "problems": problems,
        "columns": [clean(name, 80) for name in table.names[:100]],
        "rows": length,
        "matched_rows": int((rows >= 0).sum()),
        "duplicate_keys": duplicates,
        "non_finite": int(sum(np.isnan(values).sum() for values in chances)),
        "out_of_range": int(sum(((values < 0) | (values > 1)).sum() for values in chances)),
    }
    return result, arrays


def main() -> None:
    """Print PredictionsEvidence and its arrays."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    root, data = Path(os.environ["SUBMISSION_DIR"]), Path(os.environ["DATA_DIR"])
    problems: list[str] = []
    files = list_files(root)
    found = find_table(root, files, problems)
    if found is None:
        problems.append("evaluation/predictions.parquet: found no table of customer_id and probabilities")
        emit({"path": None, "problems": problems})
        return
    shown = clean(found[0], 300)
    try:
        result, arrays = read_table(found[1], shown, data, problems)
    except (ValueError, TypeError, KeyError, OverflowError, arrow.ArrowException) as error:
        emit({"path": shown, "problems": [*problems, f"{shown}: {clean(error, 200)}"]})
        return
    emit(result, arrays)


if __name__ == "__main__":
    main()
