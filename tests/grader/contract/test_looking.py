"""Every broken part of a submission is named with its place and a remedy, and a whole one is left in peace."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.contract.looking import CHECKS, SCORELESS, check_files
from grader.contract.rows import sample_rows
from grader.contract.work import look_at
from tests.grader.contract import broken
from tests.grader.vault_folder import in_parts


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A submission that keeps the contract."""
    monkeypatch.delenv("DATA_DIR", raising=False)
    return broken.submission(tmp_path / "work")


def test_a_submission_that_keeps_the_contract_has_no_problem(folder: Path) -> None:
    """Nothing is invented: a whole submission passes, and all parts were looked at."""
    looked = check_files(folder)
    assert [one for one in looked.problems if not one.note] == []
    assert looked.kept
    assert not any("English" in one.found for one in looked.problems)
    assert looked.parts == tuple(CHECKS)
    assert looked.seconds < 10


def finding(**changes: object) -> Callable[[Path], None]:
    """Write one finding with these fields changed."""
    return lambda folder: broken.write_findings(folder, [{**broken.FINDING, **changes}])


def without(field: str) -> Callable[[Path], None]:
    """Write one finding without a field."""
    left = {key: value for key, value in broken.FINDING.items() if key != field}
    return lambda folder: broken.write_findings(folder, [left])


def table(**changes: object) -> Callable[[Path], None]:
    """Write the predictions with these columns changed; None drops one."""

    def write(folder: Path) -> None:
        frame = broken.predictions(folder.parent / "data")
        for name, value in changes.items():
            frame = frame.drop(columns=name) if value is None else frame.assign(**{name: value})
        frame.to_parquet(folder / "evaluation" / "predictions.parquet", index=False)

    return write


def text(name: str, content: str) -> Callable[[Path], None]:
    """Write a file."""
    return lambda folder: (folder / name).write_text(content) and None


