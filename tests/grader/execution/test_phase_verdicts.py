"""Each phase run into each of its limits: the right verdict, and the end within the limit plus 30 seconds.

The submissions are hostile or broken in one way; everything else is the grader's own, in Docker.
"""

import json
import time
from dataclasses import dataclass

import pytest

from grader.evidence.document import Evidence, EvidenceDocument, TextFile
from grader.execution.docker import DockerExecutor
from grader.execution.engine import STRONGER_RUNTIME
from grader.execution.limits import GIB, MIB, JobLimits, Limits
from grader.pipeline import audit_phase, service_phase
from grader.pipeline.audit_phase import Staged
from grader.pipeline.stage import open_to_all
from grader.truth import load_truth
from grader.types import Verdict
from tests.grader.vault_folder import write_vault

pytestmark = pytest.mark.docker

GRACE = 30.0
NOTEBOOK = JobLimits(
    seconds=60, memory=512 * MIB, pids=96, tmp=64 * MIB, output_area=16 * MIB, output_bytes=4096
)
LIMITS = Limits(notebook=NOTEBOOK, notebook_cell_seconds=45, start_seconds=5, load_seconds=1, floor_seconds=1)


@dataclass(frozen=True)
class Case:
    """What a notebook does, the limits changed for it, the verdict, and the seconds of the limit it hits."""

    code: str
    verdict: Verdict
    seconds: float = 60
    limits: tuple[tuple[str, float], ...] = ()
    cell_seconds: float = 45


FLOOD = """
import os, sys
# What the kernel keeps of the container's own output, past everything that counts what a cell prints.
while True: os.write(sys.stdout._original_stdstream_copy, b'x' * 65536)
"""
FIRST_PROCESS = """
import ctypes, os, time
trace = ctypes.CDLL(None).ptrace
trace.restype, trace.argtypes = ctypes.c_long, [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
if trace(16, 1, None, None) == 0:  # PTRACE_ATTACH
    os.waitpid(1, 0x40000000)
    held = (ctypes.c_ulonglong * 27)()
    trace(12, 1, None, ctypes.addressof(held))  # PTRACE_GETREGS
    held[16], held[10], held[15], held[14] = held[16] - 2, 231, 2**64 - 1, 6  # exit_group(6)
    trace(13, 1, None, ctypes.addressof(held))
    trace(17, 1, None, None)
    time.sleep(30)
"""
NOTEBOOKS = {
    "ordinary": Case("print(1)", Verdict.OK),
    "endless cell": Case("while True: pass", Verdict.TIMEOUT_CELL, 3, (), 3),
    "cell deaf to interrupts": Case(
        "import signal, time\nfor n in (2, 15): signal.signal(n, signal.SIG_IGN)\nwhile True: time.sleep(1)",
        Verdict.TIMEOUT_CELL, 3, (), 3,
    ),
    "slow as a whole": Case("import time; time.sleep(40)", Verdict.TIMEOUT_JOB, 8, (("seconds", 8),)),
    "memory": Case("x = [bytearray(b'1') * (64 << 20) for _ in range(99)]", Verdict.OOM),
    "fork bomb": Case(
        "import os, time\nwhile True:\n    try: os.fork()\n    except OSError: time.sleep(.01)",
        Verdict.PIDS, 30, (("seconds", 30),),
    ),
    "output area filled": Case(
        "import os\nfor n in range(99):\n"
        "    with open(f\"{os.environ['OUTPUT_DIR']}/{n}\", 'wb') as f: f.write(bytes(1 << 20))",
        Verdict.DISK_LIMIT,
    ),
    "output past the kernel": Case(FLOOD, Verdict.OUTPUT_LIMIT),
    "dead kernel": Case("import os; os._exit(1)", Verdict.KERNEL_DEAD),
    # It is the container's first process, which nothing inside can kill or trace.
    "runner shot at": Case("import os; os.kill(os.getppid(), 9)\nimport time; time.sleep(3)", Verdict.OK),
    "incident: the first process made to say that we could not read": Case(FIRST_PROCESS, Verdict.OK),
}  # fmt: skip


