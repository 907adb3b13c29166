"""Good solutions in another form: what a form costs is stated, everything else must be as with the reference."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import yaml

from tests.mutants.recipe import Equivalent
from tests.mutants.work import Work, edit, findings_of, predictions_of, retrain

HEADINGS = {
    "Inputs: every batch, before the list leaves": "Eingaben: jede Lieferung, bevor die Liste hinausgeht",
    "Outcomes": "Ergebnisse",
    "Retrain, or not": "Neu trainieren oder nicht",
    "Release and rollback": "Einführung und Rücknahme",
    "What the audit found, and limits": "Befunde der Prüfung und Grenzen",
    "Run": "Ausführen",
}


def other_layout(work: Work) -> None:
    """Notebook, findings and evaluation lie in folders of other names; nothing says so."""
    for source, target in (
        ("audit.ipynb", "notebooks/01_audit.ipynb"), ("findings.json", "reports/findings.json"),
        ("evaluation/predictions.parquet", "results/test_predictions.parquet"),
        ("evaluation/metrics.json", "results/metrics.json"), ("evaluation/lift.csv", "results/lift_table.csv"),
        ("evaluation/segments.csv", "results/segments.csv"),
        ("evaluation/calibration.png", "results/plots/calibration_curve.png"),
        ("evaluation/pr_curve.png", "results/plots/precision_recall.png"),
    ):  # fmt: skip
        work.path(target).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(work.path(source), work.path(target))
    work.path("evaluation").rmdir()


def stated_layout(work: Work) -> None:
    """Files of unusual names, which submission.yaml states, among others that look more like what is wanted.

    The image is built in a folder that does not hold the Dockerfile, and its service listens on a port that
    nothing else names.
    """
    for source, target in (
        ("findings.json", "out/what_we_saw.json"), ("evaluation/metrics.json", "out/numbers.json"),
        ("README.md", "docs/RUNBOOK.md"), ("Dockerfile", "deploy/serving.docker"),
        *((name, f"service/{name}") for name in ("requirements.txt", "app", "scoring", "model")),
    ):  # fmt: skip
        work.path(target).parent.mkdir(exist_ok=True)
        shutil.move(work.path(source), work.path(target))
    work.path("README.md").write_text("# Churn\n\nSee docs/RUNBOOK.md.\n", encoding="utf-8")
    work.path("Dockerfile").write_text("FROM python:3.11-slim\nRUN pip install mlflow\n", encoding="utf-8")
    docker = work.path("deploy/serving.docker")
    edit(docker, "EXPOSE 8000\n", "ENV UVICORN_PORT=9696\n")
    edit(docker, '"--port", "8000", ', "")
    edit(docker, "127.0.0.1:8000", "127.0.0.1:9696")
    stated = {
        "findings": "out/what_we_saw.json", "metrics": "out/numbers.json", "readme": "docs/RUNBOOK.md",
        "dockerfile": "deploy/serving.docker", "context": "service", "port": 9696,
    }  # fmt: skip
    work.path("submission.yaml").write_text(yaml.safe_dump(stated), encoding="utf-8")


def csv_predictions(work: Work) -> None:
    """Predictions as CSV, the columns in another order."""
    frame = predictions_of(work)
    work.path("evaluation/predictions.parquet").unlink()
    frame[sorted(frame.columns)].to_csv(work.path("evaluation/predictions.csv"), index=False)


def written_by_r(work: Work) -> None:
    """A CSV as R's write.csv gives it: row names first, quoted text, other names and order."""
    frame = predictions_of(work).rename(columns={"p_tuned": "prob.tuned", "p_baseline": "prob.baseline"})
    order = ["prob.tuned", "y_true", "y_used", "split", "snapshot_month", "prob.baseline", "customer_id"]
    frame = frame[[name for name in order if name in frame]]
    frame.index = range(1, len(frame) + 1)
    work.path("evaluation/predictions.parquet").unlink()
    frame.to_csv(work.path("evaluation/predictions.csv"), quoting=2)


