"""Submissions are opened by strict rules: hostile ones are refused by name, ordinary mess is left out and listed."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from grader import intake
from grader.errors import SubmissionError
from grader.intake import checked_parts, open_submission


def zipped(path: Path, files: dict[str, bytes], links: tuple[str, ...] = ()) -> Path:
    """Write a zip with these entries; `links` are symbolic links."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=zipfile.ZIP_DEFLATED)
        for name in links:
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o120777 << 16
            archive.writestr(info, "/etc/passwd")
    return path


def tarred(path: Path, members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w:gz") -> Path:
    """Write a tar with these members."""
    with tarfile.open(path, mode) as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """A tar member of a kind."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def refused(path: Path, tmp_path: Path) -> SubmissionError:
    """Open what must be refused."""
    with pytest.raises(SubmissionError) as caught:
        open_submission(path, tmp_path / "opened")
    assert caught.value.exit_code == 3
    return caught.value


FILES = {"README.md": b"hello", "app/main.py": b"x = 1\n"}


def test_folder_zip_and_tar_give_the_same_submission(tmp_path: Path) -> None:
    """The form of delivery changes neither the files nor the hash; a sub-folder root is looked into."""
    for name, content in FILES.items():
        target = tmp_path / "ada-main" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    forms = (
        tmp_path / "ada-main",
        zipped(tmp_path / "a.zip", {f"ada-main/{n}": c for n, c in FILES.items()}),
        zipped(tmp_path / "b.zip", FILES),
        tarred(tmp_path / "a.tar.gz", [(member(f"./ada-main/{n}"), c) for n, c in FILES.items()]),
        tarred(tmp_path / "a.tar", [(member(n), c) for n, c in FILES.items()], "w"),
    )
    opened = [open_submission(form, tmp_path / f"out{i}") for i, form in enumerate(forms)]
    assert {o.sha256 for o in opened} == {opened[0].sha256}
    assert [o.files for o in opened] == [{"README.md": 5, "app/main.py": 6}] * 5
    assert opened[0].name == f"submission-{opened[0].sha256[:8]}"


def test_a_tar_that_ends_with_a_zip_is_a_tar(tmp_path: Path) -> None:
    """An inner archive's signature near the end does not decide how the outer one is read."""
    inner = zipped(tmp_path / "inner.zip", {"only.txt": b"x"}).read_bytes()
    outer = tarred(
        tmp_path / "outer.tar", [(member("README.md"), b"hello"), (member("inner.zip"), inner)], "w"
    )
    assert set(open_submission(outer, tmp_path / "opened").files) == {"README.md", "inner.zip"}


@pytest.mark.parametrize(
    ("name", "rule"),
    [("../x", "leaves-tree"), ("a/../../x", "leaves-tree"), ("/etc/x", "absolute-name"), ("C:\\x", "absolute-name"),
     ("..\\x", "leaves-tree"), ("a\x1b[31m", "hostile-name"), ("a\nb", "hostile-name"), ("a\u202eb", "hostile-name"),
     ("a\u2028b", "hostile-name"), ("/".join("d" * 30), "too-deep"), ("n" * 300, "long-name")],
)  # fmt: skip
def test_hostile_names_are_refused(tmp_path: Path, name: str, rule: str) -> None:
    """Names that leave the tree, are absolute, hide characters or are excessive break a named rule."""
    with pytest.raises(SubmissionError) as caught:
        checked_parts(name)
    assert caught.value.rule == rule
    assert refused(tarred(tmp_path / "a.tar", [(member(name), b"x")], "w"), tmp_path).rule == rule


def test_zip_slip_writes_nothing_outside(tmp_path: Path) -> None:
    """An entry that climbs out is refused by name and leaves no file beside the target."""
    error = refused(zipped(tmp_path / "a.zip", {"ok.txt": b"x", "../evil.txt": b"x"}), tmp_path)
    assert "evil" in str(error)
    assert not (tmp_path / "evil.txt").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    """Only regular files pass, whatever a link points to."""
    path = tarred(
        tmp_path / "a.tar.gz", [(member("README.md"), b"x"), (member("bad", kind, "README.md"), b"")]
    )
    error = refused(path, tmp_path)
    assert error.rule == "link"
    assert "bad" in str(error)


def test_links_in_zip_and_folder_are_refused(tmp_path: Path) -> None:
    """A symbolic link is refused in every form of delivery."""
    assert refused(zipped(tmp_path / "a.zip", FILES, ("bad",)), tmp_path).rule == "link"
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "bad").symlink_to("/etc/passwd")
    with pytest.raises(SubmissionError) as caught:
        open_submission(folder, tmp_path / "again")
    assert caught.value.rule == "link"


def test_a_fifo_in_a_folder_does_not_hang(tmp_path: Path) -> None:
    """A named pipe is refused without waiting for a writer."""
    folder = tmp_path / "folder"
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    assert refused(folder, tmp_path).rule == "special-file"


