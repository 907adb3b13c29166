"""Take the screenshots of docs/screens/ of a result folder: python docs/screenshots.py RESULT_DIR; needs chromium."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OUT = Path(__file__).resolve().parent / "screens"
DARK = "@media (prefers-color-scheme: dark)"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=10000",
)
VIEWS = {"light": (1160, 1100), "dark": (1160, 1100), "narrow": (500, 1100), "plots": (1160, 2220)}
POLICY = r'<meta http-equiv="Content-Security-Policy"[^>]*>'
ONLY_PLOTS = "<style>header, nav, footer, main > :not(.plots) { display: none }</style></head>"


def main() -> None:
    """Photograph each page in light, dark and narrow, and the plots of the report alone."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or len(sys.argv) != 2:
        sys.exit(__doc__)
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("report", "feedback", "practice"):
            page = Path(sys.argv[1], f"{name}.html").read_text(encoding="utf-8")
            for view, (width, height) in VIEWS.items():
                if view == "plots" and name != "report":
                    continue
                shown = page
                if view == "plots":
                    shown = re.sub(POLICY, "", page).replace("</head>", ONLY_PLOTS)
                if view == "dark":  # the colour set that a dark desktop chooses; its hash is another one
                    shown = re.sub(POLICY, "", page)
                    shown = shown.replace(DARK, "@media all").replace(
                        'content="light dark"', 'content="dark"'
                    )
                file = Path(scratch, f"{name}-{view}.html")
                file.write_text(shown, encoding="utf-8")
                picture = f"--screenshot={OUT / f'{name}-{view}.png'}"
                profile, size = f"--user-data-dir={scratch}/profile", f"--window-size={width},{height}"
                command = [chromium, *FLAGS, profile, size, picture, file.as_uri()]
                subprocess.run(command, check=True, capture_output=True, timeout=120)
                print(f"docs/screens/{name}-{view}.png")


if __name__ == "__main__":
    main()