def file_store(work: Work) -> None:
    """The tracking store is the folder `mlruns`, as older versions write it."""
    source = sqlite3.connect(work.path("mlflow.db"))
    home = "file:///C:/Users/ada/churn/mlruns/1"
    root = work.path("mlruns/1")
    root.mkdir(parents=True)
    _meta(
        root, {"experiment_id": "1", "name": "churn", "artifact_location": home, "lifecycle_stage": "active"}
    )
    runs = source.execute("SELECT run_uuid, name, status, start_time, end_time FROM runs").fetchall()
    for run, name, status, start, end in runs:
        folder = root / run
        (folder / "artifacts").mkdir(parents=True)
        codes = {"FINISHED": 3, "RUNNING": 1}
        _meta(folder, {"run_id": run, "run_uuid": run, "run_name": name, "experiment_id": "1",
                       "status": codes.get(status, 3), "start_time": start, "end_time": end,
                       "artifact_uri": f"{home}/{run}/artifacts", "lifecycle_stage": "active"})  # fmt: skip
        for part, query in (("params", "SELECT key, value FROM params WHERE run_uuid = ?"),
                            ("tags", "SELECT key, value FROM tags WHERE run_uuid = ?"),
                            ("metrics", "SELECT key, value FROM latest_metrics WHERE run_uuid = ?")):  # fmt: skip
            (folder / part).mkdir()
            for key, value in source.execute(query, (run,)).fetchall():
                text = f"1700000000000 {value} 0\n" if part == "metrics" else str(value)
                (folder / part / key).write_text(text, encoding="utf-8")
        kept = work.path(f"mlartifacts/{run}/artifacts")
        if kept.is_dir():
            shutil.copytree(kept, folder / "artifacts", dirs_exist_ok=True)
    source.close()
    work.path("mlflow.db").unlink()
    shutil.rmtree(work.path("mlartifacts"))


def _meta(folder: Path, values: dict[str, Any]) -> None:
    (folder / "meta.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")


def windows_addresses(work: Work) -> None:
    """Artefact addresses of the author's Windows machine."""
    with sqlite3.connect(work.path("mlflow.db")) as store:
        store.execute("UPDATE runs SET artifact_uri = 'file:///C:/Users/Ada%20L/churn/mlartifacts/' "
                      "|| run_uuid || '/artifacts'")  # fmt: skip
    store.close()


def logistic_ships(work: Work) -> None:
    """The logistic regression ships, whatever the trees would win."""
    text = work.path("training/experiment.py").read_text(encoding="utf-8")
    line = '    return "tuned" if ranks_better or fits_better else "baseline"'
    assert line in text
    work.path("training/experiment.py").write_text(
        text.replace(line, '    return "baseline"'), encoding="utf-8"
    )
    _retrained(work)


def trees_alone(work: Work) -> None:
    """Boosted trees from a constant, as XGBoost's users do, instead of on top of a logistic regression."""
    path = work.path("training/experiment.py")
    edit(path, "    offset = weights.log_odds(matrix)\n", "    offset = np.zeros(len(matrix))\n")
    edit(path, "customers[recent], weights.log_odds(matrix[recent]))",
         "customers[recent], np.zeros(int(recent.sum())))")  # fmt: skip
    edit(path, '"tuned": BoostedLogistic(weights, booster)}',
         '"tuned": BoostedLogistic(replace(weights, coefficients=tuple(0.0 for _ in weights.coefficients), '
         "intercept=0.0), booster)}")  # fmt: skip
    _retrained(work)


def _retrained(work: Work) -> None:
    """Train again, and let the README state the new figures as a README made by the same run would."""
    before = json.loads(work.path("evaluation/metrics.json").read_text(encoding="utf-8"))
    retrain(work)
    after = json.loads(work.path("evaluation/metrics.json").read_text(encoding="utf-8"))
    text = work.path("README.md").read_text(encoding="utf-8")
    for name in ("pr_auc", "precision_at_capacity"):
        text = text.replace(f"{before['tuned'][name]:.3f}", f"{after['tuned'][name]:.3f}")
    low, high = after["tuned"]["pr_auc_ci"]
    text = re.sub(r"\(95 % 0\.\d+–0\.\d+;", f"(95 % {low:.3f}–{high:.3f};", text)
    version = json.loads(work.path("model/model.json").read_text(encoding="utf-8"))["version"]
    work.path("README.md").write_text(
        re.sub(r"churn-(lgbm|logistic)-[0-9a-f]+", version, text), encoding="utf-8"
    )


