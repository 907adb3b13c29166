"""Attacks on intake: archives and folders that climb out, link out, hide, collide, explode or stall."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.attacks.case import Attack, Got

Add = Callable[[zipfile.ZipFile], None]
AddTar = Callable[[tarfile.TarFile], None]


def _zip(folder: Path, add: Add) -> Path:
    """Pack the submission as a zip and let the attack add to it."""
    path = folder.parent / "given.zip"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.filterwarnings("ignore", "Duplicate name")
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(file, file.relative_to(folder).as_posix())
        add(archive)
    return path


def _tar(folder: Path, add: AddTar) -> Path:
    """Pack the submission as a tar.gz and let the attack add to it."""
    path = folder.parent / "given.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.add(file, file.relative_to(folder).as_posix())
        add(archive)
    return path


def _named(name: str, content: bytes = b"x") -> Callable[[Path], Path]:
    return lambda folder: _zip(folder, lambda archive: archive.writestr(zipfile.ZipInfo(name), content))


def _zip_link(name: str, target: str) -> Callable[[Path], Path]:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return lambda folder: _zip(folder, lambda archive: archive.writestr(info, target))


def _tar_entry(name: str, kind: bytes, target: str = "") -> Callable[[Path], Path]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.devmajor, info.devminor = kind, target, 1, 3
    return lambda folder: _tar(folder, lambda archive: archive.addfile(info))


def link_then_write_through(folder: Path) -> Path:
    """A link to a folder outside, then a file through that link."""
    link = tarfile.TarInfo("out")
    link.type, link.linkname = tarfile.SYMTYPE, "/tmp"
    through = tarfile.TarInfo("out/attack-was-here")
    through.size = 1

    def add(archive: tarfile.TarFile) -> None:
        archive.addfile(link)
        archive.addfile(through, io.BytesIO(b"x"))

    return _tar(folder, add)


def nothing_through_the_link(got: Got) -> str | None:
    """Say where the file was written outside after all."""
    return "written through the link" if Path("/tmp/attack-was-here").exists() else None


def two_readmes(folder: Path) -> Path:
    """The same name twice, so that two readers see different texts."""
    return _zip(folder, lambda archive: archive.writestr("README.md", "another text"))


def bomb(folder: Path) -> Path:
    """One entry of zeros that unpacks to more than a thousand times its size."""
    return _zip(folder, lambda archive: archive.writestr("zeros.bin", bytes(64 << 20)))


def bomb_in_a_bomb(folder: Path) -> Path:
    """A zip of zips of zeros, each level harmless by itself."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(12):
            archive.writestr(f"{number}.bin", bytes(200 << 20 if number == 0 else 1 << 20))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_STORED) as archive:
        for number in range(12):
            archive.writestr(f"{number}.zip", inner.getvalue())
    return _zip(folder, lambda archive: archive.writestr("data.zip", outer.getvalue()))


def _inside(pack: Callable[[Path], Path]) -> Callable[[Path], Path]:
    """Return the same archive as the only file of another, which is opened too."""

    def apply(folder: Path) -> Path:
        inner = pack(folder)
        outer = folder.parent / "outer.zip"
        with zipfile.ZipFile(outer, "w") as archive:
            archive.write(inner, f"ada/{inner.name}")
        return outer

    return apply


def overlapping_entries(folder: Path) -> Path:
    """Many directory entries that share one body, so that the packed size says nothing."""
    body = gzip.compress(bytes(1 << 20))[10:-8]
    local = (
        struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 33, 0, len(body), 1 << 20, 1, 0) + b"a" + body
    )
    central, count = b"", 3000
    for number in range(count):
        name = f"{number:06}".encode()
        central += (
            struct.pack(
                "<IHHHHHHIIIHHHHHII",
                0x02014B50,
                20,
                20,
                0,
                8,
                0,
                33,
                0,
                len(body),
                1 << 20,
                len(name),
                0,
                0,
                0,
                0,
                0,
                0,
            )
            + name
        )
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(central), len(local), 0)
    path = folder.parent / "given.zip"
    path.write_bytes(local + central + end)
    return path


