"""The claimed figures: which file holds them, and whose and which each number is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from grader.probes.evaluation.claims import leaves, settle
from grader.probes.evaluation.vocabulary import DECISION, METRICS, SEGMENT, SPLIT_WORDS
from grader.probes.shared.documents import parse_json
from grader.probes.shared.files import read_file
from grader.probes.shared.stated import stated_path
from grader.probes.shared.text import Json, clean


def read_metrics(document: Json, result: dict[str, Json]) -> None:
    """Sort the numbers of a metrics document into models, intervals and decision, the test split first."""
    loose: dict[tuple[str, str], list[float]] = {}
    ranked = sorted(leaves(document), key=lambda leaf: settle(leaf[0])[3] not in ("test", "holdout"))
    for path, value in ranked[:2000]:
        if any(SEGMENT.search(part) for part in path):
            continue  # a segment's figure is not the model's
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
