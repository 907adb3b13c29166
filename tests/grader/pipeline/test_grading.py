"""The flow from archive to reports: whole or not at all, our failures pending, and no secret near candidate code."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import grader.cli
import takehome
from grader.errors import SandboxError, SubmissionError, UsageError
from grader.execution.limits import Limits
from grader.pipeline import grading
from grader.pipeline.grading import Order, grade
from grader.pipeline.progress import Silent
from grader.pipeline.units import Retry
from grader.results import Report
from grader.review.entries import LevelDefended
from grader.review.log import append
from grader.rubric import load_rubric
from grader.truth import load_truth
from grader.types import Verdict
from tests.grader.fake_executor import LATENCY, FakeExecutor, answer
from tests.grader.vault_folder import CANARY, write_vault


@pytest.fixture
def order(tmp_path: Path) -> Order:
    """A small submission and its vault."""
    submission = tmp_path / "ada"
    (submission / "evaluation").mkdir(parents=True)
    (submission / "README.md").write_text("# hello\n")
    (submission / "Dockerfile").write_text("FROM python:3.11-slim\n")
    (submission / "findings.json").write_text('{"findings": []}')
    (submission / "audit.ipynb").write_text("{}")
    truth = load_truth(write_vault(tmp_path / "vault"))
    (tmp_path / "results").mkdir()
    out = tmp_path / "results" / "ada"
    return Order(submission, truth, load_rubric(), Limits(), out, retry=Retry(pauses=()))


def run(order: Order, executor: FakeExecutor | None = None) -> Report:
    """Grade with an executor in memory."""
    return grade(order, executor or FakeExecutor(), Silent())


def statuses(report: Report) -> dict[str, str]:
    """Status by criterion."""
    return {c.id: c.status for d in report.dimensions for c in d.criteria}


def verdicts(report: Report) -> dict[str, Verdict]:
    """Verdict by phase."""
    return {p.id: p.verdict for p in report.phases}


def test_a_grading_leaves_one_whole_folder(order: Order) -> None:
    """Reports and evidence are in place and nothing temporary is beside them."""
    report = run(order)
    assert sorted(p.name for p in order.out.parent.iterdir()) == ["ada"]
    assert {"report.json", "report.html", "evidence"} <= {p.name for p in order.out.iterdir()}
    assert json.loads((order.out / "report.json").read_text())["variant"] == order.truth.key.variant
    assert set(verdicts(report).values()) == {Verdict.OK}
    assert list(verdicts(report)) == ["intake", "notebook", "probes", "build", "service", "latency"]


def test_nothing_secret_is_near_candidate_code(order: Order) -> None:
    """No job, image context or output holds the canary, a label of the replay or the true probability."""
    executor = FakeExecutor()
    run(order, executor)
    assert {"notebook", "read_predictions", "service"} <= set(executor.seen)
    for files in executor.seen.values():
        for place, content in files.items():
            assert CANARY.encode() not in content, place
            assert b"true_probability" not in content, place
    assert not any("findings.json" in place for place in executor.seen["notebook"])
    assert all("churned" not in c.decode() for c in executor.seen["service"].values())
    assert {j.id for j in executor.jobs if j.candidate_code} == {"notebook"}


def test_a_second_grading_replaces_the_first(order: Order) -> None:
    """An earlier result is replaced whole; the scores are the same."""
    first = run(order)
    second = run(order)
    assert [d.points for d in first.dimensions] == [d.points for d in second.dimensions]
    assert sorted(p.name for p in order.out.parent.iterdir()) == ["ada"]


def test_a_folder_that_holds_something_else_is_refused(order: Order) -> None:
    """Nobody's files are overwritten, and nothing was run."""
    order.out.mkdir()
    (order.out / "thesis.txt").write_text("mine")
    executor = FakeExecutor()
    with pytest.raises(UsageError, match="no result of a grading"):
        run(order, executor)
    assert executor.jobs == []
    assert (order.out / "thesis.txt").read_text() == "mine"


def test_result_and_vault_must_lie_outside_the_submission(order: Order, tmp_path: Path) -> None:
    """Else the key would be copied to where candidate code can read it."""
    inside = Order(order.submission, order.truth, order.rubric, order.limits, order.submission / "result")
    with pytest.raises(UsageError, match="inside the submission"):
        run(inside)
    around = Order(
        tmp_path, order.truth, order.rubric, order.limits, tmp_path.parent / f"{tmp_path.name}-out"
    )
    with pytest.raises(UsageError, match="the vault lies inside"):
        run(around)


