"""Look through the layers and settings of the saved image IMAGE_ARCHIVE for issued data and secrets.

The only argument is JSON: `[{"name", "size", "sha256"}, ...]` of the issued data files. Prints ImageContents.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from grader.probes.image.layers import DAMAGE, MAX_FILES, image_settings, image_steps, layer_files
from grader.probes.image.misplaced import (
    IssuedFile,
    is_address_with_password,
    is_issued_data,
    is_secret,
    is_secret_setting,
)
from grader.probes.shared.output import emit
from grader.probes.shared.text import Json, clean

SHOWN = 20


def main() -> None:
    """Print what was found; an archive that cannot be read is told as a problem."""
    issued = [IssuedFile(**one) for one in json.loads(sys.argv[1])]
    try:
        result = look(Path(os.environ["IMAGE_ARCHIVE"]), issued)
    except (*DAMAGE, OSError) as error:
        result = {"problem": f"the saved image cannot be read: {clean(error, 200)}"}
    emit(result)


def look(archive: Path, issued: list[IssuedFile], most: int = MAX_FILES) -> dict[str, Json]:
    """Return the names of what holds issued data or a secret, in layers that later ones hide too.

    Of a setting of the image that is a secret only the name is told, since the evidence is kept and shown.
    """
    files = 0
    data: dict[str, None] = {}
    settings = [one for one in image_settings(archive) if is_secret_setting(one)]
    secrets = dict.fromkeys(f"setting {clean(one.partition('=')[0], 200)}" for one in settings)
    for number, step in enumerate(image_steps(archive), start=1):
        if is_address_with_password(step) and not any(one in step for one in settings):
            secrets[f"step {number} of the build"] = None
    for file in layer_files(archive):
        if files == most:
            return {**_told(files, data, secrets), "capped": True}
        files += 1
        if is_issued_data(file, issued):
            data[clean(file.name, 200)] = None
        elif is_secret(file):
            secrets[clean(file.name, 200)] = None
    return _told(files, data, secrets)


def _told(files: int, data: dict[str, None], secrets: dict[str, None]) -> dict[str, Json]:
    return {"files": files, "data": list(data)[:SHOWN], "secrets": list(secrets)[:SHOWN]}


if __name__ == "__main__":
    main()
