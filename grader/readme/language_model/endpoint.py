"""The language model behind a small protocol, and an OpenAI-compatible endpoint that fulfils it."""

import asyncio
import os
import re
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.readme.language_model.replies import (
    BACKOFF,
    LONGEST_WAIT,
    ModelError,
    content_of,
    echoes,
    received_of,
    refusal_in,
    shown,
    wait_of,
)

MOST_ANSWER = 1_000_000
"""Bytes of an answer that are read; a longer answer is a failure."""
THINKING_TOKENS = 16_000
"""Tokens allowed where a model refuses the older limit, as those do that count their thoughts as part of the answer."""
BUSY = (429, 503, 529)
NO_ENTRY = (401, 403)


class SettingsError(ValueError):
    """A setting in the environment is missing or wrong; the message names it."""


class LanguageModel(Protocol):
    """Anything that answers a conversation with one JSON text."""

    @property
    def name(self) -> str:
        """The name under which its answers are kept."""

    @property
    def without(self) -> tuple[str, ...]:
        """What the last question was asked without, since the endpoint refuses it."""

    def answer(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], seed: int) -> str:
        """Return the text of the answer; raises ModelError when there is none in time."""


class ModelInFront:
    """A language model in front of another, whose name and limits are those of the one behind."""

    def __init__(self, behind: LanguageModel) -> None:
        """``behind`` is asked in the end."""
        self._behind = behind

    @property
    def name(self) -> str:
        """The name of the model behind."""
        return self._behind.name

    @property
    def without(self) -> tuple[str, ...]:
        """What the endpoint behind refuses."""
        return self._behind.without


class Settings(BaseModel):
    """Where the model is and how it is asked.

    ``timeout`` is in seconds for a whole answer; ``answer_tokens`` is the longest answer it may write.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://\S+$")
    model: str = Field(min_length=1)
    key: str = Field(default="", repr=False, pattern=r"^[!-~]*$")
    samples: int = Field(default=3, ge=1, le=9)
    timeout: float = Field(default=60.0, gt=0, le=600)
    temperature: float = Field(default=0.3, ge=0, le=2)
    answer_tokens: int = Field(default=1000, ge=50, le=100_000)
    moves_points: bool = False


def settings_from(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read ``TAKEHOME_LM_URL``, ``_MODEL``, ``_KEY``, ``_SAMPLES``, ``_TIMEOUT``, ``_TEMPERATURE``, ``_ANSWER_TOKENS``
    and ``_MOVES_POINTS``.

    The URL is the part before ``/chat/completions``, or with it. Raises SettingsError naming the variable.
    """
    given = {
        name: environment.get(f"TAKEHOME_LM_{name.upper()}", "").strip() for name in Settings.model_fields
    }
    present = {name: value for name, value in given.items() if value}
    for needed in ("url", "model"):
        if needed not in present:
            raise SettingsError(
                f"TAKEHOME_LM_{needed.upper()} is not set; expected the language model's {needed}"
            )
    try:
        return Settings.model_validate(present)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"TAKEHOME_LM_{str(first['loc'][0]).upper()}"
        secret = name == "TAKEHOME_LM_KEY" or "@" in str(first["input"])
        raise SettingsError(
            f"{name}: {first['msg']}" + ("" if secret else f", found {first['input']!r}")
        ) from None


# What a refusal can name, and what is then given up from the next question on.
_REFUSABLE = (
    ("max_tokens", re.compile(r"max_tokens")),
    ("temperature", re.compile(r"\btemperature\b")),
    ("seed", re.compile(r"\bseed\b")),
    ("json_schema", re.compile(r"response_format|json_schema|schema|grammar")),
    ("response_format", re.compile(r"response_format|json_object")),
    ("system", re.compile(r"\bsystem\b.{0,40}\b(?:role|message|prompt)|\b(?:role|message)s?\b.{0,40}\bsystem\b")),
)  # fmt: skip
_REFUSED = re.compile(
    r"not (?:be )?(?:support|permit|allow|accept|implement|recogni)"
    r"|un(?:supported|known|recogni[sz]ed|expected|available)|extra (?:input|field|parameter)"
    r"|invalid (?:schema|parameter|value|type|json_schema|response_format)|deprecated"
    r"|does(?: not|n't) (?:support|allow|accept)|only [^.]{0,40}(?:support|allow)"
)
REFUSING = (400, 422, 501)
BROKEN = 500
"""Some servers answer so where a template knows no system's role or a grammar cannot be made, and to much else."""
_OF_BROKEN = ("system", "json_schema")
# A text that does not fit is no refusal of the limit, though it names it.
_TOO_LONG = re.compile(r"context (?:length|window|size)|maximum context|too (?:large|long)")
# An answer that does not fit is no refusal of the schema.
_BAD_ANSWER = re.compile(r"generat(?:ed|ion)|json_validate")


