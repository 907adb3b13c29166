"""What counts as a search in a tracking store."""

from __future__ import annotations

import pytest

from grader.checks.trials import differing_trials
from grader.evidence.modelling import TrackedRun


def family(settings: list[dict[str, str]]) -> list[TrackedRun]:
    """Runs with these parameters below one run."""
    return [
        TrackedRun(run_id=f"{n:032x}", name="trial", parent="a" * 32, params=params, metrics={"pr_auc": 0.2})
        for n, params in enumerate(settings)
    ]


@pytest.mark.parametrize(
    "name",
    ["seed", "random_state", "data_random_seed", "trial", "trial_number", "fold", "n_jobs", "model__verbose"],
)
def test_incident_the_same_settings_under_other_seeds_were_a_search(name: str) -> None:
    """What numbers or repeats a trial is no setting that was tried."""
    assert differing_trials(family([{"depth": "4", name: str(n)} for n in range(12)])) == 1


@pytest.mark.parametrize(
    "name",
    ["num_leaves", "learning_rate", "model__C", "n_estimators", "num_iterations", "params", "subsample"],
)
def test_other_settings_are_a_search(name: str) -> None:
    """Whatever a model is fitted by counts, numbered and seeded or not."""
    given = [{name: str(n), "seed": str(n), "trial": str(n)} for n in range(12)]
    assert differing_trials(family(given)) == 12
    assert differing_trials(family(given[:6] * 2)) == 6
