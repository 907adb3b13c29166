"""The language model behind a small protocol, and an OpenAI-compatible endpoint that fulfils it."""

import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

MOST_ANSWER = 200_000
"""Bytes of an answer that are read; a longer answer is a failure."""
THINKING_TOKENS = 16_000
"""Tokens allowed where a model counts its thoughts as part of the answer."""
REFUSED = (400, 422)
"""Status codes with which endpoints refuse a parameter they do not know or allow."""
BUSY = (429, 503, 529)
WAITS = 3
LONGEST_WAIT = 60.0
"""Seconds waited at most, each time an endpoint says that it is busy."""
MOST_SAID = 160
_RUN = 24
"""So many characters in a row that were sent make an error message an echo of the question."""


class ModelError(Exception):
    """The endpoint gave no usable answer; the message says why in one line.

    ``answer`` is what came back where the endpoint did answer, but not in full or not in the form agreed.
    """

    def __init__(self, message: str, answer: str = "") -> None:
        """Keep what came back beside the reason."""
        super().__init__(message)
        self.answer = answer


class SettingsError(ValueError):
    """A setting in the environment is missing or wrong; the message names it."""


class LanguageModel(Protocol):
    """Anything that answers a conversation with one JSON text."""

    @property
    def name(self) -> str:
        """The name under which its answers are kept."""

    def answer(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], seed: int) -> str:
        """Return the text of the answer; raises ModelError when there is none in time."""


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

    The URL is the part before ``/chat/completions``. Raises SettingsError naming the variable.
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
        found = "" if name == "TAKEHOME_LM_KEY" else f", found {first['input']!r}"
        raise SettingsError(f"{name}: {first['msg']}{found}") from None


class Endpoint:
    """An OpenAI-compatible ``/chat/completions``; every failure is a ModelError.

    Endpoints differ in what they allow: some models refuse a temperature, a seed or the older name of the longest
    answer, some servers know no schemas. What is refused by name is given up or said otherwise, once for all questions.
    """

    def __init__(self, settings: Settings) -> None:
        """Nothing is sent before the first question."""
        self._settings = settings
        # Kept open between questions: making one reads all certificates of the machine anew.
        self._client = httpx.Client(timeout=settings.timeout, follow_redirects=False)
        self._given_up: set[str] = set()

    def close(self) -> None:
        """Close the connection; nothing can be asked afterwards."""
        self._client.close()

    @property
    def name(self) -> str:
        """The model's name at the endpoint."""
        return self._settings.model

    def answer(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], seed: int) -> str:
        """Ask once; the answer must fit the schema, which the endpoint is asked to enforce."""
        waits = 0
        while True:
            status, raw, wait = self._ask(self._body(messages, schema, seed))
            if status == httpx.codes.OK:
                return _content(raw)
            said = _said(raw, messages)
            if self._settings.key and self._settings.key in said:
                said = ""
            if status in REFUSED and self._gives_up(said):
                continue
            if status in BUSY and waits < WAITS and wait <= LONGEST_WAIT:
                waits += 1
                time.sleep(wait)
                continue
            raise ModelError(f"the endpoint answered with status {status}" + (f": {said}" if said else ""))

    def _body(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], seed: int
    ) -> dict[str, Any]:
        settings = self._settings
        body: dict[str, Any] = {"model": settings.model, "messages": list(messages)}
        if "max_tokens" not in self._given_up:
            body["max_tokens"] = settings.answer_tokens
        elif "max_completion_tokens" not in self._given_up:
            body["max_completion_tokens"] = max(settings.answer_tokens, THINKING_TOKENS)
        if "temperature" not in self._given_up:
            body["temperature"] = settings.temperature
        if "seed" not in self._given_up:
            body["seed"] = seed
        if "json_schema" not in self._given_up:
            enforced = {"name": "level", "strict": True, "schema": dict(schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": enforced}
        elif "response_format" not in self._given_up:
            body["response_format"] = {"type": "json_object"}
        return body

    def _gives_up(self, said: str) -> bool:
        """Whether the refusal names something that can be left out or said otherwise from now on."""
        for named, steps in _REFUSABLE:
            step = next((one for one in steps if one not in self._given_up), None)
            if step is not None and named.search(said):
                self._given_up.add(step)
                return True
        return False

    def _ask(self, body: Mapping[str, Any]) -> tuple[int, bytes, float]:
        settings = self._settings
        headers = {"Authorization": f"Bearer {settings.key}"} if settings.key else {}
        url = f"{settings.url.rstrip('/')}/chat/completions"
        try:
            return _read(self._client, url, body, headers, settings.timeout)
        except httpx.TimeoutException as error:
            raise ModelError(f"no answer within {settings.timeout:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelError(f"the endpoint cannot be reached ({type(error).__name__})") from error


# What a refusal can name, and what is given up one after the other when it does.
_REFUSABLE = (
    (re.compile(r"max_(?:completion_)?tokens"), ("max_tokens", "max_completion_tokens")),
    (re.compile(r"\btemperature\b"), ("temperature",)),
    (re.compile(r"\bseed\b"), ("seed",)),
    (re.compile(r"response_format|json_schema|json_object|\b(?:schema|grammar)\b"), ("json_schema", "response_format")),
)  # fmt: skip


def _read(
    client: httpx.Client, url: str, body: Mapping[str, Any], headers: Mapping[str, str], timeout: float
) -> tuple[int, bytes, float]:
    """Status, body and seconds to wait, read within the time and size allowed even if it comes drop by drop."""
    started = time.monotonic()
    raw = bytearray()
    with client.stream("POST", url, json=body, headers=dict(headers)) as response:
        for part in response.iter_bytes():
            raw += part
            if len(raw) > MOST_ANSWER:
                raise ModelError(f"the answer is longer than {MOST_ANSWER} bytes")
            if time.monotonic() - started > timeout:
                raise ModelError(f"no answer within {timeout:g} s")
    return response.status_code, bytes(raw), _wait(response.headers.get("retry-after", ""))


def _wait(asked: str) -> float:
    """Seconds that a busy endpoint asks for; one where it says nothing in seconds."""
    return float(asked) if re.fullmatch(r"\d{1,6}(?:\.\d+)?", asked) else 1.0


def _said(raw: bytes, messages: Sequence[Mapping[str, str]]) -> str:
    """What an error body says in its usual places, in one short line; empty where it repeats what was sent.

    What was sent holds facts that not every reader of an error may know.
    """
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "message", "detail"):
        if isinstance(body, dict) and name in body:
            body = body[name]
    if isinstance(body, dict | list) or body is None:
        body = json.dumps(body)
    said = " ".join(str(body).encode("utf-8", "replace").decode().split())[:MOST_SAID]
    sent = " ".join(" ".join(one["content"].split()) for one in messages)
    echoed = any(said[place : place + _RUN] in sent for place in range(max(len(said) - _RUN + 1, 0)))
    return "" if echoed else said


def _content(raw: bytes) -> str:
    try:
        choice = json.loads(raw)["choices"][0]
        content = choice["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise ModelError("the answer is no chat completion") from error
    if not isinstance(content, str):
        raise ModelError("the answer holds no text")
    try:
        content.encode()
    except UnicodeEncodeError as error:
        # JSON can spell half a surrogate pair, which no file of ours could keep.
        raise ModelError("the answer holds what is no Unicode text") from error
    if choice.get("finish_reason") == "length":
        raise ModelError("the answer was cut off at the longest allowed (TAKEHOME_LM_ANSWER_TOKENS)", content)
    return content
