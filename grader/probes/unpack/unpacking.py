"""Turn an archive into frames."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from grader.probes.unpack.entries import from_archive
from grader.probes.unpack.frames import FrameSink
from grader.probes.unpack.nested import Nested
from grader.probes.unpack.rules import EntryRules, RefusedError
from grader.probes.unpack.taking import take


def unpack(archive: Path, stream: IO[bytes], rules: EntryRules) -> None:
    """Write the files of an archive as frames; a refusal is the last line instead of the end."""
    sink = FrameSink(stream, Nested(rules))
    try:
        left_out = take(from_archive(archive), sink, rules)
    except RefusedError as error:
        sink.line({"refused": error.rule, "message": str(error)})
        return
    sink.line({"end": left_out})
