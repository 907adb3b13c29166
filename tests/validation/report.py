"""The page of the proof: a table of promises, the figures behind it, and plots."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from data_generator.validation.credibility import BANDS
from tests.validation.figures import CUT_OFFS, Group, accepted, clearance, made, statistic_groups, values
from tests.validation.plots import auditors_plot, models_plot, plants_plot
from tests.validation.promises import TOOLBOX, Promise, toolbox

Record = dict[str, Any]
BOTS = {
    "cut-off": "customary tools with customary cut-offs",
    "best column": "whatever beats the best honest column; it knows which columns are honest",
    "toolbox": "every public detector on every column, slice and month",
    "toolbox, one of a kind": "the same, the strongest suspicion of each kind",
    "facts only": "the facts of every variant, without a look at the data",
    "key": "somebody who has read the key",
}
TOOLBOX_BEGINS = TOOLBOX.partition(",")[0]
"""How the promise began, also before it said of what."""
HEAD = """# The proof of the dataset

Written by `make validate-data`: {made} variants of the blueprint `{blueprint}` with {rows:,} rows each,
{accepted} of them inside the bands of issue. Models and prevalence are over those (over all where there is none),
everything else is over all. {measured}

"""


def write_report(records: list[Record], kept: list[Promise], folder: Path, rows: int, blueprint: str) -> None:
    """Write data.md, data.json and the plots into a folder, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    every = made(records)
    good = accepted(records) or every
    head = HEAD.format(
        made=len(made(records)),
        accepted=len(accepted(records)),
        rows=rows,
        blueprint=blueprint,
        measured=when_measured(records),
    )
    parts = [head, *_promises(kept)]
    if good:
        parts += [*_models(good), *_plants(every), *_auditors(every), *_twins(every), *_searched(records)]
        models_plot(good, folder / "data-models.png")
        plants_plot(every, folder / "data-plants.png")
        auditors_plot(every, folder / "data-auditors.png")
    extra = folder / "data-off-the-shelf.md"
    if extra.exists():
        parts += [f"## An outside tool\n\nSee [{extra.name}]({extra.name}).\n"]
    _write(folder / "data.md", "\n".join(parts))
    summary = {
        "rows": rows,
        "blueprint": blueprint,
        "promises": [asdict(p) for p in kept],
        "seeds": [_brief(r) for r in records],
    }
    _write(folder / "data.json", json.dumps(summary, indent=1) + "\n")


def when_measured(records: list[Record]) -> str:
    """Say of which commits and days the records are; records from before that was noted say that it is unknown."""
    if not any("measured" in record for record in records):
        return "Measured at an unknown commit on an unknown day, so perhaps by an earlier grader."
    noted = [record["measured"] for record in records if "measured" in record]
    commits = list(dict.fromkeys(one["commit"] for one in noted))
    days = sorted({one["date"] for one in noted})
    if len(noted) < len([record for record in records if "failed" not in record]):
        commits.append("others unknown")
    span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"Measured at commit {', '.join(commits)}, {span}."


def judge_again(folder: Path) -> list[Promise]:
    """Judge the kept figures by today's promises, as far as they were kept, and put that into page and figures.

    Kept is what each auditor earned; the other promises stay as they were judged when they were measured.
    """
    summary = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    now = toolbox([record for record in summary["seeds"] if "failed" not in record])
    kept = [now if one["text"].startswith(TOOLBOX_BEGINS) else Promise(**one) for one in summary["promises"]]
    page = (folder / "data.md").read_text(encoding="utf-8")
    head, _, rest = page.partition("## Promises\n")
    rest = rest[rest.index("\n## ") + 1 :]
    head = re.sub(
        r"(over all\.)(?: Measured at [^\n]*)?\n\n", rf"\1 {when_measured(summary['seeds'])}\n\n", head
    )
    _write(folder / "data.md", head + "\n".join([*_promises(kept), rest]))
    summary["promises"] = [asdict(one) for one in kept]
    _write(folder / "data.json", json.dumps(summary, indent=1) + "\n")
    return kept


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    head = list(head)
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(row) for row in rows)]
    return [f"| {line} |" for line in lines] + [""]


