"""Sections whose plan is meant and whose plan is not, as strangers put them who tried to break the rules."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts

CHECK = (
    "Each Monday we compute the PSI of `plan_tier` against the training months. Above 0.25 the batch is held."
)
MONTHLY = (
    "Each month the job compares PR-AUC on the newest matured cohort with 0.27 and opens a ticket below 0.25."
)
TABLE = "| What | Limit | Action |\n|---|---|---|\n| PR-AUC on the newest matured cohort each month | 0.25 | ticket |"
LOST_ONCE = (
    f"Accuracy is not what we look at:\n\n{TABLE}",
    f"A big bang is not how we release:\n\n{TABLE}",
    f"A calendar is not what we follow:\n\n{TABLE}",
    f"Live traffic is not what we trained on:\n\n{TABLE}",
    f"This is not how we started:\n\n{TABLE}",
    "A ticket is opened when PR-AUC on the newest matured cohort is below 0.25. That was the aim.",
    f"{MONTHLY} That was our aim, but we also added a PSI check with a limit of 0.2.",
    f"{MONTHLY} This was the plan before I saw the data, and it held.",
    "| Situation | Limit | Verdict |\n|---|---|---|\n| Candidate PR-AUC below | 0.25 | rejected |",
    "- A challenger that loses on PR-AUC against 0.25 is archived.",
    f"{MONTHLY} If the batch is empty we run none of the above.",
    f"{MONTHLY} In the first 90 days I run none of the above because no label is settled.",
    f"{MONTHLY} While an incident is open we do none of them automatically: the owner decides.",
    f"None of these is computed on immature labels:\n\n- PR-AUC.\n- {MONTHLY}",
    f"Nobody has to do this by hand:\n\n- PR-AUC.\n- {MONTHLY}",
    f"None of these steps is done by hand:\n\n- PR-AUC.\n- {MONTHLY}",
    f"Nobody has to run these checks:\n\n- PR-AUC.\n- {MONTHLY}",
    f"None of these alarms is built without an owner:\n\n- PR-AUC.\n- {MONTHLY}",
    f"No release without these checks:\n\n- PR-AUC.\n- {MONTHLY}",
    "| Signal | Limit | The batch is |\n|---|---|---|\n| PSI of `plan_tier` each Monday | 0.25 | rejected |",
    "- PSI of `plan_tier` above 0.25 each Monday – rejected.",
    "- A PSI of 0.25 (rejected by the loader).",
    "| Phase | Live | Rule |\n|---|---|---|\n| shadow | no | 2 weeks, PSI 0.25 |",
    "| Column | In production | Rule |\n|---|---|---|\n| plan_tier | no | PSI 0.25 |",
    f"The new model must not fail any of these checks:\n\n- {CHECK}",
    f"A batch may not violate any of the following:\n\n- {CHECK}",
    f"A healthy batch does not show any of these:\n\n- {CHECK}",
    f"We hold any batch that does not meet the following:\n\n- {CHECK}",
    f"We do not deploy a model failing these checks:\n\n- {CHECK}",
    f"We do not tolerate any of the following:\n\n- {CHECK}",
    f"We never automate these steps:\n\n- {CHECK}",
    f"Nobody overrides these rules:\n\n- {CHECK}",
    f"Accuracy does not show any of the following:\n\n- {CHECK}",
    f"A single AUC does not reveal these:\n\n- {CHECK}",
    f"The schema check does not catch these:\n\n- {CHECK}",
    f"None of these needs labels:\n\n- {CHECK}",
    f"None of these takes more than a minute:\n\n- {CHECK}",
    f"It was our aim to catch a feed change within a week. {CHECK}",
    f"{CHECK} That was the idea behind the split as well: it copies the delay of the labels.",
    f"{CHECK}\n\nThis was the idea behind the hold-out.",
    f"{CHECK} This was our routine for the last three batches: it takes ten minutes.",
    f"{CHECK} That was my plan and I carried it out on the last four batches.",
    f"This was the plan we agreed on with the call team. {CHECK}",
    f"## What would I check each month?\n\n{CHECK}",
    f"## What do I do if there was a fault upstream?\n\n{CHECK}",
    f"## If somebody paid late\n\n{CHECK}",
    f"## What do we do now?\n\n{CHECK}",
    f"## What did my company do before scoring?\n\n{CHECK}",
    f"Note: a former colleague says this should be done daily. We do it weekly.\n\n{CHECK}",
    f"## What do we not do on a broken feed?\n\n{CHECK}",
    f"## What will I not do when the feed breaks?\n\n{CHECK}",
    f"## What if there were more people than calls?\n\n{CHECK}",
    f"## When I worked before sunrise\n\n{CHECK}",
    f"Our last job did not finish in time once. {CHECK}",
    f"Our previous job ran at night. {CHECK}",
    f"Do not run in parallel with another load: {CHECK}",
    "Do not start the canary until PR-AUC in shadow is over 0.25.",
    "At no time is the list sent before the PSI of `plan_tier` against last month is below 0.25.",
    "At no time is the list sent unchecked: the PSI of `plan_tier` above 0.25 holds the batch.",
    "Many papers use ROC-AUC, but we use PR-AUC: below 0.25 for two months we refit.",
    f"Early signal\n: A former colleague says one should look daily: at the mean.\n\nInputs\n: {CHECK}",
)
PAID_ONCE = (
    "Monitoring is out of scope: when PR-AUC falls below 0.25 for two months, roll back to the previous version.",
    "Drift monitoring is out of scope; if PSI exceeds 0.25 a ticket is opened and the model is retrained.",
    "No drift check is done; if PSI exceeds 0.25, retrain within 3 days.",
    "We have no drift monitoring; a typical set-up compares PSI with 0.25 each month and opens a ticket.",
    "We never look at the labels; each month the recommended comparison is PR-AUC on the matured cohort against 0.25.",
    "There is no rollback; once PR-AUC is under 0.25 for two months the model is switched off by the customer.",
    "As many blogs suggest, I considered a PSI check with a limit of 0.25 and retraining above.",
    "Our competitors compare PSI with 0.25 each month and retrain, as their vendors advise.",
    "As textbooks recommend, our industry compares PR-AUC with 0.25.",
    "As vendors advise, we should compare PSI with 0.25.",
    f"{MONTHLY} A dashboard for this and the rest was proposed but not adopted.",
    f"{MONTHLY} A tool like this was not adopted.",
    f"A monitoring system was designed but not implemented. {CHECK}",
    f"A monitoring concept was proposed but not adopted. {CHECK}",
    f"Another approach was proposed but not adopted. {CHECK}",
    f"A weekly check was planned but not done. {CHECK}",
    f"An idea that was not adopted. {CHECK}",
    "We do not compute the PSI; if we did, the batch would be held above 0.25 each Monday.",
    "We do not check; on paper the PSI of `plan_tier` is compared weekly with 0.25.",
    "There is no alert on PSI; each Monday someone might look at `plan_tier` above 0.25 if there is time.",
    "PSI monitoring is out of scope: each Monday `plan_tier` would be compared at 0.25.",
    "A gate is not planned: a new model that is worse by 0.25 AUC goes live as well.",
    "We won't compute the PSI; on Mondays the batch goes in even above 0.25.",
    "Nobody has to approve anything since nobody checks the PSI above 0.25 each Monday.",
    "Nobody has to confirm that we compute the PSI at 0.25.",
    f"## The fraud model\n\n{CHECK}",
    f"## Our fraud model\n\n{CHECK}",
    f"## ChatGPT's answer\n\n{CHECK}",
    f"## Claude's answer\n\n{CHECK}",
    f"## Competitor's product\n\n{CHECK}",
    f"## Vendor's demo\n\n{CHECK}",
    f"## Brochure\n\n{CHECK}",
    f"## My dream\n\n{CHECK}",
    f"## Assignment text\n\n{CHECK}",
    f"Dropped:\n\n- {CHECK}",
    f"Left blank:\n\n- {CHECK}",
    f"Lost in the vote, 5 to 2:\n\n- {CHECK}",
    f"Prompt I used:\n\n- {CHECK}",
    f"Exercise for later:\n\n- {CHECK}",
    f"The tool is able to:\n\n- {CHECK}",
    f"We would like to hire somebody who does this:\n\n- {CHECK}",
    "I should have built a weekly PSI check of `plan_tier` at 0.25.",
    "Struck from the plan: the PSI of `plan_tier` at 0.25.",
    "Removed from the scope: the PSI of `plan_tier` at 0.25",
    f"Imagine a company with a data team. {CHECK}",
    f"Suppose a bank. {CHECK}",
    "As consultants recommend, one would compute PSI weekly at 0.25, but we do not.",
    f"## What will we NOT do?\n\n- {CHECK}",
    f"## What do we not monitor?\n\n- {CHECK}",
    f"## What stays undone?\n\n- {CHECK}",
    f"## What don't we do?\n\n- {CHECK}",
    f"## What isn't checked?\n\n- {CHECK}",
    f"## Which checks do we not run?\n\n- {CHECK}",
    f"## If only there were time\n\n- {CHECK}",
    f"## Where I used to work\n\n- {CHECK}",
    "At no time do we look at the PSI of `plan_tier` with a limit of 0.25.",
    f"## What would I check each month, if there were time?\n\n- {CHECK}",
    f"## Inputs: what could be watched, if somebody built it\n\n- {CHECK}",
    f"## What did my last company do about inputs?\n\n- {CHECK}",
    f"## How were inputs checked where I worked before?\n\n- {CHECK}",
    "## Plan\n\nNot implemented yet. The following is a sketch.\n\n**Inputs.** "
    "Each Monday the PSI is computed.\n\n**Outcomes.** We look at precision.",
)


def of_the_psi(text: str) -> set[str]:
    """How the statements on the PSI or its limit stand."""
    facts = Facts(columns=("plan_tier", "contract_type"))
    found = read_claims(f"Some words.\n\n{text}", facts).claims
    return {claim.modality for claim in found if "psi" in claim.own or "0.25" in claim.own}


@pytest.mark.parametrize("text", LOST_ONCE)
def test_a_meant_plan_beside_a_no_stays(text: str) -> None:
    """A batch that is rejected, a check that must not fail or an aim that was reached disowns no plan."""
    assert of_the_psi(text) == {"asserted"}


@pytest.mark.parametrize("text", PAID_ONCE)
def test_a_plan_that_is_not_meant_stays_unpaid(text: str) -> None:
    """Each of these was recognised, and paid after rules had been merged or narrowed."""
    assert "asserted" not in of_the_psi(text)