@pytest.mark.parametrize("where", ["score", "write_reports", "save_evidence"])
def test_nothing_is_half_written_when_grading_raises(
    order: Order, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Whatever fails, the place of the result is as it was before."""

    def raising(*_: object, **__: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(grading, where, raising)
    with pytest.raises(RuntimeError):
        run(order)
    assert list(order.out.parent.iterdir()) == []


@pytest.mark.parametrize(("job", "phase", "status"), [
    ("notebook", "notebook", "audit.reproducible"), ("read_tracking", "probes", "evaluation.tracking"),
    ("service", "service", "serving.contract"), ("latency", "latency", "serving.latency"),
])  # fmt: skip
def test_a_broken_sandbox_is_pending(order: Order, job: str, phase: str, status: str) -> None:
    """INFRA_ERROR in a phase leaves its criteria open and never at zero; the other phases still run."""
    executor = FakeExecutor({job: SandboxError("engine gone")})
    report = run(order, executor)
    assert verdicts(report)[phase] is Verdict.INFRA_ERROR
    assert statuses(report)[status] == "pending"
    assert report.verdict == "incomplete"
    assert sum(j.id == job for j in executor.jobs) >= 2


def test_code_that_breaks_its_reader_costs_no_points_and_is_told(order: Order) -> None:
    """No points rest on the reading of the code; that it could not be read stands in the notes."""
    fair = run(order, FakeExecutor())
    for broken in (b"no answer", SandboxError("engine gone")):
        report = run(order, FakeExecutor({"read_sources": broken}))
        assert verdicts(report) == verdicts(fair)
        assert statuses(report) == statuses(fair)
        assert (report.total, report.pending) == (fair.total, fair.pending)
        assert [note for note in report.notes if "could not be read" in note]


def test_a_failure_to_look_into_the_image_takes_nothing_measured_with_it(order: Order) -> None:
    """The service was probed before; without room for the saved image all of it was lost and run again."""
    fair = run(order, FakeExecutor())
    executor = FakeExecutor({"image": SandboxError("no space left")})
    report = run(order, executor)
    assert statuses(report) == {**statuses(fair), "serving.container": "pending"}
    assert sum(job.id == "service" for job in executor.jobs) == 1


@pytest.mark.parametrize(
    ("idle_p99", "said", "verdict"),
    [
        (5.0, answer({"started": False}), Verdict.SERVICE_DOWN),
        (900.0, answer({"started": False}), Verdict.INFRA_ERROR),
        (900.0, Verdict.TIMEOUT_JOB, Verdict.INFRA_ERROR),
        (900.0, Verdict.OOM, Verdict.OOM),
    ],
)
def test_incident_a_service_that_was_late_on_a_slow_host_lost_its_points(
    order: Order, idle_p99: float, said: bytes | Verdict, verdict: Verdict
) -> None:
    """Where a service that does nothing is late too, only what is no matter of time is the candidate's."""
    floor = answer({"latency": {**LATENCY, "p99_ms": idle_p99}})
    report = run(order, FakeExecutor({"service": said, "latency": floor}))
    assert verdicts(report)["service"] is verdict
    ours = verdict is Verdict.INFRA_ERROR
    assert statuses(report)["serving.contract"] == ("pending" if ours else "scored")


UP = {"started": True, "health_status": 200}


@pytest.mark.parametrize("idle_p99", [5.0, 900.0])
@pytest.mark.parametrize(
    "said",
    [
        {"read_only": answer({"started": False})},
        {"service": answer(UP, {"replay": np.array([0.5, np.nan])})},
        {"service": answer(UP, {"parity": np.array([np.nan, 0.5])})},
    ],
)
def test_incident_what_a_service_missed_on_a_slow_host_was_held_against_it(
    order: Order, idle_p99: float, said: dict[str, bytes]
) -> None:
    """Rows without an answer in time, and a second start that took too long, cost points on any host."""
    floor = answer({"latency": {**LATENCY, "p99_ms": idle_p99}})
    report = run(order, FakeExecutor({**said, "latency": floor}))
    slow = idle_p99 > 250
    assert verdicts(report)["service"] is (Verdict.INFRA_ERROR if slow else Verdict.OK)
    assert statuses(report)["serving.contract"] == ("pending" if slow else "scored")


def test_incident_a_read_only_start_that_we_broke_was_the_images(order: Order) -> None:
    """A prober that the host had no memory for said that the image needs a writable root."""
    report = run(order, FakeExecutor({"read_only": Verdict.INFRA_ERROR}))
    assert verdicts(report)["service"] is Verdict.INFRA_ERROR
    assert statuses(report)["serving.contract"] == "pending"


def test_a_defect_of_ours_in_a_phase_is_pending_too(order: Order) -> None:
    """Any exception of the pipeline's own is ours."""
    report = run(order, FakeExecutor({"service": KeyError("oops")}))
    assert verdicts(report)["service"] is Verdict.INFRA_ERROR
    assert statuses(report)["serving.correct"] == "pending"


def test_issued_data_that_a_probe_cannot_read_are_ours(order: Order) -> None:
    """The candidate got zeros for data of ours that were not beside the predictions."""
    unread = answer({"path": "evaluation/predictions.parquet", "data_trouble": "no such file"})
    report = run(order, FakeExecutor({"read_predictions": unread}))
    assert verdicts(report)["probes"] is Verdict.INFRA_ERROR
    assert statuses(report)["evaluation.split"] == statuses(report)["audit.leakage"] == "pending"


def test_a_failed_build_is_the_candidates(order: Order) -> None:
    """The service was not run, its points are scored as zero, and nothing is pending."""
    report = run(order, FakeExecutor(built=Verdict.BUILD_FAIL))
    assert verdicts(report)["service"] is Verdict.NOT_RUN
    assert set(statuses(report).values()) == {"scored"}
    assert next(d for d in report.dimensions if d.id == "serving").points == 0


def test_a_build_that_fails_through_us_is_pending(order: Order) -> None:
    """What waits for it inherits whose fault it was."""
    report = run(order, FakeExecutor(built=Verdict.INFRA_ERROR))
    assert {s for n, s in statuses(report).items() if n.startswith("serving.")} == {"pending"}


def test_incident_a_defect_of_the_gate_ended_the_grading(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails while the build is named or made is a record of the build; all other parts are still measured."""

    def failing(*_: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr(FakeExecutor, "build_inputs", failing)
    assert verdicts(run(order))["build"] is Verdict.OK
    monkeypatch.setattr(FakeExecutor, "build", failing)
    report = run(order)
    assert verdicts(report)["build"] is Verdict.INFRA_ERROR
    assert statuses(report)["serving.starts"] == "pending"
    assert verdicts(report)["notebook"] is Verdict.OK


def test_the_local_executor_assesses_no_service(order: Order) -> None:
    """Processes are not isolated: serving is not assessed, the verdict incomplete, and issued keys are refused."""
    report = run(order, FakeExecutor(name="local"))
    assert {s for n, s in statuses(report).items() if n.startswith("serving.")} == {"not_assessed"}
    assert (report.verdict, report.isolated) == ("incomplete", False)


def test_the_local_executor_refuses_issued_variants(order: Order, tmp_path: Path) -> None:
    """Candidates' own keys are never beside unisolated code."""
    issued = load_truth(write_vault(tmp_path / "issued-vault", origin="issued"))
    executor = FakeExecutor(name="local")
    with pytest.raises(UsageError, match="practice variants only"):
        run(Order(order.submission, issued, order.rubric, order.limits, order.out), executor)
    assert executor.jobs == []


def predictions(rows: int, matched: int) -> bytes:
    """What the probe says of a file of which some rows belong to the variant."""
    arrays = {n: np.zeros(matched) for n in ("row", "split", "y_true", "y_used", "p_baseline", "p_tuned")}
    return answer({"path": "evaluation/predictions.parquet", "rows": rows, "matched_rows": matched}, arrays)


def test_another_variants_rows_stop_the_grading(order: Order) -> None:
    """It is our question, not a score: exit code 3 and no result; a few strange rows are no reason."""
    with pytest.raises(SubmissionError, match="WRONG_VARIANT") as caught:
        run(order, FakeExecutor({"read_predictions": predictions(1000, 10)}))
    assert (caught.value.exit_code, caught.value.rule) == (3, "wrong-variant")
    assert list(order.out.parent.iterdir()) == []
    assert run(order, FakeExecutor({"read_predictions": predictions(1000, 900)})).total >= 0


def test_exit_codes_of_the_command(order: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """2 for our usage, 3 for what cannot be opened, 4 for a sandbox that does not work; a line, no traceback."""
    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: FakeExecutor())
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(b"PK\x03\x04 no zip")
    rubric = tmp_path / "rubric.yaml"
    rubric.write_text("version: 1\n")
    vault = str(order.truth.folder)

    def code(submission: Path, *more: str, vault: str = vault) -> tuple[int, str]:
        command = ["grade", str(submission), "--vault", vault, "--out", str(order.out), "--quiet", *more]
        result = CliRunner().invoke(takehome.app, command)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    assert code(order.submission, "--json")[0] == 0
    assert code(tmp_path / "nowhere")[0] in (2, 3)
    assert code(damaged)[0] == 3
    assert code(order.submission, vault=str(tmp_path / "no-vault"))[0] == 2
    assert code(order.submission, "--rubric", str(rubric))[0] == 2

    def gone(*_: object) -> None:
        raise SandboxError("no engine answers")

    monkeypatch.setattr(grader.cli, "open_executor", gone)
    failed, said = code(order.submission)
    assert failed == 4
    assert "no engine answers" in said


def test_offline_builds_are_asked_for_on_the_command_line(
    order: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both commands hand the option on, and neither builds offline without it."""
    opened: list[bool] = []

    def executor(choice: object, progress: object, offline: bool = False) -> FakeExecutor:
        opened.append(offline)
        return FakeExecutor()

    monkeypatch.setattr(grader.cli, "open_executor", executor)
    (tmp_path / "inbox").mkdir()
    submission = tmp_path / "inbox" / order.truth.key.variant
    order.submission.rename(submission)
    vault = ["--vault", str(order.truth.folder), "--quiet"]
    one = ["grade", str(submission), *vault, "--out", str(order.out)]
    many = ["batch", str(tmp_path / "inbox"), *vault, "--out", str(tmp_path / "all")]
    for words in (one, many):
        for more in ([], ["--offline-build"]):
            result = CliRunner().invoke(takehome.app, [*words, *more])
            assert result.exit_code == 0, result.output
    assert opened == [False, True, False, True]


def test_an_engine_that_is_gone_at_the_end_costs_no_result(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything is measured and written; what cannot be cleared away now is told, and swept next time."""

    class Gone(FakeExecutor):
        def close(self) -> None:
            raise SandboxError("the engine is gone")

    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: Gone())
    words = ["grade", str(order.submission), "--vault", str(order.truth.folder), "--out", str(order.out)]
    result = CliRunner().invoke(takehome.app, words)
    assert result.exit_code == 0
    assert "the next grading removes what is left" in result.output
    assert (order.out / "report.json").is_file()


def test_incident_another_submission_took_the_place_of_a_decided_result(order: Order) -> None:
    """A wrong --out costs no result that people decided on; the same submission is graded again as before."""
    held = run(order)
    entry = LevelDefended(
        time="2026-01-01T00:00:00+00:00",
        reviewer="Grace",
        submission=held.submission.sha256,
        previous="",
        dimension="audit",
        level=3,
        reason="explained it",
    )
    append(order.out, [entry])
    assert run(order).submission == held.submission
    before = {path: path.read_bytes() for path in order.out.rglob("*") if path.is_file()}
    (order.submission / "README.md").write_text("# somebody else\n")
    with pytest.raises(
        UsageError, match=r"holds the result of submission-\w+, on which Grace decided.*--out"
    ):
        run(order)
    assert {path: path.read_bytes() for path in order.out.rglob("*") if path.is_file()} == before


def test_incident_grading_again_deleted_what_people_kept_beside_the_result(order: Order) -> None:
    """A panel's sheet in the result folder outlives a second grading; the page of an opened key is made anew."""
    run(order)
    (order.out / "panel.yaml").write_text("ratings: []\n")
    (order.out / "practice.html").write_text("<p>4 of 100</p>")
    (order.out / "notes").mkdir()
    (order.out / "notes" / "call.txt").write_text("friendly\n")
    run(order)
    assert (order.out / "panel.yaml").read_text() == "ratings: []\n"
    assert (order.out / "notes" / "call.txt").read_text() == "friendly\n"
    assert not (order.out / "practice.html").exists()
