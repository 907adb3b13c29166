"""Whatever an endpoint does, it is asked as it wants, in the time allowed, and no secret comes back with its words."""

import asyncio
import gzip
import json
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import chain, repeat

import pytest

from grader.readme.facts import Facts
from grader.readme.judgment import MAX_POINTS
from grader.readme.language_model.endpoint import Endpoint, Settings, SettingsError, settings_from
from grader.readme.language_model.opinion import ask
from grader.readme.language_model.replies import ModelError
from tests.grader.readme.opinions import KEY, QUOTE, README, SEEN_QUOTE, form, opinion_of
from tests.grader.stand_in import Reply, StandIn, answer, completion, refusal


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, "TAKEHOME_LM_URL"),
        ({"TAKEHOME_LM_URL": "http://x/v1"}, "TAKEHOME_LM_MODEL"),
        ({"TAKEHOME_LM_URL": "ftp://x", "TAKEHOME_LM_MODEL": "m"}, "TAKEHOME_LM_URL"),
        (
            {"TAKEHOME_LM_URL": "http://x", "TAKEHOME_LM_MODEL": "m", "TAKEHOME_LM_SAMPLES": "0"},
            "TAKEHOME_LM_SAMPLES",
        ),
    ],
)
def test_wrong_settings_name_the_variable(environment: dict[str, str], named: str) -> None:
    """A missing or impossible setting is an error that names it."""
    with pytest.raises(SettingsError, match=named):
        settings_from(environment)


def test_a_key_that_cannot_be_sent_is_not_printed() -> None:
    """A key with a line break or a letter that no header can hold is refused without being shown."""
    for key in ("se\ncret", "sécret"):
        environment = {"TAKEHOME_LM_URL": "http://x", "TAKEHOME_LM_MODEL": "m", "TAKEHOME_LM_KEY": key}
        with pytest.raises(SettingsError, match="TAKEHOME_LM_KEY") as caught:
            settings_from(environment)
        assert key not in str(caught.value)


def test_an_address_with_a_password_is_not_printed() -> None:
    """What stands before the host of an address can be a secret."""
    environment = {"TAKEHOME_LM_URL": "ftp://u:secretpw@h", "TAKEHOME_LM_MODEL": "m"}
    with pytest.raises(SettingsError, match="TAKEHOME_LM_URL") as caught:
        settings_from(environment)
    assert "secretpw" not in str(caught.value)


def refusing(*parameters: str) -> Reply:
    """An endpoint that refuses each of these the first time it meets it, one at a time, and then answers."""
    left = list(parameters)

    def reply(number: int) -> tuple[int, bytes, float]:
        if left:
            return 400, refusal(f"Unsupported value: '{left.pop(0)}' is not supported with this model."), 0.0
        return 200, answer(3, SEEN_QUOTE), 0.0

    return reply


def test_what_a_model_refuses_is_given_up_once(stand_in: StandIn, facts: Facts) -> None:
    """Models that think refuse a temperature and the older name of the longest answer; they are asked without."""
    stand_in.reply = refusing("max_tokens", "temperature", "seed")
    opinion = opinion_of(stand_in, facts, samples=1)
    assert {one.level for one in opinion.criteria} == {3}
    assert len(stand_in.asked) == 3 + len(MAX_POINTS)
    assert "max_completion_tokens" not in stand_in.asked[0]
    for asked in stand_in.asked[3:]:
        assert asked["max_completion_tokens"] >= 16_000
        assert not {"max_tokens", "temperature", "seed"} & set(asked)


def test_a_server_without_schemas_is_asked_for_json(stand_in: StandIn, facts: Facts) -> None:
    """Where nothing enforces the form, thoughts and a code fence around the answer do no harm."""
    fenced = completion(f"<think>Is it 4?</think>\n```json\n{form(2)}\n```")
    refused = refusing("response_format.json_schema")
    stand_in.reply = lambda number: refused(number) if number < 1 else (200, fenced, 0.0)
    opinion = opinion_of(stand_in, facts, samples=1)
    assert {one.level for one in opinion.criteria} == {2}
    assert stand_in.asked[-1]["response_format"] == {"type": "json_object"}


