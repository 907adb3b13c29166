"""A phase runs again exactly when something it depends on has changed; nothing that candidates run can say so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.errors import SandboxError, UsageError
from grader.execution.limits import Limits
from grader.pipeline import phase_key
from grader.pipeline.grading import Order, grade
from grader.pipeline.phase_cache import PhaseCache
from grader.pipeline.progress import Silent
from grader.pipeline.units import Retry
from grader.results import Report
from grader.rubric import load_rubric
from grader.truth import load_truth
from tests.grader.fake_executor import LATENCY, FakeExecutor, answer
from tests.grader.vault_folder import CANARY, write_vault

ALL = {
    "notebook",
    "read_notebook",
    "read_predictions",
    "read_tracking",
    "read_sources",
    "read_evaluation",
    "service",
    "latency",
    "image",
}
SERVED = {"service", "latency", "image"}
FILES = ALL - SERVED


@pytest.fixture
def order(tmp_path: Path) -> Order:
    """A submission, its vault, and an empty cache."""
    submission = tmp_path / "ada"
    submission.mkdir()
    (submission / "README.md").write_text("# hello\n")
    (submission / "Dockerfile").write_text("FROM python:3.11-slim\n")
    (submission / "findings.json").write_text('{"findings": []}')
    (submission / "audit.ipynb").write_text("{}")
    truth = load_truth(write_vault(tmp_path / "vault"))
    (tmp_path / "results").mkdir()
    out, cache = tmp_path / "results" / "ada", PhaseCache(tmp_path / "phases")
    return Order(submission, truth, load_rubric(), Limits(), out, cache, Retry(pauses=()))


def ran(order: Order, executor: FakeExecutor | None = None) -> set[str]:
    """Grade; return the jobs that were run."""
    used = executor or FakeExecutor()
    grade(order, used, Silent())
    return {job.id for job in used.jobs} - {"read_only"}


def test_nothing_runs_again_when_nothing_changed(order: Order) -> None:
    """The second grading starts no container and builds no image, and says the same."""
    first = grade(order, FakeExecutor(), Silent())
    executor = FakeExecutor()
    second = grade(order, executor, Silent())
    assert executor.jobs == []
    assert executor.builds == []

    def untimed(report: Report) -> Report:
        phases = [p if p.id != "intake" else p.model_copy(update={"seconds": 0.0}) for p in report.phases]
        return report.model_copy(update={"phases": tuple(phases)})

    assert untimed(first) == untimed(second)


@pytest.mark.parametrize("name", ["README.md", "PRODUCTION.md", "docs/Readme.txt"])
def test_a_changed_text_runs_nothing_but_is_read(order: Order, name: str) -> None:
    """No job can see the production text, so none runs again; the engine is asked whether the image changed."""
    (order.submission / "docs").mkdir()
    (order.submission / name).write_text("# Mine\n")
    ran(order)
    (order.submission / name).write_text("# Something else\n\nWe retrain monthly.")
    executor = FakeExecutor()
    grade(order, executor, Silent())
    assert executor.jobs == []
    assert len(executor.builds) == 1


def test_no_job_sees_the_production_text(order: Order) -> None:
    """That is why a change of it may be ignored; a file of the name is there all the same."""
    (order.submission / "README.md").write_text("A SECRET SENTENCE")
    executor = FakeExecutor()
    ran(order, executor)
    seen = {place: content for files in executor.seen.values() for place, content in files.items()}
    assert any(place.endswith("README.md") for place in seen)
    assert not any(b"SECRET SENTENCE" in content for content in seen.values())


def test_a_text_that_is_in_the_image_runs_the_service_again(order: Order) -> None:
    """Where the Dockerfile copies it the image is another one."""
    ran(order)
    (order.submission / "README.md").write_text("# other")
    changed = FakeExecutor()
    changed.content = "other layers"
    assert ran(order, changed) == SERVED


def test_changed_findings_run_the_readers_and_the_notebook_phase(order: Order) -> None:
    """The reader of findings is part of the notebook's phase; the service has nothing to do with them."""
    ran(order)
    (order.submission / "findings.json").write_text('{"findings": [{}]}')
    assert ran(order) == FILES


