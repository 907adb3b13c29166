"""Drive the real commands on real data: generate, plant canaries, solve, grade."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROWS = 60_000
SEED = 7


def takehome(*arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would."""
    command = [sys.executable, "-m", "takehome", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if check and done.returncode:
        shown = f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        raise AssertionError(f"{' '.join(command[2:])}: exit {done.returncode}\n{shown}")
    return done


def generate(folder: Path, rows: int = ROWS, seed: int = SEED) -> Path:
    """Make a variant; return the folder with bundle and vault."""
    takehome("generate", "--seed", str(seed), "--rows", str(rows), "--out", folder)
    return folder


def visible_text(page: str) -> str:
    """The words of a page without its tags, styles and scripts."""
    unseen = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", " ", unseen)


def vault_of(data: Path) -> Path:
    """The one vault below a generated folder."""
    return next((data / "vault").iterdir())


def key_of(data: Path) -> dict[str, Any]:
    """The key of the one vault below a generated folder."""
    return dict(json.loads((vault_of(data) / "key.json").read_text(encoding="utf-8")))


def plant_canary(vault: Path) -> str:
    """Write a random string into every private file of a vault, in the way its format has room for it."""
    canary = f"CANARY-{secrets.token_hex(16)}"
    for name in ("key.json", "release.json"):
        path = vault / name
        content = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**content, "canary": canary}), encoding="utf-8")
    for name in ("holdout.parquet", "twin.parquet"):
        pd.read_parquet(vault / name).assign(canary=canary).to_parquet(vault / name, index=False)
    return canary


def solve(bundle: Path, out: Path) -> Path:
    """Run the reference solution on a bundle."""
    script = ROOT / "reference_solution" / "run.py"
    command = [sys.executable, str(script), "--bundle", str(bundle), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return out


def limits_file(folder: Path) -> Path:
    """Limits with a shorter load, so that many gradings fit into one test run."""
    path = folder / "limits.yaml"
    path.write_text(yaml.safe_dump({"load_seconds": 6.0, "floor_seconds": 4.0}), encoding="utf-8")
    return path


def grade(submission: Path, data: Path, out: Path, *extra: str | Path) -> dict[str, Any]:
    """Grade in Docker with the short load; return report.json."""
    takehome(
        "grade", submission, "--vault", data / "vault", "--out", out, "--limits", limits_file(data), *extra
    )
    return dict(json.loads((out / "report.json").read_text(encoding="utf-8")))


def criteria(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The criteria of a report by id."""
    return {line["id"]: line for d in report["dimensions"] for line in d["criteria"]}


def copy_of(submission: Path, target: Path) -> Path:
    """A copy of a submission to be broken."""
    shutil.copytree(submission, target, symlinks=True)
    return target


def text_files(folder: Path) -> Iterator[Path]:
    """Every file below a folder."""
    return (p for p in folder.rglob("*") if p.is_file())
