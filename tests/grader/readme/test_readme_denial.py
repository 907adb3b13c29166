"""A denied or reported check is none; a refusal to act wrongly is a decision."""

import pytest

from grader.readme.modality import own_modality
from grader.readme.wording import plain

DENIED = (
    "We have no check of the PSI; a limit of 0.2 was never set.",
    "Out of scope: when the PSI exceeds 0.2 we stop the load.",
    "We do not compute any of this; the PSI of 30 columns is not compared with 0.2 either.",
    "Had there been time, we would compare the null rates with last month.",
    "With more time I would run the new model silently beside the old one for a month.",
    "It is not the case that the null rates are compared with last month.",
    "check: PSI of each column | limit: 0.2 | status: not started",
    "rule: precision below 0.3 for two months | implemented: no",
    "Shape of values: no PSI for the two strongest columns; nothing stops the load.",
    "The ranges of both columns are loaded without limits.",
    "Precision under 0.3 in two months also not.",
    "If the rule changes, we do nothing with the label.",
    "We have no gate for new models at present.",
    "The share of empty cells is not looked at.",
    "There is no comparison with the learning sample.",
    "Nobody reads the histogram after scoring.",
    "Precision per region is not broken down or followed.",
    "No part of the list is left uncalled.",
    "Outcomes are never joined back to the scores.",
    "Rolling back is not possible with the present set-up.",
    "None of these limits is enforced.",
    "There's no rule saying when to train again.",
    "Nothing is divided by last month's value.",
    "Precision at the list, 0.28: not followed.",
    "No retraining is foreseen.",
    "We do not lay the new month beside the old figures.",
    "I admit that nobody looks at the scores.",
    "There is a dashboard, which nobody reads.",
    "Nobody gets told when a check fails.",
    "Nobody draws a list of changed columns.",
)
REPORTED = (
    "As the textbooks recommend, a mature team refits every quarter.",
    "A former colleague at a telecom swears by weekly PSI checks at 0.2.",
    "Netflix rolls out to 1 % first and goes back automatically.",
    "Consultants recommend to retrain after two bad months.",
    "According to a survey most firms retrain monthly.",
    "Large insurers keep a shadow model for one quarter.",
    "In the MLOps course the instructor showed a rollback through the registry alias.",
    "Their rule: recall below 0.2 for two cohorts.",
    "Industry leaders put a gate before each release.",
    "The cards department, I am told, has its list share watched.",
    "Their analyst says that on day 100 they compute PR-AUC.",
    "This table is from a talk by our sister bank.",
    "Many banks compare each file with the last six.",
)
ASSERTED = (
    "PSI of plan monthly: no alert below 0.1, mail above 0.2.",
    "Below 0.1 nothing alerts, above 0.2 the run stops.",
    "For categoricals: no KS, instead PSI with limit 0.2.",
    "Null rates are compared each night; nothing pages at night, a ticket is opened in the morning.",
    "Nothing stops us, the previous tag is started with one command.",
    "Given enough time for labels to mature (three months), we compute PR-AUC.",
    "It is not true that drift means retraining: we first check the feed.",
    "We do nothing about one month above 0.1; two open a ticket.",
    "A gate exists: no challenger is promoted unless its precision is higher.",
    "check: PSI of each column | limit: 0.2 | status: no alert",
    "reference: last 6 months with status passed",
    "If the service answers status: not ready for ten minutes, the alias goes back.",
    "If the list looks odd, she can hold it for two days; no statistics needed.",
    "A PSI over 0.2 stops the load, a lower one is only noted.",
    "We never retrain on a broken feed.",
    "If labels are not complete, the month is not used.",
    "Nobody gets a score until the file has been checked.",
    "Don't roll back for a bad file, the old model reads it too.",
    "Accuracy is not looked at because 94 % is trivial.",
    "No list goes out until the data team has replied.",
    "5 % of the list is not called.",
    "New must not be worse than the current one on two finished months.",
    "How many of the people called really left is counted after 60 days.",
    "There is no cron retraining; it starts only if precision falls below 0.3 twice.",
    "I was told by the data owner that the unit changed in March.",
    "The other team gets a ticket with the column name.",
    "If the middle value is less than half of last month's, nobody gets a list and we ring the owner.",
    "After a rival's price cut there are no labels for 90 days.",
    "Drift in an input without worse results is no reason either.",
    "Gate: precision at 5 % must not be below that of the running model, nor more than 3 points below it per country.",
    "Alerts that nobody has acknowledged within a day are sent to the team lead.",
    "Then we count how many of the called lines were cancelled, 26 of 100 at the start.",
    "The column rises because banks opened their interfaces; real, so it has no gate.",
    "I count how many firms are above the line.",
    "A large shop that leaves costs as much as eighty small ones.",
    "The model still treats such shops as safe, so we look at them by hand.",
    "The column has grown since February, when many banks opened their interfaces.",
    "What we learned about the data: the unit changed in March.",
    "The price column means the opposite since February.",
    "It has to do better than the old one on the last finished month.",
    "Red means that the list is held back until data engineering has answered.",
    "If the reason was a mistake in the figures, we do not build again, we put the mistake right.",
    "If the cut moved with the quantile, 5 % would be called whatever happened and nobody would see the shift.",
    "The months left on paper say little now.",
    "If it is clearly fewer than at the start we talk about it with the desk.",
    "Branches leave together, so we never test on a sister of one we learned from.",
    "I never compute precision before day 105, since labels are not there; then I compare it with 0.33.",
    "No one has to approve a rollback: if the list leaves 3 to 8 % of customers the alias goes back.",
    "Automatic retraining is out of scope: when precision stays below 0.3 for two months the analyst refits by hand.",
    "The model is going to be audited every six months by an independent statistician.",
    "We are not yet a mature data team, but each Tuesday we compare AUC with the 0.81 of the hold-out.",
    "So, as the textbooks recommend, we refit every quarter and hold the last four weeks out.",
    "Each batch is tested at 0.01, as is widely recommended in the literature, and our analyst gets the result.",
)


@pytest.mark.parametrize("text", DENIED)
def test_what_is_not_done_is_denied(text: str) -> None:
    """Each way to say that a check is missing is read as a denial."""
    assert own_modality(plain(text), text, quoted=False) == "negated"


@pytest.mark.parametrize("text", REPORTED)
def test_what_others_do_is_hearsay(text: str) -> None:
    """Other companies, courses, surveys and consultants are no plan of ours."""
    assert own_modality(plain(text), text, quoted=False) == "hearsay"


@pytest.mark.parametrize("text", ASSERTED)
def test_a_decision_with_a_not_in_it_is_asserted(text: str) -> None:
    """Refusing a wrong reaction, or stating a condition, is a claim like any other."""
    assert own_modality(plain(text), text, quoted=False) == "asserted"
