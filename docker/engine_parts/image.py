"""Make python:3.11-slim available: there already, pulled, or built as a labelled stand-in."""

import http.client
import os
from typing import Any

from . import api
from .errors import EngineError
from .lifecycle import advice, locked
from .places import Places
from .report import say
from .stand_in import build

NAME, TAG = "python", "3.11-slim"
REFERENCE = f"{NAME}:{TAG}"
STAND_IN_LABEL = "takehome.base"
# Seconds of silence after which a registry counts as not answering.
SILENCE = 30.0


def present(host: str) -> dict[str, Any] | None:
    """Return tag, id and whether it is the stand-in, or None where the image is not there."""
    status, found = api.request(host, "GET", f"/images/{REFERENCE}/json")
    if status != 200:
        return None
    labels = (found.get("Config") or {}).get("Labels") or {}
    return {
        "tag": REFERENCE,
        "stand_in": labels.get(STAND_IN_LABEL) == "stand-in",
        "id": found["Id"],
    }


def provide(where: Places) -> dict[str, Any]:
    """Make the base image available and return what `present` says of it.

    Raises EngineError where no engine answers, or neither a registry nor a stand-in is possible.
    """
    version, reason = api.version(where.host)
    if version is None:
        raise EngineError(advice(where, reason, os.geteuid() == 0))
    found = present(where.host)
    if found:
        return found
    with locked(where):
        found = present(where.host)
        if found is None:
            refusal = pull(where.host)
            if refusal:
                say(f"No registry gives {REFERENCE} ({refusal}).")
                build(where.host, REFERENCE)
            found = present(where.host)
    if found is None:
        raise EngineError(f"The engine at {where.host} does not know {REFERENCE} although it was made.")
    return found


def pull(host: str) -> str:
    """Pull the image; return an empty string, or the reason why it cannot be pulled."""
    say(f"Pulling {REFERENCE}.")
    try:
        query = [("fromImage", NAME), ("tag", TAG)]
        for _ in api.stream(host, "/images/create", query, timeout=SILENCE):
            pass
    except EngineError as error:
        return str(error)
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    return ""
