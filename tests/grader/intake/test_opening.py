"""Submissions are opened by strict rules: hostile ones are refused by name, ordinary mess is left out and listed."""

from __future__ import annotations

import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from grader.errors import SandboxError, SubmissionError
from grader.intake.opening import open_submission, unpack_here
from grader.probes.unpack.rules import EntryRules
from tests.grader.archives import FILES, member, opened, refused, tarred, zipped


def folder_of(path: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return path


def test_every_form_of_delivery_gives_the_same_submission(tmp_path: Path) -> None:
    """Folder, zip, tar, tar.gz: the same files and the same hash; a sub-folder root is looked into."""
    forms = (
        folder_of(tmp_path / "ada-main", FILES),
        zipped(tmp_path / "a.zip", {f"ada-main/{n}": c for n, c in FILES.items()}),
        zipped(tmp_path / "b.zip", FILES),
        tarred(tmp_path / "a.tar.gz", [(member(f"./ada-main/{n}"), c) for n, c in FILES.items()]),
        tarred(tmp_path / "a.tar", [(member(n), c) for n, c in FILES.items()], "w"),
    )
    found = [opened(form, tmp_path / f"out{i}") for i, form in enumerate(forms)]
    assert {o.sha256 for o in found} == {found[0].sha256}
    assert [o.files for o in found] == [{"README.md": 5, "app/main.py": 6}] * 5
    assert found[0].name == f"submission-{found[0].sha256[:8]}"


def test_incident_a_damaged_archive_names_its_file_once_and_says_what_to_do(tmp_path: Path) -> None:
    """The message read "'data.bin': damaged: Bad CRC-32 for file 'data.bin'" and left open what to do."""
    path = tmp_path / "ada.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("data.bin", b"what was sent")
    path.write_bytes(path.read_bytes().replace(b"what was sent", b"what was lost"))
    said = str(refused(path, tmp_path / "out"))
    assert said == f"{path}: REJECTED_INTAKE [damaged] 'data.bin': Bad CRC-32; ask for it again"
    assert "ask for it" not in str(refused(tmp_path / "none.zip", tmp_path / "out2"))


@pytest.mark.parametrize("place", ["ada.zip", "ada/Ada (final).ZIP"])
def test_an_archive_inside_an_archive_was_graded_as_an_empty_submission(tmp_path: Path, place: str) -> None:
    """The archive that is all there is, is opened once: the same files and the same hash."""
    plain = opened(folder_of(tmp_path / "plain", FILES), tmp_path / "out0")
    inner = zipped(tmp_path / "inner.zip", {f"ada/{n}": c for n, c in {**FILES, ".DS_Store": b""}.items()})
    outer = zipped(tmp_path / "outer.zip", {place: inner.read_bytes(), "__MACOSX/._ada.zip": b"x"})
    found = opened(outer, tmp_path / "out")
    assert (found.files, found.sha256) == (plain.files, plain.sha256)
    assert found.skipped == ("__MACOSX", "ada/.DS_Store")
    tar = tarred(tmp_path / "inner.tar.gz", [(member(n), c) for n, c in FILES.items()])
    assert (
        opened(folder_of(tmp_path / "f", {"x.tar.gz": tar.read_bytes()}), tmp_path / "out2").sha256
        == plain.sha256
    )
    beside = zipped(tmp_path / "beside.zip", {**FILES, "data.zip": inner.read_bytes()})
    assert set(opened(beside, tmp_path / "out3").files) == {*FILES, "data.zip"}
    assert not list(tmp_path.glob("*.inner"))


@pytest.mark.parametrize(("name", "content", "rules", "rule"), [
    ("a.rar", b"Rar!\x1a\x07", EntryRules(), "damaged"),
    ("a.zip", b"PK\x03\x04 cut off", EntryRules(), "damaged"),
    ("a.zip", {"../x": b""}, EntryRules(), "leaves-tree"),
    ("a.zip", {"b.zip": b"PK\x03\x04"}, EntryRules(), "nested-archive"),
    ("a.zip", {"a": b"", "b": b"", "c": b""}, EntryRules(entries=2), "too-many-entries"),
    ("a.zip", {"a": bytes(500), "b": bytes(600)}, EntryRules(total_bytes=1000), "too-large"),
    ("a.zip", {"a": bytes(3000)}, EntryRules(ratio=5, ratio_from_bytes=1000), "compression-ratio"),
])  # fmt: skip
def test_an_archive_inside_is_held_to_the_same_rules(
    tmp_path: Path, name: str, content: bytes | dict[str, bytes], rules: EntryRules, rule: str
) -> None:
    """It is refused by its name with exit code 3, and nothing of it is left."""
    if isinstance(content, dict):
        content = zipped(tmp_path / "inner.zip", content).read_bytes()
    error = refused(zipped(tmp_path / "outer.zip", {name: content}), tmp_path / "w" / "out", rules)
    assert (error.rule, f"'{name}' inside" in str(error)) == (rule, True)
    assert not (tmp_path / "w" / "out.inner").exists()


def test_a_git_checkout_is_a_folder_whose_history_is_left_out(tmp_path: Path) -> None:
    """Git is never run on it: a hostile configuration or hook in .git is neither kept nor obeyed."""
    checkout = folder_of(tmp_path / "ada", FILES)
    made = subprocess.run(["git", "init", "-q", str(checkout)], check=False, capture_output=True)
    if made.returncode:
        folder_of(checkout, {".git/HEAD": b"ref: refs/heads/main\n"})
    ran = tmp_path / "ran"
    (checkout / ".git" / "config").write_text(f"[core]\n\tfsmonitor = touch {ran}\n\tpager = touch {ran}\n")
    found = opened(checkout, tmp_path / "out")
    assert (set(found.files), found.skipped) == (set(FILES), (".git",))
    assert not ran.exists()
    worktree = folder_of(tmp_path / "tree", {**FILES, ".git": b"gitdir: /root/elsewhere\n"})
    assert opened(worktree, tmp_path / "out2").skipped == (".git",)


def test_a_tar_that_ends_with_a_zip_is_a_tar(tmp_path: Path) -> None:
    """An inner archive's signature near the end does not decide how the outer one is read."""
    inner = zipped(tmp_path / "inner.zip", {"only.txt": b"x"}).read_bytes()
    outer = tarred(
        tmp_path / "outer.tar", [(member("README.md"), b"hello"), (member("inner.zip"), inner)], "w"
    )
    assert set(opened(outer, tmp_path / "opened").files) == {"README.md", "inner.zip"}


def test_a_slip_writes_nothing_outside(tmp_path: Path) -> None:
    """An entry that climbs out is refused by name and leaves no file beside the target."""
    for number, path in enumerate(
        (
            zipped(tmp_path / "a.zip", {"ok.txt": b"x", "../evil.txt": b"x"}),
            zipped(tmp_path / "b.zip", {"ok.txt": b"x", "../evil.txt/": b""}),
            tarred(tmp_path / "a.tar", [(member("ok.txt"), b"x"), (member("../evil.txt"), b"x")], "w"),
            tarred(tmp_path / "d.tar", [(member("../evil.txt", tarfile.DIRTYPE), b"")], "w"),
        )
    ):
        error = refused(path, tmp_path / "deep" / f"opened{number}")
        assert (error.rule, "evil" in str(error)) == ("leaves-tree", True)
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    """A device or FIFO is named and refused, and never made."""
    path = tarred(tmp_path / "a.tar.gz", [(member("README.md"), b"x"), (member("bad", kind), b"")])
    error = refused(path, tmp_path / "out")
    assert error.rule == "special-file"
    assert "bad" in str(error)


def test_a_fifo_or_socket_in_a_folder_does_not_hang(tmp_path: Path) -> None:
    """A named pipe is refused without waiting for a writer."""
    folder = folder_of(tmp_path / "folder", FILES)
    os.mkfifo(folder / "pipe")
    error = refused(folder, tmp_path / "out")
    assert (error.rule, "pipe" in str(error)) == ("special-file", True)


@pytest.mark.parametrize(
    ("link", "target", "rule"),
    [
        ("bad", "/etc/passwd", "link-leaves-tree"),
        ("bad", "../../outside", "link-leaves-tree"),
        ("app/bad", "../../README.md", "link-leaves-tree"),
        ("bad", "C:\\windows", "link-leaves-tree"),
        ("bad", "", "link-leaves-tree"),
        ("bad", "nowhere", "link"),
        ("bad", "app", "link"),
        ("bad", "bad", "link"),
    ],
)
def test_links_that_do_not_lead_to_a_file_of_the_submission_are_refused(
    tmp_path: Path, link: str, target: str, rule: str
) -> None:
    """In every form of delivery a link out, to a folder, to nothing or to itself breaks a named rule."""
    forms = [zipped(tmp_path / "a.zip", FILES, {link: target})]
    members = [(member(n), c) for n, c in FILES.items()]
    forms.append(tarred(tmp_path / "a.tar.gz", [*members, (member(link, tarfile.SYMTYPE, target), b"")]))
    if target:
        folder = folder_of(tmp_path / "folder", FILES)
        (folder / link).symlink_to(target)
        forms.append(folder)
    for number, form in enumerate(forms):
        error = refused(form, tmp_path / f"out{number}")
        assert (error.rule, "bad" in str(error)) == (rule, True), form


def test_a_link_to_a_file_of_the_submission_becomes_a_copy(tmp_path: Path) -> None:
    """What people do inside their own repository is kept, as a regular file; a link to a link is not."""
    forms = [zipped(tmp_path / "a.zip", FILES, {"app/copy.md": "../README.md"})]
    members = [(member(n), c) for n, c in FILES.items()]
    soft = member("app/copy.md", tarfile.SYMTYPE, "../README.md")
    hard = member("app/copy.md", tarfile.LNKTYPE, "README.md")
    forms += [tarred(tmp_path / "a.tar", [(soft, b""), *members], "w")]
    forms += [tarred(tmp_path / "b.tar", [*members, (hard, b"")], "w")]
    folder = folder_of(tmp_path / "folder", FILES)
    (folder / "app" / "copy.md").symlink_to("../README.md")
    for number, form in enumerate([*forms, folder]):
        found = opened(form, tmp_path / f"out{number}")
        copy = found.folder / "app" / "copy.md"
        assert (copy.read_bytes(), copy.is_symlink()) == (b"hello", False)
    (folder / "chain").symlink_to("app/copy.md")
    assert refused(folder, tmp_path / "chain").rule == "link"


@pytest.mark.parametrize(
    "names",
    [("Readme.md", "README.md"), ("caf\u00e9", "cafe\u0301"), ("a", "a/b"), ("a/b", "a"), ("a/x", "A/y"),
     ("same", "same"), ("a", "./a"), ("stra\u00dfe", "STRASSE")],
)  # fmt: skip
def test_colliding_names_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    """Names that one file system would take for the same, and a file that is also a folder."""
    path = tarred(tmp_path / "a.tar", [(member(name), b"x") for name in names], "w")
    error = refused(path, tmp_path / "out")
    assert (error.rule, repr(names[1]) in str(error)) == ("duplicate-name", True)


@pytest.mark.parametrize(
    ("rules", "rule"),
    [
        (EntryRules(ratio_from_bytes=1000), "compression-ratio"),
        (EntryRules(file_bytes=10), "file-too-large"),
        (EntryRules(total_bytes=999_999), "too-large"),
        (EntryRules(entries=1), "too-many-entries"),
        (EntryRules(looked_at=1), "too-many-entries"),
        (EntryRules(depth=1), "too-deep"),
        (EntryRules(path_bytes=7), "long-name"),
        (EntryRules(archive_bytes=100), "too-large"),
    ],
)
def test_each_bound_is_held(tmp_path: Path, rules: EntryRules, rule: str) -> None:
    """Ratio, sizes, numbers, depth and the archive itself are bounded, in a zip and in a compressed tar."""
    files = {"README.md": b"x", "app/zeros": bytes(10**6)}
    members = [(member(name), content) for name, content in files.items()]
    for path in (zipped(tmp_path / "a.zip", files), tarred(tmp_path / "a.tar.gz", members)):
        error = refused(path, tmp_path / "out" / path.name, rules)
        assert error.rule == rule, path
        assert any(name in str(error) for name in (*files, path.name))
    assert opened(zipped(tmp_path / "b.zip", files), tmp_path / "fine").files["app/zeros"] == 10**6


def test_a_size_that_lies_is_noticed(tmp_path: Path) -> None:
    """What counts is what comes out, not what the archive announces."""
    path = zipped(tmp_path / "a.zip", {"zeros": bytes(5000)})
    raw = path.read_bytes().replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(raw)
    assert refused(path, tmp_path / "out").rule in ("damaged", "too-large", "compression-ratio")


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    """What needs a password is named and refused."""
    path = zipped(tmp_path / "a.zip", {"secret.txt": b"x" * 100})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x03\x04") + 6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(raw))
    error = refused(path, tmp_path / "out")
    assert (error.rule, "secret.txt" in str(error)) == ("encrypted", True)


def test_junk_is_left_out_and_listed(tmp_path: Path) -> None:
    """Virtual environments with their links, caches and system files are no reason to refuse."""
    junk = {
        "__MACOSX/._README.md": b"",
        ".git/config": b"",
        "app/__pycache__/m.pyc": b"",
        ".DS_Store": b"",
        "desktop.ini": b"",
        "._x": b"",
    }
    links = {".venv/bin/python": "/usr/bin/python3", "app/node_modules/" + "deep/" * 30 + "x": "/etc"}
    found = opened(zipped(tmp_path / "a.zip", {**FILES, **junk}, links), tmp_path / "opened")
    assert set(found.files) == set(FILES)
    listed = {
        ".venv",
        ".git",
        "__MACOSX",
        "app/__pycache__",
        "app/node_modules",
        ".DS_Store",
        "desktop.ini",
        "._x",
    }
    assert listed == set(found.skipped)
    venv = [
        (member(".venv/bin/python", tarfile.SYMTYPE, "/usr/bin/python3"), b""),
        (member("README.md"), b"x"),
    ]
    again = opened(tarred(tmp_path / "a.tar.gz", venv), tmp_path / "again")
    assert (set(again.files), again.skipped) == ({"README.md"}, (".venv",))


def test_left_out_entries_count_only_against_their_own_bounds(tmp_path: Path) -> None:
    """A big virtual environment refuses nothing, a bomb inside one does."""
    path = zipped(tmp_path / "a.zip", {**FILES, **{f".venv/{i}": b"" for i in range(50)}})
    assert len(opened(path, tmp_path / "opened", EntryRules(entries=3)).files) == 2
    bomb = tarred(tmp_path / "b.tar.gz", [(member("README.md"), b"x"), (member(".venv/zeros"), bytes(10**6))])
    error = refused(bomb, tmp_path / "bomb", EntryRules(left_out_bytes=10**5))
    assert (error.rule, ".venv" in str(error)) == ("too-large", True)


def test_a_missing_or_empty_submission_says_so(tmp_path: Path) -> None:
    """No path, no files, or nothing but junk."""
    assert refused(tmp_path / "nowhere", tmp_path / "1").rule == "missing"
    folder_of(tmp_path / "hollow", {".git/config": b"x"})
    assert refused(tmp_path / "hollow", tmp_path / "2").rule == "empty"


def test_a_full_disk_of_ours_is_not_the_candidates_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the copy cannot be written the sandbox failed; nobody is rejected."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    folder = folder_of(tmp_path / "folder", FILES)
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: None)
    (tmp_path / "out").write_text("a file where the folder is to be")
    with pytest.raises(SandboxError, match="cannot be copied"):
        opened(folder, tmp_path / "out")
    monkeypatch.undo()
    archive = zipped(tmp_path / "a.zip", FILES)
    with pytest.raises(SandboxError, match="No space left"):
        open_submission(archive, tmp_path / "out2", full)


