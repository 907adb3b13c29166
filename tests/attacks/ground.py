"""Where attacks are tried: a variant with canaries, the graded clean submission, and one attack after another."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SubmissionError
from grader.evidence.document import Evidence, load_evidence, save_evidence
from grader.execution.docker import DockerExecutor
from grader.execution.limits import GIB, MIB, JobLimits, Limits
from grader.intake.opening import Submission, open_submission
from grader.pipeline import audit_phase as audit
from grader.pipeline.grading import Order, collect, describe
from grader.pipeline.phase_key import conditions_of, source_hash
from grader.pipeline.progress import Silent
from grader.pipeline.serving import measure_serving
from grader.pipeline.stage import open_to_all, stage_data, stage_submission, stage_without_findings
from grader.pipeline.units import Retry, Units
from grader.pipeline.unpacking import unpack_with
from grader.reports.write import write_reports
from grader.rescoring import open_truth
from grader.results import Report
from grader.rubric import DEFAULT, Rubric, load_rubric
from grader.scoring import score
from grader.truth import Truth
from grader.types import PhaseRecord, Verdict
from tests.attacks.case import Attack, Got, Judged, judge
from tests.attacks.clean import make_clean
from tests.attacks.remains import left_of
from tests.end_to_end import tools

ROWS = 20_000
TIMED = "serving.latency"
ONCE = Retry(attempts=1)
LIMITS = Limits(
    unpack=JobLimits(seconds=40, memory=768 * MIB, pids=64),
    notebook=JobLimits(seconds=50, memory=1 * GIB, pids=128, tmp=64 * MIB, output_area=32 * MIB),
    notebook_cell_seconds=30,  # an attack that reads every file of the image took 20 on a busy machine
    probe=JobLimits(seconds=40, memory=1 * GIB, output_bytes=64 * MIB),
    build_seconds=40,
    image_bytes=400 * MIB,
    start_seconds=8,
    service=JobLimits(seconds=120, memory=256 * MIB, cpus=1.0, pids=64, tmp=48 * MIB),
    prober=JobLimits(seconds=75, memory=1 * GIB, output_bytes=64 * MIB),
    stop_seconds=3,
    load_seconds=1.5,
    floor_seconds=1,
)


@dataclass(frozen=True)
class Ground:
    """Everything attacks are held against; `canary` is in every private file of the vault."""

    work: Path
    clean: Path
    truth: Truth
    rubric: Rubric
    canary: str
    evidence: Evidence
    report: Report


def prepared(work: Path) -> Ground:
    """Make the variant and grade the clean submission, or take what an earlier start of the same grader made."""
    made, data = work / "made.json", work / "data"
    if not made.is_file() or json.loads(made.read_text(encoding="utf-8"))["grader"] != source_hash():
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        tools.generate(data, ROWS)
        canary = tools.plant_canary(tools.vault_of(data))
        make_clean(data / "bundle", work / "clean")
        truth, rubric = open_truth(data / "vault"), load_rubric(DEFAULT)
        # A hiccup of the machine during the second of its load is not what this is about, so there is another try.
        order = Order(work / "clean", truth, rubric, LIMITS, work / "result", None, Retry())
        inner = work / "clean-work"
        inner.mkdir()
        with DockerExecutor(runs=work / "runs") as executor:
            evidence = collect(order, executor, Silent(), inner)
        report = score(evidence, rubric, truth)
        save_evidence(evidence, work / "result" / "evidence")
        write_reports(report, work / "result")
        made.write_text(json.dumps({"grader": source_hash(), "canary": canary}), encoding="utf-8")
    return loaded(work)


def loaded(work: Path) -> Ground:
    """Return a ground that was prepared before, whatever source of the grader did it."""
    noted = json.loads((work / "made.json").read_text(encoding="utf-8"))
    truth, rubric = open_truth(work / "data" / "vault"), load_rubric(DEFAULT)
    evidence = load_evidence(work / "result" / "evidence")
    report = score(evidence, rubric, truth)
    return Ground(work, work / "clean", truth, rubric, noted["canary"], evidence, report)


def tried(ground: Ground, attack: Attack, limits: Limits = LIMITS) -> Judged:
    """Apply an attack to a copy of the clean submission, run the phases it touches, and judge what came of it."""
    folder = ground.work / "attacks" / attack.id
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "work").mkdir(parents=True)
    copy = folder / "given"
    shutil.copytree(ground.clean, copy)
    given = attack.apply(copy) or copy
    started = time.monotonic()
    order = Order(given, ground.truth, ground.rubric, limits, folder / "result", None, ONCE)
    runs = folder / "runs"
    refusal: SubmissionError | None = None
    evidence: Evidence | None = None
    with DockerExecutor(runs=runs) as executor:
        try:
            evidence = _measured(ground, attack, order, executor, folder / "work")
        except SubmissionError as error:
            refusal = error
    seconds = time.monotonic() - started
    if refusal is not None or evidence is None:
        verdict = "REJECTED_INTAKE" if "REJECTED_INTAKE" in str(refusal) else "REFUSED"
        got = Got({"intake": verdict}, {"intake": str(refusal)}, -_points(ground.report), {}, (),
                  tuple(left_of(runs, folder)), seconds, folder)  # fmt: skip
    else:
        got = _scored(ground, order, evidence, seconds, folder)
    judged = judge(attack, got)
    if not judged.wrong:
        shutil.rmtree(folder, ignore_errors=True)
    return judged


def _measured(ground: Ground, attack: Attack, order: Order, executor: DockerExecutor, work: Path) -> Evidence:
    """Return the clean evidence with the parts measured anew that the attack's surface touches."""
    if attack.surface == "whole":
        return collect(order, executor, Silent(), work)
    limits = order.limits
    unpack = unpack_with(executor, limits)
    submission = open_submission(order.submission, work / "submission", unpack, limits.entries)
    intake = PhaseRecord(id="intake", verdict=Verdict.OK)
    if attack.surface == "intake" and submission.sha256 == ground.evidence.document.sha256:
        return _with_phases(ground.evidence, [intake])
    open_to_all(submission.folder)
    shown = stage_submission(submission.folder, work / "shown")
    staged = audit.Staged(
        context=submission.folder,
        submission=shown,
        without_findings=stage_without_findings(shown, work / "without-findings"),
        data=stage_data(order.truth, work / "data"),
        requests=work / "requests",
    )
    evidence, records = _touched(ground, attack, order, executor, staged, submission)
    return _with_phases(evidence, [intake, *records])


