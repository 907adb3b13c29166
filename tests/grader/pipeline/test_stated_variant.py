"""Which of several vaults a submission is graded against: its name, else the contract that came with its bundle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

import grader.cli
import takehome
from grader.errors import UsageError
from grader.execution.limits import Limits
from grader.intake.opening import open_submission, unpack_here
from grader.intake.packing import pack
from grader.pipeline.stated_variant import FILES, LARGEST, stated_variants, variants_in
from tests.grader.fake_executor import FakeExecutor, answer
from tests.grader.vault_folder import write_vault

ALIASED = b"variant: &v bbbbbbbbbbbb\nother: *v\n"


def vaults(folder: Path) -> Path:
    """Two vaults of the same rows, so that only the choice differs."""
    for name, variant in (("first", "aaaaaaaaaaaa"), ("second", "bbbbbbbbbbbb")):
        vault = write_vault(folder / name / "vault" / variant)
        key = json.loads((vault / "key.json").read_text()) | {"variant": variant}
        (vault / "key.json").write_text(json.dumps(key))
    return folder


def submission(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A submission with these files."""
    for name, content in {"README.md": b"# hello\n", **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def contract(variant: str) -> bytes:
    """The bundle's contract, as far as it matters here."""
    return yaml.safe_dump({"contract_version": 1, "variant": variant}).encode()


def run(tmp_path: Path, path: Path, executor: FakeExecutor | None = None) -> Result:
    """Grade against the folder of both vaults."""
    given = [
        "grade",
        path,
        "--vault",
        tmp_path / "issued",
        "--out",
        tmp_path / "out" / "one",
        "--quiet",
        "--json",
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TAKEHOME_PHASE_CACHE", str(tmp_path / "cache"))
        patched.setattr(grader.cli, "open_executor", lambda *_: executor or FakeExecutor())
        return CliRunner().invoke(takehome.app, [str(one) for one in given])


@pytest.mark.parametrize("packed", [False, True])
def test_several_vaults_ended_in_usage_though_the_contract_names_one(tmp_path: Path, packed: bool) -> None:
    """The bundle's contract carries the variant; whoever hands it in, in whatever folder, needs no --variant."""
    vaults(tmp_path / "issued")
    path = submission(tmp_path / "handed-in", {"bundle/contract.yaml": contract("bbbbbbbbbbbb")})
    if packed:
        path = pack(path, tmp_path / "handed-in.zip").path
    done = run(tmp_path, path)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["variant"] == "bbbbbbbbbbbb"
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["one"]


@pytest.mark.parametrize(
    "files",
    [
        {}, {"contract.yaml": contract("cccccccccccc")}, {"contract.yaml": b"[1, 2]"}, {"contract.yaml": ALIASED},
        {"contract.yaml": b"variant: bbbbbbbbbbbb\n#" + b"x" * LARGEST},
        {"contract.yaml": contract("aaaaaaaaaaaa"), "old/contract.yaml": contract("bbbbbbbbbbbb")},
        {"contract.yaml": b"variant: ../second/vault/bbbbbbbbbbbb"},
    ],
)  # fmt: skip
def test_what_names_no_vault_or_two_is_asked_for(tmp_path: Path, files: dict[str, bytes]) -> None:
    """No contract, another's, one that is none, too long, with aliases, or two: the vaults are listed as before."""
    vaults(tmp_path / "issued")
    done = run(tmp_path, submission(tmp_path / "handed-in", files))
    assert (done.exit_code, "2 vaults (aaaaaaaaaaaa, bbbbbbbbbbbb); name one" in done.output) == (2, True)


def test_somebody_elses_work_with_its_contract_goes_against_the_own_vault(tmp_path: Path) -> None:
    """A name that tells goes before the contract, or a whole copied submission would find the vault it was made for."""
    vaults(tmp_path / "issued")
    path = submission(tmp_path / "first", {"contract.yaml": contract("bbbbbbbbbbbb")})
    done = run(tmp_path, path)
    assert json.loads(done.stdout)["variant"] == "aaaaaaaaaaaa"


def test_a_contract_that_lies_ends_in_wrong_variant(tmp_path: Path) -> None:
    """The rows decide: those of another variant are not graded, whatever the contract says."""
    vaults(tmp_path / "issued")
    path = submission(tmp_path / "handed-in", {"contract.yaml": contract("bbbbbbbbbbbb")})
    said = {"path": "evaluation/predictions.csv", "rows": 500, "matched_rows": 3}
    done = run(tmp_path, path, FakeExecutor(answers={"read_predictions": answer(said)}))
    assert (done.exit_code, "WRONG_VARIANT" in done.output) == (3, True)


def test_only_so_many_contracts_are_read(tmp_path: Path) -> None:
    """A submission full of contracts costs no time."""
    files = {f"d{i:03}/contract.yaml": contract(f"{i:012}") for i in range(FILES + 5)}
    opened = open_submission(submission(tmp_path / "s", files), tmp_path / "opened", unpack_here)
    assert len(variants_in(opened)) == FILES


def test_a_result_inside_the_submission_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    """Else the submission would be copied into itself."""
    path = submission(tmp_path / "s", {})
    with pytest.raises(UsageError, match="inside the submission"):
        stated_variants(path, path / "results" / "one", FakeExecutor(), Limits())
