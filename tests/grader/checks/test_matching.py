"""Findings are matched with the key: tolerant of wording, strict on columns, months and false alarms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.checks.matching import Match, Matching, match_findings, plant_credit
from grader.checks.naming import in_issued_names
from grader.truth import MonthSpan
from tests.grader.case_builder import case_of, finding, plant


def matching(*claims):
    """The matching of these findings with the default plants."""
    case = case_of(findings=claims)
    return match_findings(case.evidence, case.truth)


GOOD = (
    finding("post_outcome_column", "leak"),
    finding("unit_change", "charge", from_month="2024-04"),
    finding("covariate_drift", "usage", from_month="2023-12"),
    finding("label_immaturity", "churned_90d", from_month="2024-10"),
)


def test_right_findings_earn_everything() -> None:
    """All plants found is recall one, precision one."""
    found = matching(*GOOD)
    assert found.recall() == 1.0
    assert found.precision == 1.0
    assert found.false_alarms == ()


def test_a_leak_is_matched_by_its_column_whatever_kind_of_leak_it_is_called() -> None:
    """Another leak kind on the right column still finds the leak; the right kind on another column does not."""
    assert matching(finding("target_leakage", "leak")).recall("leakage") == 1.0
    assert matching(finding("look_ahead_window", "leak")).recall("leakage") == pytest.approx(0.8)
    assert matching(finding("post_outcome_column", "usage")).recall("leakage") == 0.0


@pytest.mark.parametrize(
    ("month", "credit"), [("2024-04", 1), ("2024-05", 1), ("2024-07", 0.5), ("2023-08", 0.25)]
)
def test_onset_tolerance(month: str, credit: float) -> None:
    """One month off is right, three months off half, far off a quarter."""
    match = matching(finding("unit_change", "charge", from_month=month)).matches[1]
    assert match.credit == credit


def test_columns_in_another_spelling_are_the_issued_ones() -> None:
    """Right findings with column names in capitals, as a database prints them, earned a sixteenth."""
    claims = [
        c.model_copy(update={"columns": tuple(f"`{name.upper()}`" for name in c.columns)}) for c in GOOD
    ]
    found = matching(*claims)
    assert (found.recall(), found.precision, found.wrong) == (1.0, 1.0, 0.0)
    assert [c.columns for c in found.claims] == [c.columns for c in GOOD]


def test_a_name_that_fits_two_columns_stays_as_it_is() -> None:
    """The exact name goes first; where the data has a name in two spellings, a third one is neither."""
    case = case_of()
    key = case.truth.key.model_copy(update={"columns": ("usage", "Usage", "Other")})
    truth = replace(case.truth, key=key)
    said = ("Usage", "usage", "USAGE", "other", "unknown")
    claim = finding("unit_change", *said, where={"OTHER": ("a",)})
    (spelled,) = in_issued_names([claim], truth)
    assert spelled.columns == ("Usage", "usage", "USAGE", "Other", "unknown")
    assert spelled.where == {"Other": ("a",)}


def test_another_spelling_of_a_decoy_is_the_decoy() -> None:
    """What is read for the candidate is read against him, too: capitals hide no false alarm on a decoy."""
    plain, loud = (matching(*GOOD, finding("target_leakage", name)) for name in ("strong", "Strong"))
    assert [i for i, _ in loud.decoy_hits] == [i for i, _ in plain.decoy_hits] == [4]
    assert loud.wrong == plain.wrong > 0


def test_gradual_change_accepts_the_whole_onset() -> None:
    """From the start of a ramp to a month after it is visible, every onset is right."""
    for month in ("2023-09", "2023-10", "2024-02"):
        assert matching(finding("covariate_drift", "usage", from_month=month)).matches[2].credit == 1.0


def test_ask_earns_half_on_a_leak() -> None:
    """A question is worth less than a finding and is no false alarm."""
    asked = matching(finding("target_leakage", "leak", status="ask"))
    assert asked.recall("leakage") == 0.5
    assert asked.false_alarms == ()


def test_a_decoy_reported_as_a_defect_is_a_hit_and_noted_is_explained() -> None:
    """The strong legitimate predictor must not be called a leak; saying why it is harmless counts."""
    assert len(matching(*GOOD, finding("target_leakage", "strong")).decoy_hits) == 1
    noted = matching(*GOOD, finding("strong_predictor", "strong", status="note"))
    assert noted.decoy_hits == ()
    assert len(noted.decoys_noted) == 1


def test_spraying_all_kinds_over_all_columns_earns_about_nothing() -> None:
    """Reporting everything is worth less than reporting little."""
    kinds = ("target_leakage", "unit_change", "covariate_drift", "sentinel_values", "missingness_shift",
             "category_recode", "impossible_values", "look_ahead_window", "outliers", "constant_column")  # fmt: skip
    sprayed = matching(*(finding(k, c) for k in kinds for c in ("leak", "usage", "charge", "strong")))
    assert sprayed.spray_discount < 0.2
    assert sprayed.spray_discount * sprayed.recall() < 0.15


def counted(right: int, wrong: float) -> Matching:
    """The matching of so many planted defects found, the four facts known, and so many false alarms."""
    plants = case_of().truth.key.plants
    planted, fact = (next(p for p in plants if p.inherent is inherent) for inherent in (False, True))
    matches = [Match(planted, 1.0, 0)] * right + [Match(fact, 1.0, 0)] * 4
    return Matching((), tuple(matches), (), (), (), "findings.json", wrong, 1.0)


@pytest.mark.parametrize(
    ("right", "wrong", "least", "most"),
    [
        (8, 0, 1, 1),
        (8, 2, 1, 1),
        (8, 3, 1, 1),
        (8, 4, 0.7, 0.75),
        (8, 6, 0.35, 0.45),
        (8, 9, 0.15, 0.25),
        (4, 2, 0.8, 0.85),
    ],
)
def test_few_false_alarms_are_free_and_many_cost_most(
    right: int, wrong: float, least: float, most: float
) -> None:
    """A careful reader with two or three mistakes keeps everything; a bot that is right every second time does not."""
    assert least <= counted(right, wrong).spray_discount <= most


def test_one_finding_with_all_columns_is_not_worth_a_precise_one() -> None:
    """Listing every column under one kind is diluted."""
    broad = matching(finding("target_leakage", "leak", "usage", "charge", "strong"))
    assert broad.recall("leakage") <= 0.5


def test_each_finding_pays_once() -> None:
    """The same report twice does not find two plants, and the copy is no false alarm."""
    twice = matching(finding("target_leakage", "leak"), finding("post_outcome_column", "leak"))
    assert sum(m.finding is not None for m in twice.matches) == 1
    assert twice.false_alarms == ()


def of_plant(claim, **changes) -> float:
    """The credit of one finding for the default drift with some fields changed."""
    truth = case_of().truth
    plant = next(p for p in truth.key.plants if p.kind == "covariate_drift").model_copy(update=changes)
    return plant_credit(claim, plant, frozenset(truth.key.columns), truth.key.months.from_month)


def test_no_month_means_the_first_of_the_data() -> None:
    """A finding without a month is fully dated where the change is there from the start, else not dated."""
    assert of_plant(finding("covariate_drift", "usage")) == 0.5
    start = case_of().truth.key.months.from_month
    span = MonthSpan.model_validate({"from": start, "to": None})
    assert of_plant(finding("covariate_drift", "usage"), months=span, label_months=None) == 1.0


def test_the_main_column_is_enough() -> None:
    """Who names the column that matters is right, with or without the others it comes with."""
    columns = ("usage", "charge")
    assert of_plant(finding("covariate_drift", "usage", from_month="2023-12"), columns=columns) == 1.0
    assert of_plant(finding("covariate_drift", "charge", from_month="2023-12"), columns=columns) == 0.5


def test_label_months_are_as_right_as_the_months_of_the_cause() -> None:
    """A change of the hazard shows in labels two months earlier; both dates are a right answer."""
    label_months = MonthSpan.model_validate({"from": "2023-06", "to": "2023-10"})
    for month in ("2023-05", "2023-06", "2023-12"):
        claim = finding("label_shift", "churned_90d", from_month=month)
        changes = {"kind": "label_shift", "columns": ("churned_90d",), "label_months": label_months}
        assert of_plant(claim, **changes) == 1.0


def test_a_drift_of_the_relation_without_a_column_is_half_found() -> None:
    """A fall of the model's quality from a month on is seen, but not what lies behind it."""
    claim = finding("concept_drift", "churned_90d", from_month="2023-12")
    assert of_plant(claim, kind="concept_drift") == 0.5
    assert of_plant(finding("concept_drift", "charge", from_month="2023-12"), kind="concept_drift") == 0.0


