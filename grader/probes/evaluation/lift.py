"""The lift table, of a CSV file or of a notebook."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

from grader.probes.evaluation.claims import settle
from grader.probes.evaluation.html_tables import TableReader
from grader.probes.shared.files import read_file
from grader.probes.shared.notebooks import Cell, text_of
from grader.probes.shared.stated import stated_path
from grader.probes.shared.text import Json, clean, decode_text, number, word

LIFT: dict[str, tuple[str, ...]] = {  # the contract's own name first, the vaguest last
    "decile": (r"decile", r"(bin|bucket|decile_rank|quantile)", r"(group|rank|percentile|d)"),
    "customers": (r"customers", r"(n|count|rows|n_customers|n_rows)", r"(total|size|population)"),
    "churners": (
        r"churners",
        r"(n_churners|churned|churn_count|n_positives)",
        r"(positives|events|responders|hits)",
    ),
    "churn_rate": (
        r"churn_rate",
        r"(observed_rate|actual_rate|response_rate|event_rate|avg_churn)",
        r"(rate|precision|mean)",
    ),
    "lift": (r"lift", r"(lift_x|lift_ratio|lift_at_decile)"),
    "cumulative_capture": (
        r"cumulative_capture",
        r"cum[a-z]*_(capture|recall|gains?|capture_rate|captured|churners_share|share)(_pct)?",
        r"(capture|captured|gains?|capture_rate)(_pct)?",
    ),
}


TOTAL = re.compile(r"\W*(total|all|overall|sum)\W*", re.I)
"""Label of a line that is of no decile."""
COMMA = re.compile(r"[+-]?\d+,\d+\s*%?")
DECIMAL = re.compile(r"[+-]?0,\d+\s*%?")
"""A comma that parts no thousands, and so none in the same table does."""


def find_columns(names: list[str]) -> dict[str, int]:
    """Return the place of each of our columns that a header has; the contract's own name comes before others.

    >>> find_columns(["rank", "Decile", "mean", "churn_rate"])
    {'decile': 1, 'churn_rate': 3}
    """
    header = [word(name) for name in names]
    places: dict[str, int] = {}
    for ours, patterns in LIFT.items():
        for pattern in patterns:
            found = next((place for place, name in enumerate(header) if re.fullmatch(pattern, name)), None)
            if found is not None:
                places[ours] = found
                break
    return places


def of_tuned(header: list[str], lines: list[list[str]]) -> list[list[str]]:
    """Return the lines of the tuned model where a column tells models apart, else all.

    >>> of_tuned(["model", "decile"], [["baseline", "1"], ["tuned", "1"]])
    [['tuned', '1']]
    """
    spot = next((place for place, name in enumerate(header) if word(name) in ("model", "model_name")), None)
    if spot is None:
        return lines
    models = [settle((word(line[spot]),)).model if spot < len(line) else "" for line in lines]
    for wanted in (("tuned",), ("tuned", "")):
        if chosen := [line for line, model in zip(lines, models, strict=True) if model in wanted]:
            return chosen
    return lines


def lift_rows(table: list[list[str]], shown: str, problems: list[str]) -> list[dict[str, Json]]:
    """Return LiftRow objects of a table whose first row is its header; ValueError where it is no lift table."""
    header = table[0] if table else []
    places = find_columns(header)
    if not {"lift", "churn_rate", "cumulative_capture", "churners"} & set(places) or len(places) < 2:
        found = clean(", ".join(map(word, header)), 150)
        raise ValueError(f"found columns {found}; expected decile, lift and others")
    rows: list[dict[str, Json]] = []
    for place, line in enumerate(of_tuned(header, table[1:101]), start=1):
        read = {ours: number(line[spot]) if spot < len(line) else None for ours, spot in places.items()}
        label = line[places["decile"]] if "decile" in places and places["decile"] < len(line) else ""
        if TOTAL.fullmatch(clean(label, 40)):
            continue
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
            if separator == ";" or any(DECIMAL.fullmatch(cell.strip()) for row in table for cell in row):
                # as spreadsheets write where the comma is the decimal sign
                table = [[cell.replace(",", ".") if COMMA.fullmatch(cell.strip()) else cell for cell in row]
                         for row in table]  # fmt: skip
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
