"""Recipes: each breaks one thing in a copy of the reference submission and says what that may cost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

README_CRITERIA = (
    "readme.monitoring_inputs",
    "readme.monitoring_outcomes",
    "readme.retraining_triggers",
    "readme.release_and_rollback",
    "readme.grounded_in_this_work",
    "readme.communication",
)


@dataclass(frozen=True)
class Mutant:
    """A recipe on (submission, bundle); `must_lose`: the least share of the reference's points that goes."""

    name: str
    apply: Callable[[Path, Path], None]
    must_lose: dict[str, float]
    may_lose: frozenset[str] = field(default_factory=frozenset)
    loses_bonus: bool = False


def notebook_raises(submission: Path, bundle: Path) -> None:
    """A cell in the middle of the notebook raises."""
    path = submission / "audit.ipynb"
    book = nbformat.read(path, as_version=4)
    code = [i for i, cell in enumerate(book.cells) if cell.cell_type == "code"]
    book.cells.insert(code[len(code) // 2], nbformat.v4.new_code_cell("raise ValueError('left over')"))
    nbformat.write(book, path)


def claimed_pr_auc_edited(submission: Path, bundle: Path) -> None:
    """The claimed PR-AUC of the tuned model is a tenth higher than what the predictions give."""
    path = submission / "evaluation" / "metrics.json"
    claimed = json.loads(path.read_text(encoding="utf-8"))
    claimed["tuned"]["pr_auc"] += 0.1
    path.write_text(json.dumps(claimed), encoding="utf-8")


def readme_emptied(submission: Path, bundle: Path) -> None:
    """The README says nothing."""
    for name in ("README.md", "PRODUCTION.md"):
        if (submission / name).exists():
            (submission / name).write_text("", encoding="utf-8")


def predictions_shuffled(submission: Path, bundle: Path) -> None:
    """The probabilities belong to other rows."""
    path = submission / "evaluation" / "predictions.parquet"
    frame = pd.read_parquet(path)
    order = np.random.default_rng(0).permutation(len(frame))
    for name in ("p_baseline", "p_tuned"):
        frame[name] = frame[name].to_numpy()[order]
    frame.to_parquet(path, index=False)


def random_split(submission: Path, bundle: Path) -> None:
    """Train and test rows are drawn at random from the same months, figures and lift honestly recomputed."""
    path = submission / "evaluation" / "predictions.parquet"
    frame = pd.read_parquet(path)
    frame["split"] = np.random.default_rng(0).choice(["train", "test"], len(frame), p=[0.7, 0.3])
    frame.to_parquet(path, index=False)
    test = frame[frame["split"] == "test"]
    path = submission / "evaluation" / "metrics.json"
    claimed = json.loads(path.read_text(encoding="utf-8"))
    for model in ("baseline", "tuned"):
        claimed[model] |= figures(test, f"p_{model}")
        claimed[model].pop("pr_auc_ci", None)
    path.write_text(json.dumps(claimed), encoding="utf-8")
    lift(test).to_csv(submission / "evaluation" / "lift.csv", index=False)


def figures(test: pd.DataFrame, score: str) -> dict[str, float]:
    """The figures of metrics.json for a column of scores."""
    y, p = test["y_true"], test[score]
    ranked = test.sort_values(score, ascending=False, kind="stable")
    months = ranked.groupby("snapshot_month")["y_true"]
    called = ranked[months.cumcount() < np.floor(0.1 * months.transform("size"))]
    return {
        "pr_auc": float(average_precision_score(y, p)),
        "roc_auc": float(roc_auc_score(y, p)),
        "brier": float(brier_score_loss(y, p)),
        "precision_at_capacity": float(called["y_true"].mean()),
        "recall_at_capacity": float(called["y_true"].sum() / y.sum()),
        "base_rate": float(y.mean()),
    }


def lift(test: pd.DataFrame) -> pd.DataFrame:
    """The lift table of the tuned scores."""
    y = test.sort_values("p_tuned", ascending=False, kind="stable")["y_true"].to_numpy()
    parts = np.array_split(y, 10)
    taken = np.cumsum([part.sum() for part in parts]) / y.sum()
    return pd.DataFrame(
        {
            "decile": range(1, 11),
            "customers": [part.size for part in parts],
            "churners": [int(part.sum()) for part in parts],
            "churn_rate": [part.mean() for part in parts],
            "lift": [part.mean() / y.mean() for part in parts],
            "cumulative_capture": taken,
        }
    )


def edit(path: Path, old: str, new: str) -> None:
    """Replace the one place where `old` stands; a recipe that no longer fits the reference fails loudly."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path}: {old!r} stands there {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def service_fails_on_null(submission: Path, bundle: Path) -> None:
    """The service raises on a null in a column that is never null in the data."""
    edit(
        submission / "app" / "main.py",
        "        columns = {name:",
        "        if any(row['tenure_months'] is None for row in rows):\n"
        "            raise RuntimeError('no tenure')\n"
        "        columns = {name:",
    )


def model_keeps_the_leak(submission: Path, bundle: Path) -> None:
    """The reported leak is not dropped before training; everything else is honestly computed with it."""
    edit(
        submission / "train.py",
        '.read_text())["findings"]',
        '.read_text())["findings"]\n    findings = [f for f in findings if f["kind"] != "post_outcome_column"]',
    )
    command = [sys.executable, "train.py", "--bundle", str(bundle)]
    (submission / "mlflow.db").unlink()
    shutil.rmtree(submission / "mlartifacts")
    done = subprocess.run(command, cwd=submission, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


MUTANTS = (
    Mutant("notebook raises in a cell", notebook_raises, {"audit.reproducible": 0.5}),
    Mutant("claimed PR-AUC edited by +0.1", claimed_pr_auc_edited, {"evaluation.reproduced": 0.5},
           frozenset({"readme.grounded_in_this_work"})),
    Mutant("README emptied", readme_emptied, dict.fromkeys(README_CRITERIA, 1.0)),
    Mutant("predictions shuffled", predictions_shuffled,
           {"evaluation.reproduced": 0.5, "serving.correct": 0.5, "evaluation.calibration": 0.5},
           frozenset({"evaluation.curves", "evaluation.choices", "evaluation.metrics", "evaluation.tracking",
                      "readme.grounded_in_this_work", "readme.monitoring_outcomes"})),
    Mutant("random split", random_split, {"evaluation.split": 0.5},
           frozenset({"evaluation.metrics", "evaluation.calibration", "evaluation.generalises",
                      "evaluation.tracking", "evaluation.choices", "readme.grounded_in_this_work"})),
    Mutant("service answers 500 on a null", service_fails_on_null, {"serving.bad_input": 0.1},
           frozenset({"serving.contract"})),
    Mutant("model keeps the leak", model_keeps_the_leak, {"evaluation.generalises": 0.15, "audit.evidence": 0.2},
           frozenset({"evaluation.decision", "evaluation.calibration", "evaluation.choices",
                      "readme.grounded_in_this_work", "evaluation.tracking"}), loses_bonus=True),
)  # fmt: skip
