"""Findings earn by recall, precision and evidence; spraying, hedging and calling defects harmless earn nothing."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import audit as check
from grader.checks.case import Case
from grader.checks.leak_use import leak_moves_predictions
from grader.checks.recompute import Recomputer
from grader.evidence.notebook import FindingClaim, FindingsFile, NotebookEvidence, StatisticClaim
from grader.truth import Truth
from tests.grader.case_builder import case_of, finding, plant, served_case, with_arrays, with_document, world

KINDS = ("target_leakage", "post_outcome_column", "look_ahead_window", "covariate_drift", "data_drift", "unit_change",
         "schema_change", "missing_values", "outliers", "sentinel_values")  # fmt: skip
COLUMNS = ("leak", "usage", "charge", "strong")
AUDIT = (
    check.notebook_reproduces,
    check.leakage_found,
    check.drift_found,
    check.quality_found,
    check.findings_precise,
    check.statistics_recompute,
)


def quoted(claim: FindingClaim, name: str, shift: float = 0.0, **periods: str) -> FindingClaim:
    """The finding with a statistic as it really is on the issued data, plus `shift`."""
    with_name = claim.model_copy(update={"statistic": StatisticClaim(name=name, value=0.0, **periods)})
    value = case_of(findings=[with_name]).recomputer.value(with_name)
    assert value is not None
    statistic = StatisticClaim(name=name, value=value + shift, **periods)
    return claim.model_copy(update={"statistic": statistic})


GOOD = (
    finding("post_outcome_column", "leak"),
    finding("unit_change", "charge", from_month="2024-04"),
    finding("covariate_drift", "usage", from_month="2023-12"),
    finding("label_immaturity", "churned_90d", from_month="2024-10"),
)
NOTE = finding("strong_predictor", "strong", status="note")


@pytest.fixture(scope="module")
def good() -> Case:
    """All defects found, statistics quoted where the small world shows them, the decoy noted, a sound service."""
    claims = (quoted(GOOD[0], "auc"), quoted(GOOD[1], "median_ratio", 0.0), *GOOD[2:], NOTE)
    return served_case(findings=claims)


def points(case: Case) -> float:
    """Points of the audit dimension without the weights of the rubric: the mean credit."""
    return float(np.mean([judged(case).credit for judged in AUDIT]))


def test_good_findings_earn(good: Case) -> None:
    """Recall, precision and reproduction are full for what is right."""
    for judged in AUDIT[:-1]:
        assert judged(good).credit == 1.0, judged(good).message
    assert check.seeded_leak_neutralised(good).credit == 1.0


def test_silence_earns_nothing() -> None:
    """Without findings no line of the audit pays, though nothing wrong was said."""
    assert points(case_of()) == 0.0


def test_two_hundred_findings_earn_about_nothing() -> None:
    """All kinds over all columns is worth less than one honest finding."""
    claims = [finding(kind, column) for kind in KINDS for column in COLUMNS] * 5
    assert len(claims) == 200
    assert points(case_of(findings=claims)) < 0.08


@pytest.mark.parametrize("status", ["note", "ask"])
def test_spraying_what_never_costs_does_not_pay(status: str) -> None:
    """Notes and questions cost nothing, so a list of all of them must not earn either."""
    claims = [finding(kind, column, status=status) for kind in KINDS for column in COLUMNS]
    case = case_of(findings=claims)
    assert check.leakage_found(case).credit <= 0.1
    assert check.drift_found(case).credit == 0.0
    assert check.findings_precise(case).credit <= 0.05


def test_a_defect_called_harmless_is_not_found() -> None:
    """A note on a leak says it is no leak; a question about it is worth half."""
    noted, asked = (case_of(findings=[finding("target_leakage", "leak", status=s)]) for s in ("note", "ask"))
    assert check.leakage_found(noted).credit == 0.0
    assert 0.5 <= check.leakage_found(asked).credit <= 0.7


@pytest.mark.parametrize("size", [2, 3, 4])
def test_packing_columns_into_few_findings_does_not_hide_false_alarms(size: int) -> None:
    """Naming all of forty columns in groups, beside facts known without looking, earns little."""
    columns = [*COLUMNS, *(f"other_{i}" for i in range(36))]
    groups = [finding("target_leakage", *columns[i : i + size]) for i in range(0, len(columns), size)]
    assert check.leakage_found(case_of(findings=[*groups, GOOD[3]])).credit <= 0.25


def test_giving_every_month_is_not_dating_a_change() -> None:
    """One change reported from twenty-four months was not dated."""
    months = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
    case = case_of(findings=[finding("unit_change", "charge", from_month=m) for m in months])
    assert check.drift_found(case).credit < 0.1


def test_wrong_months_cost_but_do_not_zero() -> None:
    """The right change with an onset a year off is a quarter found."""
    case = case_of(findings=[finding("unit_change", "charge", from_month="2023-02"), *GOOD[2:]])
    assert check.drift_found(case).credit < check.drift_found(case_of(findings=GOOD)).credit


def test_generic_kinds_without_columns_match_no_column_defect() -> None:
    """Saying that there is leakage and drift somewhere finds nothing."""
    case = case_of(findings=[finding("target_leakage"), finding("data_drift"), finding("schema_change")])
    assert check.leakage_found(case).credit == 0.0
    assert check.drift_found(case).credit == 0.0


def test_generic_kinds_with_the_right_column_are_right_answers() -> None:
    """A wider name for the same defect is another form of the right answer."""
    case = case_of(findings=[finding("target_leakage", "leak"), finding("data_drift", "usage", from_month="2023-11"),
                             finding("scale_change", "charge", from_month="2024-04")])  # fmt: skip
    assert check.leakage_found(case).credit == 1.0
    assert check.drift_found(case).credit == 1.0


def test_a_decoy_hidden_beside_a_leak_still_counts() -> None:
    """The harmless strong predictor in the same finding as the real leak is a false alarm all the same."""
    case = case_of(findings=[finding("target_leakage", "leak", "strong")])
    assert len(case.matching.decoy_hits) == 1
    assert check.findings_precise(case).credit < check.findings_precise(case_of(findings=GOOD[:1])).credit


def test_a_decoy_reported_and_noted_is_not_explained() -> None:
    """Saying both is saying nothing."""
    case = case_of(findings=[*GOOD, finding("target_leakage", "strong"), NOTE])
    assert case.matching.decoys_noted == ()


def test_one_honest_mistake_costs_little() -> None:
    """A careful audit with one false alarm keeps its recall."""
    case = case_of(findings=[*GOOD, finding("outliers", "usage")])
    assert check.leakage_found(case).credit == 1.0
    assert check.findings_precise(case).credit > 0.6


def test_a_family_that_is_not_planted_is_no_gift() -> None:
    """Where a variant has no change over time, silence does not earn the points of the line."""
    assert check.drift_found(case_of(plants=[plant()], findings=[])).credit == 0.0
    assert check.drift_found(case_of(plants=[plant()], findings=GOOD[:1])).credit == 1.0


def test_statistics_must_recompute() -> None:
    """The same findings with a wrong figure, or none, earn less than with the right one."""
    right = check.statistics_recompute(case_of(findings=[quoted(GOOD[0], "auc"), *GOOD[1:]])).credit
    wrong = check.statistics_recompute(case_of(findings=[quoted(GOOD[0], "auc", 0.1), *GOOD[1:]])).credit
    none = check.statistics_recompute(case_of(findings=GOOD)).credit
    assert right > wrong == none


@pytest.mark.parametrize("name", ["null_rate", "share", "rate"])
def test_a_true_but_empty_statistic_shows_nothing(name: str) -> None:
    """The null rate of a full column or the overall churn rate agrees without a look at the defect."""
    claims = [GOOD[0], quoted(GOOD[1], name), *GOOD[2:]]
    none = check.statistics_recompute(case_of(findings=GOOD)).credit
    assert check.statistics_recompute(case_of(findings=claims)).credit == none


def test_the_key_s_statistic_must_show_the_defect() -> None:
    """The PSI of a month with itself is zero in any data; that of the months before and after shows the change."""
    known = [{"name": "psi", "value": 8.0, "null": 0.001}]
    there = plant(
        id="unit_change", family="change", kind="unit_change", columns=("usage",), statistics=known,
        months={"from": "2024-04", "to": "2024-12"},
    )  # fmt: skip
    plain = case_of(plants=[there]).truth
    issued = plain.issued.copy()
    issued.loc[issued["snapshot_month"] >= "2024-04", "usage"] += 100
    truth = Truth(**{**vars(plain), "issued": issued})
    claim = finding("unit_change", "usage", from_month="2024-04")

    def credit(value: float | None, **periods: str) -> float:
        statistic = None if value is None else StatisticClaim(name="psi", value=value, **periods)
        told = claim.model_copy(update={"statistic": statistic})
        case = Case(case_of(plants=[there], findings=[told]).evidence, truth)
        return check.statistics_recompute(case).credit

    shown = claim.model_copy(update={"statistic": StatisticClaim(name="psi", value=0.0)})
    value = Recomputer(truth).value(shown)
    assert credit(value) > credit(None)
    assert credit(0.0, current="2023-02", reference="2023-02") == credit(None)


def test_incident_the_figure_of_sound_data_was_within_the_tolerance_and_paid() -> None:
    """Where one row in eighty is wrong, a share of 0 is within the tolerance and shows nothing; .01 does."""
    there = plant(id="impossible_values", family="quality", kind="impossible_values", columns=("usage",),
                  statistics=[{"name": "share", "value": 0.0125, "null": 0.0}])  # fmt: skip
    plain = case_of(plants=[there]).truth
    issued = plain.issued.copy()
    issued.loc[issued.index[::80], "usage"] = -999.0
    truth = Truth(**{**vars(plain), "issued": issued})
    claim = finding("impossible_values", "usage").model_copy(update={"where": {"usage": ("-999",)}})

    def credit(value: float | None) -> float:
        statistic = None if value is None else StatisticClaim(name="share", value=value)
        case = case_of(plants=[there], findings=[claim.model_copy(update={"statistic": statistic})])
        return check.statistics_recompute(Case(case.evidence, truth)).credit

    assert credit(0.0) == credit(None) < credit(0.01) == credit(0.0125)


def test_keeping_a_defect_is_no_action() -> None:
    """A blank action and the decision to leave a leak in earn no action points."""
    acts = [check.statistics_recompute(case_of(findings=[finding("target_leakage", "leak", action=a)])).credit
            for a in ("drop", "keep its level in mind and drop the rest", "keep", " ", "Keep it.", "kept as is", "n/a",
                      "no change", "`keep`")]  # fmt: skip
    assert acts[0] == acts[1] > 0
    assert set(acts[2:]) == {0.0}


@pytest.mark.parametrize(
    ("kind", "kept"), [("label_immaturity", False), ("class_imbalance", True), ("selection_gap", True)]
)
def test_immature_labels_are_not_kept_in_good_faith(kind: str, kept: bool) -> None:
    """Only a fact that needs no change may be kept: labels that are not known yet must be left out."""
    there = plant(kind=kind, columns=("churned_90d",), family="quality", inherent=True)
    earned = [check.statistics_recompute(case_of(plants=[there], findings=[finding(kind, "churned_90d", action=a)]))
              for a in ("exclude_rows", "keep")]  # fmt: skip
    assert earned[0].credit > 0
    assert (earned[1].credit == earned[0].credit) is kept


def test_answers_that_jitter_do_not_react_to_the_leak(good: Case) -> None:
    """What the same request asked again shows too is none of the leak; noise that could hide one is no excuse."""
    base = good.evidence.array("service.parity")
    few = base[: good.evidence.array("service.repeated").size]
    shaken = with_arrays(good, service__repeated=few + 2e-5, service__leak_changed=few + 3e-5)
    assert check.seeded_leak_neutralised(shaken).credit == 1.0
    loud = with_arrays(good, service__repeated=few + 0.05, service__leak_changed=few + 0.06)
    assert check.seeded_leak_neutralised(loud).credit == 0.0


def test_a_model_that_reads_the_identifier_is_not_said_to_use_the_leak(good: Case) -> None:
    """Leak and identifier change together: what the identifier alone moves is none of the leak, up to a bound."""
    base = good.evidence.array("service.fresh_id")
    wave = np.resize([0.0, 0.0, 0.01], base.size)
    naive = {
        "service__fresh_id_again": base + wave,
        "service__leak_changed": base + np.resize(0.01, base.size),
    }
    assert check.seeded_leak_neutralised(with_arrays(good, **naive)).credit == 1.0
    leaky = {**naive, "service__leak_changed": base + 0.3}
    assert leak_moves_predictions(with_arrays(good, **leaky)) == pytest.approx(0.3)
    drowned = {"service__fresh_id_again": base + 20 * wave, "service__leak_changed": base + 0.2}
    assert leak_moves_predictions(with_arrays(good, **drowned)) is None
    assert check.seeded_leak_neutralised(with_arrays(good, **drowned)).credit == 0.0


def test_a_leak_that_still_moves_predictions_loses_bonus_and_evidence(good: Case) -> None:
    """Reported but used is not neutralised, and a flag of the audit's evidence."""
    moved = with_arrays(good, service__leak_changed=good.evidence.array("service.parity") + 0.05)
    assert check.seeded_leak_neutralised(moved).credit == 0.0
    assert check.statistics_recompute(moved).credit < check.statistics_recompute(good).credit


