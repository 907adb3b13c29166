"""What jobs may see is laid out without secrets and without the findings; texts are found where people put them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from grader.errors import VaultError
from grader.pipeline.pins import find_pins
from grader.pipeline.stage import (
    NOT_SHOWN,
    find_dockerfile,
    find_places,
    find_readme,
    open_to_all,
    read_text,
    stage_data,
    stage_submission,
    stage_without_findings,
)
from grader.truth import load_truth
from tests.grader.vault_folder import CANARY, in_parts, write_vault


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


def test_data_above_a_quarter_million_rows_were_not_there_for_anybody(tmp_path: Path) -> None:
    """Large data are issued as a folder of parts: jobs get all of them, and the host reads the same rows."""
    vault = write_vault(tmp_path / "vault")
    for name in ("issued/snapshots.parquet", "holdout.parquet"):
        in_parts(vault / name, 300)
    truth = load_truth(vault)
    folder = stage_data(truth, tmp_path / "data")
    assert len(list((folder / "snapshots.parquet").iterdir())) == 4
    assert pd.read_parquet(folder / "snapshots.parquet").equals(truth.issued)
    assert {p.stat().st_mode & 0o777 for p in (folder / "snapshots.parquet").iterdir()} == {0o644}


@pytest.mark.parametrize("name", ["snapshots.parquet", "contract.yaml"])
def test_issued_data_that_are_gone_stop_the_grading(tmp_path: Path, name: str) -> None:
    """Without them nothing can be measured, and a zero for it would be the candidate's."""
    truth = load_truth(write_vault(tmp_path / "vault"))
    (truth.issued_folder / name).unlink()
    with pytest.raises(VaultError, match=name):
        stage_data(truth, tmp_path / "data")


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


def test_incident_stated_findings_by_another_name_were_in_sight(tmp_path: Path) -> None:
    """A notebook could copy the file that submission.yaml names; the submission itself keeps it."""
    written(tmp_path / "s", audit__result_dot_json="{}", other_dot_json="{}")
    (tmp_path / "s" / "submission.yaml").write_text("findings: ./audit/result.json\n", encoding="utf-8")
    folder = stage_without_findings(tmp_path / "s", tmp_path / "without")
    assert {p.name for p in folder.rglob("*") if p.is_file()} == {"other.json", "submission.yaml"}
    assert (tmp_path / "s" / "audit" / "result.json").is_file()


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


def test_dockerfile_train_was_built_instead_of_the_dockerfile_below(tmp_path: Path) -> None:
    """A file of exactly that name goes before one with more to its name, at any depth."""
    files = written(tmp_path, Dockerfile_dot_train="FROM x", a__b__Dockerfile="FROM y", api_dot_Dockerfile="")
    assert find_dockerfile(tmp_path, files).path == "a/b/Dockerfile"
    del files["a/b/Dockerfile"]
    assert find_dockerfile(tmp_path, files).path == "Dockerfile.train"


def test_a_short_readme_was_judged_instead_of_the_stated_runbook(tmp_path: Path) -> None:
    """What submission.yaml states goes before what is found, and one text is judged, without its run sections."""
    files = written(
        tmp_path,
        README_dot_md="See docs.",
        PRODUCTION_dot_md="Not stated.",
        Dockerfile="FROM x",
        docs__RUNBOOK_dot_md="We watch PSI.\n\n# Installation\n\nRun it.\n",
        deploy__serving_dot_docker="FROM y",
        service__app_dot_py="",
        submission_dot_yaml="readme: ./docs/RUNBOOK.md\ndockerfile: deploy/serving.docker\n"
        "context: service/\nport: 9123\n",
    )
    readme = find_readme(tmp_path, files)
    assert (readme.path, readme.text.strip()) == ("docs/RUNBOOK.md", "We watch PSI.")
    assert find_dockerfile(tmp_path, files).text == "FROM y"
    places = find_places(tmp_path, files)
    assert (places.context, places.port, places.problems) == ("service", 9123, ())


