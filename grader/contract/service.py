"""Ask a service that already runs on this machine, as the grader's first questions would."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from grader.contract.looking import Looked
from grader.contract.problem import Problem, note
from grader.contract.rows import SAMPLE, sample_rows
from grader.contract.work import look_at
from grader.probes.first_answers.questions import questions

START_SECONDS = 60.0


def check_service(root: Path, port: int, seconds: float = START_SECONDS) -> Looked:
    """Ask 127.0.0.1:`port`, waiting up to `seconds` for its health."""
    started = time.monotonic()
    rows = sample_rows(look_at(root))
    problems = [*without_rows(rows), *of_troubles("service", questions(port, rows, seconds))]
    return Looked(("service",), {}, tuple(problems), time.monotonic() - started)


def of_troubles(file: str, troubles: Iterable[dict[str, Any]]) -> list[Problem]:
    """Return what the questions found as problems."""
    return [
        Problem(file, str(t["place"]), str(t["found"]), str(t["expected"]), str(t["remedy"]), bool(t["note"]))
        for t in troubles
    ]


def without_rows(rows: list[dict[str, Any]]) -> list[Problem]:
    """Return the remark that only health could be asked for, where that is so."""
    if rows:
        return []
    remedy = f"set DATA_DIR, or keep one request in {SAMPLE}"
    return [note("service", "POST /predict", "no row to send", "rows of the data", remedy)]
