"""Which runs are told, where there are more than fit."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping

from grader.probes.shared.text import Json, word

RUN_CAP = 2000
RESULT_ROOM = 900_000
BEST_KEY = re.compile(r"pr_?auc|average_precision|auprc|(^|_)ap($|_)|roc_?auc|(^|_)auc($|_)")


def finish(runs: Mapping[str, dict[str, Json]], shown: str, problems: list[str]) -> list[dict[str, Json]]:
    """Return the runs that fit, parents and runs with models first, then the best by their main metric."""
    parents = set()
    for run in runs.values():
        run["parent"] = run["tags"].get("mlflow.parentRunId") or None
        run["name"] = run["name"] or run["tags"].get("mlflow.runName", "")
        parents.add(run["parent"])

    def rank(run: dict[str, Json]) -> tuple[int, int, float]:
        best = max((v for k, v in run["metrics"].items() if BEST_KEY.search(word(k))), default=-math.inf)
        return (-(run["run_id"] in parents or run["parent"] is None), -bool(run["models"]), -best)

    kept: list[dict[str, Json]] = []
    room = RESULT_ROOM
    for run in sorted(runs.values(), key=rank)[:RUN_CAP]:
        line = {key: value for key, value in run.items() if key not in ("uris", "ids")}
        line["datasets"] = line["datasets"][:20]
        room -= len(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace")) + 2
        if room < 0:
            break
        kept.append(line)
    if len(kept) < len(runs):
        problems.append(f"{shown}: found {len(runs)} runs, reported {len(kept)}: parents and the best first")
    return kept