def test_a_model_without_a_system_role_is_asked_in_one_message(stand_in: StandIn, facts: Facts) -> None:
    """Templates that know no system's role get the same words from the user."""
    stand_in.reply = lambda number: (
        (400, refusal("System role not supported"), 0.0) if number == 0 else (200, answer(3, SEEN_QUOTE), 0.0)
    )
    opinion = opinion_of(stand_in, facts, samples=1)
    assert {one.level for one in opinion.criteria} == {3}
    (only,) = stand_in.asked[-1]["messages"]
    assert only["role"] == "user"
    assert "untrusted data" in only["content"]
    assert "README as a JSON string" in only["content"]


def test_a_refusal_of_everything_ends(stand_in: StandIn, facts: Facts) -> None:
    """An endpoint that goes on refusing is pending with its words, and is not asked for ever."""
    stand_in.reply = lambda number: (
        400,
        refusal("temperature, seed, max_tokens, json_schema: all unsupported"),
        0.0,
    )
    opinion = opinion_of(stand_in, facts, samples=1)
    assert {one.status for one in opinion.criteria} == {"pending"}
    assert "status 400: temperature, seed" in opinion.exchanges[0].error
    assert len(stand_in.asked) < 10


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (402, "This request requires more credits, or fewer max_tokens; unsupported"),
        (404, "model doubao-seed-1-6 does not exist, unknown model seed"),
        (400, "Generated JSON does not match the expected schema: not allowed"),
        (400, "blocked by the system safety prompt filter"),
        (500, "database schema migration is running"),
        (500, "System error while reading the message queue"),
        (413, "(system prompt included) over size limit, not allowed"),
    ],
)
def test_an_error_that_is_no_refusal_gives_nothing_up(
    stand_in: StandIn, facts: Facts, status: int, said: str
) -> None:
    """Trouble of another kind must not make all further questions weaker."""
    stand_in.reply = lambda number: (status, refusal(said), 0.0)
    opinion = opinion_of(stand_in, facts, samples=1)
    first, *others = ({k: v for k, v in asked.items() if k != "messages"} for asked in stand_in.asked)
    assert all(asked == first for asked in others)
    assert all(kept.without == () for kept in opinion.exchanges)


def test_a_text_that_does_not_fit_unbounds_nothing(stand_in: StandIn, facts: Facts) -> None:
    """A refusal that names the limit because the text is too long leaves the limit where it is."""
    said = "'max_tokens' is too large: 1000. This model's maximum context length is 2048 tokens"
    stand_in.reply = lambda number: (400, refusal(said), 0.0)
    opinion_of(stand_in, facts, samples=1)
    assert all(asked["max_tokens"] == 1000 for asked in stand_in.asked)


def test_what_was_given_up_is_kept_with_the_answer(stand_in: StandIn, facts: Facts) -> None:
    """The evidence shows with which limits and form each answer was given."""
    said = "In context=('properties', 'quotes'), 'maxItems' is not permitted: invalid schema"
    stand_in.reply = lambda number: (
        (400, refusal(said), 0.0) if number == 0 else (200, answer(3, SEEN_QUOTE), 0.0)
    )
    opinion = opinion_of(stand_in, facts, samples=1)
    assert {kept.without for kept in opinion.exchanges} == {("json_schema",)}


def test_a_busy_endpoint_is_waited_for(stand_in: StandIn, facts: Facts) -> None:
    """Being told to come back later is no failure, unless it is said again and again."""
    stand_in.sent_along = {"Retry-After": "0"}
    stand_in.reply = lambda number: (429, b"{}", 0.0) if number % 2 else (200, answer(3, SEEN_QUOTE), 0.0)
    assert {one.level for one in opinion_of(stand_in, facts).criteria} == {3}
    stand_in.reply = lambda number: (429, refusal("rate limit reached"), 0.0)
    opinion = opinion_of(stand_in, facts)
    assert {one.status for one in opinion.criteria} == {"pending"}
    assert "status 429: rate limit reached" in opinion.exchanges[0].error


