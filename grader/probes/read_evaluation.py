"""Read the claimed figures, the lift table and the plots of a submission.

Prints EvaluationEvidence. Intervals are keyed `tuned.pr_auc`. Figures inside notebooks are plots with a path like
`audit.ipynb#cell12` (cells from 1); the executed notebook in NOTEBOOK_OUT takes the place of the submitted one.
SVG is not rendered: its `ink` is the number of drawn elements over 1,000, at most 1.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import csv
import io
import json
import math
import os
import re
import stat
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import yaml

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

# region notebooks: finding and reading a notebook; the same text in three probes, a test holds them equal
NOTEBOOK_CAP = 64 << 20


@dataclass(frozen=True)
class Cell:
    """A cell whatever the format version; `number` counts all cells from 1."""

    number: int
    kind: str
    source: str
    count: Json
    outputs: list[dict[str, Json]]


def find_notebook(root: Path, files: Mapping[str, int], stated: str | None) -> str | None:
    """Return the audit notebook: as stated, by its name, by mentioning findings.json, else the largest."""
    books = [path for path in files if path.lower().endswith(".ipynb")]
    if stated in books:
        return stated
    names = {path: Path(path).name.lower() for path in books}
    for wanted in (r"audit\.ipynb$", r"audit", r"(^|[^a-z])eda([^a-z]|$)", r"explor"):
        for path in books:
            if re.search(f"^{wanted}" if wanted.endswith("$") else wanted, names[path]):
                return path
    for path in books[:50]:
        try:
            if "findings.json" in decode_text(read_file(root, path, NOTEBOOK_CAP)):
                return path
        except ValueError:
            continue
    return max(books, key=lambda path: files[path], default=None)


def text_of(value: Json) -> str:
    """Return notebook text, which is a string or a list of strings."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def read_cells(document: Json) -> list[Cell]:
    """Return the cells of a notebook of format 3 or 4; ValueError where it holds none."""
    found = document.get("cells") if isinstance(document, dict) else None
    if not isinstance(found, list) and isinstance(document, dict):
        sheets = document.get("worksheets")
        parts = [s.get("cells") for s in sheets if isinstance(s, dict)] if isinstance(sheets, list) else []
        found = [cell for part in parts if isinstance(part, list) for cell in part] if parts else None
    if not isinstance(found, list):
        raise ValueError("found JSON without a list of cells, expected a notebook")
    cells = []
    for place, cell in enumerate(found[:5000], start=1):
        if not isinstance(cell, dict):
            continue
        kind = cell.get("cell_type")
        kind = "markdown" if kind in ("markdown", "heading") else kind if kind in ("code", "raw") else "raw"
        outputs = cell.get("outputs")
        kept = [part for part in outputs if isinstance(part, dict)] if isinstance(outputs, list) else []
        source = text_of(cell.get("source", cell.get("input")))
        cells.append(Cell(place, kind, source, cell.get("execution_count", cell.get("prompt_number")), kept))
    return cells


# endregion

