"""The claim reader finds what a sentence states, in plain words and in jargon, about data it has never seen."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.evidence import reckon
from grader.readme.facts import Facts
from grader.readme.reader import fitted_reader
from grader.readme.wrong_direction import wrong_claims


def stated(text: str, facts: Facts) -> set[str]:
    """Elements that a text states clearly."""
    reader = fitted_reader()
    claims = read_claims(text, facts).claims
    reckoning = reckon(claims, reader.read(claims), reader.elements)
    return {code for code, values in reckoning.strength.items() if max(values, default=0.0) > 0.5}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "PSI of `fare_paid_eur` against the training months; above 0.2 opens a ticket.",
            {"is", "ir", "il", "ia"},
        ),
        ("Labels are complete 60 days after scoring.", {"od"}),
        ("Precision of the list below 0.40 for two finished months in a row.", {"tc", "tu"}),
        (
            "The newcomer has to find at least as many leavers as the present one in the last settled months.",
            {"rg"},
        ),
        ("It runs unseen for a month, then for a tenth of the riders, then for all.", {"rl"}),
        (
            "If over 2 % of requests fail, the registry alias is set to the version before.",
            {"rb", "rm", "rc"},
        ),
        ("A broken source is put right and the month scored again; nothing is fitted on it.", {"tf"}),
    ],
)
def test_elements_of_a_sentence(facts: Facts, text: str, expected: set[str]) -> None:
    """Each sentence is read for what it watches, against what, beyond which number, and then what."""
    assert expected <= stated(f"# Plan\n{text}\n", facts)


def test_a_description_states_no_check(facts: Facts) -> None:
    """Columns, months and algorithms are no plan."""
    text = (
        "The table has 40 columns such as `rider_age` and `city_zone` and covers 24 months.\n\nXGBoost won.\n"
    )
    assert not {code for code in stated(text, facts) if code[0] in "iotr"}


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("t", "If the feed is broken we retrain on it the same night, so the model learns the new unit."),
        ("t", "Old and new definitions are mixed in one training set."),
        ("o", "The alarm is on the accuracy, currently 91 %."),
        (
            "o",
            "60 days is too slow, so precision is measured after two weeks and the rest counted as stayers.",
        ),
        ("r", "The new model replaces the old one for everybody on the day it is trained."),
        ("i", "A frozen feed is the best sign, nothing has changed."),
        ("i", "On a breach the limit is raised until they fit and the list goes out."),
        ("i", "On a breach we move the window to the month just delivered, so that the check turns green."),
        ("o", "Whoever has not left by then is put down as loyal for good."),
        ("r", "To compare the two is lost time, since the newer one is always the better one."),
        ("r", "Gate: better than the live model on the rows it was trained on."),
    ],
)
def test_harmful_claims_are_known(facts: Facts, topic: str, text: str) -> None:
    """What a team would regret is found in the criterion it is made in."""
    assert wrong_claims(topic, read_claims(f"# Plan\n{text}\n", facts).claims, facts)


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("t", "A broken feed is never a reason to retrain: fix it and score again."),
        ("o", "We do not use accuracy, since 94 % is what saying nothing gets."),
        ("r", "Rolling back does not cure a broken feed."),
        ("t", "Data: the last 14 ripe months, months with a failed input check dropped."),
        (
            "o",
            "`refund_count_60d` is set when a rider is already on the way out, so it is gone from the features.",
        ),
        ("o", "Whoever has not left so far must not be counted as loyal."),
        ("i", "The limit is raised only after two months without a fault."),
        ("t", "## Retrain\n\n- on: last 12 labelled months, 3 months embargo, faulty months out"),
        ("t", "## Retrain\n\n- the newest year of ripe months, minus bad months"),
        ("t", "A model fitted on the broken rows would learn the fault and then look fine."),
    ],
)
def test_warnings_against_harm_are_not_harmful(facts: Facts, topic: str, text: str) -> None:
    """To warn of a wrong reaction is the opposite of proposing it."""
    assert not wrong_claims(topic, read_claims(f"# Plan\n{text}\n", facts).claims, facts)


@pytest.mark.parametrize(
    "text",
    [
        "Accuracy under 90 %: the model is retrained.",
        "If for a week fewer than 92 in 100 are right, a new fit is started.",
        "We look at how often the model is right.\n\n- 90 to 93 %: somebody is told\n- below 90 %: train again",
        "## Accuracy\n\nBelow 90 % we retrain.",
    ],
)
def test_training_on_the_share_of_right_answers_is_harmful(facts: Facts, text: str) -> None:
    """Where nearly all stay, accuracy falls for no fault of the model and stays high through most of them."""
    assert wrong_claims("t", read_claims(f"# Plan\n\n{text}\n", facts).claims, facts)


@pytest.mark.parametrize(
    "text",
    [
        "We never retrain because accuracy falls below 90 %.",
        "Fewer than 27 of 100 called riders are right: we retrain.",
        "Precision below 70 % of its launch value: we retrain.",
        "Accuracy is useless here.\n\nPrecision is what counts: if it falls below 90 % of 0.47, retrain.",
        "Completeness below 95 %: the load waits, we do not retrain.",
        "Accuracy misleads; the retraining trigger is PR-AUC.",
        "MLflow logs accuracy, PR-AUC and Brier for each training run.",
        "Balanced accuracy below 0.6 for two months triggers retraining.",
        "When only 25 of 100 warnings are right, train again.",
        "Accuracy is shown too. When the share of rows with all columns is below 80 %, we train later.",
    ],
)
def test_training_on_other_shares_is_not(facts: Facts, text: str) -> None:
    """A share of the called, or of a value at launch, is no accuracy."""
    assert not wrong_claims("t", read_claims(f"# Plan\n\n{text}\n", facts).claims, facts)
