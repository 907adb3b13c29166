"""An output folder that is there whole or not at all: written under a hidden name, renamed at the end."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data_generator.errors import OutputError
from data_generator.interruption import raise_if_interrupted


@dataclass(frozen=True)
class Stage:
    """The hidden `folder` to write into, and the name `out` that it gets by `commit`."""

    folder: Path
    out: Path

    def commit(self) -> None:
        """Give the folder its name; OutputError where that is taken meanwhile, and not after an interruption."""
        raise_if_interrupted()
        if self.out.exists() or self.out.is_symlink():
            raise OutputError(f"{self.out}: exists already, expected a new folder")
        self.folder.chmod(0o755)
        self.folder.rename(self.out)


def check_output(out: Path) -> None:
    """Raise OutputError unless `out` is free and its parent folder can be written."""
    if out.exists() or out.is_symlink():
        raise OutputError(f"{out}: exists already, expected a new folder")
    parent = _existing_parents(out)[0]
    try:
        # Tried rather than asked for: permissions do not tell what a file system takes.
        Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=parent)).rmdir()
    except OSError as error:
        raise OutputError(f"{out}: cannot be written, {parent} is not a writable folder") from error


@contextmanager
def staged(out: Path) -> Iterator[Stage]:
    """Yield a stage beside `out`; without a commit nothing of it stays, nor any parent folder made for it.

    Raises OutputError for whatever the file system refuses, inside the block as well.
    """
    check_output(out)
    missing = _missing_parents(out)
    folder: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
        yield Stage(folder, out)
    except OSError as error:
        said = error.strerror or " ".join(str(error).split())
        raise OutputError(f"{out}: cannot be written: {said}") from error
    finally:
        if folder is not None and folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
        if not out.exists():
            _remove_empty(missing)


def _existing_parents(path: Path) -> list[Path]:
    return [parent for parent in path.absolute().parents if parent.exists()]


def _missing_parents(path: Path) -> list[Path]:
    return [parent for parent in path.absolute().parents if not parent.exists()]


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:  # somebody else has put something there, or it was never made
            return
