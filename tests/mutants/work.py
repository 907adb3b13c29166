"""A copy of the reference submission on the bench, and the edits that recipes make to it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

Finding = dict[str, Any]
SCORES = ("p_baseline", "p_tuned")
CAPACITY = 0.10


@dataclass(frozen=True)
class Work:
    """A submission to be broken, the bundle it answers, and the key of its variant."""

    folder: Path
    bundle: Path
    key: dict[str, Any]

    def path(self, name: str) -> Path:
        """A file of the submission."""
        return self.folder / name

    def seeded_leak(self) -> str:
        """The column that carries the bonus."""
        return str(next(p["columns"][0] for p in self.key["plants"] if p["seeded"]))

    def columns_of(self, family: str) -> set[str]:
        """All columns of the plants of a family."""
        return {c for p in self.key["plants"] if p["family"] == family for c in p["columns"]}


def edit(path: Path, old: str, new: str) -> None:
    """Replace the one place where `old` stands; a recipe that no longer fits the reference fails loudly."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path}: {old!r} stands there {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def findings_of(work: Work) -> list[Finding]:
    """The submitted findings."""
    document = json.loads(work.path("findings.json").read_text(encoding="utf-8"))
    return list(document["findings"])


def put_findings(work: Work, findings: Iterable[Finding]) -> None:
    """Submit these findings, with a notebook that writes the same ones."""
    kept = list(findings)
    work.path("findings.json").write_text(json.dumps({"findings": kept}, indent=2), encoding="utf-8")
    record_findings(work, kept)


def record_findings(work: Work, findings: list[Finding], *before: str) -> None:
    """Make the notebook write findings that it holds as text; `before` are the code cells that come first.

    The reference's own audit takes half a minute; where the notebook is not what a recipe is about, the same
    findings from a notebook without the detectors give the same score in five seconds.
    """
    text = json.dumps(findings, ensure_ascii=True)
    cells = [
        nbformat.v4.new_markdown_cell("# Audit of the churn snapshots"),
        *(nbformat.v4.new_code_cell(source) for source in before),
        nbformat.v4.new_code_cell(
            "import json, os\nfrom pathlib import Path\nimport pandas as pd\n"
            "data = pd.read_parquet(Path(os.environ.get('DATA_DIR', 'data')) / 'snapshots.parquet')\nlen(data)"
        ),
        nbformat.v4.new_code_cell(f"findings = json.loads({text!r})\nlen(findings)"),
        nbformat.v4.new_code_cell(
            "out = Path(os.environ.get('OUTPUT_DIR', '.')) / 'findings.json'\n"
            "out.write_text(json.dumps({'findings': findings}))"
        ),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    book = nbformat.v4.new_notebook(cells=cells)
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, work.path("audit.ipynb"))


def change_findings(work: Work, change: Callable[[Finding], Finding | None]) -> int:
    """Change or drop (None) each finding, here and in the notebook; return how many were touched."""
    before = findings_of(work)
    after = [change(dict(one)) for one in before]
    put_findings(work, [one for one in after if one is not None])
    touched = sum(new != old for new, old in zip(after, before, strict=True))
    assert touched, "the recipe changes no finding of this variant"
    return touched


def predictions_of(work: Work) -> pd.DataFrame:
    """The submitted predictions."""
    return pd.read_parquet(work.path("evaluation/predictions.parquet"))


def put_predictions(work: Work, frame: pd.DataFrame) -> None:
    """Submit these predictions, with everything else as it was."""
    frame.to_parquet(work.path("evaluation/predictions.parquet"), index=False)


def claims_of(work: Work) -> dict[str, Any]:
    """The claimed figures."""
    return dict(json.loads(work.path("evaluation/metrics.json").read_text(encoding="utf-8")))


def put_claims(work: Work, claims: dict[str, Any]) -> None:
    """Submit these figures."""
    work.path("evaluation/metrics.json").write_text(json.dumps(claims), encoding="utf-8")


def label_used(frame: pd.DataFrame) -> pd.Series:
    """The label that figures are computed with: the repaired one where there is one."""
    return frame["y_used"] if "y_used" in frame else frame["y_true"]


def figures(test: pd.DataFrame, score: str) -> dict[str, float]:
    """The figures of metrics.json for a column of scores."""
    y, p = label_used(test), test[score]
    ranked = test.assign(_y=y).sort_values(score, ascending=False, kind="stable")
    months = ranked.groupby("snapshot_month")["_y"]
    called = ranked[months.cumcount() < np.floor(CAPACITY * months.transform("size") + 1e-9)]
    return {
        "pr_auc": float(average_precision_score(y, p)),
        "roc_auc": float(roc_auc_score(y, p)),
        "brier": float(brier_score_loss(y, p.clip(0, 1))),
        "precision_at_capacity": float(called["_y"].mean()),
        "recall_at_capacity": float(called["_y"].sum() / y.sum()),
        "base_rate": float(y.mean()),
    }


def lift(test: pd.DataFrame) -> pd.DataFrame:
    """The lift table of the tuned scores."""
    order = np.argsort(-test["p_tuned"].to_numpy(), kind="stable")
    y = label_used(test).to_numpy()[order]
    parts = np.array_split(y, 10)
    return pd.DataFrame(
        {
            "decile": range(1, 11),
            "customers": [part.size for part in parts],
            "churners": [int(part.sum()) for part in parts],
            "churn_rate": [part.mean() for part in parts],
            "lift": [part.mean() / y.mean() for part in parts],
            "cumulative_capture": np.cumsum([part.sum() for part in parts]) / y.sum(),
        }
    )


