"""What jobs may see is laid out without secrets and without the findings; texts are found where people put them."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.pipeline.pins import find_pins
from grader.pipeline.stage import (
    find_dockerfile,
    find_readme,
    open_to_all,
    read_text,
    stage_data,
    stage_without_findings,
)
from grader.truth import load_truth
from tests.grader.vault_folder import CANARY, write_vault


def written(folder: Path, **files: str) -> dict[str, int]:
    """Write files (`__` is a slash, `_dot_` a dot) and return them with their sizes."""
    sizes = {}
    for given, text in files.items():
        name = given.replace("__", "/").replace("_dot_", ".")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        sizes[name] = len(text)
    return sizes


def test_only_public_files_are_staged(tmp_path: Path) -> None:
    """Nothing of the key, the replay or the canary is beside the data."""
    folder = stage_data(load_truth(write_vault(tmp_path / "vault")), tmp_path / "data")
    assert {p.name for p in folder.iterdir()} == {"snapshots.parquet", "contract.yaml", "data_dictionary.md"}
    assert all(CANARY.encode() not in p.read_bytes() for p in folder.iterdir())
    assert b"true_probability" not in (folder / "snapshots.parquet").read_bytes()


def test_submitted_findings_are_out_of_sight_of_the_notebook(tmp_path: Path) -> None:
    """Under any name and in any folder that the reader would take for findings."""
    written(
        tmp_path / "s",
        findings_dot_json="{}",
        audit__Findings_dot_JSON="{}",
        my_findings_dot_json="{}",
        a_dot_py="1",
    )
    folder = stage_without_findings(tmp_path / "s", tmp_path / "without")
    assert {p.name for p in folder.rglob("*") if p.is_file()} == {"a.py"}
    assert (tmp_path / "s" / "findings.json").is_file()


def test_hostile_modes_are_opened(tmp_path: Path) -> None:
    """Folders and files that an archive closed can be read by the user of the jobs."""
    written(tmp_path / "s", a__b_dot_txt="x")
    (tmp_path / "s" / "a" / "b.txt").chmod(0o000)
    (tmp_path / "s" / "a").chmod(0o700)
    open_to_all(tmp_path / "s")
    assert (tmp_path / "s" / "a" / "b.txt").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "s" / "a").stat().st_mode & 0o777 == 0o755


def test_text_is_capped_and_tolerant(tmp_path: Path) -> None:
    """UTF-16 with a mark, broken bytes, NUL and endless text end in a string of bounded size."""
    path = tmp_path / "t"
    path.write_bytes("pandas==2.2".encode("utf-16"))
    assert read_text(path) == "pandas==2.2"
    path.write_bytes(b"a\0b\xff")
    assert read_text(path) == "ab\ufffd"
    path.write_bytes(b"x" * 10**6)
    assert len(read_text(path)) == 256 * 1024


def test_the_production_text_is_found(tmp_path: Path) -> None:
    """PRODUCTION.md goes before README.md, the shallowest before deeper ones; none is none."""
    deep = written(tmp_path, docs__README_dot_md="deep", README_dot_md="top")
    assert find_readme(tmp_path, deep).path == "README.md"
    both = deep | written(tmp_path, PRODUCTION_dot_md="how we run it")
    assert find_readme(tmp_path, both).path == "PRODUCTION.md"
    assert find_readme(tmp_path, {"a.py": 1}).path is None


def test_the_dockerfile_is_found(tmp_path: Path) -> None:
    """At the root, else in a folder; an ignore file is none."""
    files = written(tmp_path, service__Dockerfile="FROM x", Dockerfile_dot_dockerignore="*")
    assert find_dockerfile(tmp_path, files).path == "service/Dockerfile"
    files |= written(tmp_path, Dockerfile="FROM y")
    assert find_dockerfile(tmp_path, files).text == "FROM y"
    assert find_dockerfile(tmp_path, {}).path is None


@pytest.mark.parametrize(("text", "counts"), [
    ("a==1.0\nb==2.0 # why\n", (2, 2)), ("a>=1.0\nb\nc==1.*\nd==1", (4, 1)), ("# none\n-r x\n", (0, 0)),
    ("a==1 --hash=sha256:00\nb @ https://x/y.whl\n", (2, 2)),
])  # fmt: skip
def test_pins_are_exact_versions(tmp_path: Path, text: str, counts: tuple[int, int]) -> None:
    """Ranges, wild cards and bare names are not pinned."""
    files = written(tmp_path, requirements_dot_txt=text, requirements_dev_dot_txt="zzz")
    found = find_pins(tmp_path, files, "COPY requirements.txt .")
    assert (found.total, found.pinned) == counts
