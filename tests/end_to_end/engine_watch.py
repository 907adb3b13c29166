"""Look over the engine's shoulder during a grading: what each container is given, from outside."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from pathlib import Path
from types import TracebackType

import requests
from docker.errors import DockerException

from grader.execution.engine import connect
from grader.execution.runs import FOLDER_LABEL, default_runs, folder_hash

LOOK_EVERY = 0.1
LARGEST = 64 << 20


class EngineWatch:
    """Notes every container of this machine's gradings, its configuration, and where its mounts hold a text.

    `containers` are the ids seen; `found` are configurations and files below mounts that hold `text`.
    """

    def __init__(self, text: str) -> None:
        self.containers: set[str] = set()
        self.found: set[str] = set()
        self._text = text.encode()
        self._client = connect().client
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> EngineWatch:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self._ended.set()
        self._thread.join()
        self._client.close()

    def _look(self) -> None:
        filters = {"label": f"{FOLDER_LABEL}={folder_hash(default_runs())}"}
        while not self._ended.wait(LOOK_EVERY):
            with contextlib.suppress(DockerException, requests.RequestException):
                for found in self._client.api.containers(all=True, filters=filters):
                    if found["Id"] not in self.containers:
                        self._note(found["Id"])

    def _note(self, container: str) -> None:
        told = self._client.api.inspect_container(container)
        self.containers.add(container)
        image = self._client.api.inspect_image(told["Image"])
        history = self._client.api.history(told["Image"])
        if self._text in json.dumps([told, image, history]).encode():
            self.found.add(f"configuration of {told['Name']}")
        for mount in told["Mounts"]:
            if mount["Type"] == "bind":
                self.found |= {
                    f"{mount['Destination']}: {name}" for name in _holding(self._text, Path(mount["Source"]))
                }


def _holding(text: bytes, place: Path) -> set[str]:
    """Return the names of files at or below a place that hold a text; what is gone meanwhile is passed over."""
    names = set()
    below = (Path(root, name) for root, _, files in os.walk(place) for name in files)
    for path in [place] if place.is_file() else below:
        with contextlib.suppress(OSError):
            if path.is_file() and path.stat().st_size < LARGEST and text in path.read_bytes():
                names.add(path.name)
    return names