def test_another_leak_does_not_pay_for_the_identifier() -> None:
    """The identifier is no feature column, so only its own kind or its own name finds it."""
    changes = {
        "kind": "identifier_leak",
        "family": "leakage",
        "columns": ("customer_id",),
        "equivalents": ("target_leakage",),
    }
    assert of_plant(finding("target_leakage", "usage"), **changes) == 0.0
    assert of_plant(finding("target_leakage", "customer_id"), **changes) == 1.0
    assert of_plant(finding("identifier_leak"), **changes) == 1.0


def test_the_kind_of_the_identifier_does_not_excuse_accusing_every_feature() -> None:
    """In most variants forty accused columns under this kind were no false alarms, and found all leaks as well."""
    changes = {"kind": "identifier_leak", "family": "leakage", "columns": ("customer_id",)}
    assert of_plant(finding("identifier_leak", "usage"), **changes) == 0.0
    assert of_plant(finding("identifier_leak", "customer_id", "usage"), **changes) == 1.0
    assert of_plant(finding("identifier_leak", "customer_id", "usage", "charge", "strong"), **changes) == 0.5


def test_a_defect_told_again_does_not_carry_other_columns_for_nothing() -> None:
    """The leak beside each other column in turn accuses them all; the finding that pays may name one more."""
    once = finding("target_leakage", "leak", "usage")
    assert matching(once).wrong == 0
    assert matching(once, finding("target_leakage", "leak", "charge")).wrong == 1
    assert matching(*GOOD, finding("look_ahead_window", "leak")).wrong == 0


