"""Build the image and ask it the first questions, in the grader's own sandbox, where an engine answers."""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.contract.looking import Looked
from grader.contract.problem import Problem, note
from grader.contract.rows import sample_rows
from grader.contract.service import of_troubles, without_rows
from grader.contract.work import Work, look_at
from grader.errors import SandboxError, SubmissionError
from grader.execution.limits import Limits
from grader.execution.protocol import Build, Executor, Job
from grader.intake.opening import open_submission, unpack_here
from grader.pipeline.probing import probe_library, probe_script, run_probe
from grader.pipeline.service_phase import build_in, passes_idle
from grader.probes.shared.stated import read_stated
from grader.types import Model, Verdict

USUAL_PORT = 8000


class FirstAnswers(Model):
    """What the questions gave; `port` null where none answered."""

    port: int | None = None
    troubles: tuple[dict[str, Any], ...] = ()


def check_image(root: Path, open_executor: Callable[[], Executor], limits: Limits) -> Looked:
    """Copy the submission as intake would, build it, start it without network, and ask.

    Without a Dockerfile, an engine or a sandbox the part is left out with the reason; it fails nothing then.
    """
    started = time.monotonic()

    def looked(problems: list[Problem], left: str = "") -> Looked:
        parts, missing = ((), {"image": left}) if left else (("image",), {})
        return Looked(parts, missing, tuple(problems), time.monotonic() - started)

    work = look_at(root)
    name = read_stated(work.root, work.files).dockerfile()
    if name is None:
        return looked([], "there is no Dockerfile")
    with tempfile.TemporaryDirectory(prefix="takehome-check-") as scratch:
        try:
            taken = open_submission(root, Path(scratch) / "submission", unpack_here)
        except SubmissionError as error:
            found = str(error).partition("] ")[2] or str(error)
            remedy = "see `takehome pack`: it names what a submission cannot hold"
            return looked([Problem(str(root), error.rule, found, "what the grader takes in", remedy)])
        try:
            executor = open_executor()
        except SandboxError as error:
            return looked([], str(error))
        try:
            return looked(_built_and_asked(executor, taken.folder, name, work, Path(scratch), limits))
        except SandboxError as error:
            return looked([], str(error))
        finally:
            executor.close()


def _built_and_asked(
    executor: Executor, folder: Path, name: str, work: Work, scratch: Path, limits: Limits
) -> list[Problem]:
    stated = read_stated(work.root, work.files)
    built = build_in(executor, folder, name, stated.path("context"), limits)
    if built.image is None:
        if built.verdict is Verdict.INFRA_ERROR:
            raise SandboxError(built.detail)
        said = _last_words(built)
        found, expected = f"{built.verdict}: {said}", "an image built from a clean copy of this folder"
        return [
            Problem(
                name,
                "build",
                found,
                expected,
                "start from a clean copy: what is not in the folder is not there",
            )
        ]
    requests = scratch / "requests"
    requests.mkdir()
    rows = sample_rows(work)
    (requests / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    requests.chmod(0o755)
    scratch.chmod(0o755)
    job = Job(
        id="first_answers",
        script=probe_script("first_answers"),
        library=probe_library("first_answers"),
        arguments=(f"{limits.start_seconds:g}", *map(str, _ports(work, built))),
        inputs={"REQUESTS_DIR": requests},
        limits=limits.prober,
    )
    with executor.serve(built.image, limits.service) as service:
        probed = run_probe(service, job, FirstAnswers, FirstAnswers())
        alive = service.running()
        log = service.stop(limits.stop_seconds).log_tail
    problems = without_rows(rows) + of_troubles(name, probed.value.troubles)
    if built.healthcheck and passes_idle(executor, built.image, limits):
        found, remedy = "a HEALTHCHECK that passes where nothing serves", "let it ask GET /health"
        problems.append(note(name, "", found, "one that fails without the service", remedy))
    if not alive:
        last = " / ".join(log.strip().splitlines()[-3:]) or "nothing"
        remedy = "run the image without network: docker run --network none IMAGE"
        problems.insert(
            0, Problem(name, "start", f"it ended by itself; its last words: {last}", "a service", remedy)
        )
    return problems


def _ports(work: Work, built: Build) -> list[int]:
    """Return the ports to try: stated, of the command line, exposed, the usual one."""
    stated = read_stated(work.root, work.files).port()
    command = re.findall(r"(?:--port[= ]|--bind[= ]\S*:|-p |:)(\d{2,5})\b", " ".join(built.command))
    ports = [stated or 0, *map(int, command), *built.exposed_ports, USUAL_PORT]
    return list(dict.fromkeys(p for p in ports if 0 < p < 65536))


def _last_words(built: Build) -> str:
    lines = [line.strip() for line in (built.log_tail or built.log_head).splitlines() if line.strip()]
    return f"{built.detail} {' / '.join(lines[-3:])}".strip()[:380]