def put_evaluated(work: Work, frame: pd.DataFrame, threshold: float | None = None) -> None:
    """Submit predictions with figures, interval, lift, segments and tracked figures honestly computed anew.

    The defect is then in the predictions alone, and nothing else about them is untrue; the README keeps its text
    but for the tuned PR-AUC.
    """
    put_predictions(work, frame)
    test = frame[frame["split"] == "test"]
    claims, before = claims_of(work), claims_of(work)
    for model, score in zip(("baseline", "tuned"), SCORES, strict=True):
        claims[model] |= figures(test, score)
        moved = claims[model]["pr_auc"] - before[model]["pr_auc"]
        claims[model]["pr_auc_ci"] = [end + moved for end in before[model]["pr_auc_ci"]]
        _track(work, f"test_pr_auc_{model}", before[model]["pr_auc"], claims[model]["pr_auc"])
    if threshold is not None:
        claims["decision"]["threshold"] = threshold
    claims["segments"] = segments(work, test, claims["segments"])
    put_claims(work, claims)
    lift(test).to_csv(work.path("evaluation/lift.csv"), index=False)
    old, new = (f"{c['tuned']['pr_auc']:.3f}" for c in (before, claims))
    readme = work.path("README.md")
    readme.write_text(readme.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def segments(work: Work, test: pd.DataFrame, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same segments with rows, rate and PR-AUC of these test rows."""
    issued = pd.read_parquet(work.bundle / "data" / "snapshots.parquet")
    names = sorted({one["column"] for one in before})
    keys = ["customer_id", "snapshot_month"]
    joined = test.merge(issued[[*keys, *names]].drop_duplicates(keys), on=keys, how="left")
    found = []
    for one in before:
        part = joined[joined[one["column"]].astype(str) == one["level"]]
        y = label_used(part)
        if len(part):
            area = float(average_precision_score(y, part["p_tuned"])) if y.any() else None
            found.append({**one, "rows": len(part), "churn_rate": float(y.mean()), "pr_auc": area,
                          "mean_score": float(part["p_tuned"].mean())})  # fmt: skip
    return found


def _track(work: Work, name: str, old: float, new: float) -> None:
    """Write a recomputed figure over the tracked one; the value tells which row it is."""
    database = work.path("mlflow.db")
    if not database.is_file():
        return
    with sqlite3.connect(database) as store:
        for table in ("metrics", "latest_metrics"):
            store.execute(f"UPDATE {table} SET value = ? WHERE abs(value - ?) < 1e-9", (new, old))
    store.close()


def odds(p: np.ndarray, slope: float, shift: float) -> np.ndarray:
    """Probabilities with their log-odds stretched and shifted; the order of rows stays."""
    inside = np.clip(p, 1e-7, 1 - 1e-7)
    return np.asarray(1 / (1 + np.exp(-(slope * np.log(inside / (1 - inside)) + shift))))


def serve_odds(work: Work, slope: float, shift: float) -> None:
    """Make the service answer with stretched and shifted log-odds."""
    edit(
        work.path("scoring/model.py"),
        "        return self.calibration.apply(self.estimator.raw(encode(columns, self.spec)))",
        "        p = np.clip(self.calibration.apply(self.estimator.raw(encode(columns, self.spec))), 1e-7, 1 - 1e-7)\n"
        f"        return 1 / (1 + np.exp(-({slope} * np.log(p / (1 - p)) + {shift})))",
    )


def scores_of(work: Work, months: list[str]) -> pd.DataFrame:
    """Keys, issued label and served probability of the issued rows of these months, one row a key."""
    script = (
        "import sys, pandas as pd\nfrom pathlib import Path\nfrom scoring.model import load_model\n"
        "m = load_model(Path('model'))\nrows = pd.read_parquet(sys.argv[1])\n"
        "rows = rows[rows['snapshot_month'].isin(sys.argv[3].split(','))]\n"
        "rows = rows.drop_duplicates(['customer_id', 'snapshot_month'])\n"
        "columns = {n: rows[n].to_numpy(dtype=float) for n in m.spec.numbers}\n"
        "columns |= {n: rows[n].astype(object).where(rows[n].notna(), None).to_numpy() for n in m.spec.levels}\n"
        "columns['snapshot_month'] = rows['snapshot_month'].astype(object).to_numpy()\n"
        "keys = rows[['customer_id', 'snapshot_month', 'churned_90d']]\n"
        "keys.assign(p=m.probability(columns)).to_parquet(sys.argv[2])\n"
    )
    out = work.folder.parent / f"{work.folder.name}-scores.parquet"
    data = work.bundle / "data" / "snapshots.parquet"
    run(work, "-c", script, str(data), str(out), ",".join(months))
    frame = pd.read_parquet(out)
    out.unlink()
    return frame


def run(work: Work, *arguments: str) -> None:
    """Run Python in the submission's folder."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=work.folder, capture_output=True, text=True, check=False,
        env={"PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin", "HOME": str(work.folder.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


def retrain(work: Work) -> None:
    """Run the submission's own train.py on the bundle, into a new store."""
    for name in ("mlflow.db", "mlartifacts", "model"):
        place = work.path(name)
        if place.is_dir():
            subprocess.run(["rm", "-rf", str(place)], check=True)
        else:
            place.unlink(missing_ok=True)
    run(work, "train.py", "--bundle", str(work.bundle))


def database(work: Work, *statements: str) -> None:
    """Run SQL on the tracking store."""
    with sqlite3.connect(work.path("mlflow.db")) as store:
        for statement in statements:
            store.execute(statement)
    store.close()


def remove(work: Work, name: str) -> None:
    """Delete every file of this name, copies among the artefacts of the store too."""
    found = list(work.folder.rglob(name))
    assert found, name
    for path in found:
        path.unlink()
