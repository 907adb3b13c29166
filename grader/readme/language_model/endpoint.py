"""The language model behind a small protocol, and an OpenAI-compatible endpoint that fulfils it."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

MOST_ANSWER = 200_000
"""Bytes of an answer that are read; a longer answer is a failure."""


class ModelError(Exception):
    """The endpoint gave no usable answer; the message says why in one line."""


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
    """Where the model is and how it is asked. ``timeout`` is in seconds for a whole answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://\S+$")
    model: str = Field(min_length=1)
    key: str = Field(default="", repr=False, pattern=r"^[!-~]*$")
    samples: int = Field(default=3, ge=1, le=9)
    timeout: float = Field(default=60.0, gt=0, le=600)
    temperature: float = Field(default=0.3, ge=0, le=2)
    moves_points: bool = False


def settings_from(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read ``TAKEHOME_LM_URL``, ``_MODEL``, ``_KEY``, ``_SAMPLES``, ``_TIMEOUT`` and ``_MOVES_POINTS``.

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
    """An OpenAI-compatible ``/chat/completions``; every failure is a ModelError."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is sent before the first question."""
        self._settings = settings
        # Kept open between questions: making one reads all certificates of the machine anew.
        self._client = httpx.Client(timeout=settings.timeout, follow_redirects=False)

    def close(self) -> None:
        """Close the connection; nothing can be asked afterwards."""
        self._client.close()

    @property
    def name(self) -> str:
        """The model's name at the endpoint."""
        return self._settings.model

    def answer(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], seed: int) -> str:
        """Ask once; the answer must fit the schema, which the endpoint is asked to enforce."""
        settings = self._settings
        body = {
            "model": settings.model,
            "messages": list(messages),
            "temperature": settings.temperature,
            "seed": seed,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "level", "strict": True, "schema": dict(schema)},
            },
        }
        headers = {"Authorization": f"Bearer {settings.key}"} if settings.key else {}
        url = f"{settings.url.rstrip('/')}/chat/completions"
        try:
            raw = _read(self._client, url, body, headers, settings.timeout)
        except httpx.TimeoutException as error:
            raise ModelError(f"no answer within {settings.timeout:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelError(f"the endpoint cannot be reached ({type(error).__name__})") from error
        return _content(raw)


def _read(
    client: httpx.Client, url: str, body: Mapping[str, Any], headers: Mapping[str, str], timeout: float
) -> bytes:
    """The body of the answer, read within the time and size allowed even if it comes drop by drop."""
    started = time.monotonic()
    raw = bytearray()
    with client.stream("POST", url, json=body, headers=dict(headers)) as response:
        if response.status_code != httpx.codes.OK:
            raise ModelError(f"the endpoint answered with status {response.status_code}")
        for part in response.iter_bytes():
            raw += part
            if len(raw) > MOST_ANSWER:
                raise ModelError(f"the answer is longer than {MOST_ANSWER} bytes")
            if time.monotonic() - started > timeout:
                raise ModelError(f"no answer within {timeout:g} s")
    return bytes(raw)


def _content(raw: bytes) -> str:
    try:
        content = json.loads(raw)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ModelError("the answer is no chat completion") from error
    if not isinstance(content, str):
        raise ModelError("the answer holds no text")
    try:
        content.encode()
    except UnicodeEncodeError as error:
        # JSON can spell half a surrogate pair, which no file of ours could keep.
        raise ModelError("the answer holds what is no Unicode text") from error
    return content
