"""Unpack the archive SUBMISSION_ARCHIVE to standard output, as frames, under the rules given as JSON.

Ends with exit code 0 also where the archive is refused: the last line says so. The host holds names, sizes and
numbers against the same rules once more when it writes the files.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from grader.probes.unpack.rules import EntryRules
from grader.probes.unpack.unpacking import unpack


def main() -> int:
    """Unpack; the only argument are the rules."""
    rules = EntryRules(**json.loads(sys.argv[1]))
    unpack(Path(os.environ["SUBMISSION_ARCHIVE"]), sys.stdout.buffer, rules)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
