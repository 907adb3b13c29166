"""Decode what a probe printed: one JSON line by a strict model, then raw float64 arrays of announced lengths."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TypeVar

import numpy as np
from pydantic import Field, ValidationError

from grader.evidence.document import FloatArray
from grader.types import Model

LINE_LIMIT = 1 << 20
TOTAL_LIMIT = 64 << 20
DEPTH_LIMIT = 32

M = TypeVar("M", bound=Model)


class AnnouncedArray(Model):
    """An array that follows the JSON line: its name and its number of values."""

    name: str
    length: int = Field(ge=0, le=TOTAL_LIMIT // 8)


def decode(stdout: bytes, model: type[M], allowed_arrays: Collection[str]) -> tuple[M, dict[str, FloatArray]]:
    """Return the validated result of a probe and its arrays.

    The line is at most 1 MiB of JSON `{"result": ..., "arrays": [{"name", "length"}, ...]}`; the bytes after it
    are exactly the announced arrays as little-endian float64. ValueError says what does not hold.
    """
    if len(stdout) > TOTAL_LIMIT:
        raise ValueError(f"found {len(stdout)} bytes, expected at most {TOTAL_LIMIT}")
    end = stdout.find(b"\n", 0, LINE_LIMIT + 1)
    if end < 0:
        raise ValueError(
            f"found no line end in the first {min(len(stdout), LINE_LIMIT)} bytes, expected JSON"
        )
    line, rest = stdout[:end], stdout[end + 1 :]
    document = _parse(line)
    try:
        announced = [AnnouncedArray.model_validate(entry, strict=True) for entry in document["arrays"]]
        # strict JSON mode: arrays become tuples as the models say, and no text becomes a number
        result = model.model_validate_json(json.dumps(document["result"], allow_nan=False), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{model.__name__}.{place}: {first['msg']}") from error
    return result, _arrays(announced, rest, allowed_arrays)


def _parse(line: bytes) -> dict[str, list[object]]:
    if _depth(line) > DEPTH_LIMIT:
        raise ValueError(f"found JSON nested deeper than {DEPTH_LIMIT} levels")
    try:
        document = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise ValueError(f"found bytes that are not UTF-8 at {error.start}") from error
    except RecursionError as error:
        raise ValueError("found JSON nested too deeply") from error
    if not isinstance(document, dict) or set(document) != {"result", "arrays"}:
        raise ValueError('found other keys, expected exactly "result" and "arrays"')
    if not isinstance(document["arrays"], list):
        raise ValueError('found no list in "arrays"')
    return document


def _depth(line: bytes) -> int:
    """Return how deep brackets open, strings left out, without recursion."""
    depth = deepest = 0
    inside = escaped = False
    for byte in line:
        if inside:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                inside = False
        elif byte == 0x22:
            inside = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _refuse_constant(name: str) -> float:
    raise ValueError(f"found {name}, which is not JSON")


def _arrays(announced: list[AnnouncedArray], rest: bytes, allowed: Collection[str]) -> dict[str, FloatArray]:
    names = [entry.name for entry in announced]
    strange = [name for name in names if name not in allowed]
    if strange or len(set(names)) != len(names):
        raise ValueError(f"found arrays {names[:12]}, expected each once of {sorted(allowed)}")
    expected = 8 * sum(entry.length for entry in announced)
    if len(rest) != expected:
        raise ValueError(f"found {len(rest)} bytes of arrays, expected the announced {expected}")
    arrays: dict[str, FloatArray] = {}
    start = 0
    for entry in announced:
        values = np.frombuffer(rest, dtype="<f8", count=entry.length, offset=start)
        arrays[entry.name] = values.astype(np.float64)
        start += 8 * entry.length
    return arrays
