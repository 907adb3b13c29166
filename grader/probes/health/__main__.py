"""Wait until a service answers HTTP on a port; arguments: PORT SECONDS.

Prints `{"started": bool, "seconds": float}`; `/health` with 200 counts, after the time any HTTP answer does.
"""

from __future__ import annotations

import sys
import time

from grader.probes.shared.http_client import ask
from grader.probes.shared.output import emit


def main() -> None:
    """Poll the port five times a second."""
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    begin = time.monotonic()
    answered = False
    while time.monotonic() - begin < seconds:
        status = ask(port, "GET", "/health", seconds=2.0).status
        answered = status > 0
        if status == 200 or (answered and time.monotonic() - begin > 3 and status < 500):
            break
        time.sleep(0.2)
    result = {"started": answered, "seconds": round(time.monotonic() - begin, 3)}
    emit(result)


if __name__ == "__main__":
    main()
