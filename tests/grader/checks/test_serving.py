"""Serving earns by measured behaviour; a service without a model earns its start and nothing more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grader.checks import serving as check
from grader.checks.case import Case
from grader.evidence.document import PinnedDependencies
from grader.evidence.service import (
    BadInputCase,
    ContractCase,
    ImageContents,
    ImageEvidence,
    LatencySeries,
    ServiceEvidence,
)
from grader.pipeline.service_phase import HANGING_CHECK, IDLE_CHECK
from grader.types import PhaseRecord, Verdict
from tests.grader.case_builder import PHASES, served_case, with_arrays, with_document

LOAD = LatencySeries(rate=20, seconds=20, sent=400, answered=400, errors=0, p50_ms=5, p95_ms=9, p99_ms=12,
                     batch_1000_ms=300)  # fmt: skip
BAD = tuple(
    BadInputCase(id=f"case_{i}", status=422, outcome="rejected", expected=("rejected",), names_field=True)
    for i in range(20)
)
SERVICE = ServiceEvidence(
    image=ImageEvidence(built=True, id="sha256:1", size_bytes=3 * 2**28, user="app", healthcheck=True),
    started=True, seconds_to_healthy=2.0, port=8000, health_status=200, health_body='{"status": "ok"}',
    model_version="m1", openapi=True, route="/predict", request_shape="rows",
    contract=tuple(ContractCase(id=f"c{i}", ok=True, expected="x", got="x") for i in range(10)),
    bad_input=BAD, latency=LOAD, latency_floor=LOAD.model_copy(update={"p99_ms": 3.0}),
    stop_seconds=0.4, stop_exit_code=0, read_only_root=True,
)  # fmt: skip
AFTER_START = (
    check.contract_kept,
    check.answers_correct,
    check.bad_input_refused,
    check.latency_holds,
    check.container_is_sound,
)


@pytest.fixture(scope="module")
def good() -> Case:
    """A submission with a faultless service."""
    return served_case(
        service=SERVICE, document={"pinned": PinnedDependencies(path="r.txt", total=3, pinned=3)}
    )


def served(good: Case, **changed) -> Case:
    """The case with parts of the service's evidence changed."""
    return with_document(good, service=good.evidence.document.service.model_copy(update=changed))


def ended(good: Case, phase: str, verdict: Verdict) -> Case:
    """The case with another verdict of a phase."""
    records = tuple(PhaseRecord(id=n, verdict=verdict if n == phase else Verdict.OK) for n in PHASES)
    return with_document(good, phases=records)


def test_a_sound_service_earns_everything(good: Case) -> None:
    """Every serving line is full for a service without fault."""
    for judged in (check.service_starts, *AFTER_START):
        assert judged(good).credit == 1.0, judged(good).message


@pytest.mark.parametrize("answers", [np.full(2100, 0.1), np.full(2100, np.nan),
                                     np.random.default_rng(0).random(2100)])  # fmt: skip
def test_a_service_without_a_model_earns_its_start_only(good: Case, answers: np.ndarray) -> None:
    """A constant, a silent and a random service pay `starts` and nothing else, however clean they are."""
    dummy = with_arrays(good, service__replay=answers)
    assert check.service_starts(dummy).credit == 1.0
    assert [judged(dummy).credit for judged in AFTER_START] == [0.0] * 5


def test_what_does_not_start_earns_nothing_after(good: Case) -> None:
    """A failed build earns nothing, a process that never answers its build only, later lines nothing."""
    assert check.service_starts(ended(good, "build", Verdict.BUILD_FAIL)).credit == 0.0
    down = served(good, started=False)
    assert check.service_starts(down).credit == pytest.approx(0.3)
    assert [judged(down).credit for judged in AFTER_START] == [0.0] * 5


def test_health_is_part_of_starting(good: Case) -> None:
    """No /health costs a fifth, a body that does not say ok a little."""
    assert check.service_starts(served(good, health_status=404)).credit == pytest.approx(0.8)
    assert check.service_starts(served(good, health_body="fine")).credit == pytest.approx(0.92)


def test_another_request_shape_earns_part(good: Case) -> None:
    """What discovery can drive is worth at most 60 % of the contract."""
    assert check.contract_kept(served(good, request_shape="flat", route="/score")).credit == 0.6
    assert check.contract_kept(served(good, contract=())).credit == 0.0


def test_broken_parity_loses(good: Case) -> None:
    """A refit answers other probabilities than were submitted; the invariances then pay nothing either."""
    arrays = {n: v + 0.01 for n, v in good.evidence.arrays.items() if n in ("service.parity", "service.fresh_id",
              "service.single", "service.reversed", "service.repeated", "service.column_order")}  # fmt: skip
    refit = with_arrays(good, **{n.replace(".", "__"): v for n, v in arrays.items()})
    assert check.answers_correct(refit).credit == 0.0


