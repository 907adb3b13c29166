"""Run the audit notebook of a submission from a fresh kernel, in order, and keep what came of it.

Runs beside code of the submission, so nothing it prints or writes is believed: what counts is its exit code
(0 the run ended, with or without an error in a cell; 3 the kernel died; 4 a cell ran over its time) and what
`read_notebook.py` later reads from `executed.ipynb`, in a container of its own.

The kernel starts in the notebook's folder of a private, writable copy of the submission without its
findings.json; where that copy has no `data`, one is linked to DATA_DIR, as the brief's default says.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import math
import os
import re
import shutil
import signal
import stat
import sys
import tempfile
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

# region shared: reading files of a stranger; the same text in every probe, a test holds the copies equal
Json = Any
JSON_LIMIT = 1 << 20
MAX_ENTRIES = 200_000
JUNK = frozenset(
    (".git", ".hg", ".venv", "venv", "env", "__MACOSX", "node_modules", "__pycache__", ".ipynb_checkpoints")
)
CONTROL = re.compile(
    "\x1b\\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)


def clean(value: object, cap: int = 2000) -> str:
    """Return the value as printable text of at most `cap` characters."""
    text = value if isinstance(value, str) else str(value)
    text = text[: cap * 4].encode("utf-8", "replace").decode("utf-8")
    return CONTROL.sub("", text).strip()[:cap]


def number(value: Json) -> float | None:
    """Return a finite float of a JSON number, a numeric string or a percentage; None otherwise."""
    if isinstance(value, str) and len(value) <= 40:
        text = value.strip().replace("\u2212", "-").replace("_", "x")
        share = text.endswith("%")
        text = text.rstrip("%").strip()
        if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", text):
            text = text.replace(",", "")
        try:
            value = float(text) / (100.0 if share else 1.0)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def word(value: object) -> str:
    """Return a name in lower case with single underscores between its letters and digits."""
    return re.sub(r"[^a-z0-9]+", "_", clean(value, 200).lower()).strip("_")


def list_files(root: Path) -> dict[str, int]:
    """Return size by relative path of the regular files below a folder, shallow ones first, no links."""
    found: dict[str, int] = {}
    folders = [("", 0)]
    for prefix, depth in folders:
        try:
            with os.scandir(root / prefix) as opened:
                entries = sorted(opened, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if len(found) >= MAX_ENTRIES:
                return found
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in JUNK and depth < 30:
                    folders.append((f"{prefix}{entry.name}/", depth + 1))
            elif entry.is_file(follow_symlinks=False):
                found[prefix + entry.name] = entry.stat(follow_symlinks=False).st_size
    return found


def read_file(root: Path, relative: str, cap: int) -> bytes:
    """Return the bytes of a regular file; ValueError says why not (a link, no file, over `cap` bytes)."""
    try:
        handle = os.open(root / relative, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        raise ValueError(f"found nothing readable ({type(error).__name__}), expected a file") from error
    with os.fdopen(handle, "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("found a folder or special file, expected a regular file")
        if status.st_size > cap:
            raise ValueError(f"found {status.st_size} bytes, expected at most {cap}")
        data = opened.read(cap + 1)
    if data.startswith(b"version https://git-lfs.github.com/spec/"):
        raise ValueError("found a pointer of large-file storage, expected the file itself")
    return data[:cap]


def decode_text(data: bytes) -> str:
    """Return UTF-8 or UTF-16 bytes as text, with a byte order mark or without; damage is replaced."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    head = data[:400]
    if head and head.count(0) > len(head) // 4:
        return data.decode("utf-16-be" if head[0] == 0 else "utf-16-le", "replace")
    return data.decode("utf-8-sig", "replace")


