"""An engine beside the one that others use, to be killed and started again. Needs root and dockerd."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from grader.execution.engine import DEFAULT_HOST

ENGINE = Path(__file__).resolve().parents[1] / "docker" / "engine"


class PrivateEngine:
    """An engine of our own, beside the one that others use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.host = f"unix://{folder}/docker.sock"
        own = {name: value for name, value in os.environ.items() if name != "DOCKER_HOST"}
        self.environment = own | {
            "TAKEHOME_ENGINE_DIR": str(folder),
            "TAKEHOME_ENGINE_SOCKET": str(folder / "docker.sock"),
            "TAKEHOME_ENGINE_BRIDGE": "none",
        }

    def run(self, *words: str) -> None:
        """Run the engine script on this engine."""
        command = [sys.executable, str(ENGINE), *words]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=240, check=False
        )
        assert done.returncode == 0, done.stderr

    def kill(self) -> None:
        """End the daemon as the kernel ends one that took too much memory."""
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                words = place.read_bytes().split(b"\0")
                ours = any(w.startswith(f"--data-root={self.folder}/".encode()) for w in words)
                if ours and words[0].endswith(b"dockerd"):
                    os.kill(int(place.parent.name), signal.SIGKILL)
                    return
        raise AssertionError("the private engine does not run")

    def killed_after(self, seconds: float) -> threading.Thread:
        """Kill it in a moment and start it at once; join the thread to wait for both."""

        def kill() -> None:
            time.sleep(seconds)
            self.kill()
            self.run("start")

        thread = threading.Thread(target=kill)
        thread.start()
        return thread


@contextlib.contextmanager
def engine_in(folder: Path, *images: str) -> Iterator[PrivateEngine]:
    """A private engine below a folder, with images of the shared one in it; socket paths have 107 bytes at most."""
    engine = PrivateEngine(folder)
    client = str(shutil.which("docker", path="/usr/bin:/usr/local/bin"))
    try:
        engine.run("start")
        shared = os.environ.get("DOCKER_HOST") or DEFAULT_HOST
        with subprocess.Popen([client, "-H", shared, "save", *images], stdout=subprocess.PIPE) as saving:
            subprocess.run(
                [client, "-H", engine.host, "load"], stdin=saving.stdout, check=True, capture_output=True
            )
        yield engine
    finally:
        gc.collect()  # while its warnings are ignored
        with contextlib.suppress(AssertionError):
            engine.run("stop", "--purge")