@pytest.mark.parametrize(
    "body",
    [
        refusal("cannot read: " + QUOTE.replace("`", "")),
        json.dumps({"detail": [{"loc": ["body"], "input": QUOTE, "msg": ""}]}).encode(),
        json.dumps({"message": QUOTE.replace(" ", "  ").replace("`", "\\")}).encode(),
        refusal("unexpected token in column fare_paid_eur"),
        json.dumps({"error": {"defects": [{"kind": "unit_change"}]}}).encode(),
        b"[" * 100_000,
    ],
)
def test_an_error_repeats_nothing_that_was_sent(stand_in: StandIn, facts: Facts, body: bytes) -> None:
    """Servers echo the question in their errors, whole or spaced anew; what was sent holds facts of the key."""
    stand_in.reply = lambda number: (422, body, 0.0)
    opinion = opinion_of(stand_in, facts, samples=1)
    assert opinion.exchanges[0].error == "the endpoint answered with status 422"


@pytest.mark.parametrize("shown", [KEY, KEY[:20] + "****", "x" * 130 + " " + KEY, 'a "quoted" ' + KEY])
def test_no_error_shows_the_key(stand_in: StandIn, facts: Facts, shown: str) -> None:
    """Some servers repeat the key they refuse, whole or in part; neither report nor evidence may hold it."""
    for status in (400, 401):
        stand_in.reply = lambda number, status=status: (status, refusal(f"Incorrect key: {shown}"), 0.0)
        opinion = opinion_of(stand_in, facts, samples=1)
        assert KEY[:8] not in "".join(one.message for one in opinion.criteria)
        assert KEY not in opinion.model_dump_json()


def test_an_answer_that_repeats_the_key_is_kept_without_it(stand_in: StandIn, facts: Facts) -> None:
    """A model that is told its own headers must not write them into the evidence."""
    stand_in.reply = lambda number: (200, completion(f"level four {KEY}"), 0.0)
    assert KEY not in opinion_of(stand_in, facts, samples=1).model_dump_json()


def test_an_answer_that_drips_in_is_cut_off(stand_in: StandIn, facts: Facts) -> None:
    """The time allowed is for the whole answer, not for each part of it."""
    stand_in.reply = lambda number: (200, answer(3, SEEN_QUOTE), 5.0)
    started = time.monotonic()
    opinion = opinion_of(stand_in, facts, timeout=0.2, samples=1)
    assert time.monotonic() - started < 15, "the first of four parts alone takes 5 s, for each criterion"
    assert {one.status for one in opinion.criteria} == {"pending"}
    assert all("no answer within" in one.message for one in opinion.criteria)


def test_nobody_listening_is_pending(facts: Facts) -> None:
    """An endpoint that is not there is a failure like any other."""
    settings = Settings(url="http://127.0.0.1:9/v1", model="none", timeout=1)
    with closing(Endpoint(settings)) as endpoint:
        opinion = ask(endpoint, README, facts, 1)
    assert {one.status for one in opinion.criteria} == {"pending"}


def raw_server(*parts: bytes, pause: float = 0.05) -> tuple[str, Callable[[], None]]:
    """A server that sends the parts after any question, then the last one for ever."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                talking, _ = listening.accept()
            except OSError:
                return
            with talking:
                try:
                    talking.recv(65536)
                    for part in chain(parts, repeat(parts[-1])):
                        talking.sendall(part)
                        if over.wait(pause):
                            return
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()

    def close() -> None:
        over.set()
        listening.close()
        thread.join(5)

    return f"http://127.0.0.1:{listening.getsockname()[1]}/v1", close


@pytest.mark.parametrize("part", [b"HTTP/1.1 103 Early Hints\r\n\r\n", b"H", b""])
def test_a_server_that_never_comes_to_its_answer_is_left(facts: Facts, part: bytes) -> None:
    """The time is for everything together: hints, headers and silence included."""
    url, close = raw_server(part)
    try:
        with closing(Endpoint(Settings(url=url, model="m", timeout=0.5))) as endpoint:
            started = time.monotonic()
            with pytest.raises(ModelError):
                endpoint.answer([{"role": "user", "content": "?"}], {}, 0)
            assert time.monotonic() - started < 15
    finally:
        close()


def test_a_compressed_answer_is_refused(stand_in: StandIn, facts: Facts) -> None:
    """A thousand bytes can hold a gigabyte; nothing compressed was asked for."""
    body = gzip.compress(gzip.compress(b" " * 50_000_000))
    stand_in.sent_along = {"Content-Encoding": "gzip, gzip"}
    stand_in.reply = lambda number: (200, body, 0.0)
    opinion = opinion_of(stand_in, facts, samples=1)
    assert all("compressed" in one.message for one in opinion.criteria)


@contextmanager
def one_answer_a_connection(body: bytes) -> Iterator[str]:
    """A server that keeps each connection until the next question comes on it, and then hangs up."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            length = 0
            while (line := self.rfile.readline()).strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self.rfile.read(length)
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            self.wfile.flush()
            self.rfile.read(1)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        finally:
            server.shutdown()


