"""Attacks from inside a service's container: reading, reaching out, exhausting, learning from the probes."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from tests.attacks import service_texts as code
from tests.attacks.answers import DOWN, OK, POST, S, on_post
from tests.attacks.builds import REPORTING, SPY, said, version_is
from tests.attacks.case import Attack
from tests.attacks.edits import Edit, all_of, replaced, service, text_file

START = 'if __name__ == "__main__":\n'
SCORE = "def score(row):\n"
SECRETS = (
    "sorted(n for n in os.environ if any(w in n.upper() for w in ('VAULT', 'TAKEHOME', 'SECRET', 'TOKEN')))"
)
LOOKED = f"""import subprocess, sys
spy = subprocess.run([sys.executable, '-c', {SPY!r}], capture_output=True, text=True)
global VERSION
VERSION = spy.stderr.strip() or 'nothing'
"""


def at_start(text: str) -> Edit:
    """Return an edit that runs `text` before the service listens."""
    return service(START, START + "".join(f"    {line}\n" for line in text.splitlines()))


def memorises(folder: Path) -> None:
    """Answer the labels of the published rows by key; the submitted probabilities are the labels too."""
    path = folder / "evaluation" / "predictions.parquet"
    table = pd.read_parquet(path)
    keys = zip(table["customer_id"], table["snapshot_month"], table["y_true"], strict=True)
    (folder / "known.json").write_text(json.dumps({f"{c}|{m}": y for c, m, y in keys}), encoding="utf-8")
    table["p_tuned"] = table["y_true"].clip(0.001, 0.999)
    table.to_parquet(path, index=False)
    replaced(folder / "service.py", SCORE, code.REMEMBERS)
    replaced(folder / "Dockerfile", "model.json ./", "model.json known.json ./")


ATTACKS = (
    Attack(
        "service-reads-vault",
        S,
        "searches every file for the canary of the vault",
        OK,
        at_start(LOOKED.replace("global VERSION\n", "")),
        version_is("nothing"),
    ),
    Attack(
        "service-reads-environment",
        S,
        "looks for the grader's environment",
        OK,
        said(SECRETS),
        version_is("[]"),
    ),
    Attack(
        "service-reaches-out",
        S,
        "looks for a way out of its network",
        OK,
        service('VERSION = "logistic-1"\n', REPORTING + code.NETWORK),
        version_is("[]"),
        quick=True,
    ),
    Attack(
        "service-memory",
        S,
        "takes all memory when asked",
        "service OOM | service SERVICE_DOWN",
        on_post("x = []\nwhile True: x.append(bytearray(32 << 20))"),
    ),
    Attack(
        "service-forks",
        S,
        "starts processes without end",
        "service OK | service PIDS | service SERVICE_DOWN | service OOM",
        at_start(code.FORKS),
    ),
    Attack(
        "service-fills-disk", S, "writes until the disk is full", "service DISK_LIMIT", at_start(code.FILL)
    ),
    Attack("service-floods-log", S, "prints without end", OK, at_start(code.FLOOD)),
    Attack(
        "service-many-ports",
        S,
        "listens on hundreds of ports that never answer",
        "service SERVICE_DOWN",
        at_start(code.MANY_PORTS),
    ),
    Attack(
        "service-dies",
        S,
        "ends after the first answer",
        DOWN,
        on_post(f"import os\n{POST.strip()}\nos._exit(0)"),
    ),
    Attack(
        "service-kills-around",
        S,
        "signals every process it can see",
        DOWN,
        on_post("import os, signal\ntry: os.kill(-1, signal.SIGKILL)\nexcept OSError: pass\nos._exit(9)"),
    ),
    Attack("service-never-starts", S, "never listens", DOWN, at_start("import time; time.sleep(1000)")),
    Attack(
        "service-knows-the-prober",
        S,
        "answers by which client asks",
        OK,
        service('            found = predictions(json.loads(body)["rows"])\n', code.BY_CLIENT),
    ),
    Attack(
        "service-learns-from-probes",
        S,
        "ranks later answers by what was asked before",
        OK,
        service(SCORE, code.LEARNS),
    ),
    Attack(
        "service-counts-requests",
        S,
        "answers at random after some thousand rows",
        OK,
        service(SCORE, code.COUNTS),
    ),
    Attack(
        "service-memorises-labels",
        "intake",
        "answers the published labels of the rows it knows",
        OK,
        memorises,
    ),
    Attack(
        "service-planted-results",
        S,
        "files named like the prober's input and output",
        OK,
        all_of(text_file("requests/replay.json", "[]"), text_file("evidence.json", "{}")),
    ),
)
