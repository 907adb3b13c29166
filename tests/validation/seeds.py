"""Everything that is measured on one variant, as one record of plain values."""

from __future__ import annotations

import hashlib
import tempfile
import time
from pathlib import Path
from typing import Any

from data_generator.acceptance import objections_to_data, objections_to_models
from data_generator.blueprint import load_blueprint
from data_generator.errors import GeneratorError
from data_generator.months import LAST_MATURE_MONTH
from data_generator.plants.draft import months_of
from data_generator.plants.registry import plants_by_kind
from data_generator.release import write_release
from data_generator.schema import LABEL
from data_generator.validation.bundle import bundle_oddities
from data_generator.validation.credibility import credibility, outside
from data_generator.validation.honest import independent
from data_generator.validation.search import search
from data_generator.variant import Variant, make_variant
from data_generator.yardstick import Measured, measure
from tests.validation.audit import INHERENT, Worth, truth_of, worth
from tests.validation.auditors import best_column_bot, cut_off_bot
from tests.validation.toolbox import toolbox_bot
from tests.validation.transfer import perfect_findings

Record = dict[str, Any]
MEASURING = ("audit", "auditors", "seeds", "toolbox", "transfer")
CSV_EVERY = 5  # seeds: text files are slow to write and to read
GENERATOR = Path(__file__).resolve().parents[2] / "data_generator"


def fingerprint() -> str:
    """Return a hash of the generator's sources and the validation's, so that records of other code are not mixed in."""
    digest = hashlib.sha256()
    here = Path(__file__).resolve().parent
    measuring = (here / f"{name}.py" for name in MEASURING)
    for path in sorted([*GENERATOR.rglob("*.py"), *GENERATOR.rglob("*.yaml"), *measuring]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def examine(seed: int, rows: int, blueprint: str) -> Record:
    """Make the variant of a seed and return all its figures; a seed that cannot be made says why."""
    started = time.perf_counter()
    try:
        variant = make_variant(seed, rows, blueprint=load_blueprint(blueprint))
    except GeneratorError as error:
        return {"seed": seed, "failed": str(error)}
    made = time.perf_counter() - started
    measured = measure(variant)
    record = {
        "seed": seed,
        "rows": rows,
        "blueprint": blueprint,
        "plants": _plants(variant),
        "decoys": [{"id": d.id, "columns": d.columns} for d in variant.decoys],
        "unmeasurable": list(variant.unmeasurable),
        "prevalence": {"twin": _prevalence(variant.twin), "issued": _prevalence(variant.public)},
        "credibility": credibility(variant.twin),
        "honest": _honest(variant, measured),
        "auditors": _auditors(variant, measured),
        "search": _search(variant, measured),
        "objections": [*objections_to_data(variant), *objections_to_models(variant, measured)],
    }
    record["outside_bands"] = outside(record["credibility"])
    record["seconds"] = {"made": round(made, 2), "all": round(time.perf_counter() - started, 2)}
    return record


def _prevalence(frame: Any) -> float:
    return float(frame[LABEL][months_of(frame) <= LAST_MATURE_MONTH].mean())


def _plants(variant: Variant) -> list[Record]:
    detectors = plants_by_kind()
    return [
        {
            "kind": key.kind,
            "family": key.family,
            "tier": key.tier,
            "severity": key.severity,
            "inherent": key.inherent,
            "columns": key.columns,
            "from": key.months.first if key.months else None,
            "target": key.parameters.get("target"),
            "statistics": [
                {"name": s.name, "value": s.value, "null": s.null, "column": s.column} for s in key.statistics
            ],
            "present": detectors[key.kind].present(variant.public, key),
            "on_twin": detectors[key.kind].present(variant.twin, key),
        }
        for key in variant.plants
    ]


def _honest(variant: Variant, measured: Measured) -> Record:
    reference, naive = measured.reference, measured.naive
    return {
        "independent": independent(variant),
        "yardstick": {
            "replay_roc_auc": reference.replay.roc_auc,
            "replay_pr_auc": reference.replay.pr_auc,
            "replay_pr_auc_se": reference.replay.pr_auc_se,
            "replay_expected_pr_auc": reference.replay.expected_pr_auc,
            "test_roc_auc": reference.test.roc_auc,
            "test_pr_auc": reference.test.pr_auc,
        },
        "oracle": measured.oracle.replay.model_dump(),
        "dummy_pr_auc": measured.dummy.replay.pr_auc,
        "naive": naive.model_dump(),
    }


def _auditors(variant: Variant, measured: Measured) -> Record:
    truth = truth_of(variant, measured)
    every, strongest = toolbox_bot(variant)
    claims = {
        "cut-off": cut_off_bot(variant.public),
        "best column": best_column_bot(variant),
        "toolbox": every,
        "toolbox, one of a kind": strongest,
        "facts only": INHERENT,
        "key": perfect_findings(truth),
    }
    return {name: _worth(worth(truth, given)) for name, given in claims.items()} | {
        "key findings": [c.model_dump(mode="json") for c in claims["key"]],
        "truth": truth.key.model_dump(mode="json", by_alias=True),
    }


def _worth(value: Worth) -> Record:
    return {
        "points": value.points,
        "hits": value.hits,
        "found": list(value.found),
        "planted": value.planted,
        "false_alarms": value.false_alarms,
        "claims": value.claims,
        "by_criterion": value.by_criterion,
    }


def _search(variant: Variant, measured: Measured) -> Record:
    searched = search(variant)
    with tempfile.TemporaryDirectory() as folder:
        release = write_release(
            variant,
            measured,
            Path(folder) / "out",
            csv=variant.seed % CSV_EVERY == 0,
            canary="canary-of-validation",
        )
        files = bundle_oddities(variant, release)
    return {
        "frames": {
            s.name: {
                "readings": [[r.test, r.place, round(r.z, 3), r.one_sided] for r in s.readings],
                "oddities": [str(o) for o in s.oddities],
            }
            for s in searched
        },
        "files": [str(o) for o in files],
    }