def _promises(kept: list[Promise]) -> list[str]:
    rows = (("yes" if p.holds else "**no**", p.text, p.measured.replace("|", "/")) for p in kept)
    return ["## Promises", "", *_table(("holds", "promise", "measured"), rows)]


def _line(numbers: list[float], digits: int = 3) -> list[str]:
    sd = np.std(numbers, ddof=1) if len(numbers) > 1 else 0.0
    figures = (np.mean(numbers), sd, min(numbers), max(numbers))
    return [f"{figure:.{digits}f}" for figure in figures]


def _models(good: list[Record]) -> list[str]:
    named = {
        "independent model, repaired data, replay ROC-AUC": ("independent", "replay_roc_auc"),
        "independent model, repaired data, replay PR-AUC": ("independent", "replay_pr_auc"),
        "the same, expected over labels": ("independent", "replay_expected_pr_auc"),
        "yardstick, repaired data, replay ROC-AUC": ("yardstick", "replay_roc_auc"),
        "yardstick, repaired data, replay PR-AUC": ("yardstick", "replay_pr_auc"),
        "the same, expected over labels ": ("yardstick", "replay_expected_pr_auc"),
        "oracle, replay PR-AUC": ("oracle", "pr_auc"),
        "dummy, replay PR-AUC": ("dummy_pr_auc",),
        "naive, all columns, random split PR-AUC": ("naive", "random_split_pr_auc"),
        "naive, all columns, replay PR-AUC": ("naive", "replay_pr_auc"),
    }
    rows = ([name, *_line(values(good, "honest", *path))] for name, path in named.items())
    flattery = [
        r["honest"]["naive"]["random_split_pr_auc"] / r["honest"]["naive"]["replay_pr_auc"] for r in good
    ]
    prevalence = {
        f"prevalence, {which} (mature months)": values(good, "prevalence", which)
        for which in ("twin", "issued")
    }
    return [
        "## Models",
        "",
        "Honest models see the data repaired as honest work can; the naive one takes all columns and a random split.",
        "",
        *_table(
            ("figure", "mean", "SD", "least", "most"),
            [*rows, ["naive, random split over replay", *_line(flattery, 2)],
             *([name, *_line(numbers, 4)] for name, numbers in prevalence.items())],
        ),
        "![Models](data-models.png)",
        "",
    ]  # fmt: skip


def _plants(good: list[Record]) -> list[str]:
    entries = [p for r in good for p in r["plants"] if not p["inherent"]]
    kinds = sorted({p["kind"] for p in entries})
    seen = [p["kind"] for p in entries if p["present"] and not p["on_twin"]]
    every = [p["kind"] for p in entries]
    families = {p["kind"]: f"{p['family']}, {p['tier']}" for p in entries}
    return [
        "## Plants",
        "",
        "Distance: from the mean to the nearest customary cut-off (PSI .10 .20 .25; AUC .70 .75 .80 .90 .95), in",
        "standard deviations over seeds; `set` where the plant is set by that statistic.",
        "",
        *_table(
            ("kind", "family, tier", "variants", "present and absent on the twin"),
            ([kind, families[kind], str(every.count(kind)), str(seen.count(kind))] for kind in kinds),
        ),
        *_table(
            ("kind", "statistic", "n", "mean", "SD", "least", "most", "twin", "distance"),
            (_statistic(group) for group in statistic_groups(good)),
        ),
        "![Statistics](data-plants.png)",
        "",
    ]


def _statistic(group: Group) -> list[str]:
    gap = clearance(group, CUT_OFFS.get(group.name, ()))
    name = group.name if group.target is None else f"{group.name} set to {group.target:g}"
    told = "" if gap is None else f"{min(gap, 999):.1f}{' set' if group.targeted else ''}"
    null = f"{np.mean(group.nulls):.4g}" if group.nulls else ""
    figures = [f"{x:.4g}" for x in (group.mean, group.sd, min(group.values), max(group.values))]
    return [group.kind, name, str(len(group.values)), *figures, null, told]