def one_row_requests(work: Work) -> None:
    """The request shape of many Flask services: one object of features in, one probability out."""
    edit(
        work.path("app/main.py"),
        '            rows = validator.validate_json(body)["rows"]',
        "            given = json.loads(body)\n"
        "            if not isinstance(given, dict) or not isinstance(given.get('features'), dict):\n"
        "                return _refused([{'field': 'features', 'message': 'expected an object'}])\n"
        "            rows = validator.validate_python({'rows': [given['features']]})[\"rows\"]\n"
        "        except (ValueError, RecursionError) as error:\n"
        "            if not isinstance(error, ValidationError):\n"
        "                return _refused([{'field': 'body', 'message': 'no JSON'}])\n"
        "            return _refused(_readable(error))",
    )
    main = work.path("app/main.py")
    text = main.read_text(encoding="utf-8")
    text = text.replace(
        "        except ValidationError as error:\n            return _refused(_readable(error))\n", "", 1
    )
    text = text.replace('        answer = {"model_version": model.version, "predictions": predictions}',
                        '        answer = {"model_version": model.version, "probability": '
                        'predictions[0]["churn_probability"]}')  # fmt: skip
    text = text.replace("        openapi_extra=document,\n", "").replace(
        "        response_model=PredictResponse,\n", ""
    )
    main.write_text(text, encoding="utf-8")


def without_findings(work: Work) -> None:
    """The audit notebook says what it found in words, and there is no findings.json."""
    lines = []
    for one in findings_of(work):
        if one["status"] == "defect":
            kind = one["kind"].replace("_", " ")
            months = f" from {one['from']}" if one.get("from") else ""
            lines.append(f"{', '.join(one['columns']) or 'the rows'}: {kind}{months}.")
    cells = [
        nbformat.v4.new_markdown_cell("# Audit of the churn snapshots"),
        nbformat.v4.new_code_cell(
            "import os\nfrom pathlib import Path\nimport pandas as pd\n"
            "data = pd.read_parquet(Path(os.environ.get('DATA_DIR', 'data')) / 'snapshots.parquet')\nlen(data)"
        ),
        nbformat.v4.new_markdown_cell("## Conclusions\n\n" + "\n".join(f"- {line}" for line in lines[::2])),
        nbformat.v4.new_code_cell("\n".join(f"print({line!r})" for line in lines[1::2])),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    book = nbformat.v4.new_notebook(cells=cells)
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, work.path("audit.ipynb"))
    work.path("findings.json").unlink()


def old_notebook(work: Work) -> None:
    """A notebook without a kernel's name, its source as plain strings."""
    path = work.path("audit.ipynb")
    book = json.loads(path.read_text(encoding="utf-8"))
    book["metadata"] = {}
    for cell in book["cells"]:
        cell["source"] = "".join(cell["source"])
        cell.pop("id", None)
    book["nbformat_minor"] = 2
    path.write_text(json.dumps(book), encoding="utf-8")


