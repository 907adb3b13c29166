"""A language model only suggests: what it makes up, garbles, drags out or is talked into never becomes a level."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from grader.readme.cli import register
from grader.readme.facts import Facts
from grader.readme.judge import judge_readme
from grader.readme.judgment import MAX_POINTS
from grader.readme.language_model.combining import DOUBT, combined
from grader.readme.language_model.opinion import GONE
from tests.grader.readme.opinions import DENIED, INJECTION, KEY, README, SEEN_QUOTE, opinion_of
from tests.grader.stand_in import StandIn, answer, completion


def test_a_well_behaved_model_is_quoted_verbatim(stand_in: StandIn, facts: Facts) -> None:
    """Levels come with quotes as they stand in the file, and all exchanges are kept."""
    stand_in.reply = lambda number: (200, answer(3, SEEN_QUOTE), 0.0)
    opinion = opinion_of(stand_in, facts)
    assert {one.level for one in opinion.criteria} == {3}
    assert all(quote in README for one in opinion.criteria for quote in one.quotes)
    assert len(opinion.exchanges) == 3 * len(MAX_POINTS) == len(stand_in.asked)
    assert all(kept.answer and kept.messages for kept in opinion.exchanges)
    assert set(stand_in.headers) == {f"Bearer {KEY}"}


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, b"{not json", "no chat completion"),
        (200, b'{"choices": []}', "no chat completion"),
        (200, completion("level four, surely"), "schema"),
        (200, completion({"level": 5, "quotes": [SEEN_QUOTE], "reason": ""}), "schema"),
        (200, completion({"level": "3", "quotes": [SEEN_QUOTE], "reason": ""}), "schema"),
        (200, completion({"level": True, "quotes": [], "reason": ""}), "schema"),
        (200, completion({"level": 3, "quotes": [SEEN_QUOTE], "reason": "", "marks": 25}), "schema: a key"),
        (200, completion({"level": 3, "quotes": [SEEN_QUOTE], "reason": "so " * 1000}), "schema"),
        (200, completion("<think>Level 4, I think."), "schema"),
        (200, b"[" * 100_000, "no chat completion"),
        (200, answer(4), "without a quote"),
        (200, answer(4, "We hold back a control group of ten per cent."), "not in the README"),
        (200, answer(4, "the"), "not in the README"),
        (200, answer(1, "We hold back a control group of ten per cent."), "not in the README"),
        (200, answer(4, INJECTION), "told to the reader"),
        (200, answer(4, f"{INJECTION} {SEEN_QUOTE}"), "not in the README"),
        (200, answer(4, f"{SEEN_QUOTE} {INJECTION}"), "told to the reader"),
        (200, answer(4, DENIED), "denied"),
        (500, b"oops", "status 500"),
        (302, b"", "status 302"),
        (200, b" " * 1_100_000, "longer than"),
    ],
)
def test_a_misbehaving_model_is_pending(
    stand_in: StandIn, facts: Facts, status: int, body: bytes, reason: str
) -> None:
    """Bad JSON, wrong schema, invented quotes, an echoed injection and server errors never become a level."""
    stand_in.reply = lambda number: (status, body, 0.0)
    opinion = opinion_of(stand_in, facts, samples=1)
    assert {(one.status, one.level) for one in opinion.criteria} == {("pending", None)}
    assert all(reason in one.message for one in opinion.criteria)
    assert all(reason in kept.error for kept in opinion.exchanges)


def test_disagreement_is_reported(stand_in: StandIn, facts: Facts) -> None:
    """Neighbouring levels give the middle one; levels further apart give none."""
    near, far = (2, 3, 3), (1, 3, 3)
    stand_in.reply = lambda number: (200, answer(near[number % 3], SEEN_QUOTE), 0.0)
    one = opinion_of(stand_in, facts).criteria[0]
    assert (one.level, one.levels, one.disagreement) == (3, (2, 3, 3), 1)
    stand_in.reply = lambda number: (200, answer(far[number % 3], SEEN_QUOTE), 0.0)
    one = opinion_of(stand_in, facts).criteria[0]
    assert (one.status, one.level, one.levels) == ("pending", None, (1, 3, 3))


def test_one_failure_of_three_is_survived_and_kept(stand_in: StandIn, facts: Facts) -> None:
    """A single failed answer is noted; two usable ones decide."""
    stand_in.reply = lambda number: (500, b"", 0.0) if number % 3 == 0 else (200, answer(2, SEEN_QUOTE), 0.0)
    opinion = opinion_of(stand_in, facts)
    assert {(one.level, one.levels) for one in opinion.criteria} == {(2, (2, 2))}
    assert sum("status 500" in kept.error for kept in opinion.exchanges) == len(MAX_POINTS)


def test_a_suggestion_moves_no_points_unless_switched_on(stand_in: StandIn, facts: Facts) -> None:
    """By default a different level is shown and lowers the confidence; switched on, it moves the points."""
    stand_in.reply = lambda number: (200, answer(4, SEEN_QUOTE), 0.0)
    opinion = opinion_of(stand_in, facts, samples=1)
    judgment = judge_readme(README, facts)
    marked = combined(judgment, opinion)
    assert [c.level for c in marked.criteria] == [c.level for c in judgment.criteria]
    assert marked.total == judgment.total
    assert all(
        "suggests level 4" in c.message and c.confidence <= DOUBT for c in marked.criteria if c.level != 4
    )
    moved = combined(judgment, opinion, moves_points=True)
    assert moved.total == 25
    assert all(
        "it moved the level" in c.message
        for c, old in zip(moved.criteria, judgment.criteria, strict=True)
        if old.level != 4
    )


def test_pending_moves_nothing_even_when_switched_on(stand_in: StandIn, facts: Facts) -> None:
    """Without a usable answer the program's level stands."""
    stand_in.reply = lambda number: (500, b"", 0.0)
    judgment = judge_readme(README, facts)
    moved = combined(judgment, opinion_of(stand_in, facts, samples=1), moves_points=True)
    assert moved.total == judgment.total
    assert all("pending" in c.message for c in moved.criteria)


