"""The proof over many seeds, on a few small ones: it measures, it judges, it writes its page, and it can fail."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from data_generator.validation.credibility import BANDS, credibility, outside
from data_generator.validation.honest import independent
from data_generator.variant import Variant
from data_generator.yardstick import Measured
from tests.validation import data, seeds
from tests.validation.audit import INHERENT, truth_of, worth
from tests.validation.auditors import best_column_bot, cut_off_bot
from tests.validation.promises import TOOLBOX, promises, toolbox
from tests.validation.report import judge_again, when_measured
from tests.validation.transfer import perfect_findings

ROWS = 9_000


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    """Return the records of two small variants, as their files hold them."""
    return [json.loads(json.dumps(seeds.examine(seed, ROWS, "hiring"))) for seed in (1_000, 1_001)]


def test_twins_are_credible(variant: Variant) -> None:
    """The figures of a twin lie in their bands, but for those that 40,000 rows blur."""
    figures = credibility(variant.twin)
    assert set(BANDS) <= set(figures)
    assert set(outside(figures)) <= {"prevalence", "largest_psi", "correlation_of_noise"}
    broken = credibility(variant.twin.assign(tenure_months=2 * variant.twin["tenure_months"]))
    assert "tenure_steps_not_one" in outside(broken)


def test_a_second_honest_model_agrees(variant: Variant, measured: Measured) -> None:
    """Whoever uses other tools on repaired data gets what the yardstick gets."""
    other = independent(variant)
    assert abs(other["replay_expected_pr_auc"] - measured.reference.replay.expected_pr_auc) < 0.03
    assert other["replay_roc_auc"] > 0.75


def test_the_key_earns_all_and_facts_little(variant: Variant, measured: Measured) -> None:
    """Perfect findings earn nearly all audit points; the facts of every variant alone a third at most."""
    truth = truth_of(variant, measured)
    perfect = worth(truth, perfect_findings(truth))
    assert perfect.points > 23
    assert perfect.hits == perfect.planted
    assert worth(truth, INHERENT).points < 10
    assert worth(truth, ()).points == 0


def test_scripted_auditors_find_something_and_not_all(variant: Variant, measured: Measured) -> None:
    """Customary tools see the plain defects and miss those that need thought."""
    truth = truth_of(variant, measured)
    for claims in (cut_off_bot(variant.public), best_column_bot(variant)):
        value = worth(truth, claims)
        assert 1 <= value.hits < value.planted


def test_records_are_whole(records: list[dict[str, Any]]) -> None:
    """A record has figures for every part of the proof, and a small sample of seeds is clean."""
    for record in records:
        assert not record["search"]["files"]
        assert [o for frame in record["search"]["frames"].values() for o in frame["oddities"]] == []
        assert {"cut-off", "best column", "toolbox", "facts only", "key"} <= set(record["auditors"])
        assert record["honest"]["naive"]["random_split_pr_auc"] > record["honest"]["naive"]["replay_pr_auc"]


def test_promises_can_break(records: list[dict[str, Any]]) -> None:
    """What does not hold is said to be broken: a defect that is absent, and an oddity that was found."""
    sound = [{**record, "objections": []} for record in records]
    text = "every plant present by its own statistic and absent on the twin"
    broken = [{**r, "plants": [{**p, "present": False} for p in r["plants"]]} for r in sound]
    assert not next(p for p in promises(broken, ROWS) if p.text == text).holds
    odd = [{**r, "search": {**r["search"], "files": ["parquet: created_by: someone"]}} for r in sound]
    found = next(p for p in promises(odd, ROWS) if "in any seed" in p.text)
    assert not found.holds
    assert "created_by" in found.measured
    assert not promises([{"seed": 1, "failed": "no room"}], ROWS)[0].holds


def bots(*points: float) -> list[dict[str, Any]]:
    """Records in which the stronger toolbox bot earns these points."""
    return [
        {"auditors": {"toolbox": {"points": one}, "toolbox, one of a kind": {"points": one - 1}}}
        for one in points
    ]


def test_incident_a_bot_that_earned_24_in_one_variant_kept_the_promise_by_the_mean() -> None:
    """Every variant is somebody's: one above the bound breaks the promise, and the largest is said."""
    assert toolbox(bots(11.0, 12.0)).holds
    missed = toolbox(bots(2.0, 3.0, 24.0))
    assert not missed.holds
    assert "2 of 3 variants, most 24.0" in missed.measured


