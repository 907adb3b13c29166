"""The vault of a practice folder while it is graded, and what is left of it afterwards: an opened key."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.practice.seal import OPENED, find_sealed, unseal


@dataclass(frozen=True)
class PracticeVault:
    """The folder with key.json, where results go by default, and where the key is once the grading has ended."""

    folder: Path
    result: Path
    kept: Path


@contextmanager
def practice_vault(submission: Path) -> Iterator[PracticeVault]:
    """Unseal the key for a grading; `opened-key/` appears beside it when the grading came to its end.

    Raises UsageError where there is no sealed key, or it lies inside the submission.
    """
    sealed = find_sealed(submission)
    if sealed.parent == submission.resolve():
        raise UsageError(f"{sealed}: lies inside the submission; grade the folder `submission` beside it")
    opened, result = sealed.with_name(OPENED), sealed.with_name("result")
    if (opened / "key.json").is_file():
        yield PracticeVault(opened, result, opened)
        return
    try:
        scratch = Path(tempfile.mkdtemp(prefix=".unsealing-", dir=sealed.parent))
    except OSError as error:
        raise UsageError(f"{sealed.parent}: not writable: {error.strerror}") from error
    try:
        yield PracticeVault(unseal(sealed, scratch / OPENED), result, opened)
        if not opened.exists():
            (scratch / OPENED).rename(opened)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