def test_a_stream_of_frames_is_not_believed(tmp_path: Path) -> None:
    """Whatever a taken-over unpacker writes, names and sizes are held against the rules on the host again."""
    archive = zipped(tmp_path / "a.zip", FILES)

    def rule(*lines: bytes) -> str:
        target = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        with pytest.raises(SubmissionError) as caught:
            open_submission(archive, target, lambda _, frames: frames.write_bytes(b"".join(lines)) and None)
        return caught.value.rule

    block = (3).to_bytes(4, "big") + b"abc" + bytes(4)
    end = b'{"end": []}\n'
    assert rule(b'{"file": "../x"}\n', block, end) == "leaves-tree"
    assert rule(b'{"file": "/etc/x"}\n', block, end) == "absolute-name"
    assert rule(b'{"file": "x"}\n', block, b'{"link": "y", "to": "/etc/passwd"}\n', end) == "link-leaves-tree"
    assert rule(b'{"file": "x"}\n', block, b'{"file": "X"}\n', block, end) == "duplicate-name"
    assert rule(b'{"file": "x", "mode": 511}\n', block, end) == "damaged"
    assert rule(b'{"file": "x"}\n', b"\x7f\xff\xff\xff", end) == "damaged"
    assert rule(b'{"file": "x"}\n', block) == "damaged"
    assert rule(b'{"file": "x"}\n', block[:5]) == "damaged"
    assert rule(b"[" * 100_000, b"\n") == "damaged"
    assert rule(b"x" * (1 << 21)) == "damaged"
    assert rule(b'{"file": "x"}\n', b"\xff" * 4, b'{"refused": "r", "message": "m"}\n') == "r"
    assert rule(end) == "empty"


