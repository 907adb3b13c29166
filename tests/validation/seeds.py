"""Everything that is measured on one variant, as one record of plain values."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
import time
from datetime import UTC, datetime
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
ROOT = Path(__file__).resolve().parents[2]
POINTS = (
    "checks",
    "evidence",
    "metrics.py",
    "rubric.py",
    "rubric.yaml",
    "statistics.py",
    "truth.py",
    "types.py",
)
"""What of the grader decides how many points an auditor earns."""


def fingerprint(root: Path = ROOT) -> str:
    """Return a hash of what a record depends on, so that records of other code are not mixed in.

    That is the generator, the validation itself, and the part of the grader that awards the auditors' points.
    """
    validation, grader = root / "tests" / "validation", root / "grader"
    places = [root / "data_generator", *(grader / name for name in POINTS)]
    found = [path for place in places for path in (place.rglob("*") if place.is_dir() else [place])]
    sources = [path for path in found if path.suffix in {".py", ".yaml"}]
    digest = hashlib.sha256()
    for path in sorted([*sources, *(validation / f"{name}.py" for name in MEASURING)]):
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def measured_now(root: Path = ROOT) -> dict[str, str]:
    """Return the commit of the sources and the date; `+` after a commit says that files were changed since."""
    today = datetime.now(UTC).date().isoformat()
    try:
        asked = ["git", "-C", str(root), "describe", "--always", "--exclude=*", "--dirty=+"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        said = ""
    return {"commit": said or "unknown", "date": today}


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
        "measured": measured_now(),
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