def _touched(
    ground: Ground,
    attack: Attack,
    order: Order,
    executor: DockerExecutor,
    staged: audit.Staged,
    submission: Submission,
) -> tuple[Evidence, list[PhaseRecord]]:
    environment, limits = executor.environment(), order.limits
    clean, records = ground.evidence, list[PhaseRecord]()
    described = describe(submission, order, executor, environment)
    known = {
        n: getattr(clean.document, n)
        for n in ("notebook", "evaluation", "predictions", "tracking", "service")
    }
    evidence = Evidence(described.model_copy(update=known), clean.arrays)
    units = Units(executor, Silent(), None, ONCE)
    if attack.surface in ("notebook", "reading", "intake"):
        ran = units.run("notebook", audit.NotebookMeasured, None,
                        lambda: audit.measure_notebook(executor, staged, limits), audit.broken_notebook)  # fmt: skip
        update = {"notebook": ran.value.notebook, "evaluation": ran.value.evaluation}
        evidence = Evidence(evidence.document.model_copy(update=update), evidence.arrays)
        records += ran.value.records
    if attack.surface in ("files", "reading", "intake"):
        files = units.run("probes", audit.FilesMeasured, None,
                          lambda: audit.measure_files(executor, staged, limits), audit.broken_files)  # fmt: skip
        update = {"predictions": files.value.predictions, "tracking": files.value.tracking}
        others = {n: a for n, a in evidence.arrays.items() if not n.startswith("predictions.")}
        evidence = Evidence(evidence.document.model_copy(update=update), {**others, **files.arrays})
        records += files.value.records
    if attack.surface in ("build", "service", "intake"):
        bare = evidence.document.model_copy(update={"service": type(evidence.document.service)()})
        others = {n: a for n, a in evidence.arrays.items() if not n.startswith("service.")}
        evidence, served = measure_serving(
            units, conditions_of(executor, environment, limits), executor, limits, order.truth, staged,
            Evidence(bare, others),
        )  # fmt: skip
        records += served
    return evidence, records


def _with_phases(evidence: Evidence, records: list[PhaseRecord]) -> Evidence:
    """Return the evidence with these records, and the clean ones of the phases that were not run."""
    own = {r.id for r in records}
    kept = [r for r in evidence.document.phases if r.id not in own]
    return Evidence(evidence.document.model_copy(update={"phases": (*records, *kept)}), evidence.arrays)


def _scored(ground: Ground, order: Order, evidence: Evidence, seconds: float, folder: Path) -> Got:
    report = score(evidence, ground.rubric, ground.truth)
    result = order.out
    save_evidence(evidence, result / "evidence")
    write_reports(report, result)
    before, after = _criteria(ground.report), _criteria(report)
    raised = {n: round(after[n] - p, 2) for n, p in before.items() if n != TIMED and after[n] > p + 0.005}
    return Got(
        verdicts={r.id: str(r.verdict) for r in evidence.document.phases},
        details={r.id: r.detail for r in evidence.document.phases},
        above=round(_points(report) - _points(ground.report), 2),
        raised=raised,
        canary=tuple(holding(ground.canary, folder)),
        left=tuple(left_of(folder / "runs", folder)),
        seconds=seconds,
        work=folder / "work",
        evidence=evidence,
        report=report,
        result=result,
    )


def holding(canary: str, folder: Path) -> Iterator[str]:
    """Yield the files below a folder that hold the canary: what containers were given, what came back."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and canary.encode() in path.read_bytes():
            yield path.relative_to(folder).as_posix()


def _criteria(report: Report) -> dict[str, float]:
    return {line.id: line.points for d in report.dimensions for line in d.criteria}


def _points(report: Report) -> float:
    return round(sum(p for n, p in _criteria(report).items() if n != TIMED) + report.bonus, 2)