def test_serving_the_baseline_is_serving_an_evaluated_model(good: Case) -> None:
    """The simpler model may ship: parity is against whichever submitted model is served."""
    rows = good.evidence.array("service.parity_rows").astype(int)
    by_row = np.full(len(good.truth.issued), np.nan)
    by_row[good.prediction_rows] = good.evidence.array("predictions.p_baseline")
    names = ("parity", "fresh_id", "single", "reversed", "repeated", "column_order")
    simple = with_arrays(good, **{f"service__{n}": by_row[rows] for n in names})
    assert simple.served_model == "baseline"
    assert check.answers_correct(simple).credit == 1.0


@pytest.mark.parametrize("name", ["single", "reversed", "repeated", "column_order"])
def test_each_invariance_counts(good: Case, name: str) -> None:
    """Other answers one by one, in another order or asked again cost a tenth each; so do no answers."""
    other = good.evidence.array(f"service.{name}").copy()
    other[3] += 0.01
    for values in (other, np.empty(0), np.full(400, np.nan)):
        assert check.answers_correct(
            with_arrays(good, **{f"service__{name}": values})
        ).credit == pytest.approx(0.9)


def test_incident_a_table_of_known_customers_passed_parity(good: Case) -> None:
    """Rows asked as issued only were looked up: what an unknown customer is answered decides, and is told."""
    table = with_arrays(good, service__fresh_id=good.evidence.array("service.parity") / 2,
                        service__fresh_id_again=good.evidence.array("service.parity") / 2)  # fmt: skip
    finding = check.answers_correct(table)
    assert finding.credit == 0.0
    assert "0 differ between two such" in finding.message
    assert table.serves_another
    silent = with_arrays(
        good, service__fresh_id=np.full(200, np.nan), service__fresh_id_again=np.full(200, np.nan)
    )
    assert check.answers_correct(silent).credit == 0.0
    assert silent.serves_another


def test_a_model_that_reads_the_identifier_loses_what_it_moves(good: Case) -> None:
    """A mistake and no fraud: the rows that move are lost, and the sentence says no more than what was seen."""
    moved = good.evidence.array("service.parity").copy()
    moved[:100] += 0.004
    naive = with_arrays(good, service__fresh_id=moved, service__fresh_id_again=moved[::-1].copy())
    finding = check.answers_correct(naive)
    assert finding.credit == pytest.approx(0.6 * 0.75 + 0.4)
    assert "100 of 400 rows are answered otherwise" in finding.message
    assert not naive.serves_another


def test_a_right_answer_for_strangers_mends_no_wrong_one(good: Case) -> None:
    """The worse of the two answers to a row counts."""
    off = good.evidence.array("service.parity") + 0.05
    assert check.answers_correct(with_arrays(good, service__parity=off)).credit == 0.0


def test_unanswered_parity_rows_are_misses(good: Case) -> None:
    """Answering every second row is half of parity."""
    half = good.evidence.array("service.parity").copy()
    half[::2] = np.nan
    assert check.answers_correct(with_arrays(good, service__parity=half)).credit <= 0.4


def test_server_errors_on_bad_input_cost_more_than_their_share(good: Case) -> None:
    """Three 500s out of twenty lose nearly half of the line."""
    crashing = (
        tuple(c.model_copy(update={"outcome": "server_error", "status": 500}) for c in BAD[:3]) + BAD[3:]
    )
    assert check.bad_input_refused(served(good, bad_input=crashing)).credit < 0.5


def test_the_page_on_bad_input_says_how_errors_count_and_the_message_which(good: Case) -> None:
    """Two of 40 requests took a third of the points, by a rule that was nowhere said, and were not named."""
    broken = [
        c.model_copy(update={"id": f"{name}_literal", "outcome": "server_error", "status": 500})
        for name, c in zip(("nan", "infinity"), BAD, strict=False)
    ]
    found = check.bad_input_refused(served(good, bad_input=(*broken, *BAD[2:])))
    assert found.credit == pytest.approx((1 - 2 / len(BAD)) * (1 - 2 * check.ERROR_COST))
    assert "nan literal, infinity literal" in found.message
    assert f"takes {check.ERROR_COST:.0%} of".replace("%", " %") in " ".join(
        (check.bad_input_refused.__doc__ or "").split()
    )


