"""A sample of the attack corpus on every test run; `python -m tests.attacks` grades all of it."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.attacks.case import Attack, Got, judge
from tests.attacks.ground import Ground, prepared, tried
from tests.attacks.table import ATTACKS, FAMILIES
from tests.attacks.weakened import DEFENCES, Defence

ROOT = Path(__file__).resolve().parents[2]
QUICK = [attack for attack in ATTACKS if attack.quick]


@pytest.fixture(scope="module")
def ground(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The graded clean submission, in a folder of its own."""
    return prepared(tmp_path_factory.mktemp("attacks") / "ground")


@pytest.mark.docker
@pytest.mark.slow
def test_the_clean_submission_is_middling(ground: Ground) -> None:
    """There are points left to be tried for, and points to lose, else "never above the clean one" says little."""
    assert 35 <= ground.report.total <= 75
    assert {p.verdict for p in ground.report.phases} == {"OK"}


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize("attack", QUICK, ids=lambda attack: attack.id)
def test_attack_gains_nothing(attack: Attack, ground: Ground) -> None:
    """It ends with the expected verdict, scores no more than the clean submission, finds and leaves nothing."""
    assert tried(ground, attack).wrong == ()


def test_the_corpus_is_whole() -> None:
    """At least seventy attacks of every family, each under a name of its own, and a sample of each for every run."""
    names = [attack.id for attack in ATTACKS]
    assert len(names) == len(set(names)) >= 70
    assert all(any(a.quick for a in attacks) for attacks in FAMILIES.values())


def test_every_defence_of_the_threat_model_points_to_its_attacks() -> None:
    """The page on defences names attacks that are in the corpus, at least one in every row."""
    page = (ROOT / "docker" / "README.md").read_text(encoding="utf-8")
    table = page.split("## Threat model\n", 1)[1].split("\n\nTwo thousand", 1)[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 15
    for row in rows:
        named = re.findall(r"`([a-z0-9*-]+)`", row.rsplit("|", 2)[1])
        assert named, row
        for pattern in named:
            assert any(fnmatch(attack.id, pattern) for attack in ATTACKS), pattern


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.id)
def test_each_defence_can_be_taken_out(defence: Defence) -> None:
    """The words that are replaced in a test build are still there, once, and the attack is in the corpus."""
    assert (ROOT / defence.file).read_text(encoding="utf-8").count(defence.old) == 1
    assert defence.attack in {attack.id for attack in ATTACKS}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"verdicts": {"intake": "OK"}}, "expected intake REJECTED_INTAKE"),
        ({"above": 0.5, "raised": {"audit.drift": 0.5}}, "above the clean submission"),
        ({"canary": ("evidence.json",)}, "the canary is in evidence.json"),
        ({"left": ("container x",)}, "left behind: container x"),
        ({"details": {"intake": "[other] x"}}, "expected intake REJECTED_INTAKE"),
        ({"verdicts": {"intake": "REJECTED_INTAKE", "build": "INFRA_ERROR"}}, "build ended as our fault"),
    ],
)
def test_each_rule_can_be_broken(change: dict[str, object], wrong: str, tmp_path: Path) -> None:
    """A wrong verdict, points gained, a canary found, something left: each alone makes an attack a success."""
    fine: dict[str, object] = {
        "verdicts": {"intake": "REJECTED_INTAKE"},
        "details": {"intake": "[leaves-tree] x"},
        "above": -10.0, "raised": {}, "canary": (), "left": (), "seconds": 1.0, "work": tmp_path,
    }  # fmt: skip
    attack = Attack(
        "slip", "intake", "climbs out", "intake REJECTED_INTAKE [leaves-tree]", lambda folder: None
    )
    assert judge(attack, Got(**fine)).wrong == ()  # type: ignore[arg-type]
    (found,) = judge(attack, Got(**{**fine, **change})).wrong  # type: ignore[arg-type]
    assert wrong in found
