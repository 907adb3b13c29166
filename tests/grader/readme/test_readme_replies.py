"""What comes back is understood in any usual form: an answer, a part of one, a refusal, a time to wait."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from grader.readme.facts import Facts
from grader.readme.judgment import MAX_POINTS
from grader.readme.language_model.endpoint import Settings
from grader.readme.language_model.replies import BACKOFF, refusal_in, shown, wait_of
from tests.grader.readme.opinions import form, opinion_of
from tests.grader.stand_in import StandIn, completion


@pytest.mark.parametrize("asked", ["", "soon", "-1", "nan", "inf", "1e9", "٣", "Wed, 99 Foo 2026"])
def test_what_names_no_time_waits_longer_each_time(asked: str) -> None:
    """Without a time of its own an endpoint is given more and more."""
    assert tuple(wait_of(asked, number) for number in range(len(BACKOFF))) == BACKOFF


def test_seconds_and_dates_are_waited_for() -> None:
    """Both forms of the header are understood; a date that has passed waits no longer."""
    assert wait_of("0.5", 0) == 0.5
    now = datetime.now(UTC)
    assert 15 < wait_of(format_datetime(now + timedelta(seconds=20), usegmt=True), 0) <= 20
    assert wait_of(format_datetime(now - timedelta(days=1), usegmt=True), 0) == 0


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "no temperature here"}},
        {"error": {"message": "no", "param": "temperature"}},
        {"error": "no temperature here"},
        {"message": "no temperature here"},
        [{"error": {"message": "no temperature here"}}],
        {"detail": [{"loc": ["body", "temperature"], "msg": "extra"}]},
    ],
)
def test_what_is_refused_is_found_wherever_servers_say_it(body: object) -> None:
    """Servers wrap their errors differently; what they name is found in each."""
    assert "temperature" in refusal_in(json.dumps(body).encode())[0]


def test_of_an_error_only_its_message_is_shown() -> None:
    """What a server repeats of its input is looked at by nobody."""
    body = {"detail": [{"loc": ["body"], "msg": "too short", "input": {"kind": "unit_change"}}]}
    assert refusal_in(json.dumps(body).encode())[1] == "too short"


def test_terminal_codes_are_not_shown() -> None:
    """An endpoint cannot clear somebody's screen."""
    assert shown("bad\x1b[2J value", [], "") == "bad value"


def test_an_answer_in_parts_is_read(stand_in: StandIn, facts: Facts) -> None:
    """Some servers give thoughts and answer as parts of one message."""
    parts = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": form(2)}]
    body = json.dumps({"choices": [{"message": {"content": parts}}]}).encode()
    stand_in.reply = lambda number: (200, body, 0.0)
    assert {one.level for one in opinion_of(stand_in, facts, samples=1).criteria} == {2}


def test_thoughts_that_use_up_the_answer_are_named(stand_in: StandIn, facts: Facts) -> None:
    """A model that was still thinking when its tokens were over says so, and the rest is asked all the same."""
    body = json.dumps({"choices": [{"message": {"content": None}, "finish_reason": "length"}]}).encode()
    stand_in.reply = lambda number: (200, body, 0.0)
    opinion = opinion_of(stand_in, facts, samples=1)
    assert len(stand_in.asked) == len(MAX_POINTS)
    assert all("TAKEHOME_LM_ANSWER_TOKENS" in one.message for one in opinion.criteria)


def test_an_answer_cut_off_is_kept_and_says_why(stand_in: StandIn, facts: Facts) -> None:
    """A model that runs on is cut at the longest answer; the rest is asked all the same, and the words are kept."""
    stand_in.reply = lambda number: (200, completion('{"quotes": ["the plan, the plan, the', "length"), 0.0)
    opinion = opinion_of(stand_in, facts, samples=1)
    assert len(stand_in.asked) == len(MAX_POINTS)
    assert stand_in.asked[0]["max_tokens"] == Settings(url="http://x", model="m").answer_tokens
    assert all("TAKEHOME_LM_ANSWER_TOKENS" in one.message for one in opinion.criteria)
    assert all(kept.answer.startswith('{"quotes"') for kept in opinion.exchanges)


def test_half_a_character_is_no_answer(stand_in: StandIn, facts: Facts) -> None:
    """What no file could keep is a failure like any other."""
    stand_in.reply = lambda number: (200, completion("\ud800"), 0.0)
    opinion = opinion_of(stand_in, facts, samples=1)
    assert {one.status for one in opinion.criteria} == {"pending"}
    assert opinion.model_dump_json()
