"""Builds without network: the steps of a Dockerfile reach nothing, and what fails for that is told from the rest.

Whoever grades chose it, so a step that asked for the network is no failure of the submission. What cannot be told
apart (an installer that says nothing) is taken for such a step: it stays pending, and nobody loses points by it.
"""

from __future__ import annotations

import re

from grader.types import OFFLINE, OFFLINE_OPTION

UNREACHABLE = re.compile(
    r"name resolution|failure resolving|could not resolve|name or service not known|network is unreachable"
    r"|getaddrinfo|EAI_AGAIN|ENOTFOUND|NewConnectionError|unable to connect|no matching distribution found",
    re.I,
)
"""What pip, apt, curl, git and their like say where there is no network."""
INSTALLER = re.compile(r"\b(pip3?|uv|poetry|conda|mamba|apt|apt-get|apk|curl|wget|git|npm)\b")
FAILED_COMMAND = re.compile(r"(?:process \"|The command ')(.*)")
"""How BuildKit and the classic builder name the command that failed."""


def asked_network(log: str, reason: str) -> bool:
    """Return whether a failed build asked for the network, by its log and the last line of it."""
    failed = FAILED_COMMAND.search(reason)
    return bool(UNREACHABLE.search(log) or (failed and INSTALLER.search(failed[1])))


def because_offline(reason: str) -> str:
    """Return the detail of a build that could not reach what it asked for."""
    return (
        f"{OFFLINE} and this one asked for the network: {reason}; "
        f"grade without {OFFLINE_OPTION}, or with an index or base image that needs none"
    )