def other_words(work: Work) -> None:
    """findings.json as a bare list under other names, with generic kinds and written-out months."""
    names = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
             "November", "December")  # fmt: skip
    generic = {"look_ahead_window": "target_leakage", "post_outcome_column": "target_leakage",
               "covariate_drift": "data_drift", "unit_change": "scale_change"}  # fmt: skip

    def month(text: str | None) -> str | None:
        return f"{names[int(text[5:]) - 1]} {text[:4]}" if text else None

    said = [
        {"type": generic.get(one["kind"], one["kind"]), "features": one["columns"], "start": month(one.get("from")),
         "end": month(one.get("to")), "verdict": one["status"], "stat": one.get("statistic"),
         "where": one.get("where"), "fix": one["action"], "description": one["summary"]}
        for one in findings_of(work)
    ]  # fmt: skip
    text = json.dumps(said)
    path = work.path("audit.ipynb")
    book = nbformat.read(path, as_version=4)
    book.cells[-2].source = f"findings = json.loads({text!r})\nlen(findings)"
    book.cells[-1].source = book.cells[-1].source.replace(
        "json.dumps({'findings': findings})", "json.dumps(findings)"
    )
    nbformat.write(book, path)
    work.path("findings.json").write_text(text, encoding="utf-8")


def german_headings(work: Work) -> None:
    """The README's headings are German."""
    path = work.path("README.md")
    text = path.read_text(encoding="utf-8")
    for english, german in HEADINGS.items():
        assert f"## {english}\n" in text, english
        text = text.replace(f"## {english}\n", f"## {german}\n")
    path.write_text(text, encoding="utf-8")


def _installs(line: str, prepare: Callable[[Work, list[str]], None]) -> Callable[[Work], None]:
    """Return a recipe that keeps the pinned dependencies elsewhere than in requirements.txt."""

    def apply(work: Work) -> None:
        requirements = work.path("requirements.txt")
        pins = [one for one in requirements.read_text(encoding="utf-8").splitlines() if "==" in one]
        requirements.unlink()
        prepare(work, pins)
        docker = work.path("Dockerfile")
        text = docker.read_text(encoding="utf-8")
        copied, ran = line.split("\n")
        text = text.replace("COPY requirements.txt .", copied)
        text = text.replace("pip install --no-cache-dir --disable-pip-version-check -r requirements.txt", ran)
        text = text.replace("{PINS}", " ".join(pins))
        docker.write_text(text, encoding="utf-8")
        ignore = work.path(".dockerignore")
        names = copied.removeprefix("COPY ").split()[:-1]
        ignore.write_text(ignore.read_text(encoding="utf-8") + "".join(f"\n!{name}" for name in names) + "\n")

    return apply


def _poetry(work: Work, pins: list[str]) -> None:
    packages = [one.split("==") for one in pins]
    lock = "".join(
        f'[[package]]\nname = "{name}"\nversion = "{version}"\noptional = false\n\n'
        for name, version in packages
    )
    work.path("poetry.lock").write_text(lock, encoding="utf-8")
    wanted = "".join(f'    "{name}=={version}",\n' for name, version in packages)
    work.path("pyproject.toml").write_text(
        '[project]\nname = "churn"\nversion = "1.0"\ndependencies = [\n' + wanted + "]\n\n"
        '[tool.setuptools]\npackages = []\n', encoding="utf-8")  # fmt: skip


def _uv(work: Work, pins: list[str]) -> None:
    work.path("uv.lock").write_text("\n".join(pins) + "\n", encoding="utf-8")
    work.path("pyproject.toml").write_text('[project]\nname = "churn"\nversion = "1.0"\n', encoding="utf-8")


def _conda(work: Work, pins: list[str]) -> None:
    held = "".join(f"      - {one}\n" for one in pins)
    work.path("environment.yml").write_text(
        f"name: churn\ndependencies:\n  - python=3.11\n  - pip:\n{held}", encoding="utf-8"
    )


def another_port(work: Work) -> None:
    """The service listens on 9696."""
    docker = work.path("Dockerfile")
    docker.write_text(docker.read_text(encoding="utf-8").replace("8000", "9696"), encoding="utf-8")


def dockerfile_below(work: Work) -> None:
    """The Dockerfile lies in a folder, its context is the root."""
    work.path("docker").mkdir()
    shutil.move(work.path("Dockerfile"), work.path("docker/Dockerfile"))


def utf16_requirements(work: Work) -> None:
    """requirements.txt as a Windows shell writes it, in UTF-16."""
    path = work.path("requirements.txt")
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-16")


