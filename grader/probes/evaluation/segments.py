"""Figures by segment, of the metrics document or of a table of their own."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.probes.evaluation.vocabulary import MODELS, SEGMENT
from grader.probes.shared.documents import parse_json
from grader.probes.shared.files import read_file
from grader.probes.shared.text import Json, clean, decode_text, number, word

SEGMENT_CAP = 200
COLUMN = r"(column|feature|dimension|segment_column|segment_by|segment_name|by|field|variable)"
LEVEL = r"(level|value|segment_value|category|group|segment|slice|name)"
FIGURES = {
    "rows": r"(rows|n|count|customers|size|n_rows|n_customers|support)",
    "churn_rate": r"(churn_rate|base_rate|rate|observed|observed_rate|prevalence|actual|mean_label)",
    "mean_score": r"(mean_score|mean_probability|mean_prediction|predicted|expected|avg_score|mean_p|predicted_rate)",
    "pr_auc": r"(pr_?auc|average_precision|ap|auprc)",
    "roc_auc": r"(roc_?auc|auc|auroc)",
}
Line = dict[str, Json]
FIGURE = re.compile("|".join(FIGURES.values()))
OF_TUNED = re.compile(rf"{MODELS['tuned']}_(?=.)|(?<=.)_{MODELS['tuned']}$")


def _is_model(name: Json, model: str) -> bool:
    return re.fullmatch(rf"{MODELS[model]}(_{MODELS[model]})*", word(name)) is not None


def _of_tuned(node: Json) -> Json:
    """Return what is said of the tuned model where a node says it of each model, with what is said of both."""
    if not isinstance(node, dict):
        return node
    told = {key: part for key, part in node.items() if isinstance(part, dict | list)}
    own = next((part for key, part in told.items() if _is_model(key, "tuned")), None)
    if own is None or not isinstance(own, dict):
        return node if own is None else own
    return {**{key: part for key, part in node.items() if key not in told}, **own}


def _line(given: Mapping[str, Json], column: str = "", level: str = "") -> Line | None:
    """Return a SegmentRow of an object's keys; None where it names no segment or no figure."""
    own = _of_tuned(given)
    given = own if isinstance(own, dict) else given
    named = {word(key): value for key, value in list(given.items())[:60]}
    if any(_is_model(named.get(key, ""), "baseline") for key in ("model", "model_name")):
        return None
    told = {OF_TUNED.sub("", key): value for key, value in named.items()}
    named |= {key: value for key, value in told.items() if key not in named and FIGURE.fullmatch(key)}
    keys = list(named)

    def pick(pattern: str) -> str:
        found = next((key for key in keys if re.fullmatch(pattern, key)), None)
        value = named.get(found) if found else None
        return clean(value, 100) if isinstance(value, str | int | float | bool) else ""

    column, level = column or pick(COLUMN), level or pick(LEVEL)
    if not column and keys and isinstance(named[keys[0]], str):
        column, level = keys[0], clean(named[keys[0]], 100)  # a table by one column, under its own name
    figures = {
        ours: next((number(named[key]) for key in keys if re.fullmatch(pattern, key)), None)
        for ours, pattern in FIGURES.items()
    }
    if not column or not level or all(figures[name] is None for name in FIGURES if name != "rows"):
        return None
    return {"column": column, "level": level, **figures}


def _lines(node: Json) -> Iterator[Line]:
    """Yield the tuned model's segments; what is called a model and tells of none is not what is meant."""
    yield from list(_told(_of_tuned(node))) or _told(node)


def _told(node: Json) -> Iterator[Line]:
    """Yield the segments of a list of objects, or of objects by column and level."""
    if isinstance(node, list):
        for part in node[:SEGMENT_CAP]:
            if isinstance(part, dict) and (found := _line(part)):
                yield found
    elif isinstance(node, dict):
        for column, levels in list(node.items())[:20]:
            if isinstance(levels, list):
                for part in levels[:SEGMENT_CAP]:
                    if isinstance(part, dict) and (found := _line(part, clean(column, 100))):
                        yield found
            for level, part in list(levels.items())[:60] if isinstance(levels, dict) else ():
                if isinstance(part, dict) and (found := _line(part, clean(column, 100), clean(level, 100))):
                    yield found


def _of_document(document: Json, depth: int = 0) -> list[Line]:
    if not isinstance(document, dict) or depth > 4:
        return []
    for key, part in sorted(list(document.items())[:300], key=lambda item: _is_model(item[0], "baseline")):
        named = SEGMENT.search(word(key))
        if found := list(_lines(part)) if named else _of_document(part, depth + 1):
            return found
    return []


def find_segments(root: Path, files: Mapping[str, int], metrics: str | None) -> dict[str, Json]:
    """Return a SegmentTable: of the metrics document, else of a JSON or CSV file whose name says so."""
    named = [
        p for p in files
        if p.lower().endswith((".csv", ".json")) and SEGMENT.search(Path(p).name.lower())
    ]  # fmt: skip
    for path in [
        *([metrics] if metrics is not None and metrics in files else []),
        *sorted(named, key=lambda p: p.count("/"))[:10],
    ]:
        try:
            data = read_file(root, path, 4 << 20)
            if path.lower().endswith(".json"):
                document = parse_json(data)
                rows = _of_document(document) or (list(_lines(document)) if path in named else [])
            else:
                reader = csv.DictReader(io.StringIO(decode_text(data)))
                rows = [
                    found
                    for part in list(reader)[:SEGMENT_CAP]
                    if (found := _line({str(k): v for k, v in part.items()}))
                ]
        except (ValueError, csv.Error, RecursionError):
            continue
        if rows:
            return {"path": clean(path, 300), "rows": rows[:SEGMENT_CAP]}
    return {"path": None, "rows": []}
