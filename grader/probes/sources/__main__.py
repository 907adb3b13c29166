"""Read the submitted code as text: fingerprints by which a copy shows, and lines that reach for what they must not.

Prints SourcesEvidence and the arrays `gram` (48-bit hashes) and `file` (the position of each one's file in `files`).
Nothing of the submission is run or imported.
"""

from __future__ import annotations

import argparse
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import numpy as np

from grader.probes.shared.documents import parse_json
from grader.probes.shared.files import list_files, read_file
from grader.probes.shared.notebooks import NOTEBOOK_CAP, read_cells
from grader.probes.shared.output import emit
from grader.probes.shared.text import Json, clean, decode_text, one_line
from grader.probes.sources.fingerprints import fingerprints, is_program, parse
from grader.probes.sources.reaches import reaches

FILES, FILE_CAP, CODE_CAP, WHOLE_CAP, GRAMS = 2000, 1 << 20, 4 << 20, 6 << 20, 400_000
"""Files of a sort, bytes of a text or script and of a module, characters of a sort, fingerprints."""
REACHES = 8
"""Lines told of each thing, so that many of one thing hide no other."""
SORTS = ("code", "script", "text", "bare")
"""What is read, in this order, and each within bounds of its own: many texts keep no code from being read."""
CODE = (".py", ".ipynb")
SCRIPTS = (".sh", ".bash", ".pyw", ".pyx")
TEXTS = (".md", ".markdown", ".rst", ".txt")
PERHAPS = (".pyw", ".pyx", ".txt")
"""These, and names without an ending, are Python where they are a program: anything can be executed or imported."""
_PYTHON_CELL = re.compile(r"\s*%%(?:time|timeit|capture|prun|python3?|writefile\s+\S+\.py)\b.*\n?")


def sort_of(path: str) -> str | None:
    """Return what a file is by its name, or None for what is not read."""
    name = PurePosixPath(path).name.lower()
    if name.endswith(CODE):
        return "code"
    if name.endswith(SCRIPTS) or re.fullmatch(r"(.*\.)?dockerfile(\..+)?", name):
        return "script"
    if name.endswith(TEXTS) or name == "readme":
        return "text"
    return None if "." in name else "bare"


def pieces(root: Path, path: str) -> Iterator[tuple[str, str, str]]:
    """Yield kind (`python`, `script`, `text`), place within the file and source; ValueError where it is unreadable."""
    name = PurePosixPath(path).name.lower()
    if name.endswith(".ipynb"):
        for cell in read_cells(parse_json(read_file(root, path, NOTEBOOK_CAP))):
            yield ("python" if cell.kind == "code" else "text"), f"cell {cell.number}, ", cell.source
        return
    sort = sort_of(path)
    source = decode_text(read_file(root, path, CODE_CAP if sort == "code" else FILE_CAP))
    perhaps = sort == "bare" or name.endswith(PERHAPS)
    if sort == "code" or (perhaps and is_program(source)):
        yield "python", "", source
    elif sort in ("script", "text"):
        yield sort, "", source


class Reading:
    """What has been read so far of a submission."""

    def __init__(self, own_grader: bool) -> None:
        self.own_grader = own_grader
        self.told: list[dict[str, Json]] = []
        self.problems: list[str] = []
        self.places: list[dict[str, Json]] = []
        self.unread: list[str] = []
        self.grams: list[int] = []
        self.owners: list[int] = []
        self._of_a_thing: Counter[str] = Counter()

    def file(self, root: Path, path: str, left: int) -> int:
        """Read a file of at most `left` characters; return how many it has. Code that gives nothing is told of."""
        found: set[int] = set()
        known, read = len(self.problems), 0
        try:
            for kind, place, source in pieces(root, path):
                if read + len(source) > left:
                    raise ValueError(f"found over {WHOLE_CAP >> 20} MiB in all; it is not read on")
                read += len(source)
                self._reaches(path, place, source, kind)
                if kind == "python":
                    found |= marks(source, f"{clean(path, 300)}: {place}", self.problems)
        except ValueError as error:
            self.problems.append(f"{clean(path, 300)}: {clean(error, 200)}")
        if found and len(self.grams) + len(found) > GRAMS:
            self.problems.append(f"{clean(path, 300)}: found over {GRAMS} fingerprints in all")
            found = set()
        if found:
            self.owners += [len(self.told)] * len(found)
            self.grams += sorted(found)
            self.told.append({"path": clean(path, 300), "grams": len(found)})
        elif len(self.problems) > known and sort_of(path) == "code":
            self.unread.append(one_line(self.problems[known], 160))
        return read

    def _reaches(self, path: str, place: str, source: str, kind: str) -> None:
        for line, what, text in reaches(source, code=kind != "text", own_grader=self.own_grader):
            self._of_a_thing[what] += 1
            if self._of_a_thing[what] <= REACHES:
                where = f"{place}line {line}"
                self.places.append(
                    {"path": clean(path, 300), "where": where, "what": what, "text": one_line(text, 160)}
                )


def read(root: Path, files: Mapping[str, int]) -> tuple[dict[str, Json], list[int], list[int]]:
    """Return the evidence, the hashes, and the position of the file of each."""
    reading = Reading(any(re.search(r"(?:^|/)grader(?:/[^/]+)?\.py$", path) for path in files))
    for sort in SORTS:
        left = WHOLE_CAP
        chosen = [path for path, size in files.items() if size and sort_of(path) == sort]
        if sort == "bare":
            chosen = [path for path in chosen if files[path] <= FILE_CAP]
        for path in chosen[:FILES]:
            left -= reading.file(root, path, left)
        if sort == "code":
            reading.unread += [f"{one_line(path, 160)}: over {FILES} files" for path in chosen[FILES:]]
    result = {
        "files": reading.told,
        "reaches": reading.places,
        "problems": reading.problems[:100],
        "unread_files": told_of(reading.unread),
    }
    return result, reading.grams, reading.owners


def told_of(unread: list[str]) -> str:
    """Return a line of how many files of code gave nothing, and the first three; nothing where there is none."""
    if not unread:
        return ""
    files = "1 file" if len(unread) == 1 else f"{len(unread)} files"
    return f"code not read in {files}: {'; '.join(unread[:3])}{'; ...' if len(unread) > 3 else ''}"


def marks(source: str, place: str, problems: list[str]) -> set[int]:
    """Return the fingerprints of a file or cell; what is no Python is told of and has none."""
    source = _PYTHON_CELL.sub("", source, count=1) if _PYTHON_CELL.match(source) else source
    if source.lstrip().startswith("%%"):
        return set()  # another language by a magic
    try:
        return fingerprints(parse(source))
    except ValueError as error:
        problems.append(f"{place}{error}")
        return set()


def main() -> None:
    """Print SourcesEvidence."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    root = Path(os.environ["SUBMISSION_DIR"])
    result, grams, owners = read(root, list_files(root))
    emit(result, {"gram": np.array(grams, dtype=np.float64), "file": np.array(owners, dtype=np.float64)})


if __name__ == "__main__":
    main()
