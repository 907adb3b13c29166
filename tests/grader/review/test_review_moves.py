"""Who moves when evidence is scored again, and that people's decisions come along."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import yaml
from rich.console import Console
from typer.testing import CliRunner, Result

import takehome
from grader.execution.limits import Limits
from grader.interview.following import with_follow_up
from grader.pipeline.grading import Order, grade
from grader.pipeline.progress import Silent
from grader.pipeline.units import Retry
from grader.reports.read import read_report
from grader.review.log import NAME, last_digest
from grader.review.moves import moves_between, print_moves
from grader.rubric import DEFAULT, load_rubric
from grader.truth import load_truth
from tests.grader.fake_executor import FakeExecutor
from tests.grader.reports import builders
from tests.grader.vault_folder import write_vault


@pytest.fixture
def order(tmp_path: Path) -> Order:
    """A small submission, its vault and the place of its result."""
    submission = tmp_path / "ada"
    submission.mkdir()
    (submission / "README.md").write_text("# hello\n")
    truth = load_truth(write_vault(tmp_path / "vault"))
    return Order(
        submission, truth, load_rubric(), Limits(), tmp_path / "results" / "ada", retry=Retry(pauses=())
    )


def run(*arguments: object) -> Result:
    """Run the one command."""
    return CliRunner().invoke(takehome.app, [str(one) for one in arguments])


def reweighted(folder: Path) -> Path:
    """A rubric with one point moved from drift to leakage."""
    rubric = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    weights = {one["id"]: one for one in rubric["dimensions"][0]["criteria"]}
    weights["audit.leakage"]["points"], weights["audit.drift"]["points"] = 7, 4
    path = folder / "changed.yaml"
    path.write_text(yaml.safe_dump(rubric))
    return path


def test_moves_say_what_and_why() -> None:
    """A weight, a measurement, a status and a criterion that is gone are told apart; equal reports do not move."""
    old = builders.report()
    assert moves_between(old, old, "x").criteria == ()
    audit, *rest = old.dimensions
    changes = (
        audit.criteria[0].model_copy(update={"points": 1.0, "level": 2}),
        audit.criteria[1].model_copy(update={"max": 12.0, "points": audit.criteria[1].points * 2}),
        audit.criteria[2].model_copy(update={"status": "pending", "points": 0.0, "level": None}),
        *audit.criteria[4:],
    )
    new = old.model_copy(update={"dimensions": (audit.model_copy(update={"criteria": changes}), *rest)})
    moves = moves_between(old, new, "x")
    assert {one.criterion: one.why for one in moves.criteria} == {
        "audit.reproducible": "credit 1.00 -> 0.33",
        "audit.leakage": "weight 6 -> 12",
        "audit.drift": "scored -> pending",
        "audit.quality": "not in this rubric any more",
    }
    out = io.StringIO()
    print_moves([moves, moves_between(builders.hostile_report(), new, "y")], Console(file=out, width=120))
    assert "audit.reproducible: points 3 -> 1, level 4 -> 2; credit 1.00 -> 0.33" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_incident_results_of_one_name_are_told_apart() -> None:
    """Scored again together, results were all called "submission-…": each is named by its folder, too."""
    old = builders.report()
    audit, *rest = old.dimensions
    moved = (audit.criteria[0].model_copy(update={"points": 1.0, "level": 2}), *audit.criteria[1:])
    new = old.model_copy(update={"dimensions": (audit.model_copy(update={"criteria": moved}), *rest)})
    out = io.StringIO()
    print_moves(
        [moves_between(old, new, f"results/{one}") for one in ("ada", "bea")], Console(file=out, width=200)
    )
    for folder in ("results/ada", "results/bea"):
        assert out.getvalue().count(f"{folder}: {old.submission.name}") == 2


def test_scoring_again_keeps_decisions_and_says_who_moves(order: Order, tmp_path: Path) -> None:
    """Under a changed rubric a person's level stands; a dry run writes nothing; grading again keeps the log."""
    grade(order, FakeExecutor(), Silent())
    who = ("--reviewer", "Grace", "--reason", "seen in the notebook")
    done = run("review", order.out, "--set", "audit.leakage=3", *who)
    assert done.exit_code == 0, done.output
    log = (order.out / NAME).read_bytes()
    rubric = reweighted(tmp_path)
    again = ("score", order.out, "--vault", order.truth.folder, "--rubric", rubric)

    before = (order.out / "report.json").read_bytes()
    moved = json.loads(run(*again, "--dry-run", "--json").stdout)
    assert before == (order.out / "report.json").read_bytes()
    move = next(one for one in moved[0]["criteria"] if one["criterion"] == "audit.leakage")
    assert (move["old_points"], move["new_points"], move["why"]) == (4.0, 4.67, "weight 6 -> 7")

    shown = run(*again)
    assert shown.exit_code == 0, shown.output
    assert "audit.leakage: points 4 -> 4.7, level 3; weight 6 -> 7" in shown.stdout
    assert (order.out / NAME).read_bytes() == log
    assert read_report(order.out).review == last_digest(order.out)
    grade(order, FakeExecutor(), Silent())
    kept = next(one for one in read_report(order.out).dimensions[0].criteria if one.id == "audit.leakage")
    assert (order.out / NAME).read_bytes() == log
    assert (kept.level, kept.points) == (3, 4.0)
    assert read_report(order.out).review == last_digest(order.out)


def test_the_questions_for_the_talk_kept_the_programs_words(order: Order) -> None:
    """A person's level is in the questions of the report at once, not only when it is scored again."""
    grade(order, FakeExecutor(), Silent())
    done = run("review", order.out, "--set", "audit.leakage=1", "--reviewer", "Grace", "--reason", "guessed")
    assert done.exit_code == 0, done.output
    decided = read_report(order.out)
    assert decided.follow_up == with_follow_up(decided).follow_up
    assert any("by Grace: guessed" in why for one in decided.follow_up for why in one.because)


def test_several_results_give_one_table(order: Order, tmp_path: Path) -> None:
    """An intake is scored again in one call; --out for several is refused."""
    grade(order, FakeExecutor(), Silent())
    second = tmp_path / "results" / "bob"
    done = run("score", order.out, "--vault", order.truth.folder, "--out", second)
    assert done.exit_code == 0, done.output
    both = ("score", order.out, second, "--vault", order.truth.folder)
    shown = run(*both, "--dry-run")
    assert shown.stdout.count("submission-") == 2
    assert run(*both, "--out", tmp_path / "x").exit_code == 2
