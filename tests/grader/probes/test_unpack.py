"""The rules of intake, asked of names, of damaged and nested archives, and of whatever hypothesis thinks of."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.probes.unpack.frames import Frames, FrameSink
from grader.probes.unpack.nested import Nested
from grader.probes.unpack.rules import EntryRules, RefusedError, checked_parts, junk_folder
from tests.grader.archives import member, opened, refused, tarred, zipped

RULES = EntryRules()


@pytest.mark.parametrize(
    ("name", "rule"),
    [("../x", "leaves-tree"), ("a/../../x", "leaves-tree"), ("/etc/x", "absolute-name"), ("C:\\x", "absolute-name"),
     ("..\\x", "leaves-tree"), ("a\x1b[31m", "hostile-name"), ("a\nb", "hostile-name"), ("a\u202eb", "hostile-name"),
     ("a\u2028b", "hostile-name"), ("a\ue000", "hostile-name"), ("\udcff", "hostile-name"),
     ("\\\\host\\x", "absolute-name"),
     ("/".join("d" * 30), "too-deep"), ("n" * 300, "long-name"), ("/".join(["d" * 150] * 8), "long-name")],
)  # fmt: skip
def test_hostile_names_are_refused(tmp_path: Path, name: str, rule: str) -> None:
    """Names that leave the tree, are absolute, hide characters or are excessive break a named rule."""
    with pytest.raises(RefusedError) as caught:
        checked_parts(name, RULES)
    assert caught.value.rule == rule
    for kind in (tarfile.REGTYPE, tarfile.DIRTYPE):
        path = tarred(tmp_path / f"{kind!r}.tar", [(member(name, kind), b"")], "w")
        assert refused(path, tmp_path / "out" / repr(kind)).rule == rule


@given(st.text(max_size=40))
def test_a_name_that_passes_stays_inside(name: str) -> None:
    """Any text is either refused by a rule or becomes parts that no file system reads as a way out."""
    try:
        parts = checked_parts(name, RULES)
    except RefusedError:
        return
    assert parts
    assert not {"..", "."} & set(parts)
    assert not any(c in part for part in parts for c in "/\\\0\n")
    assert Path("/fresh").joinpath(*parts).resolve().is_relative_to("/fresh")


@given(st.lists(st.sampled_from(["app", ".git", "x", "__pycache__", "._a", "Venv"]), min_size=1, max_size=5))
def test_junk_is_found_at_its_first_folder(parts: list[str]) -> None:
    """What is left out is named by the shortest path that says so, in either way to write a path."""
    junk = [i for i, part in enumerate(parts) if part in (".git", "__pycache__", "._a")]
    expected = "/".join(parts[: junk[0] + 1]) if junk else None
    assert junk_folder("/".join(parts)) == expected
    assert junk_folder("\\".join(parts)) == expected


@pytest.mark.parametrize("values", [{"entries": 0}, {"total_bytes": -1}])
def test_rules_that_allow_nothing_are_refused(values: dict[str, int]) -> None:
    """A limits file cannot set a bound below one."""
    with pytest.raises(ValueError, match="expected at least 1"):
        EntryRules(**values)


names = st.text("ab/.\\:\u00e9\u0301 ", min_size=1, max_size=12)
contents = st.binary(max_size=200)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(names, contents, st.sampled_from("fdls")), max_size=8), st.booleans())
def test_any_tree_is_opened_or_refused_by_a_rule(entries: list[tuple[str, bytes, str]], as_zip: bool) -> None:
    """Whatever names, kinds and contents an archive has, what is kept lies inside and is a regular file."""
    with tempfile.TemporaryDirectory() as scratch:
        path, target = Path(scratch, "a"), Path(scratch, "out")
        if as_zip:
            files = {name: content for name, content, kind in entries if kind != "s"}
            zipped(path, files, {name: content.hex()[:9] for name, content, kind in entries if kind == "s"})
        else:
            kinds = {"f": tarfile.REGTYPE, "d": tarfile.DIRTYPE, "l": tarfile.LNKTYPE, "s": tarfile.SYMTYPE}
            members = [(member(n, kinds[k], "a/b"), c if k == "f" else b"") for n, c, k in entries]
            tarred(path, members, "w")
        try:
            found = opened(path, target)
            kept = {p for p in target.rglob("*") if not p.is_dir()}
            assert {found.folder / name for name in found.files} == kept
            assert all(p.is_file() and not p.is_symlink() for p in kept)
        except SubmissionError:
            kept = set()
        assert {p.name for p in Path(scratch).iterdir()} == {"a", "out"}


def whole_archives(folder: Path) -> dict[str, bytes]:
    """Return intact archives of every kind that is read."""
    content = {f"folder/f{i}": os.urandom(700) + bytes(700) for i in range(4)}
    members = [(member(n), c) for n, c in content.items()]
    raw = {"a.zip": zipped(folder / "w.zip", content).read_bytes()}
    for kind in ("", ":gz", ":bz2", ":xz"):
        raw[f"a.tar{kind}"] = tarred(folder / f"w{kind}", members, f"w{kind}").read_bytes()
    return raw


def test_damaged_archives_are_refused_without_traceback(tmp_path: Path) -> None:
    """Garbage, cut and altered archives of every kind are opened or refused by a rule, and mostly `damaged`."""
    rng = random.Random(7)
    damaged = {
        "garbage": b"not an archive",
        "empty": b"",
        "pk": b"PK\x03\x04" + b"x" * 50,
        "pk2": b"PK\x05\x06" + b"\xff" * 18,
    }
    for name, raw in whole_archives(tmp_path).items():
        damaged[f"cut-{name}"] = raw[: len(raw) // 2]
        for turn in range(12):
            altered = bytearray(raw)
            for _ in range(rng.choice((1, 3, 20))):
                altered[rng.randrange(len(altered))] = rng.choice((0, 255, rng.randrange(256)))
            damaged[f"{turn}-{name}"] = bytes(altered)
    rules = []
    for number, raw in enumerate(damaged.values()):
        path = tmp_path / f"case{number}"
        path.write_bytes(raw)
        try:
            opened(path, tmp_path / f"out{number}")
        except SubmissionError as error:
            rules.append(error.rule)
    assert rules.count("damaged") > len(damaged) / 3


def bomb(size: int) -> bytes:
    """Return a zip of one file of zeros."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(size))
    return raw.getvalue()


