"""A report read back from its folder."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from grader.errors import UsageError
from grader.results import Report


def read_report(folder: Path) -> Report:
    """Read `report.json` of a result folder; UsageError names what is missing or does not fit."""
    path = folder / "report.json"
    try:
        return Report.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise UsageError(f"{path}: {place}: {first['msg']}; expected a report of schema version 1") from error
    except OSError as error:
        raise UsageError(
            f"{folder}: no readable report.json ({error.strerror}); expected the result folder of a grading"
        ) from error
