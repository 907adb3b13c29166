"""A busy endpoint is waited for as long as it asks, and its refusals are understood in any usual form."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from grader.readme.language_model.replies import BACKOFF, refusal_in, shown, wait_of


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
