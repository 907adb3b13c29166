"""The command line of `docker/engine`."""

import argparse
import json
import os
from collections.abc import Sequence
from typing import Any

from . import api, image, lifecycle
from .clients import building_client
from .errors import EngineError
from .places import Places, places
from .report import say

NO_ENGINE = 4

COMMANDS = {
    "start": (
        "use the engine that answers, or install and start one",
        "docker/engine start",
    ),
    "status": (
        "tell which engine answers, what can build, and whether the base image is there",
        "docker/engine status --json",
    ),
    "stop": (
        "undo what `start` did; an engine started by others is left alone",
        "docker/engine stop --purge",
    ),
    "base": (
        "make python:3.11-slim available: pulled, or a labelled stand-in where no registry answers",
        "docker/engine base --json",
    ),
}


def parser() -> argparse.ArgumentParser:
    """Return the parser of the four commands."""
    top = argparse.ArgumentParser(
        prog="docker/engine",
        description="The Docker engine and the base image the grader needs.",
        epilog="Exit codes: 0 done, 2 usage, 4 no usable engine or base image. Example: docker/engine status --json",
    )
    subs = top.add_subparsers(dest="command", required=True)
    for name, (summary, example) in COMMANDS.items():
        sub = subs.add_parser(
            name, help=summary, description=summary.capitalize() + ".", epilog=f"Example: {example}"
        )
        sub.add_argument("--json", action="store_true", help="print the result as one JSON object")
        if name == "stop":
            sub.add_argument("--purge", action="store_true", help="delete images and volumes too")
    return top


def status(where: Places) -> dict[str, Any]:
    """Return the full status; it does a tiny real build to learn which client can use BuildKit."""
    version, _ = api.version(where.host)
    client = building_client(where.host) if version else None
    return lifecycle.describe(where, version) | {
        "client": client,
        "buildkit": client is not None,
        "base": image.present(where.host) if version else None,
    }


def lines(command: str, result: dict[str, Any]) -> str:
    """Return a result as plain lines for a person."""
    if command == "stop":
        done = "The engine is stopped" if result["stopped"] else "No engine of ours was running"
        return f"{done}{'; its data is deleted' if result['purged'] else ''}."
    if command == "base":
        return f"{result['tag']} is there{' (stand-in)' if result['stand_in'] else ''}: {result['id']}"
    if not result["answers"]:
        return f"No engine answers at {result['host']}."
    owner = "started by this script" if result["started_by_us"] else "not started by this script"
    text = f"Engine {result['version']} answers at {result['host']}, {owner}."
    if command == "status":
        base = result["base"]
        text += f"\nBuildKit: {result['client'] or 'no client program can use it'}."
        text += f"\nBase image: {lines('base', base) if base else 'not there; run `docker/engine base`'}"
    return text


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = parser().parse_args(argv)
    where = places(os.environ)
    try:
        if arguments.command == "start":
            result = lifecycle.start(where)
        elif arguments.command == "stop":
            result = lifecycle.stop(where, arguments.purge)
        elif arguments.command == "base":
            result = image.provide(where)
        else:
            result = status(where)
    except EngineError as error:
        say(str(error))
        return NO_ENGINE
    print(json.dumps(result) if arguments.json else lines(arguments.command, result))
    return 0
