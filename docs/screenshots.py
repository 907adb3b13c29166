"""Take the screenshots of docs/screens/ of a result folder: python docs/screenshots.py RESULT_DIR; needs chromium."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.grader.reports.chromium import (  # noqa: E402 -- the path above makes it findable
    CHROMIUM,
    in_dark,
    open_page,
    without_policy,
)

OUT = Path(__file__).resolve().parent / "screens"
FLAGS = ("--hide-scrollbars", "--virtual-time-budget=10000")
VIEWS = {"light": (1160, 1100), "dark": (1160, 1100), "narrow": (500, 1100), "plots": (1160, 2220)}
ONLY_PLOTS = "<style>header, nav, footer, main > :not(.plots) { display: none }</style></head>"


def main() -> None:
    """Photograph each page in light, dark and narrow, and the plots of the report alone."""
    if CHROMIUM is None or len(sys.argv) != 2:
        sys.exit(__doc__)
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("report", "feedback", "practice"):
            source = Path(sys.argv[1], f"{name}.html")
            if not source.is_file():
                print(f"{source} is not there; its pictures stay as they are")
                continue
            page = source.read_text(encoding="utf-8")
            for view, (width, height) in VIEWS.items():
                if view == "plots" and name != "report":
                    continue
                shown = page
                if view == "plots":
                    shown = without_policy(page).replace("</head>", ONLY_PLOTS)
                if view == "dark":
                    shown = in_dark(page).replace('content="light dark"', 'content="dark"')
                file = Path(scratch, f"{name}-{view}.html")
                file.write_text(shown, encoding="utf-8")
                picture = f"--screenshot={OUT / f'{name}-{view}.png'}"
                open_page(file, *FLAGS, f"--window-size={width},{height}", picture)
                print(f"docs/screens/{name}-{view}.png")


if __name__ == "__main__":
    main()
