"""Mutants of the audit: the notebook, what was found, what was not, and what was done about it."""

from __future__ import annotations

import json

import nbformat
import pandas as pd

from tests.mutants.recipe import Mutant
from tests.mutants.work import Finding, Work, change_findings, edit, findings_of, put_findings, retrain

KEPT_LEAK = ("post_outcome_column", "target_leakage")
RATED = ("evaluation.*", "readme.grounded_in_this_work", "readme.monitoring_outcomes")


def _cells(work: Work) -> nbformat.NotebookNode:
    return nbformat.read(work.path("audit.ipynb"), as_version=4)


def notebook_raises(work: Work) -> None:
    """A cell in the middle raises."""
    book = _cells(work)
    code = [i for i, cell in enumerate(book.cells) if cell.cell_type == "code"]
    book.cells.insert(code[len(code) // 2], nbformat.v4.new_code_cell("raise ValueError('left over')"))
    nbformat.write(book, work.path("audit.ipynb"))


def hidden_state(work: Work) -> None:
    """A cell that was run and then deleted defined what a later one uses."""
    book = _cells(work)
    place = next(i for i, cell in enumerate(book.cells) if "result = audit(" in cell.source)
    del book.cells[place]
    nbformat.write(book, work.path("audit.ipynb"))


def own_path(work: Work) -> None:
    """The data is read from a folder of the author's machine."""
    edit_source(work, 'Path(os.environ.get("DATA_DIR", "data"))', 'Path("/home/ada/churn/data")')


def package_not_there(work: Work) -> None:
    """A package is imported that neither the image nor the submission brings."""
    edit_source(work, "from pathlib import Path", "import ydata_profiling_of_mine\nfrom pathlib import Path")


def edit_source(work: Work, old: str, new: str) -> None:
    """Replace text in the one code cell that has it."""
    book = _cells(work)
    hit = [cell for cell in book.cells if cell.cell_type == "code" and old in cell.source]
    assert hit, old
    hit[0].source = hit[0].source.replace(old, new)
    nbformat.write(book, work.path("audit.ipynb"))


def writes_other_findings(work: Work) -> None:
    """The notebook writes a third of what was submitted."""
    submitted = findings_of(work)
    put_findings(work, submitted[: len(submitted) // 3])
    work.path("findings.json").write_text(json.dumps({"findings": submitted}), encoding="utf-8")


def _drop(family: str):  # type: ignore[no-untyped-def]
    def apply(work: Work) -> None:
        kinds = {k for p in work.key["plants"] if p["family"] == family and not p["inherent"]
                 for k in (p["kind"], p["id"], *p["equivalents"])}  # fmt: skip
        change_findings(work, lambda one: None if one["kind"] in kinds and one["status"] == "defect" else one)

    return apply


def seeded_leak_unreported(work: Work) -> None:
    """The leak that carries the bonus is dropped from the model and not mentioned."""
    leak = work.seeded_leak()
    change_findings(work, lambda one: None if leak in one["columns"][:1] else one)


def leaks_called_harmless(work: Work) -> None:
    """Leaks are noted as harmless."""
    columns = work.columns_of("leakage")

    def change(one: Finding) -> Finding:
        leaks = one["status"] == "defect" and (
            set(one["columns"][:1]) & columns or one["kind"] == "row_order"
        )
        return {**one, "status": "note"} if leaks else one

    change_findings(work, change)


def leaks_in_the_wrong_columns(work: Work) -> None:
    """Each leak is reported of a neighbouring column."""
    columns, planted = work.columns_of("leakage"), {c for p in work.key["plants"] for c in p["columns"]}
    decoys = {c for d in work.key["decoys"] for c in d["columns"]}
    others = iter(sorted(set(work.key["columns"]) - planted - decoys))

    def change(one: Finding) -> Finding:
        wrong = one["status"] == "defect" and set(one["columns"][:1]) & columns
        return {**one, "columns": [next(others)]} if wrong else one

    change_findings(work, change)


def onsets_half_a_year_off(work: Work) -> None:
    """Every change is dated six months late."""

    def late(one: Finding) -> Finding:
        if one["status"] != "defect" or not one.get("from") or one["from"] <= "2023-02":
            return one
        year, month = divmod(int(one["from"][:4]) * 12 + int(one["from"][5:]) - 1 + 6, 12)
        return {**one, "from": min(f"{year}-{month + 1:02d}", "2024-12")}

    change_findings(work, late)


def facts_unreported(work: Work) -> None:
    """Imbalance, immature months and overlapping labels, true of every variant, are not mentioned."""
    kinds = {k for p in work.key["plants"] if p["inherent"] for k in (p["kind"], p["id"], *p["equivalents"])}
    change_findings(work, lambda one: None if one["kind"] in kinds else one)


def false_alarms(work: Work) -> None:
    """Eight sound columns are reported as drifting."""
    used = {c for part in ("plants", "decoys") for p in work.key[part] for c in p["columns"]}
    sound = [c for c in work.key["columns"] if c not in used][:8]
    alarms = [
        {"kind": "covariate_drift", "columns": [c], "from": "2024-03", "to": None, "status": "defect",
         "action": "drop", "summary": "looks different"} for c in sound
    ]  # fmt: skip
    put_findings(work, [*findings_of(work), *alarms])


def decoys_reported(work: Work) -> None:
    """What only looks like a defect is reported as one."""
    decoys = [(d["trap_kinds"][0], d["columns"]) for d in work.key["decoys"] if d["trap_kinds"]]
    columns = {c for _, cs in decoys for c in cs}
    kept = [
        one for one in findings_of(work) if not (one["status"] == "note" and set(one["columns"]) & columns)
    ]
    told = [
        {"kind": kind, "columns": list(cs)[:1], "from": "2023-06", "to": None, "status": "defect", "action": "drop",
         "summary": "strange"} for kind, cs in decoys if cs
    ]  # fmt: skip
    put_findings(work, [*kept, *told])


def findings_sprayed(work: Work) -> None:
    """Every kind is reported of every column, as far as a file may be long: all plants are among them."""
    kinds = ("target_leakage", "covariate_drift", "unit_change", "category_recode", "missing_values")
    put_findings(
        work,
        [
            {"kind": kind, "columns": [column], "from": "2024-01", "to": None, "status": "defect", "action": "drop",
             "summary": "data quality"} for column in work.key["columns"] for kind in kinds
        ][:200],
    )  # fmt: skip


def leaks_sprayed_with_a_true_figure(work: Work) -> None:
    """Every column is accused of knowing the outcome, each time with the true churn rate of the newest months."""
    months = ("2024-10", "2024-12")
    data = pd.read_parquet(work.bundle / "data" / "snapshots.parquet")
    rate = data.loc[data["snapshot_month"].between(*months), "churned_90d"].mean()
    figure = {"name": "rate", "value": float(rate), "current": "..".join(months)}
    facts = [one for one in findings_of(work) if not set(one["columns"]) & set(work.key["columns"])]
    told = [
        {"kind": "target_leakage", "columns": [column], "from": None, "to": None, "status": "defect",
         "action": "drop", "summary": "it may know the outcome", "statistic": figure}
        for column in work.key["columns"]
    ]  # fmt: skip
    put_findings(work, [*facts, *told])


def statistics_of_nothing(work: Work) -> None:
    """True figures that hold of any data: the PSI of a month with itself, the share of rows that cannot be."""

    def emptied(one: Finding) -> Finding:
        told = one.get("statistic")
        if not told:
            return one
        if told["name"] in ("share", "count"):
            nothing = {"where": {"tenure_months": "> 100000"}}
            return {**one, **nothing, "statistic": {"name": told["name"], "value": 0.0}}
        month = {"current": "2023-02", "reference": "2023-02"}
        return {**one, "where": {}, "statistic": {"name": "psi", "value": 0.0, **month}}

    change_findings(work, emptied)


def statistics_wrong(work: Work) -> None:
    """Every quoted statistic is half as large again."""

    def worse(one: Finding) -> Finding:
        told = one.get("statistic")
        return {**one, "statistic": {**told, "value": 1.5 * told["value"] + 0.1}} if told else one

    change_findings(work, worse)


def statistics_absent(work: Work) -> None:
    """No statistic is quoted."""
    change_findings(work, lambda one: {**one, "statistic": None})


def nothing_done(work: Work) -> None:
    """Every finding is kept as it is."""
    change_findings(work, lambda one: {**one, "action": "keep"})


def dropped_in_words_only(work: Work) -> None:
    """Every repaired column is said to be dropped, and served as before."""
    keys = {"customer_id", "snapshot_month", "churned_90d"}

    def change(one: Finding) -> Finding:
        repaired = one["status"] == "defect" and one["action"] != "drop"
        return {**one, "action": "drop the column"} if repaired and not keys & set(one["columns"]) else one

    change_findings(work, change)


def leak_kept_in_the_model(work: Work) -> None:
    """The seeded leak is reported and the model is trained with it; everything else honestly computed."""
    leak = work.seeded_leak()
    edit(
        work.path("train.py"),
        '.read_text())["findings"]',
        f'.read_text())["findings"]\n    findings = [f for f in findings if f["columns"][:1] != ["{leak}"]]',
    )
    retrain(work)


MUTANTS = (
    Mutant("notebook-raises", "audit.reproducible", 0.5, notebook_raises, real_notebook=True),
    Mutant("notebook-hidden-state", "audit.reproducible", 0.5, hidden_state, real_notebook=True),
    Mutant("notebook-own-path", "audit.reproducible", 0.8, own_path, real_notebook=True),
    Mutant("notebook-package-missing", "audit.reproducible", 0.8, package_not_there, real_notebook=True),
    Mutant("notebook-writes-other-findings", "audit.reproducible", 0.2, writes_other_findings),
    Mutant("seeded-leak-unreported", "audit.leakage", 0.1, seeded_leak_unreported, ("audit.evidence",), bonus=True),
    Mutant("leaks-unreported", "audit.leakage", 0.8, _drop("leakage"),
           ("audit.evidence", "audit.precision"), bonus=True),
    Mutant("leaks-called-harmless", "audit.leakage", 0.8, leaks_called_harmless,
           ("audit.evidence", "audit.precision"), bonus=True),
    # False alarms discount everything that the audit found.
    Mutant("leaks-in-wrong-columns", "audit.leakage", 0.5, leaks_in_the_wrong_columns, ("audit.*",), bonus=True),
    Mutant("changes-unreported", "audit.drift", 0.8, _drop("change"), ("audit.evidence", "audit.precision")),
    Mutant("onsets-half-a-year-off", "audit.drift", 0.2, onsets_half_a_year_off,
           ("audit.evidence", "audit.quality", "audit.precision")),
    Mutant("quality-unreported", "audit.quality", 0.15, _drop("quality"), ("audit.evidence", "audit.precision")),
    Mutant("facts-unreported", "audit.quality", 0.15, facts_unreported, ("audit.evidence", "audit.precision")),
    Mutant("eight-false-alarms", "audit.precision", 0.25, false_alarms, ("audit.*",)),
    Mutant("findings-sprayed", "audit.leakage", 0.8, findings_sprayed, ("audit.*",), bonus=True),
    Mutant("leaks-sprayed-with-a-true-figure", "audit.leakage", 0.8, leaks_sprayed_with_a_true_figure,
           ("audit.*",), bonus=True),
    Mutant("decoys-reported", "audit.precision", 0.25, decoys_reported, ("audit.*",)),
    Mutant("statistics-wrong", "audit.evidence", 0.3, statistics_wrong),
    Mutant("statistics-of-nothing", "audit.evidence", 0.15, statistics_of_nothing),
    Mutant("statistics-absent", "audit.evidence", 0.3, statistics_absent),
    Mutant("nothing-done-about-it", "audit.evidence", 0.2, nothing_done),
    Mutant("dropped-in-words-only", "audit.evidence", 0.05, dropped_in_words_only),
    Mutant("leak-kept-in-the-model", "audit.evidence", 0.2, leak_kept_in_the_model, (*RATED,), bonus=True),
)  # fmt: skip