PLOT_CAP, PIXEL_CAP, PLOTS, BOOKS = 20 << 20, 40_000_000, 150, 20
MODELS = {
    "tuned": r"(tuned|final|best|champion|calibrated|lightgbm|lgbm|lgb|gbm|xgboost|xgb|catboost|model)",
    "baseline": r"(baseline|logreg|logistic|logistic_regression|lr|dummy)",
}
METRICS = {
    "pr_auc": r"(pr_?auc|average_precision|ap|auprc|auc_?pr|average_precision_score|pr_auc_score)",
    "roc_auc": r"(roc_?auc|auc|auroc|auc_?roc|roc_auc_score)",
    "brier": r"brier(_score|_loss|_score_loss)?",
    "precision_at_capacity": r"(precision|p|prec)_at_(capacity|k|top|top_?\d+|\d+)(_?(pct|percent|p|share))?",
    "recall_at_capacity": r"(recall|r|capture)_at_(capacity|k|top|top_?\d+|\d+)(_?(pct|percent|p|share))?",
    "base_rate": r"(base_rate|prevalence|positive_rate|churn_rate|event_rate)",
}
DECISION = {
    "threshold": r"(operating_|decision_|best_|optimal_|prob_|probability_)?(threshold|cut_?off)",
    "capacity_share": r"(capacity(_share|_fraction)?|call_share|top_share|top_fraction|share)",
}
SPLIT_WORDS = frozenset(
    (
        "train",
        "training",
        "validation",
        "valid",
        "val",
        "dev",
        "calibration",
        "calib",
        "cv",
        "cross_validation",
    )
)
LOW, HIGH = (
    r"(low|lower|lo|ci_low|ci_lower|lower_bound|min|p2_5|q025)",
    r"(high|upper|hi|ci_high|ci_upper|upper_bound|max|p97_5|q975)",
)
INTERVAL = r"_?(ci|ci95|ci_95|95_ci|95ci|ci_95pct|interval|conf_int|confidence_interval)$"
VALUE = (
    "value",
    "mean",
    "estimate",
    "point",
    "score",
    "metrics",
    "scores",
    "results",
    "test_metrics",
    "models",
)
LIFT = {
    "decile": r"(decile|bin|bucket|group|decile_rank|rank|percentile|quantile|d)",
    "customers": r"(customers|n|count|rows|total|size|n_customers|n_rows|population)",
    "churners": r"(churners|positives|events|n_churners|churned|responders|n_positives|churn_count|hits)",
    "churn_rate": r"(churn_rate|rate|response_rate|precision|event_rate|mean|observed_rate|actual_rate|avg_churn)",
    "lift": r"(lift|lift_x|lift_ratio|lift_at_decile)",
    "cumulative_capture": r"(cum[a-z]*_(capture|recall|gains?|capture_rate|captured|churners_share|share)"
    r"|capture|captured|gains?|capture_rate|cumulative_capture_rate)(_pct)?",
}
Leaf = tuple[tuple[str, ...], float | tuple[float, float]]


