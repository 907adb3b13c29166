"""Evidence is read back as it was saved, and damage is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.errors import UsageError
from grader.evidence.document import load_evidence, save_evidence
from grader.rubric import load_rubric
from grader.scoring import score
from grader.types import Verdict
from tests.grader.case_builder import finding, served_case


def test_scores_from_saved_evidence_are_the_same_bytes(tmp_path: Path) -> None:
    """Scoring needs nothing but the saved folder, the rubric and the vault."""
    case = served_case(findings=[finding("target_leakage", "leak")])
    save_evidence(case.evidence, tmp_path / "evidence")
    again = load_evidence(tmp_path / "evidence")
    assert again.document == case.evidence.document
    for name, values in case.evidence.arrays.items():
        np.testing.assert_array_equal(again.array(name), values)
    rubric = load_rubric()
    first, second = (score(e, rubric, case.truth).model_dump_json() for e in (case.evidence, again))
    assert first == second


def test_what_was_not_measured_is_empty(tmp_path: Path) -> None:
    """An absent array is empty and a phase never reached was not run."""
    evidence = served_case().evidence
    assert evidence.array("service.nothing").size == 0
    assert evidence.phase("nowhere").verdict is Verdict.NOT_RUN


@pytest.mark.parametrize(("name", "content"), [
    ("evidence.json", b"{"), ("evidence.json", b"\xff"), ("evidence.json", b'{"name": "x"}'),
    ("service.replay.npy", b"\x93NUMPY"), ("service.replay.npy", b"garbage"), ("service.replay.npy", b""),
])  # fmt: skip
def test_damage_is_an_error_of_ours(tmp_path: Path, name: str, content: bytes) -> None:
    """A cut or changed file ends in one line, not in a traceback, and no pickle is ever loaded."""
    save_evidence(served_case().evidence, tmp_path / "evidence")
    (tmp_path / "evidence" / name).write_bytes(content)
    with pytest.raises(UsageError, match="damaged evidence"):
        load_evidence(tmp_path / "evidence")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The path that was looked for is in the message."""
    with pytest.raises(UsageError, match=r"evidence\.json: not found"):
        load_evidence(tmp_path / "nowhere")