E, P, M = "findings.json", "evaluation/predictions.parquet", "evaluation/metrics.json"
AUC = {"name": "auc", "value": "high"}
PERCENT = {"tuned": {**broken.FIGURES, "pr_auc": 20}, "baseline": broken.FIGURES}
CASES = {
    "no README": (lambda f: (f / "README.md").unlink(), "README.md", "", "no such file"),
    "no notebook": (lambda f: (f / "audit.ipynb").unlink(), "audit.ipynb", "", "no such file"),
    "no store": (lambda f: (f / "mlflow.db").unlink(), "mlflow.db", "", "no such file"),
    "notebook is text": (text("audit.ipynb", "hello"), "audit.ipynb", "", "no JSON"),
    "cell does not parse": (lambda f: broken.write_notebook(f, "x = ("), "audit.ipynb", "cell 1, line 1", "closed"),
    "findings are no JSON": (text("findings.json", "{"), "findings.json", "", "no JSON"),
    "finding is text": (lambda f: broken.write_findings(f, ["leak"]), E, "findings[0]", "'leak'"),
    "kind misspelt": (finding(kind="unit_chnge"), E, "findings[0].kind", "unit_chnge"),
    "no kind": (without("kind"), E, "findings[0].kind", "nothing"),
    "no from": (without("from"), E, "findings[0].from", "nothing"),
    "unknown column": (finding(columns=["tenure_month"]), E, "findings[0].columns", "tenure_month"),
    "columns as text": (finding(columns="tenure_months"), E, "findings[0].columns", "tenure_months"),
    "month by name": (finding(**{"from": "April 2024"}), E, "findings[0].from", "April 2024"),
    "month outside": (finding(to="2025-03"), E, "findings[0].to", "2025-03"),
    "months turned": (finding(to="2024-02"), E, "findings[0].to", "before"),
    "status": (finding(status="maybe"), E, "findings[0].status", "maybe"),
    "statistic name": (finding(statistic={**AUC, "name": "gini"}), E, "findings[0].statistic.name", "gini"),
    "statistic value": (finding(statistic=AUC), E, "findings[0].statistic.value", "high"),
    "where": (finding(where={"regionn": "A"}), E, "findings[0].where", "regionn"),
    "summary empty": (finding(summary=" "), E, "findings[0].summary", "' '"),
    "no p_tuned": (table(p_tuned=None), P, "p_tuned", "no such column"),
    "chance above 1": (table(p_tuned=12.0), P, "p_tuned", "outside 0..1"),
    "chance missing": (table(p_baseline=float("nan")), P, "p_baseline", "without a finite"),
    "strange rows": (table(customer_id=99), P, "", "the data does not hold"),
    "unknown split": (table(split="other"), P, "split", "no known split"),
    "no test": (table(split="train"), P, "split", "no row of the test"),
    "metrics missing": (text(M, "{\"tuned\": {\"pr_auc\": 0.2}}"), M, "baseline.pr_auc", "nothing"),
    "metrics in percent": (text(M, json.dumps(PERCENT)), M, "tuned.pr_auc", "20"),
    "README too long": (text("README.md", "# Model\n\n" + "word " * 600), "README.md", "", "60"),
    "remote base": (text("Dockerfile", "FROM evil.example/x:1\n"), "Dockerfile", "line 1", "evil.example"),
    "stated path": (text("submission.yaml", "metrics: nowhere.json\n"), "submission.yaml", "metrics", "nowhere.json"),
    "stated port": (text("submission.yaml", "port: many\n"), "submission.yaml", "port", "many"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_broken_part_is_named(folder: Path, name: str) -> None:
    """File, place, what was found, what was expected and what to do: each is there, and the check fails."""
    breaking, file, place, found = CASES[name]
    breaking(folder)
    looked = check_files(folder)
    told = [one for one in looked.problems if not one.note and one.file == file and one.place == place]
    assert any(found in one.found for one in told), [one.as_json() for one in looked.problems]
    assert all(one.expected and one.remedy for one in told)
    assert not looked.kept


def test_what_is_judged_is_not_checked(folder: Path) -> None:
    """Whether the split respects the label's clock is the candidate's to see: it is scored, so nothing tells of it."""
    frame = broken.predictions(folder.parent / "data")
    late = frame.assign(
        split=["test" if month >= "2023-10" else "train" for month in frame["snapshot_month"]]
    )
    late.to_parquet(folder / "evaluation" / "predictions.parquet", index=False)
    assert check_files(folder).kept


def test_incident_a_notebook_whose_package_read_the_data_was_told_that_nothing_does(folder: Path) -> None:
    """The environment may be read in a module of the candidate's own; where nothing names it, that is said."""
    broken.write_notebook(folder, "from audits import tables\ntables.all()")
    assert any("$DATA_DIR" in one.found for one in check_files(folder).problems)
    (folder / "audits").mkdir()
    (folder / "audits" / "tables.py").write_text(
        "import os\nDATA = os.environ['DATA_DIR'], os.environ['OUTPUT_DIR']\n"
    )
    assert not any("_DIR" in one.found for one in check_files(folder).problems)


def test_a_score_is_never_predicted(folder: Path) -> None:
    """What is printed says nothing about points, levels or verdicts, whatever was found."""
    for breaking in (lambda f: None, CASES["kind misspelt"][0]):
        breaking(folder)
        shown = "\n".join(check_files(folder).lines()).replace(SCORELESS, "")
        assert not any(word in shown.lower() for word in ("points", "score", "level", "verdict", " pass"))


def test_without_data_the_rest_is_still_looked_at(folder: Path) -> None:
    """A repository holds no training data: what needs it is a note, not a problem."""
    (folder.parent / "data" / "snapshots.parquet").unlink()
    looked = check_files(folder)
    assert looked.kept
    assert any("no issued data" in one.found for one in looked.problems)


def test_hostile_text_is_printed_as_one_plain_line(folder: Path) -> None:
    """Terminal codes and line breaks of a file's content do not reach the terminal."""
    broken.write_findings(folder, [{**broken.FINDING, "kind": "\x1b[2J\x07evil\nPROBLEM fake"}])
    shown = "\n".join(check_files(folder).lines())
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\nPROBLEM fake" not in shown


def test_the_data_of_a_practice_folder_was_not_found(folder: Path) -> None:
    """There the work lies beside the bundle that holds the data, not beside the data."""
    bundle = folder.parent / "bundle"
    bundle.mkdir()
    (folder.parent / "data").rename(bundle / "data")
    assert not any("no issued data" in one.found for one in check_files(folder).problems)


def test_data_in_parts_are_looked_at(folder: Path) -> None:
    """Large data are a folder under the name of the file: keys, columns and a request are taken from it."""
    in_parts(folder.parent / "data" / "snapshots.parquet", 30)
    looked = check_files(folder)
    assert looked.kept
    assert not any("no issued data" in one.found for one in looked.problems)
    work = look_at(folder)
    assert "tenure_months" in work.columns()
    assert len(sample_rows(work)) == 3


def test_a_readme_that_is_not_english_was_taken_without_a_word(folder: Path) -> None:
    """Only English is read, so a candidate is told before sending; run instructions in English hide nothing."""
    german = (
        "Wir überwachen die Eingaben jede Woche und rufen den Besitzer der Daten, wenn sie sich ändern. " * 20
    )
    english = "Install the packages and then run the service on the port that you want to have. " * 60
    (folder / "README.md").write_text(f"# Betrieb\n\n{german}\n\n## Setup\n\n{english}\n", encoding="utf-8")
    looked = check_files(folder)
    assert any(one.note and "English" in one.found for one in looked.problems)
    assert looked.kept


SOUND = "FROM python:3.11-slim\nHEALTHCHECK CMD python ask.py\nUSER app\n"


@pytest.mark.parametrize(
    ("dockerfile", "told"),
    [
        (SOUND, set()),
        ("FROM python:3.11-slim\nUSER app\n", {"no HEALTHCHECK"}),
        (SOUND.replace("CMD python ask.py", "NONE").replace("app", "root:root"),
         {"no HEALTHCHECK", "no USER but root"}),
        (SOUND.replace("FROM python:3.11-slim", "FROM python:3.11-slim AS one") + "FROM python:3.11-slim\n",
         {"no HEALTHCHECK", "no USER but root"}),
        (SOUND + "RUN pip install --upgrade pip && pip install gunicorn uvicorn==0.30\n", {"gunicorn"}),
    ],
)  # fmt: skip
def test_a_health_check_was_scored_and_never_announced(folder: Path, dockerfile: str, told: set[str]) -> None:
    """Candidates lost half a point to a line of the Dockerfile that no page had named; it fails nothing."""
    (folder / "Dockerfile").write_text(dockerfile)
    looked = check_files(folder)
    assert {one.found for one in looked.problems if one.file == "Dockerfile"} == told
    assert looked.kept
