"""How much of a search the tracked runs show: the settings that were tried."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.evidence.modelling import TrackedRun

SEARCH_TRIALS = 10
"""Differing trials from which a search is one."""
NO_SETTING = re.compile(
    r"(?:^|[\W_])(?:seeds?|random_?state|trial|trial_?(?:id|no|nr|num|number|index)|fold|cv_?fold|repeat|run|run_?(?:id|no|name)"
    r"|idx|index|uuid|name|time|timestamp|date|started_?at|best_?iter(?:ation)?"
    r"|n_?jobs|num_?threads|n_?threads|threads|thread_?count|verbos[a-z]*|device)$",
    re.I,
)
"""Parameters that number or repeat a trial, or say how it ran or came out; whoever changes only these tries nothing."""


def differing_trials(runs: Iterable[TrackedRun]) -> int:
    """Return the number of different settings among the largest family of sibling runs, or in a run's own table.

    Of runs without a parent two are no trials, the baseline and the tuned run. Where no figure differs between the
    trials of a family nothing was fitted with these settings. A table counts as a search of scikit-learn leaves it
    where autologging makes runs of the five best alone.
    """
    runs = list(runs)
    families: dict[str | None, set[tuple[tuple[str, str], ...]]] = {}
    came: dict[str | None, set[tuple[tuple[str, float], ...]]] = {}
    for run in runs:
        settings = tuple(sorted(item for item in run.params.items() if not NO_SETTING.search(item[0])))
        families.setdefault(run.parent, set()).add(settings)
        figures = tuple(sorted(item for item in run.metrics.items() if not NO_SETTING.search(item[0])))
        came.setdefault(run.parent, set()).add(figures)
    counts = [0]
    for parent, tried in families.items():
        others = 2 if parent is None else 0
        trials = len(tried) - others
        counts.append(trials if trials < 2 or len(came[parent]) - others >= 2 else 1)
    return max(*counts, *(_in_table(run) for run in runs), 0)


def _in_table(run: TrackedRun) -> int:
    """Return the number of different settings in the table of a search, held to what a family of runs is held to."""
    tried = {
        tuple(sorted(item for item in trial.params.items() if not NO_SETTING.search(item[0])))
        for trial in run.trials
    }
    return len(tried) if len({trial.score for trial in run.trials}) >= 2 else min(len(tried), 1)