@pytest.mark.parametrize(("key", "value"), [
    ("readme", "/etc/hostname"), ("readme", "../outside.md"), ("readme", "docs/../docs/a.md"),
    ("readme", "docs"), ("readme", "absent.md"), ("readme", "linked.md"), ("readme", "audit.ipynb"),
    ("readme", "findings.json"), ("readme", "[a]"), ("dockerfile", "../Dockerfile"), ("dockerfile", "service"),
    ("dockerfile", "/etc/passwd"), ("context", ".."), ("context", "/"), ("context", "README.md"),
    ("context", "outside"), ("port", "many"), ("port", "0"), ("port", "true"), ("metrics", "../m.json"),
    ("port", "1" + ":1" * 9000),
])  # fmt: skip
def test_what_is_stated_wrongly_is_told_and_not_followed(tmp_path: Path, key: str, value: str) -> None:
    """Nothing outside the submission, behind a link, missing or of another kind is taken; the report says so."""
    folder = tmp_path / "s"
    files = written(
        folder,
        README_dot_md="the text",
        Dockerfile="FROM x",
        docs__a_dot_md="b",
        service__a_dot_py="",
        audit_dot_ipynb="{}",
        findings_dot_json="{}",
        submission_dot_yaml=f"{key}: {value}\n",
    )
    written(tmp_path, outside_dot_md="secret", Dockerfile="FROM secret", outside__a="secret")
    (folder / "linked.md").symlink_to(tmp_path / "outside.md")
    (folder / "outside").symlink_to(tmp_path / "outside")
    assert find_readme(folder, files).text == "the text"
    assert find_dockerfile(folder, files).text == "FROM x"
    places = find_places(folder, files)
    assert (places.context, places.port) == (None, None)
    (problem,) = places.problems
    assert problem.startswith(f"submission.yaml: {key} states ")
    assert "expected a" in problem


def test_a_submission_yaml_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    """Broken YAML, or a tag on what is none of its kind, is told; the files are found as without it."""
    for text in ("a: [", "- list\n", 'port: !!int ""\n', "port: !!timestamp x\n"):
        files = written(tmp_path, README_dot_md="the text", submission_dot_yaml=text)
        assert find_readme(tmp_path, files).text == "the text"
        (problem,) = find_places(tmp_path, files).problems
        assert "nothing of it was followed" in problem


def test_a_stated_readme_is_nothing_else(tmp_path: Path) -> None:
    """Jobs see a line of ours in its place, as with README.md, so that no text is counted twice."""
    written(
        tmp_path / "s",
        submission_dot_yaml="readme: results_dot_txt\n".replace("_dot_", "."),
        results_dot_txt="PR-AUC 0.4",
        README_dot_md="x",
        a_dot_py="1",
    )
    shown = stage_submission(tmp_path / "s", tmp_path / "shown")
    assert (shown / "results.txt").read_text() == (shown / "README.md").read_text() == NOT_SHOWN
    assert (shown / "a.py").read_text() == "1"
    assert (tmp_path / "s" / "results.txt").read_text() == "PR-AUC 0.4"


@pytest.mark.parametrize(("text", "counts"), [
    ("a==1.0\nb==2.0 # why\n", (2, 2)), ("a>=1.0\nb\nc==1.*\nd==1", (4, 1)), ("# none\n-r x\n", (0, 0)),
    ("a==1 --hash=sha256:00\nb @ https://x/y.whl\n", (2, 2)),
])  # fmt: skip
def test_pins_are_exact_versions(tmp_path: Path, text: str, counts: tuple[int, int]) -> None:
    """Ranges, wild cards and bare names are not pinned."""
    files = written(tmp_path, requirements_dot_txt=text, requirements_dev_dot_txt="zzz")
    found = find_pins(tmp_path, files, "COPY requirements.txt .")
    assert (found.total, found.pinned) == counts