def leaves(node: Json, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Yield every number, and every interval as a pair, with the words of the keys that lead there."""
    if len(path) > 12:
        return
    amount = number(node)
    if amount is not None:
        yield path, amount
    elif isinstance(node, list):
        pair = [number(part) for part in node]
        if len(pair) == 2 and pair[0] is not None and pair[1] is not None:
            yield path, (min(pair[0], pair[1]), max(pair[0], pair[1]))
            return
        for part in node[:200]:
            if isinstance(part, dict):
                names = [part.get(key) for key in ("model", "name", "split", "set", "metric")]
                yield from leaves(part, path + tuple(word(name) for name in names if isinstance(name, str)))
    elif isinstance(node, dict):
        given = {word(key): value for key, value in list(node.items())[:300]}
        low = next((number(v) for k, v in given.items() if re.fullmatch(LOW, k)), None)
        high = next((number(v) for k, v in given.items() if re.fullmatch(HIGH, k)), None)
        if low is not None and high is not None:
            yield (*path, "ci"), (min(low, high), max(low, high))
        for key, value in given.items():
            yield from leaves(value, (*path, key))


def settle(path: tuple[str, ...]) -> tuple[str, str, bool, str]:
    """Return model, metric, whether it is of an interval, and split of the words that lead to a number."""
    model, split, interval, metric = "", "", False, ""
    for token in path:
        name = token
        for ours, pattern in MODELS.items():
            if re.fullmatch(rf"{pattern}(_{pattern})*", name):
                model, name = model or ours, ""
            elif found := re.match(rf"{pattern}_(?=.)", name) or re.search(rf"(?<=.)_{pattern}$", name):
                model = model or ours
                name = name[: found.start()] + name[found.end() :]
        for part in ("test", "holdout", *SPLIT_WORDS):
            if name == part:
                split, name = part, ""
            elif found := re.match(rf"{part}_(?=.)", name) or re.search(rf"(?<=.)_{part}$", name):
                split = split or part
                name = name[: found.start()] + name[found.end() :]
        if shorter := re.search(rf"(^|_){LOW}$|(^|_){HIGH}$", name):
            name = name[: shorter.start()] + "_ci"
        if found := re.search(INTERVAL, name):
            interval, name = True, name[: found.start()]
        if name and name not in VALUE:
            metric = next((ours for ours, pattern in METRICS.items() if re.fullmatch(pattern, name)), name)
    return model, metric, interval, split


def read_metrics(document: Json, result: dict[str, Json]) -> None:
    """Sort the numbers of a metrics document into models, intervals and decision, the test split first."""
    loose: dict[tuple[str, str], list[float]] = {}
    ranked = sorted(leaves(document), key=lambda leaf: settle(leaf[0])[3] not in ("test", "holdout"))
    for path, value in ranked[:2000]:
        model, metric, interval, split = settle(path)
        if "decision" in path or (
            len(path) == 1 and any(re.fullmatch(p, path[0]) for p in DECISION.values())
        ):
            if isinstance(value, float) and len(result["decision"]) < 60:
                key = path[-1]
                key = next((ours for ours, pattern in DECISION.items() if re.fullmatch(pattern, key)), key)
                result["decision"].setdefault(key, value)
            continue
        if split in SPLIT_WORDS or not metric:
            continue
        target = result["baseline" if model == "baseline" else "tuned"]
        place = f"{'baseline' if model == 'baseline' else 'tuned'}.{metric}"
        if isinstance(value, tuple):
            if len(result["intervals"]) < 60:
                result["intervals"].setdefault(place, value)
        elif interval:
            loose.setdefault((place, split), []).append(value)
        elif len(target) < 60:
            target.setdefault(metric, value)
    for (place, _), bounds in loose.items():
        if len(bounds) == 2:
            result["intervals"].setdefault(place, (min(bounds), max(bounds)))


def find_metrics(root: Path, files: Mapping[str, int]) -> dict[str, Json]:
    """Return ClaimedMetrics of the likeliest JSON file that holds a known metric."""
    stated = stated_path(root, files, {"metrics", "metrics_json"})
    names = [path for path in files if path.lower().endswith(".json")]
    likely = r"metric|eval|result|score|report|performance"
    ranked = sorted(
        (p for p in names if p == stated or re.search(likely, p.lower())),
        key=lambda p: (
            p != stated,
            p != "evaluation/metrics.json",
            Path(p).name != "metrics.json",
            "metric" not in p,
        ),
    )
    problems: list[str] = []
    for path in ranked[:30]:
        blank: dict[str, Json] = {"baseline": {}, "tuned": {}, "intervals": {}, "decision": {}}
        shown = clean(path, 300)
        try:
            read_metrics(parse_json(read_file(root, path, 4 << 20)), blank)
        except ValueError as error:
            problems.append(f"{shown}: {error}")
            continue
        if any(name in METRICS for model in ("baseline", "tuned") for name in blank[model]):
            if not blank["baseline"]:
                problems.append(
                    f"{shown}: found no figures of a baseline, expected `baseline` beside `tuned`"
                )
            return {"path": shown, "problems": problems[:50], **blank}
        if Path(path).name.startswith("metrics"):
            problems.append(f"{shown}: found no known metric, expected pr_auc and others")
    problems.append("evaluation/metrics.json: found no file of claimed figures, expected one")
    return {"path": None, "problems": problems[:50]}


def lift_rows(table: list[list[str]], shown: str, problems: list[str]) -> list[dict[str, Json]]:
    """Return LiftRow objects of a table whose first row is its header; ValueError where it is no lift table."""
    header = [word(name) for name in table[0]] if table else []
    places: dict[str, int] = {}
    for ours, pattern in LIFT.items():
        found = [place for place, name in enumerate(header) if name == ours or re.fullmatch(pattern, name)]
        if found:
            places[ours] = found[0]
    if not {"lift", "churn_rate", "cumulative_capture", "churners"} & set(places) or len(places) < 2:
        raise ValueError(f"found columns {clean(', '.join(header), 150)}; expected decile, lift and others")
    rows: list[dict[str, Json]] = []
    for place, line in enumerate(table[1:101], start=1):
        read = {ours: number(line[spot]) if spot < len(line) else None for ours, spot in places.items()}
        label = line[places["decile"]] if "decile" in places and places["decile"] < len(line) else ""
        whole = re.fullmatch(r"\D{0,10}(\d{1,3})(\.0+)?(st|nd|rd|th)?\D{0,10}", clean(label, 40))
        rows.append({**read, "decile": int(whole[1]) if whole else place})
    if not rows:
        raise ValueError("found no rows, expected ten deciles")
    if min(row["decile"] for row in rows) == 0:
        for row in rows:
            row["decile"] += 1
        problems.append(f"{shown}: decile: found counting from 0, expected from 1")
    for name, top in (("churn_rate", 1.0), ("cumulative_capture", 1.2)):
        values = [row[name] for row in rows if row.get(name) is not None]
        if values and max(values) > top:
            problems.append(f"{shown}: {name}: found {max(values):g}, read as a percentage")
            for row in rows:
                row[name] = None if row.get(name) is None else row[name] / 100
    key = "lift" if "lift" in places else "churn_rate"
    rows.sort(key=lambda row: row["decile"])
    first, last = rows[0].get(key), rows[-1].get(key)
    if first is not None and last is not None and last > first and len(rows) > 1:
        problems.append(
            f"{shown}: found the highest scores in decile {rows[-1]['decile']}, expected in 1; turned"
        )
        top = rows[-1]["decile"] + rows[0]["decile"]
        rows = [{**row, "decile": top - row["decile"]} for row in reversed(rows)]
    return rows


class TableReader(HTMLParser):
    """Collects the cells of HTML tables, bounded."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Open a table, row or cell."""
        if tag == "table" and len(self.tables) < 20:
            self.tables.append([])
        elif tag == "tr" and self.tables and len(self.tables[-1]) < 110:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1] and len(self.tables[-1][-1]) < 30:
            self.tables[-1][-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        """Close a cell."""
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        """Add text to the open cell."""
        if self.inside and len(self.tables[-1][-1][-1]) < 100:
            self.tables[-1][-1][-1] += data.strip()[:100]


def find_lift(root: Path, files: Mapping[str, int], books: Mapping[str, list[Cell]]) -> dict[str, Json]:
    """Return the LiftTable of a CSV file, else of a table shown in a notebook."""
    stated = stated_path(root, files, {"lift", "lift_csv", "lift_table"})
    names = [path for path in files if path.lower().endswith((".csv", ".tsv"))]
    ranked = sorted(
        (p for p in names if p == stated or re.search(r"lift|decile|gain", Path(p).name.lower())),
        key=lambda p: (p != stated, p != "evaluation/lift.csv", "lift" not in Path(p).name),
    )
    problems: list[str] = []
    for path in ranked[:20]:
        shown = clean(path, 300)
        try:
            text = decode_text(read_file(root, path, 1 << 20))
            lines = text.splitlines()[:110]
            separator = max(",;\t", key=(lines or [""])[0].count)
            table = [row for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=separator) if row]
            return {"path": shown, "rows": lift_rows(table, shown, problems), "problems": problems[:50]}
        except (ValueError, csv.Error) as error:
            problems.append(f"{shown}: {clean(error, 200)}")
    for name, cells in books.items():
        for cell in cells:
            for part in cell.outputs[:100]:
                data = part.get("data")
                page = text_of(data.get("text/html"))[:200_000] if isinstance(data, dict) else ""
                if "<table" not in page or "lift" not in page.lower():
                    continue
                reader = TableReader()
                reader.feed(page)
                for rows in reader.tables:
                    shown = f"{name}#cell{cell.number}"
                    try:
                        return {"path": shown, "rows": lift_rows(rows, shown, problems), "problems": problems}
                    except ValueError:
                        continue
    problems.append("evaluation/lift.csv: found no lift table, expected one")
    return {"path": None, "problems": problems[:50]}


