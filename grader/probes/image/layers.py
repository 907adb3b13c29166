"""The files in the layers of an image as `docker save` writes it, nothing of it believed.

All layers are gone through, not what is visible in the end: a file that a later layer removes is still sent to
everyone who pulls the image.
"""

from __future__ import annotations

import json
import lzma
import struct
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

MAX_FILES = 500_000
"""Files that are looked at; an image with a scientific stack holds about 30,000."""
MAX_MANIFEST = 8 << 20
"""Bytes of an image's description that are read; one with a hundred steps has 30,000."""
DAMAGE = (
    tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, ValueError, IndexError, KeyError, TypeError,
    AttributeError, OverflowError, struct.error,
)  # fmt: skip
"""What Python's readers raise on archives that are cut, altered or made up."""


@dataclass(frozen=True)
class LayerFile:
    """A regular file of a layer; its content can be read until the next one is asked for."""

    name: str
    size: int
    content: IO[bytes]


def layer_files(path: Path) -> Iterator[LayerFile]:
    """Yield the regular files of all layers of a saved image, from the lowest layer up."""
    with tarfile.open(path, "r:") as archive:
        for name in _layers(archive):
            stream = archive.extractfile(name)
            if stream is None:
                raise ValueError(f"{name[:200]}: no file")
            with tarfile.open(fileobj=stream, mode="r|*") as layer:
                yield from _files(layer)


def image_settings(path: Path) -> list[str]:
    """Return the settings that a saved image keeps in its own description, as `NAME=value`, each once.

    Variables of the environment, and arguments of the build: `docker history` shows them to everyone who pulls it.
    """
    found: list[str] = []
    with tarfile.open(path, "r:") as archive:
        for image in _manifest(archive):
            described = json.loads(_read(archive, str(image["Config"])))
            found += [str(one) for one in (described.get("config") or {}).get("Env") or ()]
            found += [setting for step in _steps(described) for setting in _arguments(step)]
    return list(dict.fromkeys(found))


def image_steps(path: Path) -> list[str]:
    """Return the commands of the build that a saved image keeps in its own description, in their order."""
    with tarfile.open(path, "r:") as archive:
        return [
            step
            for image in _manifest(archive)
            for step in _steps(json.loads(_read(archive, str(image["Config"]))))
        ]


def _steps(described: dict[str, Any]) -> list[str]:
    return [str(step.get("created_by", "")) for step in described.get("history") or ()]


def _arguments(step: str) -> list[str]:
    """Return the build's arguments that a step was run with.

    >>> _arguments("|2 MODE=fast TOKEN=a b /bin/sh -c true"), _arguments("ARG TOKEN=a"), _arguments("ENV TOKEN=a")
    (['MODE=fast', 'TOKEN=a'], ['TOKEN=a'], [])
    """
    words = step.removeprefix("/bin/sh -c #(nop) ").removeprefix("RUN ").split()
    if not words:
        return []
    if words[0] == "ARG":
        return words[1:]
    number = words[0].removeprefix("|")
    return words[1 : 1 + int(number)] if words[0] != number and number.isdecimal() else []


def _layers(archive: tarfile.TarFile) -> list[str]:
    """Return the names of the layers, each once, in their order."""
    return list(dict.fromkeys(str(name) for image in _manifest(archive) for name in image["Layers"]))


def _manifest(archive: tarfile.TarFile) -> list[dict[str, Any]]:
    return list(json.loads(_read(archive, "manifest.json")))


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    stream = archive.extractfile(name)
    if stream is None:
        raise ValueError(f"{name[:200]}: no file")
    return stream.read(MAX_MANIFEST)


def _files(layer: tarfile.TarFile) -> Iterator[LayerFile]:
    while (member := layer.next()) is not None:
        # Or every member of a layer would be kept; typeshed leaves the attribute out.
        layer.members.clear()  # type: ignore[attr-defined]
        if member.isreg():
            content = layer.extractfile(member)
            if content is not None:
                yield LayerFile(member.name.removeprefix("./").lstrip("/"), member.size, content)
