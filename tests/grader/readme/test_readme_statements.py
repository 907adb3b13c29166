"""Honest people are not called liars, false statements are found and earn little: figures that may only get better."""

import json
from pathlib import Path

import pytest

from grader.readme.validation.__main__ import main
from grader.readme.validation.statements import measure_statements

# Honest passages called false, false ones found, of how many. Never raise the first nor lower the second.
ACCUSED = {
    "churn": (0, 140), "bank": (0, 140), "telecom": (0, 150), "mobile": (1, 150), "power": (2, 150), "office": (0, 150),
    "gym": (0, 150), "hotel": (0, 150), "streaming": (0, 150), "insurance": (0, 150), "bikes": (0, 150),
    "own_1": (0, 89), "own_2": (0, 91), "own_3": (0, 88), "own_4": (0, 87), "own_5": (0, 90), "own_6": (0, 86),
}  # fmt: skip
FOUND = {
    "churn": (52, 70), "bank": (37, 70), "telecom": (38, 75), "mobile": (34, 75), "power": (29, 75), "office": (27, 75),
    "gym": (30, 75), "hotel": (30, 75), "streaming": (13, 75), "insurance": (9, 75), "bikes": (20, 75),
    "own_1": (10, 44), "own_2": (8, 44), "own_3": (7, 51), "own_4": (19, 51), "own_5": (10, 49), "own_6": (10, 52),
}  # fmt: skip
# Honest ones that raise the grounded level of a README that says nothing, and false ones. Never lower, never raise.
EARNING = {
    "churn": (19, 4), "bank": (22, 5), "telecom": (29, 3), "mobile": (36, 3), "power": (42, 8), "office": (42, 7),
    "gym": (44, 13), "hotel": (50, 5), "streaming": (63, 12), "insurance": (64, 12), "bikes": (60, 16),
    "own_1": (62, 2), "own_2": (66, 2), "own_3": (52, 4), "own_4": (47, 3), "own_5": (53, 4), "own_6": (52, 5),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ACCUSED))
def test_statements_are_called_false_and_paid_no_worse_than_before(data: Path, name: str) -> None:
    """A false accusation is our own fault, and 132 of 590 false statements once raised a level."""
    found = measure_statements(data / "statements" / name)
    accused, honest = ACCUSED[name]
    caught, false = FOUND[name]
    assert (found.honest, found.false) == (honest, false)
    assert len(found.accused) <= accused
    assert found.false - len(found.missed) >= caught
    earning, paid = EARNING[name]
    assert found.earning >= earning
    assert len(found.paid) <= paid


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two honest passages, one of them about another model, and two false ones, one of which says nothing checked."""
    rows = [
        (True, "PR-AUC is 0.41 on the test months."),
        (True, "The baseline has a PR-AUC of 0.2."),
        (False, "PR-AUC is 0.9 on the test months."),
        (False, "The moon is made of cheese."),
    ]
    (tmp_path / "facts.json").write_text(json.dumps({"metrics": {"pr_auc": 0.41}}))
    (tmp_path / "statements.jsonl").write_text(
        "".join(json.dumps({"honest": honest, "kind": "plain", "text": text}) + "\n" for honest, text in rows)
    )
    return tmp_path


def test_the_command_prints_both_shares(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Accusing nobody is easy for a check that finds nothing, so both figures are shown."""
    assert main(["--statements", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "0 of 2 honest statements are called false; 1 of 2 false ones are found" in told
    assert main(["--statements", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)[0]
    assert found["honest"] == {"count": 2, "called false": [], "raise the level": 0}
    assert found["false"]["raise the level"] == []
    assert found["false"]["not called false"] == ["plain: The moon is made of cheese."]


def test_a_folder_without_facts_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever points at the wrong folder is told which file is missing."""
    with pytest.raises(SystemExit):
        main(["--statements", str(tmp_path)])
    assert str(tmp_path / "facts.json") in capsys.readouterr().err