def too_many_entries(folder: Path) -> Path:
    """Twenty-five thousand empty files."""

    def add(archive: zipfile.ZipFile) -> None:
        for number in range(25_000):
            archive.writestr(f"many/{number}", b"")

    return _zip(folder, add)


def lying_size(folder: Path) -> Path:
    """A directory entry that says one byte for a body of 400 MiB."""
    path = _zip(folder, lambda archive: archive.writestr("big.bin", bytes(400 << 20)))
    raw = path.read_bytes()
    path.write_bytes(raw.replace(struct.pack("<I", 400 << 20), struct.pack("<I", 1)))
    return path


def encrypted(folder: Path) -> Path:
    """Entries marked as encrypted, for which a program might ask for a password."""
    path = _zip(folder, lambda archive: archive.writestr("secret.txt", "x"))
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset] |= 1
            at = raw.find(mark, at + 4)
    path.write_bytes(bytes(raw))
    return path


def sparse_tar(folder: Path) -> Path:
    """A sparse entry of a terabyte."""
    info = tarfile.TarInfo("sparse")
    info.type = tarfile.GNUTYPE_SPARSE
    info.size = 1 << 40
    path = folder.parent / "given.tar"
    with tarfile.open(path, "w") as archive:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.add(file, file.relative_to(folder).as_posix())
    raw = path.read_bytes().rstrip(b"\0")
    raw += b"\0" * (-len(raw) % 512)
    path.write_bytes(raw + info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
    return path


def not_an_archive(folder: Path) -> Path:
    """Noise under the name of an archive."""
    path = folder.parent / "given.zip"
    path.write_bytes(os.urandom(1 << 16))
    return path


def pipe_in_folder(folder: Path) -> None:
    """A pipe where a program that opens it would wait for ever."""
    os.mkfifo(folder / "evaluation" / "wait")


def link_to_passwords(folder: Path) -> None:
    """A README that is a link to a file of the machine, to be shown in the report."""
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to("/etc/passwd")


def git_hook(folder: Path) -> None:
    """A checkout whose configuration and hooks run commands for whoever uses git on it."""
    hooks = folder / ".git" / "hooks"
    hooks.mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / ".git" / "config").write_text(
        "[core]\n\tfsmonitor = touch /tmp/attack-git\n\tpager = touch /tmp/attack-git\n"
    )
    (hooks / "post-checkout").write_text("#!/bin/sh\ntouch /tmp/attack-git\n")
    (hooks / "post-checkout").chmod(0o755)


def no_git_ran(got: Got) -> str | None:
    """Say where a hook has left its mark."""
    return "a command of the checkout ran" if Path("/tmp/attack-git").exists() else None


