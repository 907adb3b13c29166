"""What comes back from an OpenAI-compatible endpoint: an answer, a refusal, a request to wait. None is trusted."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from grader.plain_text import plain

LONGEST_WAIT = 60.0
"""Seconds waited at most, each time an endpoint says that it is busy."""
BACKOFF = (2.0, 8.0, 30.0)
"""Seconds waited where a busy endpoint does not say how long; one for each time it may be asked again."""
MOST_SAID = 160
MOST_RECEIVED = 2_000
_RUN = 24
"""So many letters and digits in a row that were sent make an error message an echo of the question."""
_KEY_RUN = 8
_NAME = re.compile(r"\w*[^\W_]_\w+|\d{4}-\d{2}")


class ModelError(Exception):
    """The endpoint gave no usable answer; the message says why in one line.

    ``there``: it did answer, and ``answer`` is what it wrote so far. ``received`` is the beginning of what came back
    where that was no answer at all.
    """

    def __init__(self, message: str, *, answer: str = "", received: str = "", there: bool = False) -> None:
        """Keep what came back beside the reason."""
        super().__init__(message)
        self.answer = answer
        self.received = received
        self.there = there


def content_of(raw: bytes, key: str = "") -> str:
    """The text of a chat completion, without the key should it be repeated there; raises ModelError."""
    received = received_of(raw, key)
    try:
        choice = json.loads(raw)["choices"][0]
        content, finished = choice["message"].get("content"), choice.get("finish_reason")
        refused = choice["message"].get("refusal")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError("the answer is no chat completion", received=received) from error
    if isinstance(content, list):  # the answer in parts, thoughts among them
        content = "".join(_text_of(part) for part in content)
    try:
        text = "" if content is None else content.encode().decode()
    except (AttributeError, UnicodeError) as error:
        # JSON can spell half a surrogate pair, which no file of ours could keep.
        raise ModelError("the answer holds no Unicode text", received=received) from error
    text = _without(key, text)
    if finished == "length":
        cut = "the answer was cut off at the longest allowed (TAKEHOME_LM_ANSWER_TOKENS)"
        raise ModelError(cut, answer=text, received=received, there=True)
    if not text.strip() and isinstance(refused, str) and refused.strip():
        said = _without(key, refused.encode("utf-8", "replace").decode())
        raise ModelError("the model refused to answer", answer=said, received=received, there=True)
    if not text.strip():
        raise ModelError("the answer holds no text", received=received)
    return text


def received_of(raw: bytes, key: str) -> str:
    """The beginning of what came back, for the evidence; nothing of it where it repeats the key or a part of it."""
    text = raw[: 4 * MOST_RECEIVED].decode("utf-8", "replace")
    spelled = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text).replace("\\/", "/")
    return "not kept: it repeats the key" if repeats(key, spelled) else text[:MOST_RECEIVED]


def repeats(key: str, text: str) -> bool:
    """Whether a text holds a part of the key that is long enough to be one."""
    run = min(_KEY_RUN, len(key))
    return bool(key) and any(key[at : at + run] in text for at in range(len(key) - run + 1))


def refusal_in(raw: bytes) -> tuple[str, str]:
    """What an error body says in its usual places: all of it, and of that what is meant for people."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return "", ""
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    named = []
    for name in ("error", "message", "detail"):
        if isinstance(body, dict) and name in body:
            named += [value for value in (body.get("param"), body.get("code")) if isinstance(value, str)]
            body = body[name]
    if isinstance(body, list):  # one entry for each field that is wrong
        entries = [one for one in body if isinstance(one, dict)]
        named += [str(step) for one in entries for step in _listed(one.get("loc"))]
        body = "; ".join(one["msg"] for one in entries if isinstance(one.get("msg"), str))
    said = body[:MOST_RECEIVED] if isinstance(body, str) else ""
    return " ".join([said, *named])[: 2 * MOST_RECEIVED], said


def echoes(said: str, messages: Sequence[Mapping[str, str]]) -> bool:
    """Whether an endpoint repeats what was sent: a run of letters, or a name or month that was among it."""
    sent = " ".join(one["content"] for one in messages)
    if any(name in sent for name in _NAME.findall(said)):
        return True
    letters, of_sent = _letters(said), _letters(sent)
    return any(letters[at : at + _RUN] in of_sent for at in range(max(len(letters) - _RUN + 1, 0)))


def shown(said: str, messages: Sequence[Mapping[str, str]], key: str) -> str:
    """What an endpoint said, in one short line; empty where it repeats the key or what was sent.

    What was sent holds facts that not every reader of an error may know.
    """
    if repeats(key, said) or echoes(said, messages):
        return ""
    return " ".join(plain(" ".join(said.split())[:MOST_SAID]).split())


def wait_of(asked: str, time: int) -> float:
    """Seconds that a busy endpoint asks for in its header, or our own for the given time of being told so."""
    if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", asked):
        return float(asked)
    try:
        return max((parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return BACKOFF[time]


def _text_of(part: Any) -> str:
    said = part.get("text") if isinstance(part, dict) and part.get("type") == "text" else ""
    return said if isinstance(said, str) else ""


def _without(key: str, text: str) -> str:
    return text.replace(key, "[key]") if len(key) >= _KEY_RUN else text


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
