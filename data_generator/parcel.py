"""The zip of a bundle, ready to send: the same bundle gives the same bytes."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that the format can hold
FILE_MODE = 0o100644
UNIX = 3


def write_zip(folder: Path, path: Path, top: str) -> None:
    """Write all files of `folder` into a zip under the folder name `top` (none if empty), in order of their names."""
    with zipfile.ZipFile(path, "x", compression=zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for file in sorted(entry for entry in folder.rglob("*") if entry.is_file()):
            entry = zipfile.ZipInfo(PurePosixPath(top, file.relative_to(folder)).as_posix(), date_time=EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = FILE_MODE << 16
            entry.create_system = UNIX
            with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while chunk := source.read(1 << 20):
                    target.write(chunk)
