"""Look into the built image: does it hold the issued data, or a secret?

The engine writes the image to a file as `docker save` does, and a probe without network reads that; the host
opens nothing of it. The image itself is not run for this: it need not hold a shell, and what it would say of
itself is the candidate's to decide. Layers are read rather than the file system they make, since a file that a
later layer removes is still given to everyone who pulls the image.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from grader.errors import SandboxError
from grader.evidence.service import ImageContents
from grader.execution.limits import Limits
from grader.execution.protocol import Executor, Job
from grader.pipeline.phase_cache import Measured, Outcome
from grader.pipeline.phase_key import file_digest
from grader.pipeline.probing import probe_library, probe_script, run_probe
from grader.pipeline.stage import DATA_FILES
from grader.types import PhaseRecord, Verdict

PACKING = 1.25
"""A saved image is larger than its files by their headers, and by what later layers write again."""


class ImageMeasured(Measured):
    """What was found in the image; `contents` is None where nobody looked. Record: image."""

    contents: ImageContents | None = None


def measure_contents(
    executor: Executor, image: str, issued: Path, archive: Path, limits: Limits
) -> Outcome[ImageMeasured]:
    """Look into the image once; SandboxError or OSError where that fails on our side."""
    started = time.monotonic()
    found = look_into(executor, image, issued, archive, limits)
    record = PhaseRecord(id="image", verdict=Verdict.OK, seconds=round(time.monotonic() - started, 2))
    return Outcome(ImageMeasured(records=(record,), contents=found))


def broken_contents(record: PhaseRecord) -> ImageMeasured:
    """Return what is known of an image that we failed to look into: why."""
    return ImageMeasured(records=(record,), contents=ImageContents(problem=record.detail))


def look_into(executor: Executor, image: str, issued: Path, archive: Path, limits: Limits) -> ImageContents:
    """Return what in the image has no place there; `archive` is a new file, removed again.

    Where the probe does not get through, nothing is known, and nothing held against anyone: the clock that ended
    it may have been our host's. SandboxError where the engine or the disk fails.
    """
    try:
        if not executor.save_image(image, archive, int(PACKING * limits.image_bytes)):
            return ImageContents(problem="the saved image is over the limit of what is looked through")
        archive.chmod(0o644)
        job = Job(
            id="image",
            script=probe_script("image"),
            library=probe_library("image"),
            arguments=(json.dumps(issued_files(issued)),),
            inputs={"IMAGE_ARCHIVE": archive},
            limits=limits.probe,
        )
        probed = run_probe(executor, job, ImageContents, ImageContents())
    finally:
        archive.unlink(missing_ok=True)
    record = probed.record
    if record.verdict is Verdict.INFRA_ERROR:
        raise SandboxError(f"looking into the image: {record.detail}")
    if record.verdict is not Verdict.OK:
        return ImageContents(problem=f"looking into the image ended with {record.verdict}: {record.detail}")
    return probed.value


def issued_files(data: Path) -> list[dict[str, str | int]]:
    """Return name, size and hash of the issued data files in a folder; each part of large data has the whole's name."""
    found: list[dict[str, str | int]] = []
    for name in DATA_FILES:
        place = data / name
        parts = sorted(place.rglob("*")) if place.is_dir() else [place]
        found += [
            {"name": name, "size": path.stat().st_size, "sha256": file_digest(path)}
            for path in parts
            if path.is_file()
        ]
    return found