def test_the_bonus_needs_report_answers_and_a_model(good: Case) -> None:
    """Not reported, refused requests, an unmeasured or an empty model: no bonus."""
    silent = served_case(findings=GOOD[1:])
    refused = good.evidence.array("service.leak_changed").copy()
    refused[10:] = np.nan
    cases = (
        silent,
        with_arrays(good, service__leak_changed=refused),
        with_arrays(good, service__leak_changed=np.empty(0)),
        with_arrays(good, service__replay=np.full(2100, 0.1)),
        served_case(plants=[plant()], findings=GOOD),
    )
    assert [check.seeded_leak_neutralised(case).credit for case in cases] == [0.0] * 5


def test_a_spray_that_hits_the_seeded_leak_earns_no_bonus(good: Case) -> None:
    """All kinds over all columns once got the whole bonus, beside an audit worth nothing."""
    sprayed = served_case(findings=[finding(kind, column) for kind in KINDS for column in COLUMNS])
    assert check.leak_was_reported(sprayed)
    assert check.seeded_leak_neutralised(sprayed).credit == 0.0
    assert check.seeded_leak_neutralised(good).credit == 1.0


def notebook(good: Case, **changed) -> float:
    """Credit of the notebook line with parts of its evidence changed."""
    book = good.evidence.document.notebook.model_copy(update=changed)
    return check.notebook_reproduces(with_document(good, notebook=book)).credit


