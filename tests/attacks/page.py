"""Write docs/validation/attacks.md and attacks.json."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from grader.results import Report
from tests.attacks.table import ATTACKS, FAMILIES
from tests.dated import written_today

THREATS = Path(__file__).resolve().parents[2] / "docker" / "README.md"


def threat_rows() -> list[tuple[str, tuple[str, ...]]]:
    """Return each defence of the threat model with the patterns of the attacks it points to."""
    table = THREATS.read_text(encoding="utf-8").split("## Threat model\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ")][1:]
    return [(cells[1].strip(), tuple(re.findall(r"`([a-z0-9*-]+)`", cells[-1]))) for cells in rows]


def defence_of(attack: str) -> str:
    """Return the defence of the threat model that names an attack most closely."""
    found = [
        (len(pattern), defence)
        for defence, patterns in threat_rows()
        for pattern in patterns
        if fnmatch(attack, pattern)
    ]
    return max(found, key=lambda pair: pair[0])[1]


def write_page(folder: Path, known: dict[str, Any], clean: Report, source: str) -> None:
    """Write what came of every attack, whole or not at all."""
    wrong = [a.id for a in ATTACKS if known[a.id]["wrong"]]
    above = max(known[a.id]["above"] for a in ATTACKS)
    found = sum(known[a.id]["canary"] for a in ATTACKS)
    left = sum(known[a.id].get("left", 0) for a in ATTACKS)
    earlier = sum(known[a.id]["source"] != source for a in ATTACKS)
    state = known[""]
    lines = [
        "# Attacks",
        "",
        f"{len(ATTACKS)} hostile submissions, each the same clean one ({clean.total:g} of {clean.max:g} points) with",
        "one attack, graded on a real engine; each runs the phases that it touches. Made by `python -m tests.attacks`.",
        written_today(),
        "",
        f"- With the expected verdict, and nothing else wrong: **{len(ATTACKS) - len(wrong)} of {len(ATTACKS)}**.",
        f"- Highest score against the clean submission's, latency left out: **{above:+g}**.",
        f"- Places in which the canary of the vault was found: **{found}**.",
        f"- Containers, networks, volumes, images, files and processes left by an attack: **{left}**.",
        *(
            [f"- Tried with an earlier source of the grader, and right then: **{earlier}**."]
            if earlier
            else []
        ),
        "",
        "Counts of the whole machine, in which other work on it shows too:",
        "",
        "| the machine | before | after |",
        "|---|---|---|",
        *(f"| {kind} | {count:,} | {state['after'][kind]:,} |" for kind, count in state["before"].items()),
    ]
    for family, attacks in FAMILIES.items():
        head = "| attack | tries | defence | expected | got | points | canary | s |"
        lines += ["", f"## {family.capitalize()}", "", head, "|---|---|---|---|---|---|---|---|"]
        for attack in attacks:
            line = known[attack.id]
            cells = (
                f"`{attack.id}`",
                attack.tries,
                defence_of(attack.id),
                attack.expects.replace(" | ", " or "),
                line["got"],
                f"{line['above']:+g}",
                f"in {line['canary']} places" if line["canary"] else "no",
                f"{line['seconds']:g}",
            )
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    lines += ["", *(f"- WRONG: `{name}`: {text}" for name in wrong for text in known[name]["wrong"])]
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("attacks.md", "\n".join(lines).rstrip() + "\n"),
        ("attacks.json", json.dumps(known, indent=1) + "\n"),
    ):
        new = folder / f".{name}.new"
        new.write_text(text, encoding="utf-8")
        new.replace(folder / name)