def test_bombs_inside_archives_are_refused(tmp_path: Path) -> None:
    """What the archives inside would unpack to is bounded too: in zips of zips, and in every compression."""
    rules, zeros = EntryRules(nested_bytes=500_000), bytes(600_000)
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as archive:
        archive.writestr("inner.zip", bomb(600_000))
    inner = {"b.zip": bomb(600_000), "c.zip": twice.getvalue(), "d.gz": gzip.compress(zeros)}
    inner |= {"e.bz2": bz2.compress(zeros), "f.xz": lzma.compress(zeros)}
    for name, content in inner.items():
        error = refused(zipped(tmp_path / name, {name: content}), tmp_path / "out" / name, rules)
        assert (error.rule, name in str(error)) == ("nested-bomb", True), name
    two = zipped(tmp_path / "two.zip", {"a.zip": bomb(300_000), "b.zip": bomb(300_000)})
    assert refused(two, tmp_path / "both", rules).rule == "nested-bomb"


def test_ordinary_archives_inside_are_files_like_any_other(tmp_path: Path) -> None:
    """A packed table, a damaged zip and a file that only begins like one are kept as they are."""
    inner = {
        "a.csv.gz": gzip.compress(b"x" * 1000),
        "b.zip": bomb(1000)[:-30],
        "c.txt": b"PK\x03\x04 is how a zip begins",
        "d.xz": b"\xfd7zXZ\x00 cut",
    }
    found = opened(zipped(tmp_path / "a.zip", inner), tmp_path / "out")
    assert {name: (found.folder / name).read_bytes() for name in found.files} == inner


@given(
    st.lists(st.tuples(st.text("ab", min_size=1, max_size=3), st.lists(st.binary(max_size=50))), max_size=5)
)
def test_frames_bring_back_what_was_written(files: list[tuple[str, list[bytes]]]) -> None:
    """Names and contents survive the stream between the unpacker and the host, however they are cut."""
    stream = io.BytesIO()
    sink = FrameSink(stream, Nested(RULES))
    for name, chunks in files:
        sink.file((name,), [chunk for chunk in chunks if chunk])
    sink.line({"end": ["left"]})
    stream.seek(0)
    frames, found = Frames(stream), []
    for entry in frames.entries():
        assert entry.open is not None
        with entry.open() as content:
            found.append((entry.name, b"".join(iter(lambda: content.read(9), b""))))
    assert found == [(name, b"".join(chunks)) for name, chunks in files]
    assert frames.left_out == ("left",)