@pytest.mark.parametrize(
    "names", [("Readme.md", "README.md"), ("caf\u00e9", "cafe\u0301"), ("a", "a/b"), ("a/b", "a")]
)
def test_colliding_names_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    """Names that one file system would take for the same, and a file that is also a folder."""
    path = tarred(tmp_path / "a.tar", [(member(name), b"x") for name in names], "w")
    assert refused(path, tmp_path).rule == "duplicate-name"


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ratio, size of a file, total and number of entries are bounded."""
    monkeypatch.setattr(intake, "RATIO_FROM", 1000)
    ratio = zipped(tmp_path / "ratio.zip", {"zeros": bytes(10**6)})
    assert refused(ratio, tmp_path / "1").rule == "compression-ratio"
    monkeypatch.setattr(intake, "MAX_FILE", 10)
    assert refused(zipped(tmp_path / "file.zip", {"big": b"x" * 11}), tmp_path / "2").rule == "file-too-large"
    monkeypatch.setattr(intake, "MAX_TOTAL", 15)
    two = zipped(tmp_path / "total.zip", {"a": b"x" * 9, "b": b"y" * 9})
    assert refused(two, tmp_path / "3").rule == "too-large"
    monkeypatch.setattr(intake, "MAX_ENTRIES", 3)
    many = zipped(tmp_path / "many.zip", {f"f{i}": b"" for i in range(4)})
    assert refused(many, tmp_path / "4").rule == "too-many-entries"


def test_a_size_that_lies_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is what comes out, not what the archive announces."""
    monkeypatch.setattr(intake, "MAX_FILE", 1000)
    path = zipped(tmp_path / "a.zip", {"zeros": bytes(5000)})
    raw = path.read_bytes().replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(raw)
    assert refused(path, tmp_path).rule in ("damaged", "too-large", "compression-ratio")


def test_damaged_archives_are_refused_without_traceback(tmp_path: Path) -> None:
    """Garbage, cut and bit-flipped archives of every kind end as `damaged`."""
    content = {f"f{i}": os.urandom(3000) for i in range(5)}
    whole = {
        "a.zip": zipped(tmp_path / "w.zip", content).read_bytes(),
        "a.tar.gz": tarred(tmp_path / "w.tar.gz", [(member(n), c) for n, c in content.items()]).read_bytes(),
        "a.tar.xz": tarred(
            tmp_path / "w.tar.xz", [(member(n), c) for n, c in content.items()], "w:xz"
        ).read_bytes(),
    }
    damaged = {"garbage.zip": b"not an archive", "empty.zip": b"", "pk.zip": b"PK\x03\x04" + b"x" * 50}
    for name, raw in whole.items():
        damaged[f"cut-{name}"] = raw[: len(raw) // 2]
        for place in (len(raw) // 3, len(raw) // 2, len(raw) - 6):
            damaged[f"flip{place}-{name}"] = raw[:place] + bytes([raw[place] ^ 0xFF]) + raw[place + 1 :]
    outcomes = {}
    for name, raw in damaged.items():
        path = tmp_path / name
        path.write_bytes(raw)
        try:
            open_submission(path, tmp_path / f"out-{name}")
            outcomes[name] = "opened"
        except SubmissionError as error:
            outcomes[name] = error.rule
    assert {outcomes[n] for n in ("garbage.zip", "empty.zip", "pk.zip")} <= {"damaged", "empty"}
    assert set(outcomes.values()) <= {
        "damaged",
        "opened",
        "empty",
        "hostile-name",
        "link",
        "compression-ratio",
    }
    assert list(outcomes.values()).count("damaged") >= 9


def test_junk_is_left_out_and_listed(tmp_path: Path) -> None:
    """Virtual environments with their links, caches and system files are no reason to refuse."""
    junk = {
        "__MACOSX/._README.md": b"",
        ".git/config": b"",
        "app/__pycache__/m.pyc": b"",
        ".DS_Store": b"",
        "._x": b"",
    }
    links = (".venv/bin/python", "app/node_modules/" + "deep/" * 30 + "x")
    opened = open_submission(zipped(tmp_path / "a.zip", {**FILES, **junk}, links), tmp_path / "opened")
    assert set(opened.files) == set(FILES)
    assert {".venv", ".git", "__MACOSX", "app/__pycache__", "app/node_modules", ".DS_Store", "._x"} == set(
        opened.skipped
    )
    venv = [
        (member(".venv/bin/python", tarfile.SYMTYPE, "/usr/bin/python3"), b""),
        (member("README.md"), b"x"),
    ]
    again = open_submission(tarred(tmp_path / "a.tar.gz", venv), tmp_path / "again")
    assert (set(again.files), again.skipped) == ({"README.md"}, (".venv",))


def test_many_left_out_entries_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit on entries is about what is kept."""
    monkeypatch.setattr(intake, "MAX_ENTRIES", 3)
    path = zipped(tmp_path / "a.zip", {**FILES, **{f".venv/{i}": b"" for i in range(50)}})
    assert len(open_submission(path, tmp_path / "opened").files) == 2


def test_a_missing_or_empty_submission_says_so(tmp_path: Path) -> None:
    """No path, no files, or nothing but junk."""
    assert refused(tmp_path / "nowhere", tmp_path / "1").rule == "missing"
    (tmp_path / "hollow" / ".git").mkdir(parents=True)
    (tmp_path / "hollow" / ".git" / "config").write_text("x")
    assert refused(tmp_path / "hollow", tmp_path / "2").rule == "empty"
