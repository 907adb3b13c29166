"""`python -m tests.attacks.one GROUND ATTACK`: try one attack on a prepared ground, print what is wrong as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from tests.attacks.ground import loaded, tried
from tests.attacks.table import ATTACKS


def main() -> None:
    """Try it in a folder of its own; a ground made by another source of the grader will do."""
    ground, name = loaded(Path(sys.argv[1])), sys.argv[2]
    attack = next(a for a in ATTACKS if a.id == name)
    print(json.dumps(tried(replace(ground, work=ground.work / "one"), attack).wrong))


if __name__ == "__main__":
    main()
