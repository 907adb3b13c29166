"""The browser that looks at pages: where it is, how it is started, and pages made fit to be looked at."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
DARK = "@media (prefers-color-scheme: dark)"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def open_page(file: Path, *flags: str) -> subprocess.CompletedProcess[bytes]:
    """Open a file in a browser with a profile beside it; a browser that fails or hangs raises."""
    assert CHROMIUM is not None
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={file.parent / 'profile'}", *flags, file.as_uri()]
    return subprocess.run(command, capture_output=True, timeout=180, check=True)


def without_policy(page: str) -> str:
    """The page without its own policy, which lets nothing in that was not there when its hashes were taken."""
    return POLICY.sub("", page)


def in_dark(page: str) -> str:
    """The page in the colours that a dark desktop chooses; their hash is another one, so the policy goes."""
    assert DARK in page
    return without_policy(page).replace(DARK, "@media all")