def parse_json(data: bytes) -> Json:
    """Return a JSON document with NaN and infinities as null; ValueError says what is wrong."""
    try:
        return json.loads(decode_text(data), parse_constant=lambda _: None)
    except RecursionError:
        raise ValueError("found JSON nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"found no JSON ({clean(error, 120)})") from None


class PlainLoader(yaml.SafeLoader):
    """YAML of plain values: no tags that make objects, and no aliases, which can grow without bound."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases."""
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def parse_yaml(data: bytes) -> Json:
    """Return a YAML document of plain values; ValueError says what is wrong."""
    try:
        return yaml.load(decode_text(data), Loader=PlainLoader)  # noqa: S506  a SafeLoader without aliases
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        raise ValueError(f"found no plain YAML ({clean(error, 120)})") from None


def stated_path(root: Path, files: Mapping[str, int], names: Collection[str]) -> str | None:
    """Return the file that submission.yaml states under one of the names, where it is really there."""
    for name in ("submission.yaml", "submission.yml"):
        if name not in files:
            continue
        try:
            stack = [parse_yaml(read_file(root, name, 65536))]
        except ValueError:
            continue
        while stack:
            node = stack.pop()
            if isinstance(node, dict):
                stack.extend(value for value in node.values() if isinstance(value, dict))
                for key, value in node.items():
                    path = value.replace("\\", "/").removeprefix("./") if isinstance(value, str) else ""
                    if word(key) in names and (path in files or any(f.startswith(path + "/") for f in files)):
                        return path or None
    return None


def shorten(value: Json, cap: int) -> Json:
    """Return the value with every string and key cut to `cap` characters."""
    if isinstance(value, str):
        return value[:cap]
    if isinstance(value, dict):
        return {key[:cap]: shorten(part, cap) for key, part in value.items()}
    return [shorten(part, cap) for part in value] if isinstance(value, list | tuple) else value


def emit(result: Json, arrays: Mapping[str, Any] | None = None) -> None:
    """Print one JSON line of at most 1 MiB, then the arrays as little-endian float64 in announced order."""
    values = {name: np.ascontiguousarray(part, dtype="<f8") for name, part in (arrays or {}).items()}
    announced = [{"name": name, "length": int(part.size)} for name, part in values.items()]
    line = b""
    for cap in (4000, 800, 200, 60, 20):
        document = {"result": shorten(result, cap), "arrays": announced}
        line = json.dumps(document, allow_nan=False, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        if len(line) <= JSON_LIMIT:
            break
    if len(line) > JSON_LIMIT:
        raise SystemExit("the result of this probe is longer than 1 MiB")
    sys.stdout.buffer.write(line)
    for part in values.values():
        sys.stdout.buffer.write(part.tobytes())
    sys.stdout.buffer.flush()


# endregion

# region notebooks: finding and reading a notebook; the same text in three probes, a test holds them equal
NOTEBOOK_CAP = 64 << 20


@dataclass(frozen=True)
class Cell:
    """A cell whatever the format version; `number` counts all cells from 1."""

    number: int
    kind: str
    source: str
    count: Json
    outputs: list[dict[str, Json]]


def find_notebook(root: Path, files: Mapping[str, int], stated: str | None) -> str | None:
    """Return the audit notebook: as stated, by its name, by mentioning findings.json, else the largest."""
    books = [path for path in files if path.lower().endswith(".ipynb")]
    if stated in books:
        return stated
    names = {path: Path(path).name.lower() for path in books}
    for wanted in (r"audit\.ipynb$", r"audit", r"(^|[^a-z])eda([^a-z]|$)", r"explor"):
        for path in books:
            if re.search(f"^{wanted}" if wanted.endswith("$") else wanted, names[path]):
                return path
    for path in books[:50]:
        try:
            if "findings.json" in decode_text(read_file(root, path, NOTEBOOK_CAP)):
                return path
        except ValueError:
            continue
    return max(books, key=lambda path: files[path], default=None)


def text_of(value: Json) -> str:
    """Return notebook text, which is a string or a list of strings."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def read_cells(document: Json) -> list[Cell]:
    """Return the cells of a notebook of format 3 or 4; ValueError where it holds none."""
    found = document.get("cells") if isinstance(document, dict) else None
    if not isinstance(found, list) and isinstance(document, dict):
        sheets = document.get("worksheets")
        parts = [s.get("cells") for s in sheets if isinstance(s, dict)] if isinstance(sheets, list) else []
        found = [cell for part in parts if isinstance(part, list) for cell in part] if parts else None
    if not isinstance(found, list):
        raise ValueError("found JSON without a list of cells, expected a notebook")
    cells = []
    for place, cell in enumerate(found[:5000], start=1):
        if not isinstance(cell, dict):
            continue
        kind = cell.get("cell_type")
        kind = "markdown" if kind in ("markdown", "heading") else kind if kind in ("code", "raw") else "raw"
        outputs = cell.get("outputs")
        kept = [part for part in outputs if isinstance(part, dict)] if isinstance(outputs, list) else []
        source = text_of(cell.get("source", cell.get("input")))
        cells.append(Cell(place, kind, source, cell.get("execution_count", cell.get("prompt_number")), kept))
    return cells


# endregion

KERNEL_DEAD, CELL_TIMEOUT = 3, 4
COPY_FILE, COPY_TOTAL = 8 << 20, 128 << 20
OUTPUT_CAP, OUTPUTS_TOTAL, OUTPUTS_PER_CELL = 4 << 20, 20 << 20, 500


def weight(value: Json) -> int:
    """Return about how many bytes a message holds."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(weight(key) + weight(part) for key, part in value.items())
    return sum(weight(part) for part in value) if isinstance(value, list | tuple) else 8


class CappedClient(NotebookClient):
    """A notebook client that drops outputs once a cell or the notebook has had its share."""

    spent = 0

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: Any) -> Any:
        """Keep an output if it is an error, or small enough and there is room for it."""
        size = weight(msg.get("content", {}))
        room = size <= OUTPUT_CAP and self.spent + size <= OUTPUTS_TOTAL and len(outs) < OUTPUTS_PER_CELL
        if not room and msg.get("msg_type") != "error":
            return None
        self.spent += size
        return super().output(outs, msg, display_id, cell_index)


def normalised(cells: list[Cell], path: str) -> Any:
    """Return a clean notebook of format 4.4: our kernel, no outputs, no counts, no cell metadata."""
    parts: list[dict[str, Json]] = []
    for cell in cells:
        part: dict[str, Json] = {"cell_type": cell.kind, "metadata": {}, "source": cell.source}
        parts.append({**part, "outputs": [], "execution_count": None} if cell.kind == "code" else part)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "takehome": {"path": clean(path, 500)}}
    book = {"cells": parts, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return nbformat.from_dict(book)  # type: ignore[no-untyped-call]


def copy_submission(root: Path, files: Mapping[str, int], target: Path) -> None:
    """Copy small files and link large ones, so that a notebook can write beside itself; no findings.json."""
    spent = 0
    for path, size in files.items():
        place = target / path
        if place.name == "findings.json":
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if size <= COPY_FILE and spent + size <= COPY_TOTAL:
            with contextlib.suppress(OSError):
                shutil.copyfile(root / path, place, follow_symlinks=False)
                spent += size
        else:
            place.symlink_to(root / path)


def descendants() -> list[int]:
    """Return the processes below this one, orphans included because they are handed to us."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
                parents[int(folder.name)] = int(fields[1])
    found, frontier = [], [os.getpid()]
    while frontier:
        frontier = [child for child, parent in parents.items() if parent in frontier]
        found.extend(frontier)
    return found


def end_descendants() -> None:
    """Kill whatever the notebook left running, so that nothing changes its results afterwards."""
    for _ in range(20):
        left = descendants()
        for process in left:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        with contextlib.suppress(OSError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not left:
            return
        time.sleep(0.05)


def shield() -> None:
    """Adopt orphans and deny other processes of our user a look into our memory (Linux only)."""
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None, use_errno=True)
        library.prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
        library.prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE


def write_whole(folder: Path, name: str, text: str) -> None:
    """Write a file under a new random name and rename it over whatever is there."""
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".writing-")
    with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as opened:
        opened.write(text)
    Path(temporary).chmod(0o644)
    target = folder / name
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target, ignore_errors=True)
    Path(temporary).replace(target)


def keep_findings(places: Collection[Path], output: Path) -> None:
    """Take findings.json from where the notebook wrote it if it ignored OUTPUT_DIR."""
    if os.path.lexists(output / "findings.json"):
        return
    for place in places:
        try:
            write_whole(output, "findings.json", decode_text(read_file(place, "findings.json", 8 << 20)))
        except (ValueError, OSError):
            continue
        return


def execute(book: Any, folder: Path, cell_seconds: float) -> tuple[int, str, str]:
    """Run the notebook in place; return our exit code, a state and the first line of what went wrong."""
    client = CappedClient(
        book,
        timeout=cell_seconds,
        startup_timeout=120,
        kernel_name="python3",
        allow_errors=False,
        force_raise_errors=True,
        skip_cells_with_tag="",
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        return 0, "error", clean(f"{error.ename}: {error.evalue}", 500)
    except CellTimeoutError:
        return CELL_TIMEOUT, "timeout", f"a cell ran over {cell_seconds:g} s"
    except DeadKernelError:
        return KERNEL_DEAD, "dead", "the kernel died"
    return 0, "ok", ""


def main() -> int:
    """Find, run and keep the notebook; the exit codes are in the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebook", help="path inside the submission; found by itself where absent")
    parser.add_argument("--cell-seconds", type=float, default=600)
    options = parser.parse_args()
    root, output = Path(os.environ["SUBMISSION_DIR"]).resolve(), Path(os.environ["OUTPUT_DIR"]).resolve()
    files = list_files(root)
    path = options.notebook
    if path not in files:
        path = find_notebook(root, files, stated_path(root, files, {"notebook", "audit"}))
    if path is None:
        emit({"state": "absent", "notebook": None, "error": "no notebook in the submission", "seconds": 0.0})
        return 0
    try:
        book = normalised(read_cells(parse_json(read_file(root, path, NOTEBOOK_CAP))), path)
    except ValueError as error:
        emit({"state": "unreadable", "notebook": clean(path), "error": clean(error), "seconds": 0.0})
        return 0
    shield()
    started = time.monotonic()
    scratch = Path(tempfile.mkdtemp(prefix="notebook-"))
    work = scratch / "submission"
    work.mkdir()
    copy_submission(root, files, work)
    folder = (work / path).parent
    data = os.environ.get("DATA_DIR")
    for place in {work, folder} if data else ():
        if not (place / "data").exists():
            (place / "data").symlink_to(Path(str(data)).resolve())
    os.environ["OUTPUT_DIR"] = str(output)
    if data:
        os.environ["DATA_DIR"] = str(Path(data).resolve())
    for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        os.environ[name] = str(scratch / name.lower())
        (scratch / name.lower()).mkdir()
    try:
        code, state, reason = execute(book, folder, options.cell_seconds)
    finally:
        end_descendants()
        write_whole(output, "executed.ipynb", json.dumps(book))
    keep_findings([folder, work], output)
    shutil.rmtree(scratch, ignore_errors=True)
    seconds = round(time.monotonic() - started, 3)
    emit({"state": state, "notebook": clean(path), "error": reason, "seconds": seconds})
    return code


if __name__ == "__main__":
    sys.exit(main())
