"""Attacks by the notebook: reading, reaching out, exhausting, outliving, forging."""

from __future__ import annotations

import json
from pathlib import Path

from tests.attacks.builds import SPY
from tests.attacks.case import Attack, Got
from tests.attacks.edits import all_of, cells, text_file
from tests.attacks.notebook_texts import (
    DAEMON,
    DEEP,
    ENVIRONMENT,
    FILL,
    FORGED,
    INODES,
    LINKS,
    MOUNTS,
    NETWORK,
    ODD_NUMBERS,
    PARENT,
    PIPES,
    ROOT,
    SHADOW,
    STARTUP,
)


def nothing_found(got: Got) -> str | None:
    """Say what the notebook found that it should not, or that it never looked."""
    assert got.evidence is not None
    notebook = got.evidence.document.notebook
    if notebook.error:
        return f"the notebook says {notebook.error[:300]}"
    return cells_as_run(got)


def not_reproduced(got: Got) -> str | None:
    """Say where findings count as written by the notebook that it has only copied."""
    assert got.evidence is not None
    produced = got.evidence.document.notebook.produced
    return f"the notebook's findings were taken: {produced}" if produced and produced.findings else None


def copies_findings(folder: Path) -> None:
    """A notebook that hands in the submitted findings instead of computing them."""
    book = json.loads((folder / "audit.ipynb").read_text(encoding="utf-8"))
    book["cells"] = book["cells"][:1]
    (folder / "audit.ipynb").write_text(json.dumps(book), encoding="utf-8")
    cells("import os, shutil\nfrom pathlib import Path\n"
          "found = [p for p in Path('/').rglob('findings.json') if p.is_file()] if True else []\n"
          "shutil.copy(found[0], os.environ['OUTPUT_DIR'])")(folder)  # fmt: skip


def skipped_by_tags(folder: Path) -> None:
    """A cell that fails, under the tags that make a notebook runner look away."""
    cells("raise ValueError('looked at')")(folder)
    book = json.loads((folder / "audit.ipynb").read_text(encoding="utf-8"))
    book["cells"][-1]["metadata"]["tags"] = ["raises-exception", "skip-execution"]
    book["cells"][-1]["execution_count"] = 3
    (folder / "audit.ipynb").write_text(json.dumps(book), encoding="utf-8")


def error_is_seen(got: Got) -> str | None:
    """Say where a failing cell went unnoticed."""
    assert got.evidence is not None
    return None if "looked at" in got.evidence.document.notebook.error else "the failing cell was not noticed"


def own_kernel(folder: Path) -> None:
    """A notebook that names a kernel of its own, with a command of its own."""
    book = json.loads((folder / "audit.ipynb").read_text(encoding="utf-8"))
    book["metadata"]["kernelspec"] = {"name": "evil", "display_name": "evil", "argv": ["sh", "-c", "true"]}
    (folder / "audit.ipynb").write_text(json.dumps(book), encoding="utf-8")


def cells_as_run(got: Got) -> str | None:
    """Say where what is believed of the run is not what ran."""
    assert got.evidence is not None
    notebook = got.evidence.document.notebook
    return None if notebook.executed_cells == 2 else f"{notebook.executed_cells} executed cells, expected 2"


SHADOWS = (
    "sitecustomize",
    "usercustomize",
    "json",
    "numpy",
    "pandas",
    "nbformat",
    "nbclient",
    "sqlite3",
    "pyarrow",
    "grader",
)

