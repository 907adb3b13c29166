"""Look at the files of accounts in a container before the engine does: it opens them as they are, and waits.

A pipe or a device in their place holds the engine for ever: the container neither starts nor can it be removed,
and whoever grades next waits for it as well.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from grader.execution.engine import Engine, engine_errors
from grader.execution.limits import MIB

ACCOUNT_FILES = ("/etc/passwd", "/etc/group")
MOST = 1 * MIB
SPECIAL = 1 << 31 | 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19
"""Folder, device, pipe, socket, character device and what else is no regular file, in the engine's numbers."""
LINK = 1 << 27
STAT = "X-Docker-Container-Path-Stat"


def account_trouble(engine: Engine, container: str) -> str | None:
    """Return which of the files the engine must not open, links followed, and why; else None."""
    for path in ACCOUNT_FILES:
        found = _stat(engine, container, path)
        if found is not None and found["mode"] & LINK:
            found = _stat(engine, container, str(found.get("linkTarget") or path))
        if found is None:
            continue
        if found["mode"] & (SPECIAL | LINK) or found["size"] > MOST:
            return f"{path}: found no regular file of at most {MOST} bytes, where the user is looked up"
    return None


def _stat(engine: Engine, container: str, path: str) -> dict[str, Any] | None:
    """Return the engine's word on a file, which it does not open for it; None where it has none."""
    api: Any = engine.client.api
    with engine_errors("looking at a container"):
        url = api._url("/containers/{0}/archive", container)
        answer = api.head(url, params={"path": path}, timeout=api.timeout)
        if STAT not in answer.headers:
            return None
        found: dict[str, Any] = json.loads(base64.b64decode(answer.headers[STAT]))
    return found
