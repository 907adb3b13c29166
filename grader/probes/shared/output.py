"""The answer of a probe: one JSON line, then its arrays as raw bytes."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from grader.probes.shared.text import Json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

JSON_LIMIT = 1 << 20


def shorten(value: Json, cap: int) -> Json:
    """Return the value with every string and key cut to `cap` characters."""
    if isinstance(value, str):
        return value[:cap]
    if isinstance(value, dict):
        return {key[:cap]: shorten(part, cap) for key, part in value.items()}
    return [shorten(part, cap) for part in value] if isinstance(value, list | tuple) else value


def emit(result: Json, arrays: Mapping[str, NDArray[np.float64]] | None = None) -> None:
    """Print one JSON line of at most 1 MiB, then the arrays as little-endian float64 in announced order."""
    values = arrays or {}
    announced = [{"name": name, "length": int(part.size)} for name, part in values.items()]
    line = b""
    for cap in (4000, 800, 200, 60, 20):
        document = {"result": shorten(result, cap), "arrays": announced}
        line = json.dumps(document, allow_nan=False, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        if len(line) <= JSON_LIMIT:
            break
    if len(line) > JSON_LIMIT:
        raise SystemExit("the result of this probe is longer than 1 MiB")
    sys.stdout.buffer.write(line)
    for part in values.values():
        sys.stdout.buffer.write(part.astype("<f8").tobytes())
    sys.stdout.buffer.flush()