@pytest.fixture
def staged(tmp_path):
    """Lay out a submission of these files as a grading does."""

    def make(**files):
        submission, data = tmp_path / "submission", tmp_path / "data"
        for folder in (submission, data):
            folder.mkdir()
        for name, content in files.items():
            (submission / name.replace("__", ".")).write_text(content, encoding="utf-8")
        open_to_all(tmp_path)
        return Staged(submission, submission, submission, data, tmp_path / "requests")

    return make


def book(*cells):
    """Return a notebook of code cells as text."""
    code = [
        {"cell_type": "code", "metadata": {}, "source": c, "outputs": [], "execution_count": None}
        for c in cells
    ]
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def began(outcome):
    """Whether all containers started; with two processes the engine's own starter now and then has none left."""
    return not any("cannot start a stopped process" in record.detail for record in outcome.value.records)


@pytest.mark.parametrize("name", list(NOTEBOOKS))
def test_notebook(confined: DockerExecutor, staged, name):
    """Whatever a notebook does to itself, its runner or its container, it ends in the verdict of what it did."""
    case = NOTEBOOKS[name]
    limits = LIMITS.model_copy(
        update={
            "notebook": NOTEBOOK.model_copy(update=dict(case.limits)),
            "notebook_cell_seconds": case.cell_seconds,
        }
    )
    begun = time.monotonic()
    record = audit_phase.run_notebook(confined, staged(audit__ipynb=book(case.code)), limits)
    assert record.verdict is case.verdict, record
    assert len(record.output_head + record.output_tail) < 10_000
    assert time.monotonic() - begun < case.seconds + GRACE


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"seconds": 0.3}, Verdict.TIMEOUT_JOB),
        ({"memory": 16 * MIB}, Verdict.OOM),
        ({"pids": 2}, Verdict.PIDS),
    ],
)
def test_probes(confined: DockerExecutor, staged, changed, verdict):
    """A probe that runs into a limit says which; what it would have read is missing, nothing else.

    With just too little memory the kernel drops and reads the libraries' pages again and again, for minutes.
    """
    if "memory" in changed and confined._engine.runtime == STRONGER_RUNTIME:
        changed = {"memory": 40 * MIB}  # of which its own kernel takes a good part
    limits = LIMITS.model_copy(update={"probe": LIMITS.probe.model_copy(update=changed)})
    begun = time.monotonic()
    files = staged(findings__json="{}")
    outcome = next(
        o for o in (audit_phase.measure_files(confined, files, limits) for _ in range(5)) if began(o)
    )
    assert {r.verdict for r in outcome.value.records} <= {verdict, Verdict.CRASH, Verdict.OK}
    assert verdict in {r.verdict for r in outcome.value.records}, outcome.value.records
    assert time.monotonic() - begun < 2 * (limits.probe.seconds + GRACE)


SERVER = """
import http.server, time
class Answer(http.server.BaseHTTPRequestHandler):
    def log_message(self, *a): pass
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b'{"status": "ok"}')
    def do_POST(self):
        self.send_response(200); self.end_headers()
        ACT
http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Answer).serve_forever()
"""
IMAGE = "FROM python:3.11-slim\nCOPY server.py /server.py\nRUN chmod 777 /var\nUSER 1000\nEXPOSE 8000\n"
BUILDS = {
    "sleeps": ("FROM python:3.11-slim\nRUN sleep 600\n", Verdict.TIMEOUT_JOB, {"build_seconds": 4.0}),
    "too large": ("FROM python:3.11-slim\nRUN true\n", Verdict.DISK_LIMIT, {"image_bytes": MIB}),
    "fails": ("FROM python:3.11-slim\nRUN exit 3\n", Verdict.BUILD_FAIL, {}),
    "refused": ("FROM takehome/sandbox:x\n", Verdict.BUILD_FAIL, {}),
}
SERVICES = {
    "ends at once": ('CMD ["python", "-c", "print(1)"]', "pass", Verdict.SERVICE_DOWN, 60),
    "no such command": ('CMD ["/no/such"]', "pass", Verdict.SERVICE_DOWN, 60),
    "never listens": ('CMD ["sleep", "600"]', "pass", Verdict.SERVICE_DOWN, 60),
    "eats memory": ("", "x = bytearray(b'1') * (1 << 30)", Verdict.OOM, 60),
    "fills the disk": ("", "open('/var/x', 'ab').write(bytes(40 << 20))", Verdict.DISK_LIMIT, 60),
    "outlives the prober": ('CMD ["sleep", "600"]', "pass", Verdict.TIMEOUT_JOB, 4),
    "trickles": (
        "",
        "[(self.wfile.write(b' '), time.sleep(.5)) for _ in range(9999)]",
        Verdict.OK,
        12,
    ),
}


