"""Figures, months, versions and findings are held against the facts."""

import json
from pathlib import Path

import pytest

from grader.readme.claims import read_claims
from grader.readme.defect_check import check_findings
from grader.readme.fact_check import check_figures
from grader.readme.facts import Facts, FactsError, read_facts
from grader.readme.figures import same_figure
from grader.readme.judge import judge_readme
from grader.readme.months import months_in


def verdicts(text: str, facts: Facts) -> set[tuple[str, bool]]:
    """Topic and agreement of everything checked in a text."""
    return {
        (check.topic.split(" ")[0], check.agrees)
        for claim in read_claims(text, facts).claims
        for check in (*check_figures(claim, facts), *check_findings(claim, facts))
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PR-AUC on the test months is 0.412.", ("pr_auc", True)),
        ("PR-AUC 0.41 at hand-over.", ("pr_auc", True)),
        ("PR-AUC is 0.71 on the test months.", ("pr_auc", False)),
        ("Precision in the top 8 % is 47 %.", ("precision_at_capacity", True)),
        ("The threshold of 0.34 fills the list.", ("threshold", True)),
        ("The threshold of 0.5 fills the list.", ("threshold", False)),
        ("We can call 8 % of riders.", ("capacity", True)),
        ("We can call 20 % of riders.", ("capacity", False)),
        ("Live is ride-gbm/7 since Monday.", ("version", True)),
        ("Live is ride-gbm/3 since Monday.", ("version", False)),
        ("Served version: ride-gbm/3 (alias production).", ("version", False)),
        ("The alias champion points to ride-gbm/3.", ("version", False)),
        ("The old model was replaced; the service now runs ride-gbm/3.", ("version", False)),
        ("p99 is 61 ms.", ("latency", True)),
        ("p99 is 210 ms.", ("latency", False)),
        ("`fare_paid_eur` switched from euros to cents in March 2022.", ("defect", True)),
        ("`fare_paid_eur` switched from euros to cents in 2021-05.", ("change", False)),
        ("`rider_age` works differently since February 2022.", ("change", False)),
        ("`refund_count_60d` is a leak and was removed.", ("defect", True)),
        ("`rider_age` is a leak, it knows the answer.", ("leak", False)),
        ("`trips_per_week` is in cents since 2021-06.", ("change", False)),
        ("`city_zone` is spelled in another way from 2021-06.", ("change", False)),
        ("`rider_age` was mostly empty from April to June 2021.", ("change", False)),
        ("`rider_age` is written when the customer is already leaving; dropped.", ("leak", False)),
        ("`refund_count_60d` gets a value only while a contract is being closed.", ("defect", True)),
        ("Labels need 60 days.", ("label", True)),
    ],
)
def test_a_statement_is_held_against_its_fact(facts: Facts, text: str, expected: tuple[str, bool]) -> None:
    """True statements agree and false ones are contradicted, with room for rounding and units."""
    assert expected in verdicts(text, facts)


@pytest.mark.parametrize(
    "text",
    [
        "Retrain if PR-AUC falls below 0.36.",
        "p99 > 150 ms pages somebody.",
        "Precision < 0.40 twice.",
        "Precision smaller as 0.40: alarm to me and to the desk chief.",
        "ECE bigger as 0.09 in three finished months: same.",
        "Undo when p99 passes 150 ms: set the alias back.",
        "p99 150 ms (measured 61 ms)",
        "Limits for an alarm:\n\n- precision 0.40 by zone",
    ],
)
def test_a_limit_is_no_statement_of_fact(facts: Facts, text: str) -> None:
    """A limit for an alarm differs from the measured value on purpose."""
    assert not any(not agrees for _, agrees in verdicts(text, facts))