def test_what_is_unpacked_is_readable_and_nothing_more(tmp_path: Path) -> None:
    """Modes, owners and dates of an archive are not taken over."""
    info = member("run.sh")
    info.mode, info.uid, info.gid = 0o6777, 0, 0
    found = opened(tarred(tmp_path / "a.tar", [(info, b"x")], "w"), tmp_path / "out")
    assert (found.folder / "run.sh").stat().st_mode & 0o6111 == 0


def test_in_process_unpacking_refuses_to_overwrite(tmp_path: Path) -> None:
    """The stream of frames is always a new file."""
    (tmp_path / "frames").write_text("mine")
    with pytest.raises(FileExistsError):
        unpack_here(zipped(tmp_path / "a.zip", FILES), tmp_path / "frames")


@pytest.mark.parametrize(
    ("content", "found"), [(b"", "an empty file"), (b"# hi\n", "neither a zip nor a tar")]
)
def test_what_is_no_archive_is_told_what_is_expected(tmp_path: Path, content: bytes, found: str) -> None:
    """A Markdown file once got the four errors of the tar reader, about a name that nobody had given."""
    path = tmp_path / "some.md"
    path.write_bytes(content)
    error = refused(path, tmp_path / "out")
    assert str(error).endswith(f"[damaged] expected a folder, .zip or .tar.gz; found {found}")
