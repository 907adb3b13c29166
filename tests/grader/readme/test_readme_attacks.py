"""The judge as it ships, on the attacked variants of the corpus."""

import pytest

from grader.readme.judge import judge_readme
from grader.readme.validation.corpus import load_corpus
from grader.readme.validation.measure import levels_of

CORPUS = load_corpus()


@pytest.mark.parametrize("name", sorted(CORPUS.attacks))
def test_incident_the_judge_that_ships_paid_two_attacks_that_the_folds_did_not(name: str) -> None:
    """Folds measure judges fitted on parts; of the one fitted on all, two attacks raised `communication`."""
    attacked, base = (
        levels_of(judge_readme(CORPUS.texts[text], CORPUS.facts)) for text in (name, CORPUS.attacks[name])
    )
    assert all(attacked[criterion] <= level for criterion, level in base.items())
