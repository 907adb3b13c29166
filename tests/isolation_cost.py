"""What isolation costs: a grading by the real command over the same steps run bare, side by side.

Bare are the notebook by nbclient, the image by the engine's own client, and the prober's requests to that image
started by that client. The load on a do-nothing service, which a grading puts before and after the candidate's,
isolates nothing; the ratio is given with and without it. Layers that both builds share are built before.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.evidence.document import load_evidence
from grader.execution.engine import connect, find_builder
from grader.execution.limits import load_limits
from grader.pipeline.service_phase import write_all
from grader.rescoring import open_truth

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = """
import nbformat, sys
from nbclient import NotebookClient
book = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(book, timeout=900, kernel_name='python3').execute()
"""


def isolation(submission: Path, data: Path, limits: Path | None = None) -> dict[str, float]:
    """Return seconds and ratios for a submission of the variant below `data`; a Docker engine must answer.

    `ratio` is cold grading over bare steps (target 1.25), `readme_only_ratio` a re-grade after a changed README
    over the cold one (target 0.1); both count whole processes, from the command's start to its end.
    """
    with tempfile.TemporaryDirectory(prefix="takehome-bench-") as name:
        work = Path(name)
        copy = work / "submission"
        shutil.copytree(submission, copy)
        with _image(copy, work):
            pass  # so that neither build below fetches packages
        cold = _graded(copy, data, work / "result", limits)
        report = json.loads((work / "result" / "report.json").read_text(encoding="utf-8"))
        took = {phase["id"]: float(phase["seconds"]) for phase in report["phases"]}
        bare = {"notebook": _notebook(copy, data, work)}
        started = time.perf_counter()
        with _image(copy, work) as image:
            bare["build"] = time.perf_counter() - started
            bare["requests"] = _requests(image, data, work, limits)
        readme = copy / "README.md"
        readme.write_text(readme.read_text(encoding="utf-8") + "\nOne sentence more.\n", encoding="utf-8")
        again = _graded(copy, data, work / "result", limits)
    whole = sum(bare.values())
    return {
        "cold_seconds": cold,
        **{f"bare_{step}_seconds": seconds for step, seconds in bare.items()},
        "do_nothing_service_seconds": took["latency"],
        "ratio": cold / whole,
        "ratio_without_do_nothing_service": (cold - took["latency"]) / whole,
        "readme_only_seconds": again,
        "readme_only_ratio": again / cold,
    }


def _graded(submission: Path, data: Path, out: Path, limits: Path | None) -> float:
    """Return the seconds of the real command; phases are kept beside the result, of this measurement alone."""
    command = [sys.executable, "-m", "takehome", "grade", str(submission), "--vault", str(data / "vault")]
    command += ["--out", str(out), "--phase-cache", str(out.with_name("phases")), "--quiet"]
    command += ["--limits", str(limits)] if limits else []
    return _seconds(command, dict(os.environ))


def _notebook(submission: Path, data: Path, work: Path) -> float:
    """Return the seconds of the audit notebook run by nbclient on this machine, in a copy of its folder."""
    place, out = work / "bare", work / "bare-out"
    shutil.copytree(submission, place)
    out.mkdir()
    places = {"DATA_DIR": str((data / "bundle" / "data").resolve()), "OUTPUT_DIR": str(out)}
    return _seconds([sys.executable, "-c", NOTEBOOK, "audit.ipynb"], {**os.environ, **places}, place)


@contextmanager
def _image(submission: Path, work: Path) -> Iterator[str]:
    """Build the image by the engine's own client; yield its id, and remove it."""
    engine = connect()
    builder = find_builder(engine.host)
    named = work / "image"
    environment = {**os.environ, "DOCKER_HOST": engine.host, "DOCKER_BUILDKIT": str(int(builder.buildkit))}
    command = [builder.program, "build", "--quiet", "--iidfile", str(named), str(submission)]
    try:
        _seconds(command, environment)
        image = named.read_text(encoding="utf-8")
        yield image
        engine.client.api.remove_image(image, force=True)
    finally:
        engine.client.close()


def _requests(image: str, data: Path, work: Path, limits: Path | None) -> float:
    """Return the seconds of the prober's requests to the image, run as the engine's client runs it."""
    evidence = load_evidence(work / "result" / "evidence")
    folder = work / "requests"
    write_all(folder, evidence, open_truth(data / "vault"), load_limits(limits))
    port = evidence.document.service.port or 8000
    client = connect().client
    started = time.perf_counter()
    container = client.containers.run(image, detach=True, ports={f"{port}/tcp": ("127.0.0.1", None)})
    try:
        container.reload()
        outside = int(container.ports[f"{port}/tcp"][0]["HostPort"])
        plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        plan |= {"ports": [outside], "scan_ports": False}
        (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        _seconds([sys.executable, "-m", "grader.probes.service"], {**os.environ, "REQUESTS_DIR": str(folder)})
        container.stop()
        return time.perf_counter() - started
    finally:
        container.remove(force=True, v=True)
        client.close()


def _seconds(command: list[str], environment: dict[str, str], folder: Path = ROOT) -> float:
    """Return the wall seconds of a command; RuntimeError with its last words where it fails."""
    # Compiled modules are kept, as they are on any machine on which the command is used twice.
    kept = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, env=kept, cwd=folder, check=False)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace")[-1500:]
        raise RuntimeError(f"{' '.join(command[:4])}: exit code {done.returncode}: {said}")
    return time.perf_counter() - started