@pytest.mark.parametrize(
    "text",
    [
        "| Model | ROC-AUC |\n|---|---|\n| Random forest | 0.71 |\n| Ours | 0.8 |",
        "LightGBM outperformed CatBoost (PR-AUC 0.38) and an MLP (PR-AUC 0.31).",
        "The baseline reached a Brier score of 0.095.",
        "The same by `city_zone`: precision 0.22.",
        "For the worst segment precision is 0.29.",
        "PR-AUC down 15 % on the release value for three months: retrain.",
        "Roll back: the alias returns to ride-gbm/6 within a minute.",
        "A linear model reaches PR-AUC 0.19.",
        "- Logistic regression:\n  - PR-AUC 0.19",
        "The PR-AUC was 0.19 with logistic regression and 0.24 with a random forest.",
        "Before tuning, PR-AUC was 0.35.",
    ],
)
def test_a_figure_of_another_model_or_of_some_rows_is_no_contradiction(facts: Facts, text: str) -> None:
    """Comparing with other models, or telling the worst segment, once capped a level as a false statement."""
    assert not any(not agrees for _, agrees in verdicts(text, facts))


@pytest.mark.parametrize(
    "text",
    [
        "Unlike the baseline, our model reaches a PR-AUC of 0.71.",
        "LightGBM clearly outperforms logistic regression (PR-AUC 0.71).",
        "The baseline is beaten: PR-AUC 0.71.",
        "Gradient boosted decision trees, PR-AUC 0.71.",
        "By segment and overall PR-AUC is 0.71.",
        "Better than logistic regression: LightGBM with a PR-AUC of 0.71.",
    ],
)
def test_naming_another_model_excuses_no_false_figure_of_ours(facts: Facts, text: str) -> None:
    """A false figure must not get by with the name of another model before it."""
    assert ("pr_auc", False) in verdicts(text, facts)


