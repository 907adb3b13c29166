"""What the dataset promises, judged on the records of many seeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from data_generator.validation.credibility import BANDS
from data_generator.validation.reading import Reading, beyond_chance, pooled
from tests.validation.figures import (
    CUT_OFFS,
    accepted,
    clearance,
    made,
    spread,
    statistic_groups,
    transfers,
    values,
)

FULL_ROWS = 200_000
PREVALENCE = (0.058, 0.066)
ROC_AUC = (0.78, 0.84)
PR_AUC = (0.22, 0.30)
LARGEST_CV = 0.04
LARGEST_HITS_SD = 0.5
LEAST_FLATTERY = 3.0
TOOLBOX_POINTS = 12.0
TOOLBOX = "running every public detector earns at most 12 of 25 in audit, in every variant"
LEAST_CLEARANCE = 3.0
BEYOND_FACTS = 1.0  # points another variant's key may earn over stating the facts of every variant
BOTS = ("cut-off", "best column")

Record = dict[str, Any]


@dataclass(frozen=True)
class Promise:
    """A sentence of the design, whether it holds, and what was measured."""

    text: str
    holds: bool
    measured: str

    def __str__(self) -> str:
        """Return it in one line."""
        return f"{'holds' if self.holds else 'BROKEN':<7} {self.text}: {self.measured}"


def promises(records: list[Record], rows: int) -> list[Promise]:
    """Return every promise; those about the size of figures are made for 200,000 rows and judged from there on.

    Figures that decide what is issued are judged on the variants that would be; all others on every variant.
    """
    every = made(records)
    good = accepted(records) or every
    if not good:
        return [Promise("variants can be made", False, "; ".join(_reasons(records)[:3]))]
    always = [
        _made(records),
        _present(every),
        _flattery(good),
        *_search(records),
        toolbox(every),
        _transfer(every),
    ]
    sized = [_prevalence(good), _credible(every), *_honest(good), *_hits(every), _clear(every)]
    return [*always, *(sized if rows >= FULL_ROWS else [])]


def _reasons(records: list[Record]) -> list[str]:
    return [f"seed {r['seed']}: {r.get('failed') or '; '.join(r['objections'])}" for r in records]


def _made(records: list[Record]) -> Promise:
    failed = [r for r in records if "failed" in r]
    text = (
        f"{len(made(records))} of {len(records)} seeds made, {len(accepted(records))} in the bands of issue"
    )
    return Promise("every seed gives a variant", not failed, "; ".join([text, *_reasons(failed)[:3]]))


def _present(records: list[Record]) -> Promise:
    odd = [
        f"seed {r['seed']}: {p['kind']} {'absent' if not p['present'] else 'on the twin'}"
        for r in records
        for p in r["plants"]
        if not p["present"] or (p["on_twin"] and not p["inherent"])
    ]
    planted = sum(not p["inherent"] for r in records for p in r["plants"])
    return Promise(
        "every plant present by its own statistic and absent on the twin",
        not odd,
        "; ".join([f"{planted} plants", *odd[:4]]),
    )


def _flattery(records: list[Record]) -> Promise:
    ratio = [
        r["honest"]["naive"]["random_split_pr_auc"] / r["honest"]["naive"]["replay_pr_auc"] for r in records
    ]
    return Promise(
        "naive pipeline: PR-AUC on its random split at least three times that on the replay",
        min(ratio) >= LEAST_FLATTERY,
        f"{spread(ratio)}, least {min(ratio):.2f}",
    )


def _search(records: list[Record]) -> list[Promise]:
    whole = made(records)
    odd = [f"seed {r['seed']} {name}: {o}" for r in whole for name, o in _oddities(r)]
    single = Promise(
        "nothing that was not planted, in any seed",
        not odd,
        f"{sum(len(f['readings']) for r in whole for f in r['search']['frames'].values()):,} tests and every cell; "
        + ("; ".join(odd[:4]) or "nothing found"),
    )
    found = []
    for name in ("world", "issued"):
        runs = ([Reading(*r) for r in record["search"]["frames"][name]["readings"]] for record in whole)
        found += [f"{name}: {o}" for o in beyond_chance(pooled(runs))]
    together = Promise(
        "nor in all seeds together",
        not found,
        "; ".join(found[:4]) or "nothing beyond chance in pooled tests",
    )
    return [single, together]


def _oddities(record: Record) -> Iterable[tuple[str, str]]:
    for name, frame in record["search"]["frames"].items():
        yield from ((name, o) for o in frame["oddities"])
    yield from (("files", o) for o in record["search"]["files"])


def toolbox(records: list[Record]) -> Promise:
    """Judge what the stronger of the two toolbox bots earns, in every variant: no candidate gets the mean of many."""
    points = [
        max(r["auditors"]["toolbox"]["points"], r["auditors"]["toolbox, one of a kind"]["points"])
        for r in records
    ]
    within = sum(one <= TOOLBOX_POINTS for one in points)
    return Promise(
        TOOLBOX,
        within == len(points),
        f"at most 12 in {within} of {len(points)} variants, most {max(points):.1f}; {spread(points)}",
    )


def _transfer(records: list[Record]) -> Promise:
    gained = transfers(records)
    if not gained:
        return Promise("findings of another variant earn nothing", True, "one variant only")
    facts = float(np.mean(values(records, "auditors", "facts only", "points")))
    return Promise(
        "findings that are right for another variant earn nothing beyond the facts of every variant",
        float(np.mean(gained)) <= facts + BEYOND_FACTS,
        f"{spread(gained)} of 25, most {max(gained):.1f}; facts alone {facts:.1f}",
    )


def _prevalence(records: list[Record]) -> Promise:
    both = [r["prevalence"][which] for r in records for which in ("twin", "issued")]
    holds = all(PREVALENCE[0] <= value <= PREVALENCE[1] for value in both)
    return Promise(
        "prevalence 5.8 to 6.6 %, twin and issued",
        holds,
        f"{100 * min(both):.2f} to {100 * max(both):.2f} %",
    )


def _credible(records: list[Record]) -> Promise:
    odd = [
        f"seed {r['seed']}: {name} {r['credibility'][name]:.4g}"
        for r in records
        for name in r["outside_bands"]
    ]
    return Promise(
        f"twins credible by {len(BANDS)} figures", not odd, "; ".join(odd[:4]) or "all within their bands"
    )


def _honest(records: list[Record]) -> list[Promise]:
    result = []
    for model in ("yardstick", "independent"):
        roc = values(records, "honest", model, "replay_roc_auc")
        pr = values(records, "honest", model, "replay_pr_auc")
        expected = values(records, "honest", model, "replay_expected_pr_auc")
        cv = float(np.std(expected, ddof=1) / np.mean(expected)) if len(expected) > 1 else 0.0
        inside = (
            min(roc) >= ROC_AUC[0]
            and max(roc) <= ROC_AUC[1]
            and min(pr) >= PR_AUC[0]
            and max(pr) <= PR_AUC[1]
        )
        result += [
            Promise(
                f"{model} on repaired data: ROC-AUC .78 to .84, PR-AUC .22 to .30 on the replay",
                inside,
                f"ROC {min(roc):.3f} to {max(roc):.3f}, PR {min(pr):.3f} to {max(pr):.3f}",
            ),
            Promise(
                f"{model}: coefficient of variation of the expected PR-AUC at most 4 %",
                cv <= LARGEST_CV,
                f"{100 * cv:.1f} % (of the realised one {100 * np.std(pr, ddof=1) / np.mean(pr):.1f} %)",
            ),
        ]
    return result


def _hits(records: list[Record]) -> list[Promise]:
    result = []
    for bot in BOTS:
        hits = values(records, "auditors", bot, "hits")
        sd = float(np.std(hits, ddof=1)) if len(hits) > 1 else 0.0
        planted = np.mean(values(records, "auditors", bot, "planted"))
        result.append(
            Promise(
                f"{bot} bot finds the same number in every variant (SD at most 0.5)",
                sd <= LARGEST_HITS_SD,
                f"{np.mean(hits):.2f} of {planted:.1f} planted, SD {sd:.2f}",
            )
        )
    return result


def _clear(records: list[Record]) -> Promise:
    odd = []
    for group in statistic_groups(records):
        cut_offs = CUT_OFFS.get(group.name, ())
        gap = clearance(group, cut_offs)
        if group.targeted and gap is not None and gap < LEAST_CLEARANCE:
            odd.append(f"{group.kind} {group.name} {gap:.1f} SD")
    return Promise(
        "every statistic that a plant is set by at least 3 SD from the customary cut-offs",
        not odd,
        "; ".join(odd) or "all are",
    )