def _auditors(good: list[Record]) -> list[str]:
    rows = []
    for bot, what in BOTS.items():
        hits, points = values(good, "auditors", bot, "hits"), values(good, "auditors", bot, "points")
        alarms = values(good, "auditors", bot, "false_alarms")
        mean, sd, *_ = _line(hits, 2)
        rows.append([bot, what, mean, sd, f"{np.mean(alarms):.1f}", *_line(points, 1)])
    found = {
        bot: {
            kind: (
                sum(kind in r["auditors"][bot]["found"] for r in good),
                sum(any(p["kind"] == kind for p in r["plants"]) for r in good),
            )
            for kind in sorted({p["kind"] for r in good for p in r["plants"] if not p["inherent"]})
        }
        for bot in ("cut-off", "best column", "toolbox")
    }
    kinds = list(found["toolbox"])
    return [
        "## Scripted auditors",
        "",
        "Hits are planted defects found well enough to act on, facts of every variant left out; points are those of",
        "the grader's audit checks, of 25, for a notebook that runs and a service that contradicts nothing.",
        "",
        *_table(("bot", "what it does", "hits", "SD", "false alarms", "points", "SD", "least", "most"), rows),
        *_table(
            ("kind", *found),
            ([kind, *(f"{found[bot][kind][0]} of {found[bot][kind][1]}" for bot in found)] for kind in kinds),
        ),
        "![Auditors](data-auditors.png)",
        "",
    ]


def _twins(good: list[Record]) -> list[str]:
    rows = []
    for name, (low, high) in BANDS.items():
        band = f"{low:g} to {high:g}" if np.isfinite(high) else f"at least {low:g}"
        rows.append([name.replace("_", " "), band, *_line(values(good, "credibility", name), 4)])
    for name in ("customers", "rows_per_customer"):
        rows.append([name.replace("_", " "), "", *_line(values(good, "credibility", name), 1)])
    return ["## Twins", "", *_table(("figure", "band", "mean", "SD", "least", "most"), rows)]


def _searched(records: list[Record]) -> list[str]:
    tests: dict[tuple[str, str], list[float]] = {}
    for record in made(records):
        for name, frame in record["search"]["frames"].items():
            for test, _, z, one_sided in frame["readings"]:
                tests.setdefault((name, test), []).append(z if one_sided else abs(z))
    rows = (
        [name, test, f"{len(z):,}", f"{max(z):.2f}"] for (name, test), z in sorted(tests.items(), key=str)
    )
    odd = [
        f"- seed {r['seed']}, {place}: {o}"
        for r in made(records)
        for place, found in (
            *((name, frame["oddities"]) for name, frame in r["search"]["frames"].items()),
            ("files", r["search"]["files"]),
        )
        for o in found
    ]
    return [
        "## Unintended defects",
        "",
        "Every reading is standard normal where nothing is wrong. The clean world and the issued rows of every",
        "variant made, what the key declares left out; cells, replay and files are compared one by one besides.",
        "",
        *_table(("frame", "test", "readings", "largest"), rows),
        *(odd or ["Nothing was found."]),
        "",
    ]


def _brief(record: Record) -> Record:
    if "failed" in record:
        return record
    auditors = {
        bot: {k: record["auditors"][bot][k] for k in ("points", "hits", "planted", "found", "false_alarms")}
        for bot in BOTS
    }
    kept = {
        k: record[k]
        for k in (
            "seed",
            "measured",
            "prevalence",
            "credibility",
            "honest",
            "objections",
            "unmeasurable",
            "seconds",
        )
        if k in record
    }
    plants = [
        {k: p[k] for k in ("kind", "columns", "from", "present", "on_twin", "statistics")}
        for p in record["plants"]
    ]
    odd = [o for f in record["search"]["frames"].values() for o in f["oddities"]] + record["search"]["files"]
    return kept | {"plants": plants, "auditors": auditors, "oddities": odd}