class Endpoint:
    """An OpenAI-compatible ``/chat/completions``; every failure is a ModelError.

    Endpoints differ in what they allow: some models refuse a temperature, a seed, a system's role or the older name of
    the longest answer, some servers know no schemas. What is refused by name is given up, once for all questions.
    """

    def __init__(self, settings: Settings) -> None:
        """Nothing is sent before the first question."""
        self._settings = settings
        self._given_up: set[str] = set()
        self._client: httpx.AsyncClient | None = None
        # A loop in a thread of its own: who asks may have one running, and may ask from several threads.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close the connection; nothing can be asked afterwards."""
        if self._loop.is_closed():
            return
        if self._client is not None:
            asyncio.run_coroutine_threadsafe(self._client.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def name(self) -> str:
        """The model's name at the endpoint."""
        return self._settings.model

    @property
    def without(self) -> tuple[str, ...]:
        """What the endpoint refused and is asked without since."""
        return tuple(sorted(self._given_up))

    def answer(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], seed: int) -> str:
        """Ask once; the answer must fit the schema, which the endpoint is asked to enforce."""
        key = self._settings.key
        waits = 0
        while True:
            status, raw, retry_after = self._ask(self._body(messages, schema, seed))
            if status == httpx.codes.OK:
                return content_of(raw, key)
            told, said = refusal_in(raw)
            told = told.lower()
            if status in BUSY and waits < len(BACKOFF) and "quota" not in told:
                wait = wait_of(retry_after, waits)
                if wait <= LONGEST_WAIT:
                    waits += 1
                    time.sleep(wait)
                    continue
            elif not echoes(told, messages) and self._gives_up(status, told):
                continue
            if status in NO_ENTRY:
                raise ModelError(f"the endpoint answered with status {status}: is TAKEHOME_LM_KEY right?")
            said = shown(said, messages, key)
            reason = f"the endpoint answered with status {status}" + (f": {said}" if said else "")
            raise ModelError(reason, received=received_of(raw, key))

    def _body(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], seed: int
    ) -> dict[str, Any]:
        settings, without = self._settings, self._given_up
        asked = [dict(one) for one in messages]
        if "system" in without:
            asked = [{"role": "user", "content": "\n\n".join(one["content"] for one in asked)}]
        body: dict[str, Any] = {"model": settings.model, "messages": asked}
        if "max_tokens" in without:
            body["max_completion_tokens"] = max(settings.answer_tokens, THINKING_TOKENS)
        else:
            body["max_tokens"] = settings.answer_tokens
        if "temperature" not in without:
            body["temperature"] = settings.temperature
        if "seed" not in without:
            body["seed"] = seed
        if "json_schema" not in without:
            enforced = {"name": "level", "strict": True, "schema": dict(schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": enforced}
        elif "response_format" not in without:
            body["response_format"] = {"type": "json_object"}
        return body

    def _gives_up(self, status: int, told: str) -> bool:
        """Whether the refusal names something that can be left out or said otherwise from now on."""
        if status not in (*REFUSING, BROKEN) or not _REFUSED.search(told):
            return False
        for step, named in _REFUSABLE:
            if step in self._given_up or not named.search(told):
                continue
            other = (
                (status == BROKEN and step not in _OF_BROKEN)
                or (step == "max_tokens" and _TOO_LONG.search(told))
                or (step == "json_schema" and _BAD_ANSWER.search(told))
            )
            if not other:
                self._given_up.add(step)
                return True
        return False

    def _ask(self, body: Mapping[str, Any]) -> tuple[int, bytes, str]:
        """Status, body and ``Retry-After``, within the time allowed for the whole of it."""
        if self._loop.is_closed():
            raise ModelError("the endpoint was closed")
        timeout = self._settings.timeout
        asked = asyncio.run_coroutine_threadsafe(self._post(body), self._loop)
        try:
            return asked.result()
        except TimeoutError as error:
            raise ModelError(f"no answer within {timeout:g} s (TAKEHOME_LM_TIMEOUT)") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelError(f"the endpoint cannot be reached ({type(error).__name__})") from error
        except UnicodeError as error:
            raise ModelError(
                "the question cannot be sent: an address or a text that is no Unicode"
            ) from error
        except BaseException:
            asked.cancel()
            raise

    async def _post(self, body: Mapping[str, Any]) -> tuple[int, bytes, str]:
        settings = self._settings
        address = _address(settings.url)
        headers = {"Accept-Encoding": "identity"}
        if settings.key:
            headers["Authorization"] = f"Bearer {settings.key}"
        raw = bytearray()
        # The time is for everything together; a client's own is for each part, and parts can come for ever.
        async with (
            asyncio.timeout(settings.timeout),
            self._open(address).stream("POST", address, json=body, headers=headers) as response,
        ):
            encodings = {
                one.strip().lower() for one in response.headers.get("content-encoding", "").split(",")
            }
            if encodings - {"", "identity"}:
                raise ModelError("the answer is compressed, which was not asked for")
            async for part in response.aiter_raw():
                raw += part
                if len(raw) > MOST_ANSWER:
                    raise ModelError(f"the answer is longer than {MOST_ANSWER} bytes")
            return response.status_code, bytes(raw), response.headers.get("retry-after", "")

    def _open(self, address: httpx.URL) -> httpx.AsyncClient:
        """One client for all questions, since making one reads all certificates of the machine; no connection is kept.

        A kept connection that the server has closed meanwhile would cost the next question. What is on this machine
        is not asked for through a proxy.
        """
        if self._client is None:
            try:
                self._client = httpx.AsyncClient(
                    timeout=None,  # noqa: S113 -- the time is kept around the whole question
                    follow_redirects=False,
                    limits=httpx.Limits(max_keepalive_connections=0),
                    trust_env=address.host not in _HERE,
                )
            except (ImportError, ValueError, OSError) as error:
                raise ModelError(
                    "no connection can be made: look at the variables for proxies and certificates "
                    f"({type(error).__name__})"
                ) from error
        return self._client


_HERE = ("localhost", "127.0.0.1", "::1")


def _address(url: str) -> httpx.URL:
    """The address of the chat, given with or without its last part; what follows a ``?`` stays."""
    given = httpx.URL(url)
    path = given.path.rstrip("/")
    return given if path.endswith("/chat/completions") else given.copy_with(path=f"{path}/chat/completions")
