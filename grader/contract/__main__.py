"""The check as one file that candidates get with the starter: `python takehome-check.pyz .`"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from grader.contract.looking import check_files
from grader.contract.service import check_service


def main() -> int:
    """Look at the files, and at a running service where a port is given; 1 where the contract is not kept."""
    parser = argparse.ArgumentParser(
        prog="takehome-check.pyz",
        description="Say whether a submission keeps the contract, without a key and without a score.",
        epilog="Example: python takehome-check.pyz . --port 8000",
    )
    parser.add_argument("folder", nargs="?", default=".", help="the submission; default: this folder")
    parser.add_argument("--port", type=_port, help="also ask the service that runs on 127.0.0.1:PORT")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    given = parser.parse_args()
    folder = Path(given.folder)
    if not folder.is_dir():
        parser.error(f"{folder}: expected the folder of a submission")
    try:
        looked = check_files(folder)
        if given.port is not None:
            looked = looked.joined(check_service(folder, given.port))
    except KeyboardInterrupt:
        print("takehome-check.pyz: interrupted; nothing was changed", file=sys.stderr)
        return 130
    _say(json.dumps(looked.as_json(), ensure_ascii=False) if given.json else "\n".join(looked.lines()))
    return 0 if looked.kept else 1


def _port(text: str) -> int:
    """Return a port; nothing can answer on another number."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text}: expected a port, 1 to 65535")
    return int(text)


def _say(text: str) -> None:
    """Print, also to a reader that has read enough, as `| head` has."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