def test_refusals_name_the_field(good: Case) -> None:
    """A 4xx that does not say what is wrong is worth half; dying afterwards halves everything."""
    silent = tuple(c.model_copy(update={"names_field": False}) for c in BAD)
    assert check.bad_input_refused(served(good, bad_input=silent)).credit == 0.5
    dead = (*BAD[:-1], BAD[-1].model_copy(update={"healthy_after": False}))
    assert check.bad_input_refused(served(good, bad_input=dead)).credit == 0.5


def test_incident_requests_that_broke_nothing_were_named_among_those_that_crash_it(good: Case) -> None:
    """Each list of requests stands behind its own count."""
    crashed = BAD[0].model_copy(update={"id": "nan_literal", "outcome": "server_error"})
    silent = BAD[1].model_copy(update={"id": "no_month", "names_field": False})
    message = check.bad_input_refused(served(good, bad_input=(crashed, silent, *BAD[2:]))).message
    assert "; 1 crash it or time out (nan literal); 1 otherwise not as asked (no month)." in message
    alone = check.bad_input_refused(served(good, bad_input=(silent, *BAD[1:]))).message
    assert "; 0 crash it or time out; 1 otherwise" in alone


def latency(good: Case, **changed) -> float:
    """Credit of the latency line with parts of the load changed."""
    return check.latency_holds(served(good, latency=LOAD.model_copy(update=changed))).credit


def test_latency_is_judged_by_its_tail_and_its_errors(good: Case) -> None:
    """Slow tails, unanswered requests and a slow batch cost; no answers at all earn nothing."""
    assert latency(good, p99_ms=1000.0) == 0.25
    assert latency(good, p99_ms=600.0) < 0.8
    assert latency(good, answered=200, errors=200) < 0.5
    assert latency(good, batch_1000_ms=2500.0) == 0.75
    assert latency(good, p99_ms=None, answered=0) == 0.0


def test_incident_what_unanswered_requests_cost_stood_nowhere(good: Case) -> None:
    """The rubric's text says what is done below 99 % answered, and the check does that."""
    assert latency(good, answered=396, errors=4) == 1.0
    assert latency(good, answered=392, errors=8) == pytest.approx(0.75 * 0.98 / 2 + 0.25)
    text = " ".join((check.latency_holds.__doc__ or "").split())
    assert (
        "where less than 99 % of the requests are answered, the part for the p99 is multiplied by half"
        in text
    )


def test_the_bounds_under_load_are_those_of_the_variants_contract(good: Case) -> None:
    """A contract that grants more than the brief's usual bounds is the one that is held."""
    load = LOAD.model_copy(update={"p99_ms": 390.0, "batch_1000_ms": 2900.0})
    case = served(good, latency=load)
    assert check.latency_holds(case).credit < 0.75
    granted = {"service": {"load": {"p99_ms": 400, "batch_ms": 3000}}}
    wide = replace(case, truth=replace(case.truth, contract=granted))
    assert check.latency_holds(wide).credit == 1.0


def test_a_slow_host_is_not_the_candidates_fault(good: Case) -> None:
    """The bound is at least three times what a do-nothing service needs on the same host."""
    slow = served(good, latency=LOAD.model_copy(update={"p99_ms": 550.0}),
                  latency_floor=LOAD.model_copy(update={"p99_ms": 200.0}))  # fmt: skip
    assert check.latency_holds(slow).credit == 1.0


@pytest.mark.parametrize(
    ("own", "idle", "credit"),
    [
        (2500.0, 900.0, 1.0),
        (2800.0, 900.0, 0.75),
        (2100.0, 5.0, 0.75),
        (2100.0, None, 0.75),
        (1900.0, 5.0, 1.0),
    ],
)
def test_a_thousand_rows_had_two_seconds_on_any_host(
    good: Case, own: float, idle: float | None, credit: float
) -> None:
    """The batch is held against the do-nothing service as the tail is, and a fast host makes nothing easier."""
    timed = served(good, latency=LOAD.model_copy(update={"batch_1000_ms": own}),
                   latency_floor=LOAD.model_copy(update={"batch_1000_ms": idle}))  # fmt: skip
    assert check.latency_holds(timed).credit == credit


@pytest.mark.parametrize("change", [{"image": {"user": "root"}}, {"image": {"user": "0:0"}}, {"image": {"user": ""}},
                                    {"image": {"healthcheck": False}}, {"image": {"size_bytes": 2 * 2**30}},
                                    {"stop_exit_code": 137}, {"stop_seconds": None},
                                    {"read_only_root": False}])  # fmt: skip
