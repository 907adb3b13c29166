"""`python -m tests.attacks`: grade every attack; goes on where it was stopped.

Example: python -m tests.attacks --only 'archive-*'
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from grader.pipeline.phase_key import source_hash
from tests.attacks.case import Attack, Judged
from tests.attacks.ground import Ground, prepared, tried
from tests.attacks.page import write_page
from tests.attacks.remains import host_state
from tests.attacks.table import ATTACKS

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run the corpus, or the part of it that is named, and write the page when all of it is known."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--only", default="*", help="attacks whose id matches, e.g. 'service-*'")
    words.add_argument("--work", type=Path, default=ROOT / "build" / "attacks", help="kept between starts")
    words.add_argument("--pages", type=Path, default=ROOT / "docs" / "validation")
    words.add_argument("--fresh", action="store_true", help="try every attack again")
    words.add_argument(
        "--wrong-only",
        action="store_true",
        help="keep what was right under an earlier source of the grader; the page says how many",
    )
    words.add_argument("--list", action="store_true", help="print the corpus and end")
    words.add_argument("--json", action="store_true", help="print what came of it as JSON")
    given = words.parse_args()
    chosen = [a for a in ATTACKS if fnmatch(a.id, given.only)]
    if not chosen:
        words.error(f"--only {given.only!r}: no attack of that name; see --list")
    if given.list:
        for attack in chosen:
            print(f"{attack.id:<34}{attack.surface:<10}{attack.expects:<44}{attack.tries}")
        return 0
    ground = prepared(given.work / "ground")
    kept_in = given.work / "outcomes.json"
    known = {} if given.fresh else _known(kept_in, any_source=given.wrong_only)
    state = known.setdefault("", {"before": host_state(given.work).shown()})
    for number, attack in enumerate(chosen, start=1):
        if attack.id in known and not known[attack.id]["wrong"]:
            continue
        known[attack.id] = {**_outcome(ground, attack), "source": source_hash()[:8]}
        state["after"] = host_state(given.work).shown()
        _keep(kept_in, known)
        line = known[attack.id]
        mark = "ok" if not line["wrong"] else "WRONG"
        print(
            f"[{number} of {len(chosen)}] {attack.id}: {mark}, {line['got']} in {line['seconds']} s",
            file=sys.stderr,
        )
        for text in line["wrong"]:
            print(f"    {text}", file=sys.stderr, flush=True)
    if all(a.id in known for a in ATTACKS):
        write_page(given.pages, known, ground.report, source_hash()[:8])
    if given.json:
        print(json.dumps({a.id: known[a.id] for a in chosen}, indent=1))
    return int(any(known[a.id]["wrong"] for a in chosen))


def _outcome(ground: Ground, attack: Attack) -> dict[str, Any]:
    """Try an attack; a crash of the grader is an attack that has succeeded."""
    try:
        return _told(tried(ground, attack))
    except Exception as error:  # noqa: BLE001 -- whatever it is, the corpus goes on and says so
        traceback.print_exc()
        wrong = [f"the grader crashed: {type(error).__name__}: {error}"]
        return {"got": "a crash of the grader", "wrong": wrong, "seconds": 0.0, "above": 0.0, "canary": 0}


def _told(judged: Judged) -> dict[str, Any]:
    attack, got = judged.attack, judged.got
    phase = attack.expects.partition(" ")[0]
    return {
        "got": f"{phase} {got.verdicts.get(phase, 'missing')}",
        "detail": got.details.get(phase, "").replace(f"{got.work}/", "")[:200],
        "above": got.above,
        "raised": dict(got.raised),
        "canary": len(got.canary),
        "left": len(got.left),
        "seconds": round(got.seconds, 1),
        "wrong": list(judged.wrong),
    }


def _known(path: Path, *, any_source: bool) -> dict[str, Any]:
    """Return what an earlier start found, of this source of the grader or of any."""
    if not path.is_file():
        return {}
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    same = source_hash()[:8]
    return {name: line for name, line in kept.items() if any_source or not name or line["source"] == same}


def _keep(path: Path, known: dict[str, Any]) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(known, indent=1), encoding="utf-8")
    new.replace(path)


if __name__ == "__main__":
    sys.exit(main())
