"""What README, Makefile and the generated page on validation promise of themselves."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.journeys.pages import PAGES

ROOT = Path(__file__).resolve().parents[1]
VALIDATION = sorted((ROOT / "docs" / "validation").glob("*.md"))
NOT_RUN = {
    "takehome panel panel.yaml --record --reviewer Grace",
    "takehome grade ada.zip --vault issued --variant 7902699be42c --out results/ada",
    "takehome review results/ada --accept-proposals --finalise --reviewer Grace",
    "takehome batch --table --out results",
    "python -m grader.readme.validation --judge 'language model' --texts 20",
    "python -m grader.readme.validation --judge 'language model'",
}
"""Commands on the pages that no test runs as they stand."""


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    """The script docs/generate.py."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def page(rows: int) -> str:
    """A validation page with a paragraph over its table."""
    lines = "\n".join(f"| {i} | {i} |" for i in range(rows))
    return f"# Title\n\nFirst.\n\n- Held: **1 of 1**.\n\nOther work shows too:\n\n| a | b |\n|---|---|\n{lines}\n"


@pytest.mark.parametrize(("rows", "said"), [(12, None), (13, "… 1 more line"), (20, "… 8 more lines")])
def test_incident_tables_are_cut_with_a_mark(generate: ModuleType, rows: int, said: str | None) -> None:
    """A table that is cut says how many lines it lost, and one that is whole says nothing."""
    made = generate._figures(page(rows))
    assert len([line for line in made if line.startswith("|")]) == min(rows, 12) + 2
    assert [line for line in made if line.startswith("…")] == ([said] if said else [])


def test_incident_what_stands_over_a_table_stays(generate: ModuleType) -> None:
    """Containers of other work stood under "left by an attack: 0" without the sentence that explains them."""
    made = generate._figures(page(2))
    assert made.index("Other work shows too:") == made.index("| a | b |") - 2
    shown = (ROOT / "docs" / "graded.md").read_text(encoding="utf-8")
    assert "in which other work on it shows too:\n\n| the machine |" in shown


@pytest.mark.parametrize("path", VALIDATION, ids=lambda path: path.stem)
def test_incident_pages_say_when_they_were_written(path: Path, generate: ModuleType) -> None:
    """Figures of an earlier grader were called current: a page has its day, or is shown as one without."""
    opening = path.read_text(encoding="utf-8").split("\n\n")[1]
    if not re.search(r"(?m)^Last written on \d{4}-\d\d-\d\d\.$", opening):
        sections = (ROOT / "docs" / "graded.md").read_text(encoding="utf-8").split("\n## ")
        (told,) = [section for section in sections if f"(validation/{path.name})" in section]
        assert generate.UNDATED in told


def test_undated_pages_are_said_to_be(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that its command wrote anew is not shown as if it were of any day."""
    (tmp_path / "validation").mkdir()
    (tmp_path / "validation" / "one.md").write_text(page(2), encoding="utf-8")
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    assert generate.UNDATED in generate.graded_page()


def test_incident_commands_that_no_test_runs_are_counted() -> None:
    """The README said that every command on the pages is run; it names how many are not, and these are they."""
    found = set()
    for path in PAGES.glob("*.md"):
        for block in re.findall(r"(?ms)^```text\n(.*?)^```", path.read_text(encoding="utf-8")):
            found |= set(block.splitlines())
    assert found == NOT_RUN
    assert "but for six" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(NOT_RUN) == 6


def test_incident_make_validate_runs_what_it_promises() -> None:
    """`make validate` left the README judge out and was said to run everything; one proof is named as left out."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^(validate-[a-z-]+):", text))
    (run,) = re.findall(r"(?m)^LONG := (.+)$", text)
    assert targets - set(run.split()) == {"validate-language-model"}
    shown = re.sub(r"\s+", " ", (ROOT / "docs" / "graded.md").read_text(encoding="utf-8"))
    assert "every long proof but two" in shown
    assert "tests.kills.engine" in shown