N = "notebook"
ATTACKS = (
    Attack(
        "notebook-reads-vault",
        N,
        "searches every file for the canary of the vault",
        "notebook OK",
        cells(SPY),
        nothing_found,
        quick=True,
    ),
    Attack(
        "notebook-reads-environment",
        N,
        "looks for secrets and host paths in the environment",
        "notebook OK",
        cells(ENVIRONMENT),
        nothing_found,
    ),
    Attack(
        "notebook-reads-mounts",
        N,
        "looks for writable mounts and the machine's processes",
        "notebook OK",
        cells(MOUNTS),
        nothing_found,
    ),
    Attack(
        "notebook-reaches-out",
        N,
        "sockets, names, metadata address, gateway, engine socket",
        "notebook OK",
        cells(NETWORK),
        nothing_found,
        quick=True,
    ),
    Attack(
        "notebook-becomes-root",
        N,
        "setuid, mount, unshare, chroot",
        "notebook OK",
        cells(ROOT),
        nothing_found,
    ),
    Attack(
        "notebook-writes-runners-memory",
        N,
        "changes the memory of the program that runs it",
        "notebook OK",
        cells(PARENT),
        nothing_found,
    ),
    Attack(
        "notebook-fork-bomb",
        N,
        "starts processes without end",
        "notebook PIDS | notebook OK | notebook KERNEL_DEAD | notebook TIMEOUT_CELL",
        cells("import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"),
    ),
    Attack(
        "notebook-memory",
        N,
        "takes all memory",
        "notebook OOM",
        cells("x = []\nwhile True: x.append(bytearray(64 << 20))"),
    ),
    Attack(
        "notebook-fills-disk",
        N,
        "fills temporary files, output and shared memory",
        "notebook DISK_LIMIT | notebook OOM | notebook OK | notebook CRASH",
        cells(FILL),
    ),
    Attack(
        "notebook-fills-inodes",
        N,
        "a million empty files",
        "notebook DISK_LIMIT | notebook OK | notebook CRASH | notebook TIMEOUT_CELL",
        cells(INODES),
    ),
    Attack(
        "notebook-floods",
        N,
        "prints half a gigabyte",
        "notebook OK | notebook OUTPUT_LIMIT | notebook TIMEOUT_CELL | notebook OOM",
        cells("for _ in range(500): print('x' * (1 << 20))"),
    ),
    Attack(
        "notebook-floods-directly",
        N,
        "floods the runner's own output past the notebook",
        "notebook OK | notebook OUTPUT_LIMIT",
        cells(
            "import os\nline = b'x' * (1 << 20)\nfor _ in range(3000):\n    os.write(2, line)\n    "
            "[os.write(n, line) for n in (1,)]"
        ),
    ),
    Attack(
        "notebook-never-ends",
        N,
        "an endless loop that swallows interrupts",
        "notebook TIMEOUT_CELL",
        cells("import time\nwhile True:\n    try: time.sleep(1)\n    except BaseException: pass"),
        quick=True,
    ),
    Attack(
        "notebook-input",
        N,
        "waits for somebody to type",
        "notebook OK | notebook TIMEOUT_CELL",
        cells("input('password: ')"),
    ),
    Attack(
        "notebook-kernel-exits", N, "ends its kernel", "notebook KERNEL_DEAD", cells("import os; os._exit(0)")
    ),
    Attack(
        "notebook-kills-runner",
        N,
        "kills the program that runs it",
        "notebook CRASH | notebook OK",
        cells(
            "import os, signal\nfor p in os.listdir('/proc'):\n    if p.isdigit() and int(p) != os.getpid():\n"
            "        try: os.kill(int(p), signal.SIGKILL)\n        except OSError: pass"
        ),
    ),
    Attack(
        "notebook-stops-runner",
        N,
        "tries to stop the program that runs it, so that no clock of its own runs",
        "notebook TIMEOUT_CELL",
        cells("import os, signal, time\nos.kill(os.getppid(), signal.SIGSTOP)\ntime.sleep(1000)"),
    ),
    Attack(
        "notebook-daemon-forges",
        N,
        "leaves a process that overwrites the results again and again",
        "notebook OK",
        cells(DAEMON, first=True),
        cells_as_run,
    ),
    Attack(
        "notebook-forges-results",
        N,
        "prints and writes what a probe would answer",
        "notebook OK",
        cells(FORGED, first=True),
        cells_as_run,
        quick=True,
    ),
    Attack(
        "notebook-plants-links",
        N,
        "results that are links to other files",
        "notebook OK",
        cells(LINKS),
        not_reproduced,
    ),
    Attack(
        "notebook-plants-pipes",
        N,
        "results that block who reads them",
        "notebook OK",
        cells(PIPES),
        not_reproduced,
    ),
    Attack(
        "notebook-plants-startup", N, "start-up files for later interpreters", "notebook OK", cells(STARTUP)
    ),
    Attack(
        "notebook-shadows-modules",
        "reading",
        "modules named like those of the grader and the standard library",
        "read_predictions OK",
        all_of(
            *(text_file(f"{name}.py", SHADOW) for name in SHADOWS),
            text_file("evil.pth", "import os; os._exit(9)\n"),
        ),
    ),
    Attack(
        "notebook-copies-findings",
        N,
        "hands in the submitted findings as computed",
        "notebook OK",
        copies_findings,
        not_reproduced,
    ),
    Attack(
        "notebook-skips-cells",
        N,
        "a failing cell under tags that hide it",
        "notebook OK",
        skipped_by_tags,
        error_is_seen,
    ),
    Attack("notebook-own-kernel", N, "a kernel with a command of its own", "notebook OK", own_kernel),
    Attack("notebook-deep-json", N, "findings nested 200,000 deep", "read_notebook OK", cells(DEEP)),
    Attack(
        "notebook-odd-numbers",
        N,
        "NaN, infinity, NUL and endless digits in findings",
        "read_notebook OK",
        cells(ODD_NUMBERS),
    ),
    Attack(
        "notebook-steers-pip",
        N,
        "requirements that name another index",
        "notebook BUILD_FAIL [options are not allowed]",
        text_file("requirements-notebook.txt", "--index-url http://169.254.169.254/\npandas\n"),
    ),
    Attack(
        "notebook-requirements-path",
        N,
        "requirements that are a path and a URL",
        "notebook BUILD_FAIL",
        text_file("requirements-notebook.txt", "./evil\npandas @ file:///etc/passwd\n"),
    ),
)
