"""Change bytes, archives and notebooks in the ways that break readers; all chance comes from the generator given."""

from __future__ import annotations

import copy
import io
import json
import random
import tarfile
import warnings
import zipfile
from typing import Any

KINDS = (tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE,
         tarfile.CONTTYPE, tarfile.GNUTYPE_SPARSE)  # fmt: skip
NAMES = ("../up", "/etc/x", "a" * 300, "x\x1b[2J", "\u202egpj.exe", "README.md", "readme.MD", "app", "app/main.py/x",
         ".git/config", "C:\\x", "a\\b", "./././x", "", ".", "d/" * 25 + "x", "\u00e9", "e\u0301", "x\n")  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 10**400, 1e308, float("nan"), float("inf"), "", "\x00", "\ud800", "x" * 70_000, [], {}, [[]],
    [None], {"": {}}, "NaN", "1e999", "2024-13", "<script>", "\u202e", ["a"] * 3000,
)  # fmt: skip

NO_NOTEBOOKS = (
    b"", b"null", b"[]", b"\x00" * 100, b"{}", b'{"cells": 3}', b'{"cells": [[]]}', b"\xff\xfe",
    b'{"worksheets": [{"cells": []}]}', b"version https://git-lfs.github.com/spec/v1\n",
)  # fmt: skip


def altered(raw: bytes, rng: random.Random) -> tuple[str, bytes]:
    """Change some bytes; return what was done and the result."""
    content = bytearray(raw)
    place, width = rng.randrange(len(content) + 1), rng.choice((1, 4, 64, 1024))
    match rng.choice(("flip", "flip", "extreme", "cut", "drop", "repeat", "zero", "insert", "swap")):
        case "flip":
            for _ in range(rng.choice((1, 2, 8, 64))):
                if content:
                    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            return "flip", bytes(content)
        case "extreme":
            value = rng.choice(
                (b"\xff" * 8, b"\x00" * 8, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x80" + bytes(7))
            )
            content[place : place + len(value)] = value
            return "extreme", bytes(content)
        case "cut":
            return "cut", bytes(content[:place])
        case "drop":
            return "drop", bytes(content[:place] + content[place + width :])
        case "repeat":
            block = content[place : place + width]
            return "repeat", bytes(content[:place] + block * rng.choice((2, 50)) + content[place:])
        case "zero":
            return "zero", bytes(
                content[:place] + bytes(len(content[place : place + width])) + content[place + width :]
            )
        case "insert":
            return "insert", bytes(content[:place]) + rng.randbytes(width) + bytes(content[place:])
        case _:
            other = rng.randrange(len(content) + 1)
            low, high = sorted((place, other))
            return "swap", bytes(content[high:] + content[low:high] + content[:low])


def packed(files: dict[str, bytes], form: str) -> bytes:
    """Return an archive of these files: `zip`, or a tar mode of the standard library without its `w`."""
    buffer = io.BytesIO()
    if form == "zip":
        with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            warnings.simplefilter("ignore")
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name), content)
        return buffer.getvalue()
    with tarfile.open(fileobj=buffer, mode=f"w{form}") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def hostile_tree(files: dict[str, bytes], rng: random.Random) -> bytes:
    """Return a well-formed archive with entries of hostile names, kinds and targets among the ordinary ones."""
    buffer = io.BytesIO()
    odd = [(rng.choice(NAMES), rng.choice(NAMES), rng.choice(KINDS)) for _ in range(rng.choice((1, 2, 5)))]
    if rng.random() < 0.4:
        with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
            warnings.simplefilter("ignore")
            for name, target, kind in odd:
                info = zipfile.ZipInfo(name or "x")
                info.external_attr = rng.choice((0, 0o120777, 0o010644, 0o060644, 0o100644, 0o177777)) << 16
                archive.writestr(
                    info, target.encode("utf-8", "surrogatepass") if kind == tarfile.SYMTYPE else b"x"
                )
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name), content)
        return buffer.getvalue()
    form = rng.choice((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT))
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, target, kind in odd:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            info.mode, info.size = rng.choice((0o644, 0o6777, 0)), 0
            if form == tarfile.PAX_FORMAT and rng.random() < 0.3:
                info.pax_headers = {
                    rng.choice(("size", "path", "mtime", "GNU.sparse.size")): rng.choice(
                        ("-1", "9" * 20, "x")
                    )
                }
            archive.addfile(info)
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def odd_notebook(book: dict[str, Any], rng: random.Random) -> tuple[str, bytes]:
    """Change a notebook's structure, its text or its encoding; return what was done and the file."""
    way = rng.choice(("structure", "structure", "structure", "bytes", "encoding", "depth", "other"))
    if way == "structure":
        changed = copy.deepcopy(book)
        for _ in range(rng.choice((1, 1, 3, 10))):
            changed = _odd_value(changed, rng)
        return way, json.dumps(changed, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    raw = json.dumps(book).encode()
    if way == "bytes":
        done, content = altered(raw, rng)
        return done, content
    if way == "encoding":
        encoding = rng.choice(("utf-16", "utf-8-sig", "utf-32", "latin-1", "utf-7", "utf-16-le"))
        return way, json.dumps(book, ensure_ascii=False).encode(encoding)
    if way == "depth":
        deep = rng.choice((50, 2_000, 200_000))
        opening, closing = rng.choice((("[", "]"), ('{"a":', "}")))
        return way, raw.replace(
            b'"metadata": {}', b'"metadata": ' + (opening * deep + "1" + closing * deep).encode(), 1
        )
    return way, rng.choice((*NO_NOTEBOOKS, raw * 2))


def _odd_value(value: Any, rng: random.Random) -> Any:
    """Return the value with one part, somewhere below, removed, doubled or replaced."""
    if isinstance(value, dict) and value and rng.random() < 0.85:
        key = rng.choice(sorted(value))
        if rng.random() < 0.15:
            return {k: v for k, v in value.items() if k != key}
        return {**value, key: _odd_value(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.85:
        place = rng.randrange(len(value))
        if rng.random() < 0.15:
            return [*value, *value[place:]]
        return [*value[:place], _odd_value(value[place], rng), *value[place + 1 :]]
    return rng.choice(VALUES)