def test_the_command_asks_only_when_told(
    stand_in: StandIn, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings in the environment alone ask nothing; with the flag every exchange is written down."""
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)
    for name, value in {"URL": stand_in.url, "MODEL": "stand-in", "SAMPLES": "1"}.items():
        monkeypatch.setenv(f"TAKEHOME_LM_{name}", value)
    asked = ["judge-readme", str(data / "r46.md"), "--facts", str(data / "facts.json"), "--json"]
    plain = CliRunner().invoke(app, asked)
    assert plain.exit_code == 0
    assert stand_in.asked == []
    kept = tmp_path / "exchanges.json"
    second = CliRunner().invoke(app, [*asked, "--language-model", "--evidence", str(kept)])
    assert second.exit_code == 0
    assert json.loads(second.stdout)["total"] == json.loads(plain.stdout)["total"]
    assert (
        len(json.loads(kept.read_text(encoding="utf-8"))["exchanges"])
        == len(stand_in.asked)
        == len(MAX_POINTS)
    )


def test_an_endpoint_that_keeps_failing_is_left_alone(stand_in: StandIn, facts: Facts) -> None:
    """After a few failures in a row nobody waits for the rest; what was not asked says so and why."""
    stand_in.reply = lambda number: (500, b"", 0.0)
    opinion = opinion_of(stand_in, facts)
    assert len(stand_in.asked) == GONE
    assert {one.status for one in opinion.criteria} == {"pending"}
    assert "not asked after 3 failures in a row: the endpoint answered with status 500" in {
        kept.error for kept in opinion.exchanges
    }


def test_a_refused_quote_is_not_repeated(stand_in: StandIn, facts: Facts) -> None:
    """A model that quotes the facts it was told instead of the README puts none of them into the report."""
    stand_in.reply = lambda number: (200, answer(3, SEEN_QUOTE, "unit_change in fare_paid_eur"), 0.0)
    opinion = opinion_of(stand_in, facts, samples=1)
    assert {one.message for one in opinion.criteria} == {
        "0 of 1 answers usable: quote 2 of 2 is not in the README"
    }


def test_a_model_that_refuses_is_there(stand_in: StandIn, facts: Facts) -> None:
    """A refusal in words is kept, and the other criteria are asked."""
    body = json.dumps({"choices": [{"message": {"content": None, "refusal": "I cannot."}}]}).encode()
    stand_in.reply = lambda number: (200, body, 0.0)
    opinion = opinion_of(stand_in, facts, samples=1)
    assert len(stand_in.asked) == len(MAX_POINTS)
    assert {kept.answer for kept in opinion.exchanges} == {"I cannot."}


def test_words_of_a_denied_and_an_asserted_statement_carry_nothing(stand_in: StandIn, facts: Facts) -> None:
    """A fragment that stands in both may be meant of either."""
    text = "# P\n\nWe do not watch the median of fares with PSI.\n\nThe median of fares with PSI is watched weekly.\n"
    stand_in.reply = lambda number: (200, answer(4, "the median of fares with"), 0.0)
    denied = opinion_of(stand_in, facts, text=text.replace("The median", "Weekly the median"), samples=1)
    assert {one.level for one in denied.criteria} == {None}
