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
from typing import IO

MAX_FILES = 500_000
"""Files that are looked at; an image with a scientific stack holds about 30,000."""
MAX_MANIFEST = 1 << 20
DAMAGE = (
    tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, ValueError, IndexError, KeyError, TypeError,
    OverflowError, struct.error,
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


def _layers(archive: tarfile.TarFile) -> list[str]:
    """Return the names of the layers, each once, in their order."""
    stream = archive.extractfile("manifest.json")
    if stream is None:
        raise ValueError("manifest.json: no file")
    names = [str(name) for image in json.loads(stream.read(MAX_MANIFEST)) for name in image["Layers"]]
    return list(dict.fromkeys(names))


def _files(layer: tarfile.TarFile) -> Iterator[LayerFile]:
    while (member := layer.next()) is not None:
        # Or every member of a layer would be kept; typeshed leaves the attribute out.
        layer.members.clear()  # type: ignore[attr-defined]
        if member.isreg():
            content = layer.extractfile(member)
            if content is not None:
                yield LayerFile(member.name.removeprefix("./").lstrip("/"), member.size, content)