@pytest.mark.parametrize(
    "text",
    [
        "| Metric | Baseline | LightGBM |\n|---|---|---|\n| ROC-AUC | 0.70 | 0.8 |",
        "| Split | PR-AUC |\n|---|---|\n| train | 0.61 |\n| test | 0.412 |",
        "| Month | PR-AUC |\n|---|---|\n| 2022-03 | 0.39 |",
        "| Version | PR-AUC | Status |\n|---|---|---|\n| ride-gbm/6 | 0.38 | retired |\n| ride-gbm/7 | 0.412 | live |",
        "| Threshold | Precision |\n|---|---|\n| 0.2 | 0.3 |\n| 0.34 | 0.47 |",
        "| Metric | Value | Alarm below |\n|---|---|---|\n| PR-AUC | 0.412 | 0.36 |",
        "ride-gbm/6 had a PR-AUC of 0.38.",
        "Logistic regression (threshold 0.5) is our fallback.",
        "In October PR-AUC was 0.38, in December 0.44.",
        "The monthly PR-AUC ranged from 0.38 to 0.44.",
        "PR-AUC on the training months is 0.61, so it overfits a little.",
        "Precision@20% is 0.31.",
        "The top 20 % of scores hold 61 % of the leavers.",
        "ride-gbm/8 runs in shadow.",
        "We retrain on the last 18 months of data.",
        "Under load p99 is 210 ms.",
        "# Plan\n\n## Guardrails\n\n- ECE: 0.03\n- PR-AUC 0.36\n- p99 100 ms",
        "| Signal | Trigger |\n|---|---|\n| PR-AUC | 0.36 |\n| p99 | 100 ms |",
        "## Data\n\nPR-AUC, retrain when:\n\n- PR-AUC 0.36",
        "# Plan\n\n## ride-gbm/6\n\n- PR-AUC 0.38",
        "ROC-AUC with leak: 0.95. PR-AUC with leak: 0.9.",
        "Before the fix the PR-AUC was 0.22.",
        "Our first LightGBM had PR-AUC 0.8, it knew the answer.",
        "| Model | PR-AUC |\n|---|---|\n| LightGBM + SMOTE | 0.4 |\n| our model without `rider_age` | 0.39 |",
        "| Rows | PR-AUC |\n|---|---|\n| test, last 2 months | 0.39 |",
        "Live precision: 0.51.",
        "Base rate 8.8 % in 2021 and 9.5 % in 2022.",
        "15 months of data for fitting, 3 for tuning and 3 for testing.",
        "p99 of 420 ms for a request of 1000 rows.",
        "The cost-optimal threshold is 0.12, but capacity forces 0.34.",
        "Drift threshold: 0.25.",
        "Top 1 %: precision 0.68.",
        "Server capacity: 40 % used.",
        "A label horizon of 30 days was tried and dropped.",
        "Rollback: point the alias to ride-gbm/6.",
        "If p99 exceeds 100 ms, ride-gbm/6 serves again within 5 minutes.",
        "PR-AUC [0.391, 0.432] is the interval.",
        "Missingness of app_version is stable throughout, except for September 2021 where it changes.",
        "I thought rider_age could be a leak as well, because it is so strong. It is known at sign-up.",
        "DeLong test against ride-gbm/6: difference in PR-AUC 0.015.",
        "The tuned LightGBM had a PR-AUC that was 0.009 higher on the test months, less than two standard errors.",
        "PR-AUC was 0.02 better with the trees, but that is chance.",
        "- 2023-01-08 workers 4 to 2, memory 590 to 310 MB",
        "What if the base rate rises to 15 %? We reweighted the test months: precision becomes 0.58.",
        "My first model had a PR-AUC of 0.96 and I was happy for an hour.",
        "city_zone creeps (0.24 in 2021-01, 0.29 in 2022-12). I see no break in it.",
        "A second label, `left_30d`, was tried as well.",
        "Training data from 2021-01 to 2022-06, then a gap.",
        "The archive holds older data, from 2018-01 to 2020-12.",
    ],
)
def test_figures_of_tables_splits_and_months_are_no_contradiction(facts: Facts, text: str) -> None:
    """The usual tables of results and honest asides were called false, which capped a level for our own fault."""
    assert not any(not agrees for _, agrees in verdicts(text, facts))


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("| Metric | Baseline | Tuned |\n|---|---|---|\n| PR-AUC | 0.412 | 0.52 |", "pr_auc"),
        ("| Metric | Train | Test |\n|---|---|---|\n| PR-AUC | 0.412 | 0.52 |", "pr_auc"),
        ("| Model | PR-AUC |\n|---|---|\n| Served | 0.52 |", "pr_auc"),
        ("| Version | Threshold | Status |\n|---|---|---|\n| ride-gbm/7 | 0.5 | live |", "threshold"),
        ("Validation gave 0.412, on the test months the live model's PR-AUC is 0.52.", "pr_auc"),
        ("The tuned model in production scores 0.52 PR-AUC on test.", "pr_auc"),
        ("Tuning brought PR-AUC from 0.41 -> 0.52.", "pr_auc"),
        ("- PR-AUC .52", "pr_auc"),
        ("PR-AUC is 0,52 on the test months.", "pr_auc"),
        ("Precision at capacity is 62 %.", "precision_at_capacity"),
        ("The 99th percentile latency is 12 ms.", "latency"),
        ("p50 61 ms, p95 90 ms, p99 210 ms.", "latency"),
        ("Label horizon: 14 days.", "label"),
        ("The trained model has a PR-AUC of 0.62.", "pr_auc"),
        ("## Training and evaluation\n\nPR-AUC is 0.62.", "pr_auc"),
        ("After tuning, the PR-AUC rose from 0.35 to 0.62.", "pr_auc"),
        ("p99 is 138,4 ms.", "latency"),
        ("| Model | PR-AUC |\n|---|---|\n| Tuned, served | 0.62 |", "pr_auc"),
        ("My model has a PR-AUC of 0.62.", "pr_auc"),
        ("The live version is ride-gbm/6.", "version"),
        ("The target is `churned_90d`.", "label"),
        ("The extract covers January 2020 to December 2022.", "months"),
    ],
)
def test_a_false_figure_is_found_beside_a_true_one(facts: Facts, text: str, topic: str) -> None:
    """A true number of something else in the same row or sentence does not cover a false one of ours."""
    assert (topic, False) in verdicts(text, facts)


