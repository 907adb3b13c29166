"""What counts as a search in a tracking store."""

from __future__ import annotations

import pytest

from grader.checks.trials import differing_trials
from grader.evidence.modelling import TrackedRun, Trial


def family(
    settings: list[dict[str, str]], step: float = 0.001, parent: str | None = "a" * 32
) -> list[TrackedRun]:
    """Runs with these parameters below one run, whose figures differ by a step."""
    return [
        TrackedRun(
            run_id=f"{n:032x}", name="trial", parent=parent, params=params, metrics={"pr_auc": 0.2 + n * step}
        )
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


@pytest.mark.parametrize("parent", ["a" * 32, None])
def test_incident_settings_with_one_figure_for_all_were_a_search(parent: str | None) -> None:
    """Twelve settings that come out the same to the last digit were written down, not fitted; a few equal ones are."""
    given = [{"depth": str(n)} for n in range(14)]
    assert differing_trials(family(given, step=0.0, parent=parent)) == 1
    some = family(given[:10], step=0.0, parent=parent) + family(given, parent=parent)[10:]
    assert differing_trials(some) == (14 if parent else 12)


def searched(settings: list[dict[str, str]], step: float = 0.001) -> list[TrackedRun]:
    """A search as autologging leaves it: its five best as runs, all trials as a table of the run above them."""
    trials = tuple(Trial(params=params, score=0.2 + n * step) for n, params in enumerate(settings))
    return [
        TrackedRun(run_id="a" * 32, name="search", metrics={"best_cv_score": 0.2}, trials=trials),
        *family(settings[:5], step),
    ]


def test_incident_a_search_that_was_logged_by_itself_had_five_trials() -> None:
    """All trials in the table of a search count, held to what runs are: other settings, other outcomes."""
    assert differing_trials(searched([{"depth": str(n)} for n in range(20)])) == 20
    assert differing_trials(searched([{"depth": "4", "random_state": str(n)} for n in range(20)])) == 1
    assert differing_trials(searched([{"depth": str(n)} for n in range(20)], step=0.0)) == 1
    assert differing_trials([]) == 0
