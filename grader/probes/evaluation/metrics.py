"""The claimed figures: which file holds them, and whose and which each number is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from grader.probes.evaluation.claims import leaves, place_of
from grader.probes.evaluation.folds import fold_intervals
from grader.probes.evaluation.ranking import of_policy, rank_decision, rank_figures, told_apart, without_doubt
from grader.probes.evaluation.vocabulary import ACCURACY, DECISION, METRICS
from grader.probes.shared.documents import parse_json
from grader.probes.shared.files import read_file
from grader.probes.shared.stated import stated_path
from grader.probes.shared.text import Json, clean

NUMBERS = 20_000
"""Numbers of a document that are looked at."""
CONTESTED = "found a champion and a challenger, expected `baseline` and `tuned` to tell them apart"


def read_metrics(document: Json, result: dict[str, Json]) -> list[str]:
    """Sort the numbers of a metrics document into models, intervals and decision, the likeliest first.

    Returns what was not read: a champion's and a challenger's figures that nothing tells apart, and a figure that
    two numbers could be meant by equally.
    """
    given = list(islice(leaves(document), NUMBERS))
    found = told_apart(given)
    unread = [CONTESTED] if len(found) < len(given) else []
    for name, amount in rank_decision(of_policy(found))[:2000]:
        if len(result["decision"]) < 60:
            result["decision"].setdefault(name, amount)
    ranked, doubtful = without_doubt(rank_figures(leaf for leaf in found if "decision" not in leaf[0]))
    unread += doubtful[:20]
    loose: dict[tuple[str, str], list[float]] = {}
    for named, (path, value) in ranked[:2000]:
        if len(path) == 1 and place_of(path[0], DECISION)[0] in DECISION:
            continue
        model = "baseline" if named.model == "baseline" else "tuned"
        place = f"{model}.{named.metric}"
        if isinstance(value, tuple):
            if len(result["intervals"]) < 60:
                result["intervals"].setdefault(place, value)
        elif named.interval:
            loose.setdefault((place, named.split), []).append(value)
        elif len(result[model]) < 60:
            result[model].setdefault(named.metric, value)
    for (place, _), bounds in loose.items():
        if len(bounds) == 2:
            result["intervals"].setdefault(place, (min(bounds), max(bounds)))
    for place, around in fold_intervals(document).items() if found == given else ():
        result["intervals"].setdefault(place, around)
    return unread


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
    flattering: dict[str, Json] = {}
    for path in ranked[:30]:
        blank: dict[str, Json] = {"baseline": {}, "tuned": {}, "intervals": {}, "decision": {}}
        shown = clean(path, 300)
        try:
            unread = read_metrics(parse_json(read_file(root, path, 4 << 20)), blank)
            problems += [f"{shown}: {told}" for told in unread]
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
        accuracy = {name: value for name, value in blank["tuned"].items() if re.fullmatch(ACCURACY, name)}
        if accuracy and not flattering:
            # Not enough to be the file of figures, but a person should know that this is all there is.
            flattering = {"tuned": blank["tuned"]}
    problems.append("evaluation/metrics.json: found no file of claimed figures, expected one")
    return {"path": None, "problems": problems[:50], **flattering}
