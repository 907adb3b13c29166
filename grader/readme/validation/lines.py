"""Files with one JSON object a line, of a known form."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

Line = TypeVar("Line", bound=BaseModel)


class LinesError(ValueError):
    """A file of lines does not hold what it should; the message names file, line, found and expected."""


def read_lines(path: Path, kind: type[Line]) -> tuple[Line, ...]:
    """All lines of a file as objects of a kind. Raises ``LinesError``, for a file without a line as well."""
    expected = ", ".join(kind.model_fields)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LinesError(f"{path}: expected lines of JSON, found {error}") from error
    found = []
    # Not `splitlines`, which also parts a line at signs that JSON may hold.
    for number, line in enumerate(text.rstrip("\n").split("\n") if text else [], start=1):
        try:
            found.append(kind.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the line"
            raise LinesError(
                f"{path}, line {number}: {place}: {first['msg']}; expected {expected}"
            ) from error
    if not found:
        raise LinesError(f"{path}: found no line, expected one JSON object a line with {expected}")
    return tuple(found)
