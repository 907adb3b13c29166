"""The reports as files."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from grader.errors import UsageError
from grader.reports.feedback import render_feedback
from grader.reports.html import render_html
from grader.reports.junit import render_junit
from grader.results import Report


def write_reports(report: Report, folder: Path) -> None:
    """Write `report.json`, `report.html`, `feedback.html` and `junit.xml` into an existing folder.

    All are written before the first takes its name, and `report.json` takes its own last: it says up to which line
    of the log the others are. Raises `UsageError` where the folder does not exist.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: reports go into an existing folder, found none")
    pages = {
        "report.html": render_html(report),
        "feedback.html": render_feedback(report),
        "junit.xml": render_junit(report),
        "report.json": render_json(report),
    }
    fresh = {name: folder / f".{name}.new" for name in pages}
    try:
        for name, content in pages.items():
            fresh[name].write_text(content, encoding="utf-8", errors="replace", newline="\n")
        for name, path in fresh.items():
            path.replace(folder / name)
    except BaseException:
        for path in fresh.values():
            with suppress(OSError):
                path.unlink()
        raise


def render_json(report: Report) -> str:
    """The report as JSON with the fields in the order of the model; the same report gives the same bytes."""
    return json.dumps(report.model_dump(mode="json"), indent=2, ensure_ascii=False, sort_keys=False) + "\n"