def test_a_changed_limit_image_or_grader_runs_everything(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measured under other conditions is not measured."""
    ran(order)
    assert ran(replace(order, limits=Limits(start_seconds=61))) == ALL

    class Elsewhere(FakeExecutor):
        def environment(self) -> dict[str, str]:
            return {"engine": "none", "sandbox_image_id": "sha256:other"}

    assert ran(order, Elsewhere()) == ALL
    assert ran(order) == set()
    monkeypatch.setattr(phase_key, "source_hash", lambda: "another grader")
    assert ran(order) == ALL


def test_changed_data_runs_everything_that_reads_it(order: Order, tmp_path: Path) -> None:
    """Another byte in the issued files is other data."""
    ran(order)
    (order.truth.folder / "issued" / "data_dictionary.md").write_text("changed")
    assert ran(order) == FILES


def test_other_issued_rows_are_looked_for_in_the_image(order: Order) -> None:
    """An image in which none was found may hold the rows of the data issued now."""
    ran(order)
    (order.truth.folder / "issued" / "snapshots.csv.gz").write_bytes(b"other rows")
    assert ran(order) == ALL


def test_other_requests_run_the_service(order: Order) -> None:
    """The service is asked what the plan says; another example in the text is another plan."""
    ran(order)
    (order.submission / "README.md").write_text('```json\n{"rows": [{"a": 1}]}\n```\n')
    assert ran(order) == SERVED


def test_a_new_base_image_is_built_on(order: Order) -> None:
    """The same Dockerfile on another base is another build, and another service where layers differ."""
    ran(order)
    executor = FakeExecutor()
    executor.bases = {"python:3.11-slim": "sha256:newer"}
    executor.content = "newer layers"
    assert ran(order, executor) == SERVED
    assert len(executor.builds) == 1


def test_a_known_build_is_built_again_where_its_service_is_not_known(order: Order) -> None:
    """Killed between build and service: the image is gone with the killed run, the record of the build is not."""
    slow = answer({"latency": {**LATENCY, "p99_ms": 900.0}})
    first = FakeExecutor({"latency": slow})
    report = grade(order, first, Silent())
    assert [p.verdict for p in report.phases if p.id == "latency"] == ["INFRA_ERROR"]
    executor = FakeExecutor()
    assert ran(order, executor) == SERVED
    assert len(executor.builds) == 1


def test_a_damaged_entry_is_measured_again(order: Order) -> None:
    """One flipped byte in each: everything runs, and the result is the same."""
    ran(order)
    assert order.cache is not None
    for path in order.cache.folder.glob("*/*.phase"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    executor = FakeExecutor()
    assert ran(order, executor) == ALL
    assert len(executor.builds) == 1
    assert ran(order) == set()


def test_kept_is_evidence_and_nothing_of_the_vault_or_a_score(order: Order) -> None:
    """A changed rubric scores kept phases anew, since no entry holds points, credit, or the key."""
    ran(order)
    assert order.cache is not None
    entries = list(order.cache.folder.glob("*/*.phase"))
    assert len(entries) == 5
    for path in entries:
        content = path.read_bytes()
        for word in (b'"points"', b'"credit"', b'"level"', CANARY.encode(), b"true_probability"):
            assert word not in content


def test_no_job_is_given_the_cache(order: Order) -> None:
    """Neither read-only nor writable, neither itself nor a folder around it."""
    executor = FakeExecutor()
    ran(order, executor)
    assert order.cache is not None
    kept = order.cache.folder.resolve()
    for job in executor.jobs:
        for path in (*job.inputs.values(), job.script, *job.library.values()):
            assert not kept.is_relative_to(Path(path).resolve())
            assert not Path(path).resolve().is_relative_to(kept)


def test_a_cache_inside_the_submission_is_refused(order: Order) -> None:
    """It would be copied to where candidates' code reads it."""
    with pytest.raises(UsageError, match="phase cache lies inside"):
        grade(replace(order, cache=PhaseCache(order.submission / "phases")), FakeExecutor(), Silent())


def test_the_local_executor_keeps_nothing(order: Order) -> None:
    """Its jobs run as the same user and could write entries, so none is ever read."""
    ran(order, FakeExecutor(name="local"))
    assert order.cache is not None
    assert not order.cache.folder.exists() or not list(order.cache.folder.glob("*/*.phase"))


@pytest.mark.parametrize("job", ["notebook", "read_notebook", "read_tracking", "service", "latency"])
def test_a_failure_of_ours_is_measured_again(order: Order, job: str) -> None:
    """What failed on our side is not kept; what did not is."""
    grade(order, FakeExecutor({job: SandboxError("engine gone")}), Silent())
    again = ran(order)
    assert job in again
    assert again < ALL
    assert ran(order) == set()


def test_incident_a_failure_to_look_into_the_image_passed_it_for_good(order: Order) -> None:
    """What we did not see is pending with its cause, tried again in the same grading and alone in the next one."""
    executor = FakeExecutor({"image": SandboxError("engine hiccup")})
    report = grade(order, executor, Silent())
    assert sum(job.id == "image" for job in executor.jobs) == order.retry.attempts
    (line,) = [c for d in report.dimensions for c in d.criteria if c.id == "serving.container"]
    assert line.status == "pending"
    assert "engine hiccup" in line.message
    assert ran(order) == {"image"}
    assert ran(order) == set()


def test_the_parity_rows_come_back_with_the_service(order: Order) -> None:
    """Arrays belong to what is kept; without them nothing could be compared."""
    executor = FakeExecutor({"service": answer({"started": True}, {"parity": np.array([0.25, 0.5])})})
    grade(order, executor, Silent())
    kept = (order.out / "evidence" / "service.parity.npy").read_bytes()
    rows = (order.out / "evidence" / "service.parity_rows.npy").read_bytes()
    ran(order)
    assert (order.out / "evidence" / "service.parity.npy").read_bytes() == kept
    assert (order.out / "evidence" / "service.parity_rows.npy").read_bytes() == rows
