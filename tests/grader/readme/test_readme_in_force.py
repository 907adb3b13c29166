"""A status beside a plan says whether it is one: what was rejected, left open or switched off pays nothing."""

from collections.abc import Callable

import pytest

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
    ],
)
def test_what_is_in_force_stays(plan_pays: Callable[[str], bool], text: str) -> None:
    """A list to be ticked each month, a legend, reasons, dropped columns and rejected batches disown no plan."""
    assert plan_pays(text)
