"""Runs an off-the-shelf tool on a few variants and writes what it finds and misses.

    python -m tests.validation.off_the_shelf.run --seeds 3 --rows 60000

The tool (deepchecks, see requirements.in) gets the data as a candidate would and knows neither the dictionary nor
the key. Its environment is made once under `build/off-the-shelf/` from the hash-pinned requirements.txt.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from data_generator.acceptance import objections_to_data, objections_to_models
from data_generator.blueprint import load_blueprint
from data_generator.files import to_table, write_csv_gz
from data_generator.variant import Variant, make_variant
from data_generator.yardstick import Measured, measure
from grader.evidence.notebook import FindingClaim
from tests.validation.audit import Worth, claim, truth_of, worth

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parent
UV = ROOT / ".tools" / "bin" / "uv"
FIRST_SEED = 1_000
MINUTES = 30
LATER = "2024-01"
# What a complaint of the tool would be written down as; the others have no counterpart among the brief's kinds.
KINDS = {
    "feature_label_correlation": "target_leakage",
    "identifier_label_correlation": "identifier_leak",
    "data_duplicates": "duplicate_rows",
    "conflicting_labels": "duplicate_rows",
    "percent_of_nulls": "missing_values",
    "class_imbalance": "class_imbalance",
    "feature_drift": "covariate_drift",
    "label_drift": "label_shift",
    "category_mismatch": "category_recode",
    "correlation_change": "concept_drift",
}
CHANGES = ("covariate_drift", "label_shift", "category_recode", "concept_drift")
KEYED = {"duplicate_rows": ("customer_id", "snapshot_month"), "identifier_leak": ("customer_id",)}
PAGE = """# An outside tool on the data

`python -m tests.validation.off_the_shelf.run`: deepchecks 0.19.1 with its default conditions, in its own
environment ([requirements](../../tests/validation/off_the_shelf/requirements.in)), first year against the months of
the second whose labels are complete, on {seeds} variants with {rows:,} rows. It knows neither the data dictionary
nor the panel, so it judges columns one by one.

"""


def main(arguments: list[str] | None = None) -> int:
    """Run the tool on every seed and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="number of variants that would be issued (3)")
    parser.add_argument("--rows", type=int, default=60_000, help="issued rows of each (60000)")
    parser.add_argument("--blueprint", default="hiring")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "off-the-shelf", help="its environment")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs" / "validation", help="folder of the page")
    given = parser.parse_args(arguments)
    python = environment(given.work)
    results = []
    seed = FIRST_SEED
    while len(results) < given.seeds:
        variant = make_variant(seed, given.rows, blueprint=load_blueprint(given.blueprint))
        seed += 1
        measured = measure(variant)
        if objections_to_data(variant) or objections_to_models(variant, measured):
            continue
        complaints = run_tool(python, variant)
        results.append((variant, complaints, judged(variant, measured, complaints)))
        print(
            f"seed {variant.seed}: {results[-1][2].found} of {results[-1][2].planted} planted",
            file=sys.stderr,
        )
    given.docs.mkdir(parents=True, exist_ok=True)
    (given.docs / "data-off-the-shelf.md").write_text(page(results, given.rows), encoding="utf-8")
    return 0


def environment(work: Path) -> Path:
    """Return the interpreter of the tool's environment, made where it is missing or out of date."""
    python, wanted = work / "venv" / "bin" / "python", HERE / "requirements.txt"
    marker = work / "requirements.txt"
    if not marker.exists() or marker.read_bytes() != wanted.read_bytes():
        work.mkdir(parents=True, exist_ok=True)
        subprocess.run([UV, "venv", "-q", "--clear", "--python", "3.11", work / "venv"], check=True)
        command = [UV, "pip", "sync", "-q", "--require-hashes", "--python", python, wanted]
        subprocess.run(command, check=True)
        marker.write_bytes(wanted.read_bytes())
    return python


def run_tool(python: Path, variant: Variant) -> list[list[Any]]:
    """Return the tool's complaints about the issued rows: check, columns, detail."""
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder) / "data.csv.gz", Path(folder) / "out.json"
        write_csv_gz(to_table(variant.public), data)
        command = [python, "-W", "ignore", HERE / "probe.py", data, out]
        subprocess.run(command, check=True, timeout=60 * MINUTES, cwd=folder, stdout=subprocess.DEVNULL)
        complaints: list[list[Any]] = json.loads(out.read_text(encoding="utf-8"))
        return complaints


def judged(variant: Variant, measured: Measured, complaints: list[list[Any]]) -> Worth:
    """Return what the complaints are worth, written down as findings."""
    findings: dict[tuple[str, str], FindingClaim] = {}
    for check, columns, _ in complaints:
        kind = KINDS.get(check)
        if kind is None:
            continue
        # The tool compares two samples, so all that it knows of an onset is where the second begins.
        months = {"from_month": LATER} if kind in CHANGES else {}
        for names in [(c,) for c in columns] or [KEYED.get(kind, ("churned_90d",))]:
            findings[(kind, names[0])] = claim(kind, *names, **months)
    return worth(truth_of(variant, measured), tuple(findings.values()))


def page(results: list[tuple[Variant, list[list[Any]], Worth]], rows: int) -> str:
    """Return the page: found and missed by kind, and everything the tool said."""
    planted, found = Counter[str](), Counter[str]()
    for variant, _, value in results:
        planted.update(p.kind for p in variant.plants if not p.inherent)
        found.update(value.found)
    lines = [PAGE.format(seeds=len(results), rows=rows), "| kind | planted | found |", "|---|---|---|"]
    lines += [f"| {kind} | {number} | {found[kind]} |" for kind, number in sorted(planted.items())]
    lines += ["", "| seed | planted | found | false alarms | audit points of 25 |", "|---|---|---|---|---|"]
    lines += [
        f"| {v.seed} | {w.planted} | {w.hits} | {w.false_alarms:g} | {w.points:.1f} |" for v, _, w in results
    ]
    for variant, complaints, _ in results:
        lines += ["", f"## Seed {variant.seed}", ""]
        lines += [f"- {check}: {', '.join(columns)} ({detail})" for check, columns, detail in complaints]
        missed = [p for p in variant.plants if not p.inherent and p.kind not in KINDS.values()]
        if missed:
            lines += ["", "No check of the tool is about: " + ", ".join(sorted(p.kind for p in missed)) + "."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
