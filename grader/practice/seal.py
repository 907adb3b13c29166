"""The sealed key of a practice bundle: found beside the work, and opened once something was graded."""

from __future__ import annotations

import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath

from grader.errors import UsageError, VaultError

SEALED = "sealed-key.zip"
OPENED = "opened-key"
LEVELS = 4
"""Folders above the submission in which the sealed key is looked for."""
LARGEST = 8 << 30


def find_sealed(submission: Path) -> Path:
    """Return the sealed key in the submission's folder or one of the folders above; UsageError where none is."""
    here = submission.resolve()
    places = [here, *list(here.parents)[:LEVELS]]
    for place in places:
        if (place / SEALED).is_file():
            return place / SEALED
    raise UsageError(
        f"{submission}: no {SEALED} in it or the {LEVELS} folders above; expected the folder that "
        "`takehome practice` made, or --vault DIR"
    )


def unseal(sealed: Path, folder: Path) -> Path:
    """Unpack a sealed key into a new folder and return it; VaultError where it is damaged or none of ours."""
    try:
        with zipfile.ZipFile(sealed) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise VaultError(f"{sealed}: unpacks to more than {LARGEST:,} bytes; expected a key of ours")
            for entry in entries:
                parts = PurePosixPath(entry.filename).parts
                if (
                    entry.is_dir()
                    or stat.S_ISLNK(entry.external_attr >> 16)
                    or ".." in parts
                    or parts[0] == "/"
                ):
                    raise VaultError(f"{sealed}: {entry.filename!r}: expected plain files only")
                target = folder.joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, target.open("xb") as sink:
                    shutil.copyfileobj(source, sink)
    except (OSError, zipfile.BadZipFile, RuntimeError, IndexError) as error:
        raise VaultError(f"{sealed}: not readable as a sealed key: {' '.join(str(error).split())}") from error
    if not (folder / "key.json").is_file():
        raise VaultError(f"{sealed}: holds no key.json; expected a key of ours")
    return folder
