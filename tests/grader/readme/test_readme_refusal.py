"""Plain refusals in ordinary English take the credit of a plan away, and decisions keep it."""

from pathlib import Path

import pytest

from grader.readme.claims import read_claims
from grader.readme.denial import is_denial
from grader.readme.facts import Facts, read_facts

CORPUS = Path("grader/readme/validation/corpus")


@pytest.fixture(scope="module")
def facts() -> Facts:
    """The facts that the names of columns are looked up in."""
    return read_facts(CORPUS / "facts.json")


@pytest.mark.parametrize(
    "said",
    [
        "we do not stop the load when the median of qcol is more than twice last month's.",
        "i would never set the registry alias back to qversion when the list leaves 3 to 8 % of customers.",
        "we will not hold a new model against the current one on the last 2 matured months.",
        "we do not repair a broken feed and rescore.",
        "nobody will open a ticket when qcol is above 0.2 for 2 months.",
    ],
)
def test_a_step_that_is_not_taken_is_denied_whatever_its_verb(said: str) -> None:
    """A perfect plan behind "we do not" earned the levels of the plan for verbs that no list of denials held."""
    assert is_denial(said)


@pytest.mark.parametrize(
    "said",
    [
        "we do not stop the load for one empty cell in 10 000.",
        "we do not open a ticket before the median has been off for 2 weeks.",
        "i would not set the alias back while precision holds at 0.3.",
        "we never set the limit by hand.",
        "we do not page anybody at night for 1 missing file.",
        "below 0.21, we do not lower the cut-off to fill the shifts.",
    ],
)
def test_an_exception_or_a_reason_makes_a_decision_of_an_omission(said: str) -> None:
    """What is left undone in one case is part of a plan."""
    assert not is_denial(said)


@pytest.mark.parametrize(
    "said",
    [
        "we do not retrain on the last 12 matured months when precision is below 0.26 for 2 matured months.",
        "no retraining when precision in the list falls below 0.26 in 2 months.",
        "under no circumstances would i retrain when the hit rate drops below 0.3 for 2 months.",
        "we avoid retraining on the last 12 finished months.",
    ],
)
def test_the_trigger_of_retraining_can_be_denied(said: str) -> None:
    """Denying the very condition that should retrain is no decision about a fault."""
    assert is_denial(said)


@pytest.mark.parametrize(
    "said",
    [
        "we do not retrain on a broken feed.",
        "i would not retrain because an input moved.",
        "we do not retrain when precision is below 0.26 in one month.",
        "we never retrain before precision has been below 0.26 for 2 matured months.",
        "no retraining while the feed is red, even if precision falls below 0.26.",
        "no retraining when psi is above 0.2.",
    ],
)
def test_what_must_not_retrain_is_a_decision(said: str) -> None:
    """Telling a fault from a changed world is what the rubric asks for, and it is said with "not"."""
    assert not is_denial(said)


@pytest.mark.parametrize(
    "said",
    [
        "no monthly psi of qcol , qcol and qcol against january to june with a ticket above 0.2.",
        "no precision in the list on an uncalled 5 % after 105 days.",
        "we refuse to compare a new model with the current one.",
        "nobody here computes psi of qcol each month against january to june.",
        "i never got round to computing psi of qcol each month.",
        "what is missing is the monthly psi of qcol with a ticket above 0.2.",
        "i would be lying if i said that we compute psi each month.",
        "it is too much work to compute psi of qcol each month, so that falls away.",
        "anyone who thinks that precision below 0.26 leads to retraining is mistaken.",
        "instead of watching the share above 0.21 every week, we leave the list as it falls.",
        "some day somebody may compare a new model with the current one on 2 months.",
        "we won't compute psi of qcol each month.",
        "we can't compare a new model with the current one.",
        "i can't be bothered to compute psi each month.",
        "we see no point in comparing qcol with last month.",
        "it would be a lie to say that we compute psi each month.",
        "the idea that we watch the share above 0.21 every week is laughable.",
        "we only pretend to hold the median against last month.",
    ],
)
def test_unwillingness_is_denial(said: str) -> None:
    """People who do not do a thing say so in many ways."""
    assert is_denial(said)


