"""The shell completes commands and the values of options."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import takehome


@pytest.mark.parametrize(
    ("line", "expected"),
    [("takehome rev", {"review"}), ("takehome export --format ", {"junit", "gradescope", "markdown", "csv"})],
)
def test_tab_completes(line: str, expected: set[str]) -> None:
    """`takehome --install-completion` leads to a shell that knows the commands and formats."""
    env = {
        "_TAKEHOME_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1),
    }
    shown = CliRunner().invoke(takehome.app, [], env=env, prog_name="takehome")
    assert set(shown.stdout.split()) == expected
