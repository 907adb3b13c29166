"""Ask a service on 127.0.0.1 the brief's first questions; arguments: SECONDS PORT [PORT ...].

Prints `{"port": int or null, "troubles": [...]}`. REQUESTS_DIR holds `rows.json`, a list of rows, maybe empty.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from grader.probes.first_answers.questions import questions
from grader.probes.shared.http_client import ask
from grader.probes.shared.output import emit


def main() -> None:
    """Wait for one of the ports, then ask."""
    seconds, ports = float(sys.argv[1]), [int(text) for text in sys.argv[2:]]
    rows = json.loads(Path(os.environ["REQUESTS_DIR"], "rows.json").read_text("utf-8"))
    end = time.monotonic() + seconds
    found = None
    while found is None and time.monotonic() < end:
        found = next((port for port in ports if ask(port, "GET", "/health", seconds=2.0).status), None)
        if found is None:
            time.sleep(0.2)
    left = max(2.0, end - time.monotonic())
    emit({"port": found, "troubles": list(questions(found or ports[0], rows, left))})


if __name__ == "__main__":
    main()