@pytest.mark.parametrize(
    "said",
    [
        "no psi above 0.2 on any of the 5 columns.",
        "we are unable to tell a saved customer from a false alarm.",
        "if only the image goes back, the old model runs with the new cut.",
        "rather than retrain at once, we recalibrate on the last 2 months.",
        "we avoid confusing a unit change with drift.",
        "nobody gets a list while qcol has more than 5 % empty cells.",
        "instead of retraining we recalibrate on the last 2 matured months.",
        "retraining on a broken feed is out of the question.",
        "anybody who reads the list sees the share above 0.21.",
        "no training unless precision is below 0.26 in 2 matured months with a clean feed.",
        "no release that does not beat the current model on the last 2 matured months.",
    ],
)
def test_conditions_limits_of_knowledge_and_preferences_are_no_refusals(said: str) -> None:
    """Gates, limitations and choices are said in words close to those of refusals."""
    assert not is_denial(said)


PLAN = "stop the load when the median of `data_usage_gb` is more than twice last month's"


@pytest.mark.parametrize(
    "text",
    [
        f"You will look in vain for these:\n\n- {PLAN}\n",
        f"- {PLAN} (scrapped).\n",
        f"- {PLAN}: too much work for me.\n",
        f"| Idea | Verdict |\n|---|---|\n| {PLAN} | rejected |\n",
        f"| Practice | In this service |\n|---|---|\n| {PLAN} | absent |\n",
        f"| Planned? | Measure |\n|---|---|\n| no | {PLAN} |\n",
        f"| Idea | Decision |\n|---|---|\n| {PLAN} | dropped |\n",
        f"We do the opposite of:\n\n- {PLAN}\n",
        f"Cancelled for cost reasons:\n\n- {PLAN}\n",
        f"Struck from the plan in the last meeting:\n\n- {PLAN}\n",
        f"- {PLAN} (dropped)\n",
        f"- {PLAN} ✗\n",
        f"| Item | Here? |\n|---|---|\n| {PLAN} | no |\n",
        f"| Practice | We |\n|---|---|\n| {PLAN} | ✗ |\n",
        f"| Measure | Do we do it? |\n|---|---|\n| {PLAN} | no |\n",
        f"| Idea | Status |\n|---|---|\n| {PLAN} | too expensive |\n",
        f"| Rejected proposals |\n|---|\n| {PLAN} |\n",
        f"- Each load we {PLAN}. Overkill, we skip it.\n",
        f"Things to skip:\n\n- {PLAN}\n",
        f"# Plan\n\nText.\n\n## Ideas I threw away\n\n- {PLAN}\n",
        f"We {PLAN}.\n\nSounds good, and it did to me, until I dropped all of it.\n",
        f"Last year's winner would {PLAN}.\n",
    ],
)
def test_a_lead_in_or_a_verdict_beside_an_item_denies_it(text: str, facts: Facts) -> None:
    """A list of perfect plans under "cancelled" paid like the plans themselves."""
    claims = [claim for claim in read_claims(text, facts).claims if "median" in claim.own]
    assert claims
    assert not any(claim.pays for claim in claims)


@pytest.mark.parametrize(
    "text",
    [
        f"We do:\n\n- {PLAN}\n",
        f"| Idea | Verdict |\n|---|---|\n| {PLAN} | accepted |\n",
        f"| Practice | Alternative, rejected |\n|---|---|\n| {PLAN} | a dashboard |\n",
        f"| Item | Here? |\n|---|---|\n| {PLAN} | yes |\n",
        f"| Check | Retrain? |\n|---|---|\n| {PLAN} | no |\n",
        f"We {PLAN}. Leave the list of yesterday until then.\n",
        f"# Plan\n\nText.\n\n## How the alarms are used\n\n- {PLAN}\n",
        "| Finding | What I did |\n|---|---|\n| `retention_offer_flag` is set after the notice | dropped |\n",
    ],
)
def test_columns_that_say_no_to_something_else_take_nothing(text: str, facts: Facts) -> None:
    """ "Retrain? no" is a decision, and a dropped column is a finding with its consequence."""
    assert any(claim.pays for claim in read_claims(text, facts).claims)