def modes_set(folder: Path) -> Path:
    """The same files, set-uid and writable for everybody."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o6777)
    return _tar(folder, lambda archive: None)


def no_mode_kept(got: Got) -> str | None:
    """Say where a mode of the archive has survived."""
    odd = [p.name for p in got.work.rglob("*") if p.is_file() and p.stat().st_mode & 0o6022]
    return f"modes kept on {odd}" if odd else None


R = "intake REJECTED_INTAKE"
ATTACKS = (
    Attack(
        "archive-slip",
        "intake",
        "writes beside the submission through `..`",
        f"{R} [leaves-tree]",
        _named("../outside.txt"),
        quick=True,
    ),
    Attack(
        "archive-absolute",
        "intake",
        "writes to a path of the machine",
        f"{R} [absolute-name]",
        _named("/etc/cron.d/x"),
    ),
    Attack(
        "archive-windows-path",
        "intake",
        "the same with a drive letter",
        f"{R} [absolute-name]",
        _named("C:\\x.txt"),
    ),
    Attack(
        "archive-backslash-slip",
        "intake",
        "`..` behind backslashes",
        f"{R} [leaves-tree]",
        _named("a\\..\\..\\x.txt"),
    ),
    Attack(
        "archive-symlink-zip",
        "intake",
        "a link to the machine's passwords",
        f"{R} [link",
        _zip_link("notes.txt", "/etc/passwd"),
        quick=True,
    ),
    Attack(
        "archive-symlink-up",
        "intake",
        "a link out of the tree by `..`",
        f"{R} [link",
        _zip_link("notes.txt", "../../../etc/passwd"),
    ),
    Attack(
        "archive-hardlink",
        "intake",
        "a hard link to a file of the machine",
        f"{R} [",
        _tar_entry("notes.txt", tarfile.LNKTYPE, "/etc/passwd"),
    ),
    Attack(
        "archive-link-then-through",
        "intake",
        "a link outside, then a file through it",
        f"{R} [",
        link_then_write_through,
        nothing_through_the_link,
    ),
    Attack(
        "archive-device",
        "intake",
        "a device node",
        f"{R} [special-file]",
        _tar_entry("null", tarfile.CHRTYPE),
    ),
    Attack(
        "archive-fifo",
        "intake",
        "a pipe that blocks its reader",
        f"{R} [special-file]",
        _tar_entry("wait", tarfile.FIFOTYPE),
    ),
    Attack(
        "archive-newline-name",
        "intake",
        "a name with a line break forges log lines",
        f"{R} [hostile-name]",
        _named("a\nOK: 100 points"),
    ),
    Attack(
        "archive-ansi-name",
        "intake",
        "a name that steers the terminal",
        f"{R} [hostile-name]",
        _named("\x1b[2Jclean.txt"),
    ),
    Attack(
        "archive-bidi-name",
        "intake",
        "a name that reads backwards",
        f"{R} [hostile-name]",
        _named("a\u202etxt.exe"),
    ),
    Attack(
        "archive-case-collision",
        "intake",
        "two names that differ in case only",
        f"{R} [",
        _named("ReadMe.MD"),
    ),
    Attack(
        "archive-duplicate",
        "intake",
        "two files of one name, one for each reader",
        f"{R} [",
        two_readmes,
        quick=True,
    ),
    Attack(
        "archive-long-name", "intake", "a name no file system holds", f"{R} [long-name]", _named("n" * 255)
    ),
    Attack(
        "archive-deep", "intake", "a thousand folders deep", f"{R} [", _named("/".join(["d"] * 400) + "/x")
    ),
    Attack("archive-bomb", "intake", "zeros at a ratio of 1000", f"{R} [", bomb, quick=True),
    Attack("archive-nested-bomb", "intake", "bombs inside archives", f"{R} [", bomb_in_a_bomb),
    Attack(
        "archive-inside-slip",
        "intake",
        "`..` in an archive in an archive",
        f"{R} [leaves-tree]",
        _inside(_named("../x")),
    ),
    Attack("archive-inside-bomb", "intake", "zeros in an archive in an archive", f"{R} [", _inside(bomb)),
    Attack("archive-overlap-bomb", "intake", "3,000 entries share one body", f"{R} [", overlapping_entries),
    Attack("archive-many-entries", "intake", "more files than are looked at", f"{R} [", too_many_entries),
    Attack("archive-lying-size", "intake", "400 MiB announced as one byte", f"{R} [", lying_size),
    Attack("archive-encrypted", "intake", "entries that need a password", f"{R} [", encrypted),
    Attack("archive-sparse", "intake", "a sparse entry of a terabyte", f"{R} [", sparse_tar),
    Attack("archive-noise", "intake", "noise named .zip", f"{R} [", not_an_archive),
    Attack("folder-pipe", "intake", "a pipe in a delivered folder", f"{R} [special-file]", pipe_in_folder),
    Attack(
        "folder-link-as-readme",
        "intake",
        "a README that is a link to the machine's passwords",
        f"{R} [link",
        link_to_passwords,
    ),
    Attack("git-hooks", "intake", "a checkout whose hooks run commands", "intake OK", git_hook, no_git_ran),
    Attack(
        "archive-modes", "intake", "set-uid and world-writable modes", "intake OK", modes_set, no_mode_kept
    ),
)