def test_a_server_that_hangs_up_on_the_next_question_costs_nothing(facts: Facts) -> None:
    """No connection is kept, since a question on one that the server closes meanwhile would be lost."""
    with (
        one_answer_a_connection(answer(3, SEEN_QUOTE)) as url,
        closing(Endpoint(Settings(url=url, model="m", timeout=5))) as endpoint,
    ):
        assert {one.levels for one in ask(endpoint, README, facts, 3).criteria} == {(3, 3, 3)}


def test_it_can_be_asked_from_threads_and_from_a_running_loop(stand_in: StandIn, facts: Facts) -> None:
    """A notebook has a loop of its own, and a company may grade in threads."""
    stand_in.reply = lambda number: (200, answer(3, SEEN_QUOTE), 0.0)
    with closing(Endpoint(Settings(url=stand_in.url, model="m"))) as endpoint:

        def one() -> set[int | None]:
            return {found.level for found in ask(endpoint, README, facts, 1).criteria}

        async def within() -> set[int | None]:
            return one()

        assert asyncio.run(within()) == {3}
        with ThreadPoolExecutor(3) as pool:
            assert [*pool.map(lambda _: one(), range(3))] == [{3}] * 3
    with pytest.raises(ModelError, match="closed"):
        endpoint.answer([{"role": "user", "content": "?"}], {}, 0)
    endpoint.close()


@pytest.mark.parametrize(("name", "value"), [("ALL_PROXY", "foo://x"), ("SSL_CERT_FILE", "/nonexistent")])
def test_a_broken_environment_is_pending(
    facts: Facts, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Variables for proxies and certificates that nobody can use are named, and no traceback."""
    monkeypatch.setenv(name, value)
    with closing(Endpoint(Settings(url="https://192.0.2.1/v1", model="m", timeout=1))) as endpoint:
        opinion = ask(endpoint, README, facts, 1)
    assert all("proxies and certificates" in one.message for one in opinion.criteria)


def test_what_is_on_this_machine_is_asked_directly(
    stand_in: StandIn, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy of the company never sees what goes to a model on the same machine."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    stand_in.reply = lambda number: (200, answer(3, SEEN_QUOTE), 0.0)
    assert {one.level for one in opinion_of(stand_in, facts, samples=1).criteria} == {3}


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/v1", "/v1/chat/completions"),
        ("/v1/", "/v1/chat/completions"),
        ("/v1/chat/completions", "/v1/chat/completions"),
        ("/openai?api-version=1", "/openai/chat/completions?api-version=1"),
    ],
)
def test_the_address_may_be_given_in_any_usual_form(
    stand_in: StandIn, facts: Facts, url: str, path: str
) -> None:
    """With or without its last part, and with what some hosts want behind a question mark."""
    with closing(Endpoint(Settings(url=stand_in.url.removesuffix("/v1") + url, model="m"))) as endpoint:
        ask(endpoint, README, facts, 1)
    assert set(stand_in.paths) == {path}


@pytest.mark.parametrize("host", ["a..b", "x" * 300, "xn--a"])
def test_an_impossible_address_is_pending(facts: Facts, host: str) -> None:
    """A name that cannot be looked up is a failure like any other, and no traceback."""
    with closing(Endpoint(Settings(url=f"http://{host}/v1", model="m", timeout=2))) as endpoint:
        assert {one.status for one in ask(endpoint, README, facts, 1).criteria} == {"pending"}
