"""A status beside a plan says whether it is one: what was rejected, left open or switched off pays nothing."""

from collections.abc import Callable

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts

PSI = "PSI of trips_per_week against last month each load; above 0.2 the load stops."
MEDIAN = "The median of fare_paid_eur is held against last month each load; beyond a factor of two we stop."
PARTS = "| Part | Status |\n|---|---|\n| Input checks | {} |\n| Release | {} |\n\n## Inputs\n\n"
RULE = "```yaml\ninputs:{remark}\n  - column: trips_per_week\n    check: psi\n    limit: 0.2\n    then: stop{more}\n```"


@pytest.mark.parametrize(
    "text",
    [
        f"## D1: Inputs\n\n**Status:** rejected\n\n**Decision.** {PSI}",
        f"## D1: Inputs\n\nStatus: superseded by D4\n\n- {PSI}",
        f"## Inputs (draft withdrawn, not in force)\n\n{PSI}",
        f"## Inputs (a consultant's plan, voted down)\n\n{PSI}",
        f"## Inputs - switched off\n\n{PSI}",
        f"## Checks (rule dropped, no new rule yet)\n\n{PSI}",
        f"## Nobody does this any more\n\n{PSI}",
        f"- [x] The title was chosen\n- [ ] {PSI}",
        f"`[x]` runs. `[ ]` is open: nobody does it.\n\n**Inputs**\n- [ ] {PSI}",
        f"- ✔ The service is logged\n- ✘ {PSI}",
        f"| Check | Status |\n|---|---|\n| {PSI} | switched off |",
        PARTS.format("turned down", "in operation") + PSI,
        RULE.format(remark="   # switched off: the scheduler skips this block", more=""),
        RULE.format(remark="", more="\n    enabled: false"),
        RULE.format(remark="", more="\n    status: disabled"),
        RULE.format(remark="   # not used", more=""),
        RULE.format(remark="   # kept for reference; not in use", more=""),
        "```yaml\ninputs:\n  enabled: false\n  trips_per_week:\n    psi: 0.2\n    then: stop\n```",
        f"## D1: Inputs\n\nStatus: proposed, then rejected.\n\n{PSI}",
        f"## D1: Inputs\n\nDate: 3 May. Status: rejected.\n\n{PSI}",
        f"## D1: Inputs\n\nThis decision was rejected.\n\n{PSI}",
        f"## D1: Inputs\n\n{PSI}\n\nStatus: rejected",
        f"## D1: Inputs\n\n### Status\n\nRejected\n\n### Decision\n\n{PSI}",
        f"## Decisions\n\nD1. {PSI}\n\nStatus: rejected\n\nD2. Types.\n\nStatus: accepted",
        f"## Decisions\n\n- D1: {PSI}\n  - Status: rejected\n- D2: types\n  - Status: accepted",
        f"## Decisions\n\n**D1 Rows**\n\nStatus: accepted\n\nTypes.\n\n**D2 Shape**\n\nStatus: rejected\n\n{PSI}",
        f"## D1: Inputs [rejected]\n\n{PSI}",
        f"## [Superseded] D1: Inputs\n\n{PSI}",
        f"## Inputs (superseded)\n\n### Shape\n\n{PSI}",
        f"## Inputs (this plan was rejected in May)\n\n{PSI}",
        f"## Watching of customers (withdrawn)\n\n{PSI}",
        f"## Nobody reads these\n\n{PSI}",
        f"## A procedure that nobody follows\n\n{PSI}",
        f"1. [x] Split\n2. [ ] {PSI}",
        f"- [x] The split by time\n\nStill open:\n\n- [ ] {PSI}",
        f"| Check | Status |\n|---|---|\n| {PSI} | off |",
    ],
)
def test_what_is_not_in_force_pays_nothing(plan_pays: Callable[[str], bool], text: str) -> None:
    """Each was paid as a plan, though it says beside itself that nobody follows it."""
    assert not plan_pays(text)