def measure(data: bytes, path: str) -> dict[str, Json]:
    """Return a PlotFile of PNG, JPEG or SVG bytes; ValueError where they do not decode."""
    if path.lower().endswith(".svg") or data[:300].lstrip()[:5] in (b"<?xml", b"<svg "):
        text = decode_text(data)
        head = re.search(r"<svg\b[^>]{0,4000}>", text)
        drawn = len(re.findall(r"<(path|line|polyline|polygon|rect|circle|text|use)\b", text))
        if head is None:
            raise ValueError("found no SVG element")
        sides = [re.search(rf'\b{name}\s*=\s*["\'](\d{{1,5}})', head[0]) for name in ("width", "height")]
        box = re.search(
            r'viewBox\s*=\s*["\'][\d.eE+-]+[\s,]+[\d.eE+-]+[\s,]+(\d{1,5})[\d.]*[\s,]+(\d{1,5})', head[0]
        )
        width, height = (
            int(side[1]) if side else int(box[n]) if box else 0 for n, side in enumerate(sides, 1)
        )
        return {"path": path, "width": width, "height": height, "ink": min(1.0, drawn / 1000)}
    from PIL import Image, UnidentifiedImageError  # only here: slow to load, needed by few submissions

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
            width, height = image.size
            if width * height > PIXEL_CAP:
                raise ValueError(f"found {width} x {height} pixels, expected at most {PIXEL_CAP}")
            flat = image.convert("RGBA")
        if max(width, height) > 1200:
            flat = flat.reduce(math.ceil(max(width, height) / 1200))
        pixels = np.asarray(flat, dtype=np.uint8).reshape(-1, 4).view("<u4").ravel()
    except (UnidentifiedImageError, OSError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise ValueError(f"found no image that decodes ({clean(error, 100)})") from None
    ink = 1.0 - float(np.unique(pixels, return_counts=True)[1].max()) / pixels.size
    return {"path": path, "width": width, "height": height, "ink": round(ink, 6)}


def find_plots(
    root: Path, files: Mapping[str, int], books: Mapping[str, list[Cell]], problems: list[str]
) -> list[dict[str, Json]]:
    """Return the images of the submission and of its notebooks' outputs that decode."""
    plots: list[dict[str, Json]] = []
    images = [path for path in files if path.lower().endswith((".png", ".jpg", ".jpeg", ".svg"))]
    for path in sorted(images, key=lambda path: not path.startswith("evaluation/"))[:PLOTS]:
        try:
            plots.append(measure(read_file(root, path, PLOT_CAP), clean(path, 300)))
        except ValueError as error:
            problems.append(f"{clean(path, 300)}: {error}")
    for name, cells in books.items():
        for cell in cells:
            for part in cell.outputs[:100]:
                data = part.get("data")
                packed = (
                    text_of(data.get("image/png", data.get("image/jpeg"))) if isinstance(data, dict) else ""
                )
                if not packed or len(packed) > PLOT_CAP or len(plots) >= 2 * PLOTS:
                    continue
                shown = f"{name}#cell{cell.number}"
                try:
                    plots.append(measure(base64.b64decode(packed), shown))
                except (ValueError, binascii.Error) as error:
                    problems.append(f"{shown}: {error}")
    return plots


def read_books(root: Path, files: Mapping[str, int], audit: str | None) -> dict[str, list[Cell]]:
    """Return the notebooks by path, the audit notebook as executed where it was."""
    books: dict[str, list[Cell]] = {}
    ran = os.environ.get("NOTEBOOK_OUT")
    if ran and audit is not None and os.path.lexists(Path(ran) / "executed.ipynb"):
        try:
            books[clean(audit, 300)] = read_cells(
                parse_json(read_file(Path(ran), "executed.ipynb", NOTEBOOK_CAP))
            )
        except ValueError:
            audit = None
    for path in [path for path in files if path.lower().endswith(".ipynb")][:BOOKS]:
        try:
            if clean(path, 300) not in books:
                books[clean(path, 300)] = read_cells(parse_json(read_file(root, path, NOTEBOOK_CAP)))
        except ValueError:
            continue
    return books


def main() -> None:
    """Print EvaluationEvidence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebook", help="path inside the submission; found by itself where absent")
    options = parser.parse_args()
    root = Path(os.environ["SUBMISSION_DIR"])
    files = list_files(root)
    audit = options.notebook if options.notebook in files else None
    audit = audit or find_notebook(root, files, stated_path(root, files, {"notebook", "audit"}))
    books = read_books(root, files, audit)
    problems: list[str] = []
    plots = find_plots(root, files, books, problems)
    metrics, lift = find_metrics(root, files), find_lift(root, files, books)
    emit({"metrics": metrics, "lift": lift, "plots": plots, "problems": problems[:50]})


if __name__ == "__main__":
    main()