@pytest.mark.parametrize("text", ["Freeze the model and call the top 5 %.", "We call the top 5 % first."])
def test_calling_fewer_than_the_capacity_is_no_contradiction(facts: Facts, text: str) -> None:
    """Capacity bounds the list from above: a shorter list for hard times was read as a wrong capacity."""
    assert ("capacity", False) not in verdicts(text, facts)


@pytest.mark.parametrize(
    "wrong",
    [
        {"metrics": {"pr_auc": float("nan")}},
        {"decision": {"threshold": 21}},
        {"decision": {"capacity_share": 5}},
        {"service": {"p99_ms": float("inf")}},
    ],
)
def test_facts_that_can_be_no_facts_are_refused(tmp_path: Path, wrong: dict[str, dict[str, float]]) -> None:
    """Held against "not a number" or a capacity of 500 %, every honest figure was false."""
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(wrong))
    with pytest.raises(FactsError, match=next(iter(wrong))):
        read_facts(path)


def test_contradictions_cap_the_criterion_and_are_shown(facts: Facts) -> None:
    """A README with wrong figures and months is at most level 2 in grounding, and says which."""
    text = (
        "# Plan\nPR-AUC is 0.71 and the threshold of 0.5 is used. `rider_age` works differently since February 2022.\n"
        "`refund_count_60d` is a leak and stays out, because it is written afterwards.\n"
    )
    grounded = judge_readme(text, facts).criteria[4]
    assert grounded.level <= 2
    assert {claim.said for claim in grounded.claims if claim.agrees is False} >= {"pr-auc 0.71"}


def test_a_bare_metric_is_level_one(facts: Facts) -> None:
    """A pasted figure alone does not make a README about this work."""
    assert judge_readme("# Result\nPR-AUC 0.412.\n", facts).criteria[4].level == 1


@pytest.mark.parametrize(
    "text", ["1/0 customers are called.", "0 in 0 of the list left.", "We call 5 of 0 customers."]
)
def test_a_rate_over_nothing_is_read_past(facts: Facts, text: str) -> None:
    """A fraction over zero once ended the judge with a division by zero; it is a figure that agrees with nothing."""
    assert verdicts(text, facts) == set()


def test_rounding_and_units() -> None:
    """33 %, 33 and 0.33 are the same figure; a wrong digit is not."""
    assert same_figure("33", True, 0.334)
    assert same_figure("0.33", False, 0.33)
    assert same_figure("0.27", False, 0.271)
    assert not same_figure("0.29", False, 0.271)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in april 2024 and", ["2024-04"]),
        ("from 04/2024", ["2024-04"]),
        ("since 2023-11", ["2023-11"]),
        ("october to december 2024", ["2024-10", "2024-12"]),
        ("months 10-12.2024", ["2024-10", "2024-12"]),
    ],
)
def test_months_as_people_write_them(text: str, expected: list[str]) -> None:
    """The usual spellings of a month are read."""
    assert [said.month for said in months_in(text)] == expected


def test_unknown_parts_of_the_facts_are_ignored(tmp_path: Path) -> None:
    """The contract allows unknown and missing parts."""
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({"columns": ["a_b"], "weather": {"sun": 1}, "months": None}), encoding="utf-8")
    assert read_facts(path).columns == ("a_b",)


def test_unknown_parts_of_the_facts_are_named_with_their_place(tmp_path: Path) -> None:
    """What is passed over is told, so that a misspelt part is no silent hole; known files are told nothing of."""
    said: list[str] = []
    path = tmp_path / "facts.json"
    wrong = {"label": {"colum": "x"}, "weather": 1, "defects": [{"kind": "x", "from": "2024-01", "till": 1}]}
    path.write_text(json.dumps({**wrong, "metrics": {"anything": 1}}), encoding="utf-8")
    read_facts(path, said.append)
    assert "not read: label.colum, weather, defects.0.till;" in said.pop()
    root = Path(__file__).parents[3]
    ours = [
        root / "grader/readme/validation/corpus/facts.json",
        *Path(__file__).parent.glob("data/**/facts.json"),
    ]
    for known in ours:
        read_facts(known, said.append)
    assert len(ours) > 5
    assert said == []


