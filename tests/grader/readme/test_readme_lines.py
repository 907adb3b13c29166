"""Files of frames and statements of one's own: a broken one is named with its line."""

from pathlib import Path

import pytest

from grader.readme.validation.frames import Frame
from grader.readme.validation.lines import LinesError, read_lines
from grader.readme.validation.statements import Statement


@pytest.mark.parametrize("kind", [Frame, Statement])
@pytest.mark.parametrize(
    ("line", "told"),
    [("{}", "line 1: "), ("no json", "line 1: the line"), (None, "found no line")],
)
def test_a_broken_file_is_named_with_its_line(
    tmp_path: Path, kind: type[Frame] | type[Statement], line: str | None, told: str
) -> None:
    """Whoever writes a file of their own learns where it is wrong and what was expected."""
    path = tmp_path / "mine.jsonl"
    path.write_text(f"{line}\n" if line else "")
    with pytest.raises(LinesError, match=told) as raised:
        read_lines(path, kind)
    assert str(path) in str(raised.value)
    assert "text" in str(raised.value)