def test_kept_figures_are_judged_again(
    records: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says what today's promise says of them, and leaves everything else as it was; twice is once."""
    work = tmp_path / "work" / f"{seeds.fingerprint()}-hiring-{ROWS}"
    work.mkdir(parents=True)
    for seed, record in zip((1_000, 1_001), records, strict=True):
        (work / f"{seed}.json").write_text(json.dumps({**record, "objections": []}))
    docs = tmp_path / "docs"
    data.main(["--seeds", "2", "--rows", str(ROWS), "--work", str(tmp_path / "work"), "--docs", str(docs)])
    written = {name: (docs / name).read_text() for name in ("data.md", "data.json")}
    judge_again(docs)
    assert written == {name: (docs / name).read_text() for name in written}
    summary = json.loads(written["data.json"])
    summary["seeds"][0]["auditors"]["toolbox"]["points"] = 24.0
    (docs / "data.json").write_text(json.dumps(summary))
    monkeypatch.setattr(seeds, "examine", lambda *given: pytest.fail("measured again"))
    assert data.main(["--kept", "--docs", str(docs)]) == 1
    page = (docs / "data.md").read_text()
    assert f"| **no** | {TOOLBOX} |" in page
    changed = [one for one in page.splitlines() if one not in written["data.md"].splitlines()]
    assert len(changed) == 1


def test_the_page_says_when_and_of_what_it_was_measured(records: list[dict[str, Any]]) -> None:
    """Records that do not say it are of unknown age, whatever others say."""
    noted = [{**r, "measured": {"commit": c, "date": f"2026-01-0{n}"}}
             for n, (r, c) in enumerate(zip(records, ("abc", "def"), strict=True), 1)]  # fmt: skip
    assert when_measured(noted) == "Measured at commit abc, def, 2026-01-01 to 2026-01-02."
    old = {key: value for key, value in records[0].items() if key != "measured"}
    assert "others unknown" in when_measured([noted[0], old])
    assert "unknown commit" in when_measured([old])
    assert set(seeds.measured_now()) == {"commit", "date"}
    assert seeds.measured_now(Path("/"))["commit"] == "unknown"


def test_incident_points_of_an_earlier_grader_were_called_current(tmp_path: Path) -> None:
    """The points are the grader's: with another check, truth or rubric no kept record is of this code."""
    for folder in ("data_generator", "tests/validation", "grader"):
        shutil.copytree(seeds.ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    now = seeds.fingerprint(tmp_path)
    assert now == seeds.fingerprint()
    for name in ("checks/worth.py", "truth.py", "rubric.yaml"):
        path = tmp_path / "grader" / name
        path.write_text(path.read_text() + "\n# changed\n")
        before, now = now, seeds.fingerprint(tmp_path)
        assert now != before
    (tmp_path / "grader" / "reports" / "wording.py").write_text("")
    assert seeds.fingerprint(tmp_path) == now


def test_the_command_goes_on_where_it_was_stopped(
    records: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records that are there are not measured again; the page and its plots are written whole."""
    work = tmp_path / "work" / f"{seeds.fingerprint()}-hiring-{ROWS}"
    work.mkdir(parents=True)
    for seed, record in zip((1_000, 1_001), records, strict=True):
        (work / f"{seed}.json").write_text(json.dumps({**record, "objections": []}))
    monkeypatch.setattr(seeds, "examine", lambda *given: pytest.fail("measured again"))
    given = [
        "--seeds",
        "2",
        "--rows",
        str(ROWS),
        "--work",
        str(tmp_path / "work"),
        "--docs",
        str(tmp_path / "docs"),
    ]
    assert data.main(given) in (0, 1)
    names = {path.name for path in (tmp_path / "docs").iterdir()}
    assert names == {"data.md", "data.json", "data-models.png", "data-plants.png", "data-auditors.png"}
    page = (tmp_path / "docs" / "data.md").read_text()
    assert "## Unintended defects" in page
    assert "Nothing was found." in page
    assert json.loads((tmp_path / "docs" / "data.json").read_text())["promises"]
