"""The register of what was issued to whom: one JSON line each, only ever added to."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data_generator.errors import RegisterError
from data_generator.secret import check_private, config_folder


class Rejected(BaseModel):
    """An attempt whose variant fell outside the bands, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    attempt: int = Field(ge=0)
    variant: str
    reasons: list[str] = Field(min_length=1)


class Entry(BaseModel):
    """One issue: `time` in UTC, ISO 8601; `rejected` are the attempts before the one that was issued."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    time: str
    candidate: str
    pseudonym: str
    variant: str
    attempt: int = Field(ge=0)
    rejected: list[Rejected]
    blueprint: str
    rows: int
    generator_version: str


def default_register() -> Path:
    """Return the file `register.jsonl` in the user's settings."""
    return config_folder() / "register.jsonl"


@dataclass(frozen=True)
class Register:
    """The register in a file, which is made with mode 0600 when the first entry is added."""

    path: Path

    def entries(self) -> list[Entry]:
        """Return all entries, oldest first; RegisterError for a file that is damaged or open to others."""
        try:
            if not self.path.exists():
                return []
            check_private(self.path, RegisterError)
            return self._parsed(self.path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise RegisterError(f"{self.path}: cannot be read: {error}") from error

    def of(self, pseudonym: str) -> list[Entry]:
        """Return the entries of a candidate, oldest first."""
        return [entry for entry in self.entries() if entry.pseudonym == pseudonym]

    def check_writable(self) -> None:
        """Raise RegisterError unless an entry could be added."""
        parent = next(folder for folder in self.path.absolute().parents if folder.exists())
        there = self.path.exists()
        if not os.access(self.path if there else parent, os.W_OK) or not (there or parent.is_dir()):
            raise RegisterError(
                f"{self.path}: cannot be written, expected a file of yours in a writable folder"
            )

    @contextmanager
    def recording(self, entry: Entry) -> Iterator[None]:
        """Add an entry and run the block; where that fails the entry is taken back.

        Nobody else can add one meanwhile. Raises RegisterError where the candidate was issued this attempt or
        a later one since, and where the file cannot be written.
        """
        with self._locked() as descriptor:
            before = os.fstat(descriptor).st_size
            text = os.pread(descriptor, before, 0).decode("utf-8")
            for other in self._parsed(text):
                if other.pseudonym == entry.pseudonym and other.attempt >= entry.attempt:
                    raise RegisterError(
                        f"{self.path}: {other.pseudonym} was issued variant {other.variant} meanwhile; expected none"
                    )
            try:
                self._append(descriptor, entry)
                yield
            except BaseException:
                os.ftruncate(descriptor, before)
                os.fsync(descriptor)
                raise

    @contextmanager
    def _locked(self) -> Iterator[int]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise RegisterError(f"{self.path}: cannot be written: {error.strerror}") from error
        try:
            check_private(self.path, RegisterError)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def _append(self, descriptor: int, entry: Entry) -> None:
        line = (entry.model_dump_json() + "\n").encode("utf-8")
        try:
            if os.write(descriptor, line) != len(line):
                raise RegisterError(f"{self.path}: the entry could not be written whole; is the disk full?")
            os.fsync(descriptor)
        except OSError as error:
            raise RegisterError(f"{self.path}: cannot be written: {error.strerror}") from error

    def _parsed(self, text: str) -> list[Entry]:
        found = []
        # Not splitlines(), which also ends a line at U+2028, U+2029 and U+0085: names may hold them.
        for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), start=1):
            try:
                found.append(Entry.model_validate_json(line))
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(str(part) for part in first["loc"]) or "line"
                raise RegisterError(f"{self.path}: line {number}: {place}: {first['msg']}") from error
        return found
