"""Other models, ended practices, tales and wishes are not this plan."""

from collections.abc import Callable

import pytest

PLAN = (
    "Each load the median of fare_paid_eur is held against last month and beyond a factor of two the load stops. "
    "PSI of trips_per_week is computed each week and a ticket is opened above 0.2."
)
BULLETS = "\n".join(f"- {sentence.rstrip('.')}." for sentence in PLAN.split(". "))


@pytest.mark.parametrize(
    "text",
    [
        f"For the fraud model (not the churn model) this is running:\n\n{BULLETS}",
        f"## The fraud model, a different project of mine\n\n{BULLETS}",
        f"{PLAN} All this is about the weather model of a neighbouring team.",
        f"{PLAN} Forget this paragraph, it belongs to another project.",
        "Until last March PSI of trips_per_week was computed each week; since then, no longer.",
        "In the pilot of 2022 PSI of trips_per_week was computed each week, and a ticket opened above 0.2.",
        f"Once upon a time there was a kingdom with a churn model. {PLAN}",
        f"Last night I dreamt of this: {PLAN}",
        f"Imagine a company quite unlike this one. {PLAN}",
        f"Suppose, for the sake of argument, the world were tidy. {PLAN}",
        f"In an ideal world one would:\n\n{BULLETS}",
        f"Some day, perhaps, somebody will:\n\n{BULLETS}",
        f"Next quarter we shall consider whether to:\n\n{BULLETS}",
        f"An example, which we present in order to warn. {PLAN}",
        f"This was the plan that lay on the table. {PLAN}",
        f"{PLAN} The motion was lost by five votes to three.",
    ],
)
def test_other_models_and_made_up_worlds_do_not_pay(plan_pays: Callable[[str], bool], text: str) -> None:
    """What runs for another purpose, ran once or is only imagined earns nothing."""
    assert not plan_pays(text)


@pytest.mark.parametrize(
    "text",
    [
        "Suppose the feed breaks: we stop the load when the median of fare_paid_eur doubles.",
        "Imagine PSI of trips_per_week rises above 0.2: then we open a ticket the same day.",
        f"Imagine the list is empty. {PLAN}",
        f"Assume a team of two. {PLAN}",
        f"We want to look into whether the fall is real:\n\n{BULLETS}",
        f"{PLAN} It describes the other model version too.",
        f"## The cancellation model in service\n\n{BULLETS}",
        f"Pricing tells us of a new price list a week ahead. {PLAN}",
        "Until labels are mature, PSI of trips_per_week is computed each week; since 2022-03 no longer in euro.",
        "In the pilot phase PSI of trips_per_week is computed each day, above 0.2 we stop.",
        "If only the median of fare_paid_eur moves, we repair the feed.",
        f"In an ideal world labels would come at once. {PLAN}",
        f"We present these figures to the desk each month, to warn it early. {PLAN}",
        f"{PLAN} The motion was carried.",
        "In my last job a model learned a broken unit, and this is what I do since, here as well: at each load the "
        "median of fare_paid_eur is held against last month, factor two stops it.",
    ],
)
def test_own_plans_in_such_words_stay(plan_pays: Callable[[str], bool], text: str) -> None:
    """A supposed case, a word about pricing or a lesson applied here introduces the writer's own plan."""
    assert plan_pays(text)


def test_what_was_done_in_a_former_job_is_no_plan(plan_pays: Callable[[str], bool]) -> None:
    """Experience alone stays a report of somewhere else."""
    assert not plan_pays("In my last job we computed PSI of every input each week and stopped above 0.2.")
