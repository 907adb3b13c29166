"""`python -m tests.attacks.weakened`: switch one defence off at a time, and see an attack succeed.

Each defence is taken out of a copy of the source, in which one attack of the corpus is then tried. Writes
docs/validation/defences.md; goes on where it was stopped. Example: python -m tests.attacks.weakened --only network
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tests.attacks.ground import prepared

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("grader", "data_generator", "tests", "docker", "assignment", "takehome.py", "pyproject.toml")


@dataclass(frozen=True)
class Defence:
    """A line of defence: the words that make it, what they are replaced by, and the attack that then succeeds."""

    id: str
    says: str
    file: str
    old: str
    new: str
    attack: str


DEFENCES = (
    Defence(
        "names",
        "names that leave the submission are refused",
        "grader/probes/unpack/rules.py",
        '    if ".." in parts:',
        "    if not parts:",
        "archive-slip",
    ),
    Defence(
        "bases",
        "images named are stages or public bases",
        "grader/execution/dockerfile_gate.py",
        "    if is_public_base(image):",
        "    if image:",
        "build-takes-our-image",
    ),
    Defence(
        "network",
        "notebooks have no network",
        "grader/execution/docker.py",
        "return self._run_in(job, image, ALONE)",
        'return self._run_in(job, image, "bridge")',
        "notebook-reaches-out",
    ),
    Defence(
        "environment",
        "an allow-list of variables",
        "grader/execution/containers.py",
        '        "LANG": "C.UTF-8",',
        '        **__import__("os").environ,',
        "notebook-reads-environment",
    ),
    Defence(
        "vault",
        "jobs are given the public files only",
        "grader/pipeline/stage.py",
        "    open_to_all(folder)\n    return folder\n\n\ndef stage_submission",
        '    shutil.copyfile(truth.folder / "key.json", folder / "k.json")\n'
        "    open_to_all(folder)\n    return folder\n\n\ndef stage_submission",
        "notebook-reads-vault",
    ),
    Defence(
        "requests",
        "requests hold the columns of the data only",
        "grader/pipeline/requests.py",
        "truth.replay.iloc[chosen][columns]",
        'truth.replay.iloc[chosen][[*columns, "canary"]]',
        "service-reads-environment",
    ),
    Defence(
        "masked findings",
        "the notebook runs without the submitted findings",
        "grader/pipeline/stage.py",
        'return {n for n in names if n.lower().endswith(".json") and "finding" in n.lower()}',
        "return set()",
        "notebook-copies-findings",
    ),
    Defence(
        "memory of the runner",
        "no look into the memory of the notebook's runner",
        "grader/probes/notebook_run/processes.py",
        "library.prctl(4, 0, 0, 0, 0)",
        "library.prctl(4, 1, 0, 0, 0)",
        "notebook-writes-runners-memory",
    ),
    Defence(
        "survivors",
        "what a notebook leaves running is ended before its results are written",
        "grader/probes/notebook_run/processes.py",
        "    for _ in range(20):",
        "    for _ in range(0):",
        "notebook-daemon-forges",
    ),
    Defence(
        "cell clock",
        "a clock for each cell",
        "grader/pipeline/audit_phase.py",
        'f"{limits.notebook_cell_seconds:g}"',
        '"9999"',
        "notebook-never-ends",
    ),
    Defence(
        "capabilities",
        "no capabilities",
        "grader/execution/containers.py",
        '"cap_drop": ["ALL"]',
        '"cap_drop": []',
        "image-root-setuid",
    ),
    Defence(
        "new privileges",
        "no new privileges",
        "grader/execution/containers.py",
        '"security_opt": ["no-new-privileges:true"]',
        '"security_opt": []',
        "image-root-setuid",
    ),
    Defence(
        "answer cap",
        "at most 8 MiB of an answer are read",
        "grader/probes/shared/http_client.py",
        "if len(data) > ANSWER_CAP:",
        "if len(data) < 0:",
        "service-endless-answer",
    ),
    Defence(
        "escaping",
        "every text of a submission is escaped in pages",
        "grader/reports/pages.py",
        "autoescape=True",
        "autoescape=False",
        "service-markup",
    ),
    Defence(
        "health check",
        "a health check counts where it passes",
        "grader/pipeline/service_phase.py",
        "image.healthcheck and passed is not False",
        "image.healthcheck",
        "image-hanging-healthcheck",
    ),
)


def main() -> int:
    """Take every defence out in turn; the exit code is 1 where an attack fails without its defence."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--only", default="*", help="defences whose id matches")
    words.add_argument("--work", type=Path, default=ROOT / "build" / "attacks", help="kept between starts")
    words.add_argument("--pages", type=Path, default=ROOT / "docs" / "validation")
    given = words.parse_args()
    prepared(given.work / "ground")
    kept_in = given.work / "defences.json"
    known: dict[str, Any] = json.loads(kept_in.read_text(encoding="utf-8")) if kept_in.is_file() else {}
    chosen = [d for d in DEFENCES if fnmatch(d.id, given.only)]
    for defence in chosen:
        if not known.get(defence.id):
            known[defence.id] = without(defence, given.work / "ground")
            kept_in.write_text(json.dumps(known, indent=1), encoding="utf-8")
        print(
            f"without {defence.id}: {defence.attack}: {known[defence.id] or 'STILL FAILS'}",
            file=sys.stderr,
            flush=True,
        )
    if all(d.id in known for d in DEFENCES):
        _page(given.pages, known)
    return int(any(not known[d.id] for d in chosen))


def without(defence: Defence, ground: Path) -> list[str]:
    """Return what goes wrong with the defence's attack in a copy of the source that lacks it."""
    with tempfile.TemporaryDirectory(prefix="takehome-weakened-") as name:
        for part in PARTS:
            place = ROOT / part
            if place.is_dir():
                shutil.copytree(place, Path(name) / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(place, Path(name) / part)
        file = Path(name) / defence.file
        text = file.read_text(encoding="utf-8")
        if text.count(defence.old) != 1:
            raise ValueError(
                f"{defence.file}: expected {defence.old!r} once, found {text.count(defence.old)}"
            )
        file.write_text(text.replace(defence.old, defence.new), encoding="utf-8")
        command = [sys.executable, "-m", "tests.attacks.one", str(ground.resolve()), defence.attack]
        done = subprocess.run(command, cwd=name, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"without {defence.id}: {done.stderr[-2000:]}")
    return [str(line) for line in json.loads(done.stdout.splitlines()[-1])]


def _page(folder: Path, known: dict[str, list[str]]) -> None:
    seen = sum(bool(known[d.id]) for d in DEFENCES)
    lines = [
        "# Defences",
        "",
        "Each line of defence was taken out of a copy of the source, and an attack tried without it. Made by",
        f"`python -m tests.attacks.weakened`. Attacks that succeed without the defence: **{seen} of {len(DEFENCES)}**.",
        "",
        "| defence | attack | what goes wrong without it |",
        "|---|---|---|",
    ]
    for defence in DEFENCES:
        shown = "; ".join(known[defence.id])[:160].replace("|", "\\|").replace("\n", " ") or "nothing"
        lines.append(f"| {defence.says} | `{defence.attack}` | {shown} |")
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / ".defences.md.new"
    new.write_text("\n".join(lines) + "\n", encoding="utf-8")
    new.replace(folder / "defences.md")


if __name__ == "__main__":
    sys.exit(main())