def test_the_notebook_must_run_and_write_the_same(good: Case) -> None:
    """An error in a cell, cells out of order, other findings, no findings or no notebook each cost."""
    other = FindingsFile(path="findings.json", findings=GOOD[:1])
    assert notebook(good) == 1.0
    assert notebook(good, error="ValueError", error_cell=2, executed_cells=2) <= 0.15
    assert notebook(good, in_order=False) <= 0.15
    assert 0.6 <= notebook(good, produced=other) < 0.8
    assert notebook(good, produced=None) == 0.6
    assert notebook(good, code_cells=0, executed_cells=0) == 0.0
    assert check.notebook_reproduces(with_document(good, notebook=NotebookEvidence())).credit == 0.0


def test_the_small_world_has_the_columns_the_plants_name() -> None:
    """The fixtures of these tests are about columns that exist."""
    assert set(COLUMNS) <= set(world()[0].columns)


def test_a_notebook_without_findings_was_said_to_write_others_than_submitted(good: Case) -> None:
    """Two equal files that hold nothing earn nothing, and the words say why; a missing file is called missing."""

    def told(submitted: FindingsFile | None, produced: FindingsFile | None) -> tuple[float, str]:
        book = good.evidence.document.notebook.model_copy(
            update={"submitted": submitted, "produced": produced}
        )
        found = check.notebook_reproduces(with_document(good, notebook=book))
        return found.credit, found.message

    none, some = FindingsFile(path="findings.json"), FindingsFile(path="findings.json", findings=GOOD)
    credit, message = told(none, none)
    assert credit == 0.0
    assert "differs" not in message
    assert "which holds no finding" in message
    assert "Few" not in message
    assert "writes no findings.json" in told(some, None)[1]
    assert "no findings.json was submitted" in told(None, some)[1]
    assert "differs" in told(some, none)[1]