def built(executor, staged, text, **changed):
    """Build an image as a grading does; return its outcome, its tag and the evidence so far."""
    document = EvidenceDocument(
        name="x", sha256="", variant="", executor="docker", dockerfile=TextFile(path="Dockerfile", text=text)
    )
    limits = LIMITS.model_copy(update=changed)
    outcome, tag = service_phase.measure_build(executor, staged.context, limits, document, "limits")
    service = document.service.model_copy(update={"image": outcome.value.image})
    return outcome.value.records[0], tag, Evidence(document.model_copy(update={"service": service}))


@pytest.mark.parametrize("name", list(BUILDS))
def test_build(docker_executor: DockerExecutor, staged, name):
    """A build ends at its clock, at its size, or at its own fault."""
    text, verdict, changed = BUILDS[name]
    begun = time.monotonic()
    record, tag, _ = built(docker_executor, staged(Dockerfile=text), text, **changed)
    assert (record.verdict, tag) == (verdict, None), record
    assert time.monotonic() - begun < changed.get("build_seconds", 60) + GRACE


@pytest.mark.parametrize("name", list(SERVICES))
def test_service(docker_executor: DockerExecutor, staged, tmp_path, name):
    """A service that ends, hangs, eats or trickles is told apart, and never waited for beyond the limit.

    The prober gives up by itself at its budget; one whose clock is shorter than the start is stopped by that.
    """
    command, act, verdict, seconds = SERVICES[name]
    text = IMAGE + (command or 'CMD ["python", "/server.py"]') + "\n"
    laid_out = staged(Dockerfile=text, server__py=SERVER.replace("ACT", act))
    record, tag, evidence = built(docker_executor, laid_out, text)
    assert record.verdict is Verdict.OK, record
    limits = LIMITS.model_copy(
        update={
            "service": JobLimits(seconds=60, memory=256 * MIB, cpus=1.0, tmp=16 * MIB),
            "prober": JobLimits(seconds=seconds, memory=1 * GIB, output_bytes=MIB),
            "stop_seconds": 2.0,
            # One that does listen has more time for it than it needs on a busy machine.
            "start_seconds": 5 if verdict in (Verdict.SERVICE_DOWN, Verdict.TIMEOUT_JOB) else 40,
        }
    )
    truth = load_truth(write_vault(tmp_path / "vault"))
    requests = service_phase.write_all(laid_out.requests, evidence, truth, limits)
    open_to_all(laid_out.requests)
    begun = time.monotonic()
    served = service_phase.serve_and_probe(docker_executor, tag, evidence, requests, limits)
    assert served.record.verdict is verdict, (served.record, served.evidence.log_tail)
    assert time.monotonic() - begun < limits.prober.seconds + limits.stop_seconds + GRACE
    # One that answers for ever is given up by the prober's own clock, which keeps what it found by then.
    assert not any(case.ok for case in served.evidence.contract)


def test_latency(docker_executor: DockerExecutor):
    """Where our own do-nothing service cannot be timed, the failure is ours and ends in time."""
    limits = LIMITS.model_copy(update={"service": replace_seconds(LIMITS.service, 0.5)})
    begun = time.monotonic()
    series, record = service_phase.measure_floor(docker_executor, limits)
    assert (series, record.verdict, record.ours) == (None, Verdict.INFRA_ERROR, True)
    assert time.monotonic() - begun < 0.5 + GRACE


def replace_seconds(limits, seconds):
    """Return limits with another clock."""
    return limits.model_copy(update={"seconds": seconds})
