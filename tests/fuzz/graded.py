"""A case through the whole pipeline: the reference with one change, graded in Docker by the command."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from grader.intake.packing import pack
from tests.fuzz import mutate

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 1800
SHORT = {"load_seconds": 4.0, "floor_seconds": 2.0}


def grade(number: int, seed: int, submission: Path, vault: Path, scratch: Path) -> dict[str, Any]:
    """Change the archive (even numbers) or the notebook (odd ones) of a submission, and grade it."""
    rng = random.Random(f"{seed}:graded:{number}")
    scratch.mkdir(parents=True)
    if number % 2 == 0:
        clean = pack(submission, scratch / "clean.zip").path
        change, raw = mutate.altered(clean.read_bytes(), rng)
        given, change = scratch / "given.zip", f"archive: {change}"
        given.write_bytes(raw)
    else:
        given = scratch / "given"
        shutil.copytree(submission, given)
        book = json.loads((given / "audit.ipynb").read_text(encoding="utf-8"))
        change, raw = mutate.odd_notebook(book, rng)
        change = f"notebook: {change}"
        (given / "audit.ipynb").write_bytes(raw)
    limits, out = scratch / "limits.yaml", scratch / "result"
    limits.write_text(yaml.safe_dump(SHORT), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "takehome",
        "grade",
        str(given),
        "--vault",
        str(vault),
        "--out",
        str(out),
    ]
    begun = time.monotonic()
    done = subprocess.run(
        [*command, "--limits", str(limits), "--quiet"],
        cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    verdicts = ""
    if done.returncode == 0:
        phases = json.loads((out / "report.json").read_text(encoding="utf-8"))["phases"]
        verdicts = ", ".join(f"{p['id']} {p['verdict']}" for p in phases if p["verdict"] != "OK")
    elif found := re.search(r"(REJECTED_INTAKE) \[([\w-]+)\]", done.stderr):
        verdicts = f"intake {found[1]} ({found[2]})"
    return {
        "case": number,
        "change": change,
        "exit_code": done.returncode,
        "verdicts": verdicts,
        "seconds": round(time.monotonic() - begun, 1),
        "traceback": "Traceback" in done.stderr or done.returncode not in (0, 3),
        "said": done.stderr[-600:] if done.returncode else "",
    }