def trained_at_build(work: Work) -> None:
    """The image trains the trees while it is built, from a matrix in the repository."""
    path = work.path("training/experiment.py")
    edit(path, "    booster = search.refit(latest, results[0].parameters, trees, SEED)\n",
         "    booster = search.refit(latest, results[0].parameters, trees, SEED)\n"
         "    kept = {'matrix': latest.matrix, 'label': latest.label, 'offset': latest.offset}\n"
         "    np.savez_compressed(folder / 'rows.npz', **kept)\n"
         "    (folder / 'chosen.json').write_text(json.dumps([results[0].parameters, max(trees, 1)]))\n")  # fmt: skip
    # On a small variant the trees may not beat the baseline; here they are to ship, or there is nothing to train.
    edit(path, "    ships = winner(intervals)\n", "    ships = 'tuned'\n")
    _retrained(work)
    work.path("model/model.txt").unlink()
    work.path("train_trees.py").write_text(
        '"""Fit the chosen trees; the same rows, parameters and version give the same trees."""\n\n'
        "import json\n\nimport lightgbm\nimport numpy as np\n\n"
        "FIXED = dict(objective='binary', verbosity=-1, deterministic=True, force_col_wise=True, num_threads=1,\n"
        "             feature_pre_filter=False, bagging_freq=1, max_bin=127)\n"
        "rows = np.load('rows.npz')\nparameters, trees = json.load(open('chosen.json'))\n"
        "data = lightgbm.Dataset(rows['matrix'], rows['label'], init_score=rows['offset'], params=dict(FIXED))\n"
        "settings = {**FIXED, **parameters, 'learning_rate': 0.03, 'seed': 20240930}\n"
        "lightgbm.train(settings, data, trees).save_model('model/model.txt')\n", encoding="utf-8")  # fmt: skip
    edit(
        work.path("Dockerfile"),
        "COPY model model\n",
        "COPY model model\nCOPY rows.npz chosen.json train_trees.py ./\n"
        "RUN /opt/venv/bin/python train_trees.py && rm rows.npz chosen.json train_trees.py\n",
    )
    ignore = work.path(".dockerignore")
    ignore.write_text(ignore.read_text(encoding="utf-8") + "\n!rows.npz\n!chosen.json\n!train_trees.py\n")


PIP = "pip install --no-cache-dir --disable-pip-version-check"
EQUIVALENTS = (
    Equivalent("other-layout", other_layout),
    Equivalent("layout-stated-in-submission-yaml", stated_layout),
    Equivalent("predictions-as-csv", csv_predictions),
    Equivalent("predictions-written-by-r", written_by_r),
    Equivalent("old-file-store-of-windows", file_store),
    Equivalent("artefacts-at-windows-addresses", windows_addresses),
    Equivalent("logistic-regression-ships", logistic_ships, 1.0,
               "half of the choice where the trees would win by little"),
    Equivalent("boosted-trees-alone", trees_alone),
    Equivalent("flask-like-requests", one_row_requests, 2.5,
               "another request shape earns 60 % of the contract, and no batch of 1,000 is timed"),
    Equivalent("notebook-without-findings", without_findings, 13.0,
               "sentences earn 60 % of a finding, and nothing of statistics, actions and explained look-alikes; "
               "the bonus needs a reported leak"),
    Equivalent("notebook-without-kernel-name", old_notebook),
    Equivalent("findings-in-other-words", other_words),
    Equivalent("german-headings", german_headings),
    Equivalent("poetry", _installs(f"COPY pyproject.toml poetry.lock ./\n{PIP} .", _poetry)),
    Equivalent("uv", _installs(f"COPY pyproject.toml uv.lock ./\n{PIP} -r uv.lock", _uv)),
    Equivalent("conda-and-pins-in-the-dockerfile", _installs("COPY environment.yml ./\n" + PIP + " {PINS}", _conda)),
    Equivalent("another-port", another_port),
    Equivalent("dockerfile-in-a-folder", dockerfile_below),
    Equivalent("utf-16-requirements", utf16_requirements),
    Equivalent("trained-while-built", trained_at_build),
)  # fmt: skip