INVENTED = tuple(finding("constant_column", column) for column in ("usage", "charge", "strong")) * 2


def test_false_alarms_are_named_as_the_reason() -> None:
    """Where inventions discount what was found, every line of the audit says so in words fit for the candidate."""
    case = case_of(findings=(*GOOD, *INVENTED))
    assert all("false_alarms" in judged(case).reasons for judged in AUDIT)
    assert "worth_of_findings" in check.notebook_reproduces(case).reasons


@pytest.mark.parametrize("claims", [(NOTE,), GOOD[:1], ()])
def test_few_findings_without_a_false_one_are_no_false_alarms(claims: tuple[FindingClaim, ...]) -> None:
    """A spray of notes was told of false alarms, beside "No false alarm among 0 defects"."""
    case = case_of(findings=claims)
    for judged in AUDIT:
        found = judged(case)
        assert "false_alarms" not in found.reasons
        assert "alse alarms," not in found.message


def test_a_notebook_that_fails_is_not_told_to_have_run() -> None:
    """Beside false alarms the advice on the notebook stays where it does not write what was submitted."""
    notebook = NotebookEvidence(
        path="audit.ipynb", submitted=FindingsFile(path="findings.json", findings=INVENTED)
    )
    case = case_of(document={"notebook": notebook})
    assert check.notebook_reproduces(case).reasons == ("false_alarms",)