@pytest.mark.parametrize("content", ['{"foo": 1}', "{}"])
def test_facts_without_one_known_part_are_refused(tmp_path: Path, content: str) -> None:
    """Any JSON object was taken for facts, and the README judged as if nothing were known of the submission."""
    path = tmp_path / "facts.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FactsError, match=r"facts\.json: found .*, expected at least one of columns, label"):
        read_facts(path)


@pytest.mark.parametrize("content", ["[1]", "{", '{"metrics": {"pr_auc": "high"}}'])
def test_unusable_facts_are_named(tmp_path: Path, content: str) -> None:
    """A broken facts file is reported with its path."""
    path = tmp_path / "facts.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FactsError, match=r"facts\.json"):
        read_facts(path)


@pytest.mark.parametrize("month", ["2022", "Jul 2022", "2023/11", "2023-13"])
def test_a_month_in_another_form_is_refused_by_place(tmp_path: Path, month: str) -> None:
    """Months that cannot be subtracted once ended the judge; now the file and the place are named."""
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({"months": {"first": month}}), encoding="utf-8")
    with pytest.raises(FactsError, match=r"facts\.json: months\.first"):
        read_facts(path)


def test_columns_with_hyphens_are_columns() -> None:
    """A hyphen in a column's name once ended the judge with a KeyError."""
    known = Facts(columns=("kwh-30d", "bill-amount_eur"))
    claims = read_claims("PSI of kwh-30d and of bill-amount_eur, weekly.", known).claims
    assert claims[0].columns == ("kwh-30d", "bill-amount_eur")


@pytest.mark.parametrize(
    "kind",
    [
        "nightly_score",
        "overwritten_dimension",
        "target_encoded_index",
        "extraction_time_counter",
        "identifier_leak",
    ],
)
def test_every_kind_of_leak_may_be_called_one(kind: str) -> None:
    """A true finding in a column that knows the outcome was once held to be false, and capped the level at 2."""
    facts = Facts.model_validate(
        {"columns": ["attention_level", "fee"], "defects": [{"kind": kind, "columns": ["attention_level"]}]}
    )
    assert verdicts("`attention_level` is written when customers leave: dropped.", facts) == {
        ("defect", True)
    }
    assert verdicts("`fee` is written when customers leave: dropped.", facts) == {("leak", False)}


def test_a_defect_without_a_month_is_not_denied_one() -> None:
    """The facts know no month for such a column, so they cannot contradict the one that is named."""
    facts = Facts.model_validate(
        {"columns": ["fee"], "defects": [{"kind": "missing_not_at_random", "columns": ["fee"]}]}
    )
    assert not any(not agrees for _, agrees in verdicts("`fee` is mostly empty since May 2023.", facts))


@pytest.mark.parametrize(
    "text",
    [
        "Live is ride-gbm/{}.",
        "We have {} months of data.",
        "There are {} columns.",
        "PR-AUC is {}.",
        "p99 is {} ms.",
    ],
)
def test_a_figure_of_thousands_of_digits_gets_a_verdict(facts: Facts, text: str) -> None:
    """A number longer than Python turns into an integer once stopped the judge with a traceback."""
    assert judge_readme(f"# Model\n\n{text.format('1' * 5_000)}\n", facts).total <= 5


def test_a_start_may_be_told_within_what_can_be_seen() -> None:
    """Labels show a change months before it, and a slow one is seen months after; neither is a wrong month."""
    drift = Facts.model_validate(
        {
            "defects": [
                {"kind": "x", "from": "2022-04", "onset_earliest": "2022-02", "onset_latest": "2022-06"}
            ]
        }
    ).defects[0]
    months = [f"2022-{number:02d}" for number in range(1, 13)]
    assert [month for month in months if drift.may_begin(month)] == months[:7]
    assert not any(drift.holds(month) for month in months)
    gap = Facts.model_validate({"defects": [{"kind": "x", "from": "2022-04", "to": "2022-06"}]}).defects[0]
    assert [month for month in months if gap.may_begin(month)] == months[2:5]
    assert [month for month in months if gap.holds(month)] == months[3:7]