@pytest.mark.parametrize(
    "text",
    [
        f"## D1: Inputs\n\n**Status:** accepted\n\n**Decision.** {PSI}",
        f"## D5: Refit every month\n\n**Status:** rejected\n\n**Reason.** {PSI}",
        f"## D5: Refit every month\n\n**Status:** rejected\n\n## D6: Inputs\n\n{PSI}",
        f"## Inputs (in force since May)\n\n{PSI}",
        f"## Leaking columns (dropped)\n\n{PSI}",
        f"## Label (cancelled within 60 days)\n\n{PSI}",
        f"## Checks (✔ runs, ✘ given up)\n\n- ✔ {PSI}",
        f"**Found**\n- [x] refund_count_60d knows the outcome\n\n**Each month**\n- [ ] {PSI}\n- [ ] {MEDIAN}",
        f"- [x] {PSI}\n- [ ] A chart of it",
        f"| Check | Status |\n|---|---|\n| {PSI} | runs |",
        PARTS.format("in operation", "turned down") + PSI,
        f"| Check | Verdict |\n|---|---|\n| {PSI} | rejected |",
        RULE.format(remark="   # before each list", more=""),
        RULE.format(remark="", more="\n    enabled: true"),
        RULE.format(remark="", more="\n    auto_fix_enabled: false"),
        RULE.format(remark="", more="\n    on_fail:\n      scoring_active: false"),
        RULE.format(remark="   # accuracy not run: no labels yet", more=""),
        RULE.format(remark="   # if over the limit, scoring is switched off", more=""),
        RULE.format(remark="   # never disabled, not even on weekends", more=""),
        "```yaml\ninputs:\n  - trips_per_week   # switched off apps send fewer\n    psi: 0.2\n```",
        "```yaml\ntrips_per_week: no PSI over 0.2 against last month, else stop\n```",
        f"## Inputs\n\n- A, a KS test of each column.\n  - Status: rejected\n- B: {PSI}\n  - Status: accepted",
        f"## Inputs\n\nOption A: no check. Status: rejected\n\nOption B: shape. Status: accepted\n\n{PSI}",
        f"## Decisions\n\n**D1.** {PSI}\nStatus: accepted\n\n**D2 Nightly refit.** Noisy.\nStatus: rejected",
        f"## Decisions\n\nD1. Types.\n\nStatus: accepted\n\nD2. Nightly refit.\n\nStatus: rejected\n\n"
        f"D3. {PSI}\n\nStatus: accepted",
        f"## Retraining\n\nNightly refit. Status: abandoned\n\n{PSI}",
        f"## Inputs\n\nDecision: rejected batches are never scored.\n\n{PSI}",
        f"## Data\n\n**refund_count_60d.** Knows the outcome. Decision: dropped.\n\n**fare_paid_eur.** {MEDIAN}",
        f"## Loads\n\n- State: passed\n- State: held\n- State: rejected\n\n{PSI}",
        f"## Input checks (leaky columns not used)\n\n{PSI}",
        f"## Inputs (the old rule was dropped in May, this is the new one)\n\n{PSI}",
        f"## Inputs (replaces the superseded plan of June)\n\n{PSI}",
        f"## Inputs (daily PSI rejected as too noisy)\n\n{PSI}",
        f"## Release (the old model is retired after two months)\n\n{PSI}",
        f"## Retraining (candidate rejected if worse)\n\n{PSI}",
        f"## Refit (never done by calendar)\n\n{PSI}",
        f"## Inputs (now automated: nobody does this by hand)\n\n{PSI}",
        f"## Churn (plan cancelled within 60 days)\n\n{PSI}",
        f"## Alarm: job not running\n\n{PSI}",
        f"## Case 2: rejected\n\n{PSI}",
        f"[ ] by hand, [x] automatic\n\n- [x] schema check\n- [ ] {PSI}",
        f"## Each month\n\n- [x] Load the file\n- [ ] {PSI}",
        f"1. [x] Load\n2. [ ] {PSI}\n\nBoxes are ticked by whoever is on duty, each load.",
        f"| Version | Status |\n|---|---|\n| model v1 | retired |\n| model v2 | live |\n\n## Model monitoring\n\n{PSI}",
        f"| Load | Status |\n|---|---|\n| Load 2022-03 | rejected |\n\n## Load checks\n\n{PSI}",
        f"| Item | Status |\n|---|---|\n| Data with nulls | rejected |\n\n## Data checks\n\n{PSI}",
        f"| Item | Status |\n|---|---|\n| Refit by cron | rejected |\n| Refit on a limit | runs |\n\n## Refit\n\n{PSI}",
    ],
)
def test_what_is_in_force_stays(plan_pays: Callable[[str], bool], text: str) -> None:
    """A list to be ticked each month, a legend, reasons, dropped columns and rejected batches disown no plan."""
    assert plan_pays(text)


def test_incident_a_section_of_reasons_alone_ended_the_judge(facts: Facts) -> None:
    """Two statuses among nothing but reasons void nothing, and the text is read to its end."""
    text = "## B\n\nReason\n\n- Because we say so in this text\n- Status: accepted by the whole board\n"
    text += "- Because of all of it here\n- Status: rejected by the whole board\n"
    claims = read_claims(f"# A\n\nSome words.\n\n{text}", facts).claims
    assert claims[-1].own == "status: rejected by the whole board"