def test_quoted_statistics_are_counted_among_those_quoted() -> None:
    """Fourteen of sixteen findings quoted one and "13 of 16 agree" counted the other two against them."""
    blind = quoted(GOOD[1], "null_rate")
    case = case_of(findings=(quoted(GOOD[0], "auc"), blind, quoted(GOOD[2], "psi", 5.0), GOOD[3]))
    said = check.statistics_recompute(case).message
    assert said.startswith("Of 4 findings about a defect of the key, 3 quote a statistic: 1 agree, ")
    assert "1 right without showing the defect (finding 2)" in said
    assert "1 differ from ours (finding 3)" in said


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (GOOD[:2], "None of 2 findings about a defect of the key quotes a statistic."),
        ((NOTE,), check.NOTHING_REAL),
    ],
)
def test_no_statistic_is_no_statistic_that_differs(claims: tuple[FindingClaim, ...], said: str) -> None:
    """Three findings without any statistic were told that none of their three agrees."""
    assert check.statistics_recompute(case_of(findings=claims)).message == said


def test_nothing_reported_is_not_called_precise() -> None:
    """Notes alone were answered with "No false alarm among 0 defects"."""
    assert check.findings_precise(case_of(findings=[NOTE])).message.startswith(
        "Nothing was reported as a defect"
    )


def test_columns_beside_the_right_ones_are_told() -> None:
    """Where only further columns are false alarms, the line on false alarms must not deny them."""
    case = case_of(findings=[*GOOD[1:], finding("target_leakage", "leak", "usage", "charge")])
    assert case.matching.wrong
    assert not case.matching.false_alarms
    assert "columns beside the right ones" in check.findings_precise(case).message