SPRAYED = ("target_leakage", "target_leakage", "scale_change", "data_drift", "missing_values", "outliers")


@pytest.mark.parametrize("status", ["defect", "ask"])
def test_incident_columns_guessed_at_in_where_cost_nothing(status: str) -> None:
    """Every feature in `where` and none in `columns` is the same guess as all of them in `columns`."""
    features = ("leak", "usage", "charge", "strong", *(f"other_{i}" for i in range(16)))
    case = case_of()
    truth = replace(case.truth, key=case.truth.key.model_copy(update={"columns": features}))

    def judged(**place) -> Matching:
        named = place.pop("columns", ())
        claims = [finding(kind, *named, status=status, **place) for kind in SPRAYED]
        return match_findings(case_of(findings=[*GOOD[3:], *claims]).evidence, truth)

    listed = judged(columns=features)
    hidden = judged(where=dict.fromkeys(features, ("not null",)))
    assert (hidden.recall(), hidden.wrong, hidden.spray_discount) == (
        listed.recall(),
        listed.wrong,
        listed.spray_discount,
    )
    assert hidden.recall("leakage") < 0.11
    assert hidden.recall("change") < 0.11


@pytest.mark.parametrize("others", [8, 19])
def test_columns_guessed_at_in_where_beside_a_wrong_one_are_guesses_too(others: int) -> None:
    """One feature in `columns`, whichever it is, does not make a slice of all the others."""
    features = ("leak", "charge", *(f"other_{i}" for i in range(others)))
    case = case_of(
        findings=[*GOOD[3:], finding("target_leakage", "usage", where=dict.fromkeys(features, ("> 0",)))]
    )
    truth = replace(case.truth, key=case.truth.key.model_copy(update={"columns": (*features, "usage")}))
    found = match_findings(case.evidence, truth)
    assert found.recall("leakage") < 0.2
    assert found.wrong >= 1


def test_where_beside_a_named_column_or_for_rows_accuses_nothing() -> None:
    """A slice says for which rows a finding holds: of a named feature, of the label, or of whole rows."""
    slice_of = dict.fromkeys(("usage", "charge", "strong"), ("> 0",))
    leak = finding("post_outcome_column", "leak", where=slice_of)
    assert matching(leak).wrong == 0
    assert matching(leak).recall("leakage") == 1.0
    wide = {**slice_of, "leak": ("not null",)}
    assert matching(finding("post_outcome_column", "leak", "usage", where=wide)).wrong == 0
    unripe = finding("label_immaturity", from_month="2024-10", where=slice_of)
    assert matching(unripe).wrong == 0
    assert matching(unripe).recall("quality") == 1.0
    noisy = plant(id="label_definition", kind="label_definition", family="quality", columns=("churned_90d",))
    told = case_of(plants=[noisy], findings=[finding("label_definition", where=slice_of)])
    assert (told.matching.recall(), told.matching.wrong) == (1.0, 0.0)


def test_a_column_named_by_its_rows_alone_is_found() -> None:
    """Who names the one right column in `where` alone is right, with one more beside it too."""
    for where in ({"charge": ("> 100",)}, {"charge": ("> 100",), "usage": ("> 0",)}):
        found = matching(finding("unit_change", from_month="2024-04", where=where))
        assert found.matches[1].credit == 1.0
        assert found.wrong == 0
