"""How many plans that are not meant pay, and how many that are meant do not: figures that may only get better."""

import json
from pathlib import Path

import pytest

from grader.readme.validation.__main__ import main
from grader.readme.validation.frames import measure_frames

# Unmeant plans that pay, meant plans that do not. Lower them when the judge gets better, never raise them.
WRONG = {"second": (5, 0), "third": (19, 0), "unseen": (34, 3), "twins": (579, 55)}
# In how many sections a plan is found at all; a reader that finds fewer would look better without being it.
FOUND = {"second": (60, 0), "third": (40, 0), "unseen": (39, 44), "twins": (670, 706)}
PLAN = "Each month we compare the PSI of `plan_tier` with the training months; above 0.2 we stop the load."


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    """A file with a plan that is meant, one that is denied, and a section without a plan."""
    rows = [(True, PLAN), (False, f"We do none of the following:\n\n- {PLAN}"), (False, "We like tea.")]
    path = tmp_path / "frames.jsonl"
    path.write_text(
        "".join(
            json.dumps({"writer": 1, "pair": n, "own": own, "how": "plain", "text": text}) + "\n"
            for n, (own, text) in enumerate(rows)
        )
    )
    return path


@pytest.mark.parametrize("name", sorted(WRONG))
def test_no_more_plans_are_misread_than_before(data: Path, name: str) -> None:
    """The share of disowned plans that pay is large and known; a change of the rules must not make it larger."""
    found = measure_frames(data / "frames" / f"{name}.jsonl")
    passed, lost = WRONG[name]
    unmeant, meant = FOUND[name]
    assert found.unmeant >= unmeant
    assert found.meant >= meant
    assert len(found.passed) <= passed
    assert len(found.lost) <= lost


def test_sections_without_a_plan_count_nowhere(frames: Path) -> None:
    """A section of which the reader knows nothing is no success of the rules."""
    found = measure_frames(frames)
    assert (found.meant, found.unmeant, found.passed, found.lost) == (1, 1, (), ())


def test_the_command_prints_both_shares(frames: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catching every plan that is not meant is worth nothing if the meant ones go as well, so both are shown."""
    assert main(["--frames", str(frames)]) == 0
    assert (
        "0 of 1 plans that are not meant pay; 0 of 1 plans that are meant do not pay"
        in capsys.readouterr().out
    )
    assert main(["--frames", str(frames), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["unmeant"] == {"count": 1, "wrong": []}