def test_each_property_of_the_container_counts(good: Case, change: dict) -> None:
    """Root, no health check, a fat image, a killed stop and a written root cost a sixth each."""
    image = SERVICE.image.model_copy(update=change.get("image", {}))
    case = served(good, **{**change, "image": image})
    assert check.container_is_sound(case).credit == pytest.approx(5 / 6, abs=1e-6)


def test_incident_uid_0_under_another_spelling_or_name_was_no_root(good: Case) -> None:
    """Root is who has uid 0: `00` is, and so is a name that the image's accounts give that number."""
    for user in ("00", "00:1000", "+0"):
        image = SERVICE.image.model_copy(update={"user": user})
        assert check.container_is_sound(served(good, image=image)).credit == pytest.approx(5 / 6, abs=1e-6)
    named = check.container_is_sound(served(good, runs_as_root=True))
    assert named.credit == pytest.approx(5 / 6, abs=1e-6)
    assert any("uid 0" in shown.measured for shown in named.proofs)
    assert check.container_is_sound(served(good, runs_as_root=False)).credit == 1.0


def test_incident_why_a_declared_health_check_counts_as_none_was_not_told(good: Case) -> None:
    """Whoever declared one and reads `none` looks for the fault in the wrong place."""
    image = SERVICE.image.model_copy(update={"healthcheck": False})
    shown = {
        why: next(one.measured for one in finding.proofs if one.where == "health check")
        for why in (IDLE_CHECK, HANGING_CHECK, "")
        for finding in [check.container_is_sound(served(good, image=image, problems=("x: y", why)))]
    }
    assert "where nothing serves" in shown[IDLE_CHECK]
    assert "did not end with 0" in shown[HANGING_CHECK]
    assert shown[""] == "none"


def test_unpinned_or_absent_requirements_cost(good: Case) -> None:
    """Two of three exact versions are not pinned; neither is a list that is not there."""
    for total, pinned in ((3, 2), (0, 0)):
        case = with_document(good, pinned=PinnedDependencies(total=total, pinned=pinned))
        assert check.container_is_sound(case).credit == pytest.approx(5 / 6, abs=1e-6)


CLEAN = ImageContents(files=30_000)


def container(good: Case, contents: ImageContents | None) -> float:
    """The credit of the container whose layers hold this."""
    return check.container_is_sound(served(good, contents=contents)).credit


@pytest.mark.parametrize(("contents", "lost"), [
    (CLEAN, 0), (CLEAN.model_copy(update={"data": ("srv/data/snapshots.parquet",)}), 1),
    (CLEAN.model_copy(update={"secrets": ("srv/.env",)}), 1),
    (CLEAN.model_copy(update={"data": ("a",), "secrets": ("b",)}), 2), (CLEAN.model_copy(update={"capped": True}), 2),
])  # fmt: skip
def test_issued_data_and_secrets_in_the_image_cost(good: Case, contents: ImageContents, lost: int) -> None:
    """Each takes an eighth; an image with too many files to be looked through shows neither."""
    assert container(good, contents) == pytest.approx(1 - lost / 8, abs=1e-6)


def test_an_image_nobody_looked_into_scores_as_before(good: Case) -> None:
    """Older evidence, and an image that could not be read, are judged on the other six parts alone."""
    weak = served(good, read_only_root=False)
    for contents in (None, ImageContents(problem="TIMEOUT_JOB")):
        assert container(good, contents) == 1.0
        assert container(weak, contents) == pytest.approx(5 / 6, abs=1e-6)


def test_too_many_files_accuse_nobody_of_data_or_secrets_inside(good: Case) -> None:
    """Candidates were told of secrets that nobody had seen; what cannot be ruled out still costs."""
    many = CLEAN.model_copy(update={"capped": True})
    message = check.container_is_sound(served(good, contents=many)).message
    assert "inside" not in message
    assert "too many files to rule out secrets" in message
    found = check.container_is_sound(
        served(good, contents=many.model_copy(update={"secrets": ("srv/.env",)}))
    )
    assert "secrets inside" in found.message


def test_an_image_that_could_not_be_read_through_is_told(good: Case) -> None:
    """Whoever reviews saw nothing of it: the evidence looked as if the image had been found clean."""
    finding = check.container_is_sound(served(good, contents=ImageContents(problem="TIMEOUT_JOB")))
    assert any("not looked through: TIMEOUT_JOB" in shown.measured for shown in finding.proofs)


def test_the_container_line_names_what_it_found(good: Case) -> None:
    """The message says what is wrong, the evidence which file it is."""
    finding = check.container_is_sound(
        served(good, contents=CLEAN.model_copy(update={"data": ("srv/d.bin",)}))
    )
    assert "issued data inside" in finding.message
    assert any("srv/d.bin" in shown.measured for shown in finding.proofs)
