"""A person who reads only the README and its pages can issue, practise, check, grade, review, re-score and export."""

from __future__ import annotations

import csv
import json
import re
import shutil
import stat
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.journeys.pages import PAGES, ROOT, commands, run, smaller

pytestmark = pytest.mark.slow


def journey(name: str, folder: Path, private: Path) -> str:
    """Run the commands of a page; return what they printed. A failure shows all of it."""
    script = [smaller(line) for line in commands(PAGES / f"{name}.md")]
    assert script
    done = run(script, folder, private)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def company(world: Path, tmp_path: Path) -> Path:
    """A copy of the world that a journey may change."""
    return shutil.copytree(world, tmp_path / "company")


def test_every_page_is_run_here() -> None:
    """A page that is added is tested, and the README leads to each."""
    pages = {page.stem for page in PAGES.glob("*.md")}
    assert pages == {"issue", "practise", "check", "grade", "review", "rescore", "export", "decide"}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"docs/journeys/{name}.md" in readme for name in pages)


def test_issue(tmp_path: Path) -> None:
    """A zip to send without a key or a name in it, a vault to keep, a line in the register."""
    journey("issue", tmp_path, tmp_path / "private")
    issued = tmp_path / "issued" / "ada"
    (parcel,) = issued.glob("*.zip")
    with zipfile.ZipFile(parcel) as archive:
        names = archive.namelist()
    assert any(name.endswith("starter/takehome-check.pyz") for name in names)
    assert any(name.endswith("starter/.github/workflows/check.yml") for name in names)
    assert any(name.endswith("starter/requirements-runner.txt") for name in names)
    assert not [name for name in names if "key" in name or "holdout" in name]
    assert stat.S_IMODE((issued / "vault").stat().st_mode) == 0o700
    assert "Who decides:" in (issued / "message.txt").read_text()
    assert "Ada" in "".join(p.read_text() for p in (tmp_path / "private").rglob("register.jsonl"))


def test_practise(tmp_path: Path) -> None:
    """Practise on a bundle of one's own: checked, graded, the key opened, all without another file."""
    shown = journey("practise", tmp_path, tmp_path / "private")
    assert "says nothing about a score" in shown
    folder = tmp_path / "practice"
    key = json.loads((folder / "opened-key" / "key.json").read_text())
    page = (folder / "result" / "practice.html").read_text()
    for plant in key["plants"]:
        assert f'id="{plant["id"]}"' in page
        assert f"Code that shows {plant['id']}" in page
    assert page.count("<svg") >= len(key["plants"])


def test_check(company: Path) -> None:
    """The whole solution keeps the contract by both forms of the check, and is packed."""
    shown = journey("check", company, company / "private")
    assert shown.count("The contract is kept") == 2
    assert zipfile.is_zipfile(company / "ada-to-send.zip")


def test_grade(company: Path) -> None:
    """One submission, then the inbox: every report is there, and the table has a line each."""
    shutil.rmtree(company / "results")
    journey("grade", company, company / "private")
    names = {"report.html", "feedback.html", "report.json", "junit.xml", "evidence"}
    assert names <= {path.name for path in (company / "results" / "ada").iterdir()}
    rows = list(csv.DictReader((company / "results" / "batch.csv").read_text().splitlines()))
    assert [row["submission"] for row in rows] == ["ada.zip"]
    assert float(rows[0]["standard_error"]) > 0


def test_feedback_tells_nothing_of_the_key(company: Path) -> None:
    """The canary and the plants' own columns are absent unless the candidate's files name them."""
    (key_file,) = (company / "issued" / "ada" / "vault").glob("*/key.json")
    key = json.loads(key_file.read_text())
    page = (company / "results" / "ada" / "feedback.html").read_text()
    findings = (company / "ada" / "findings.json").read_text() + (company / "ada" / "README.md").read_text()
    secret = {column for plant in key["plants"] for column in plant["columns"]} - {
        "customer_id",
        "snapshot_month",
    }
    told = {column for column in secret - {key["label"]["column"]} if column in page}
    assert told <= {column for column in secret if column in findings}
    assert not key["canary"] or key["canary"] not in page


def test_review(company: Path) -> None:
    """A level set with a reason stands in the report beside the program's."""
    shown = journey("review", company, company / "private")
    assert "clear and short" in shown
    report = json.loads((company / "results" / "ada" / "report.json").read_text())
    lines = {one["id"]: one for part in report["dimensions"] for one in part["criteria"]}
    assert lines["readme.communication"]["person"]["reviewer"] == "Grace"
    assert "Grace" in (company / "results" / "ada" / "report.html").read_text()


def test_rescore(company: Path) -> None:
    """Who moves and why is said; a dry run writes nothing; another folder takes the new result."""
    before = (company / "results" / "ada" / "report.json").read_bytes()
    shown = journey("rescore", company, company / "private")
    assert "audit.leakage: points" in shown
    assert "weight 6 -> 5" in shown
    assert shown.count("audit.leakage: points") >= 2
    assert (company / "results" / "ada" / "report.json").read_bytes() == before
    changed = json.loads((company / "results" / "ada-changed" / "report.json").read_text())
    lines = {one["id"]: one["max"] for part in changed["dimensions"] for one in part["criteria"]}
    assert (lines["audit.leakage"], lines["audit.drift"]) == (5, 6)


def test_export(company: Path) -> None:
    """Each format is read by a reader of its own."""
    journey("export", company, company / "private")
    suites = ElementTree.parse(company / "junit.xml").getroot().findall("testsuite")
    assert len(suites) == 4
    made = json.loads((company / "results.json").read_text())
    assert made["tests"]
    assert (company / "comment.md").read_text().startswith("## Take-home")
    header, row = csv.reader((company / "row.csv").read_text().splitlines())
    assert len(header) == len(row)


def test_decide(company: Path) -> None:
    """Questions with what each level sounds like, and a rule that says why it is undecided."""
    shown = journey("decide", company, company / "private")
    guide = (company / "guide.md").read_text()
    told = {level: re.findall(rf"(?m)^- Level {level}: (\S.+)$", guide) for level in (1, 2, 3, 4)}
    questions = guide.count("**Ask:** ")
    assert questions >= 5
    assert [len(texts) for texts in told.values()] == [questions] * 4
    assert all(len(set(texts)) == 4 for texts in zip(*told.values(), strict=True))
    assert "UNDECIDED" in shown
    report = json.loads((company / "results" / "ada" / "report.json").read_text())
    assert [part["defended"] and part["defended"]["level"] for part in report["dimensions"]] == [
        3,
        None,
        None,
        None,
    ]
