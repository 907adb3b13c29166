"""The vault is read strictly: what is missing or damaged is named with its file and place."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from grader.errors import VaultError
from grader.truth import Business, find_vault, load_key, load_truth, vaults_below
from tests.grader.vault_folder import in_parts, write_vault


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A small vault on disk."""
    return write_vault(tmp_path / "vault" / "0123456789ab")


def refused(folder: Path) -> str:
    """The message with which a vault is refused."""
    with pytest.raises(VaultError) as caught:
        load_truth(folder)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_a_vault_is_found_by_itself_or_below_a_folder(vault: Path) -> None:
    """`--vault` may be the vault, or a folder of vaults with the variant to choose."""
    assert find_vault(vault, None) == vault
    assert find_vault(vault.parent, None) == vault
    assert find_vault(vault.parent, "0123456789ab") == vault
    with pytest.raises(VaultError, match=r"no key\.json for variant feed"):
        find_vault(vault.parent, "feed")
    write_vault(vault.parent / "another")
    with pytest.raises(VaultError, match="2 vaults"):
        find_vault(vault.parent, None)
    with pytest.raises(VaultError, match="no such folder"):
        find_vault(vault.parent / "nowhere", None)


def test_the_vault_that_issue_makes_is_found_below_the_folder_of_all(vault: Path) -> None:
    """`score --vault issued` found nothing of `issue --out issued/ada`, which puts the key three levels down."""
    issued = vault.parent.parent / "issued"
    for place in ("ada/vault/aaaaaaaaaaaa", ".bob.x/vault/bbbbbbbbbbbb", "1/2/3/4/cccccccccccc"):
        (issued / place).mkdir(parents=True)
        (issued / place / "key.json").write_text(place)
    assert find_vault(issued, "aaaaaaaaaaaa") == issued / "ada/vault/aaaaaaaaaaaa"
    assert vaults_below(issued) == [issued / "ada/vault/aaaaaaaaaaaa"]
    for hidden_or_too_deep in ("bbbbbbbbbbbb", "cccccccccccc"):
        with pytest.raises(VaultError, match="at most 4 levels below"):
            find_vault(issued, hidden_or_too_deep)


def test_two_keys_of_one_variant_are_refused_and_copies_are_one(vault: Path) -> None:
    """The same seed with other rows has another key: neither may be taken by chance."""
    issued = vault.parent.parent / "issued"
    first, second = (issued / name / "vault" / "aaaaaaaaaaaa" for name in ("ada", "copy"))
    for place in (first, second):
        place.mkdir(parents=True)
        (place / "key.json").write_text("{}")
    assert find_vault(issued, "aaaaaaaaaaaa") == first
    assert find_vault(issued, None) == first
    (second / "key.json").write_text('{"rows": 1}')
    with pytest.raises(VaultError, match="two different keys for aaaaaaaaaaaa"):
        find_vault(issued, "aaaaaaaaaaaa")


def test_a_whole_vault_loads(vault: Path) -> None:
    """Key, issued rows, replay and the money of the contract come together."""
    truth = load_truth(vault)
    assert truth.key.rows == len(truth.issued)
    assert truth.business == Business(12, 0.25, 240, 0.10)
    assert truth.business.break_even == pytest.approx(0.2)
    assert "true_probability" in truth.replay


def test_a_large_vault_is_read_from_its_parts(vault: Path) -> None:
    """Issued rows, replay and twin may each be a folder of parts."""
    whole = load_truth(vault)
    whole.issued.drop(columns="leak").to_parquet(vault / "twin.parquet", index=False)
    for name in ("issued/snapshots.parquet", "holdout.parquet", "twin.parquet"):
        in_parts(vault / name, 300)
    large = load_truth(vault)
    assert large.issued.equals(whole.issued)
    assert large.replay.equals(whole.replay)
    assert large.twin is not None
    assert len(large.twin) == len(whole.issued)


def test_a_missing_key_is_named(vault: Path) -> None:
    """The file that is not there is in the message."""
    (vault / "key.json").unlink()
    with pytest.raises(VaultError, match=r"key\.json: not found"):
        load_key(vault)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda k: k | {"surprise": 1}, "surprise"),
        (lambda k: k | {"schema_version": 2}, "schema_version"),
        (lambda k: {n: v for n, v in k.items() if n != "label"}, "label"),
        (lambda k: k | {"plants": [k["plants"][0] | {"severity": 0}]}, "plants.0.severity"),
        (
            lambda k: k | {"plants": [k["plants"][0] | {"months": {"from": "2024-13"}}]},
            "plants.0.months.from",
        ),
        (lambda k: k | {"origin": "guessed"}, "origin"),
    ],
)
def test_a_wrong_key_names_the_place(vault: Path, change, place: str) -> None:
    """Unknown fields, other schemas and impossible values are refused with their place."""
    path = vault / "key.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    assert place in refused(vault)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b"[]", b"null"])
def test_an_unreadable_key_is_an_error_of_ours(vault: Path, content: bytes) -> None:
    """Cut, binary and wrongly typed files end in one line, not in a traceback."""
    (vault / "key.json").write_bytes(content)
    assert "key.json" in refused(vault)


@pytest.mark.parametrize("name", ["issued/snapshots.parquet", "holdout.parquet", "issued/contract.yaml"])
def test_a_missing_or_damaged_file_is_named(vault: Path, name: str) -> None:
    """Every file of the vault is needed, and needed whole."""
    (vault / name).write_bytes(b"\0: not this")
    assert name.rsplit("/", 1)[-1] in refused(vault)
    (vault / name).unlink()
    assert name.rsplit("/", 1)[-1] in refused(vault)


def test_rows_and_columns_must_fit_the_key(vault: Path) -> None:
    """Other rows than the key counts, or a column that is gone, are refused."""
    path = vault / "issued" / "snapshots.parquet"
    frame = pd.read_parquet(path)
    frame.head(10).to_parquet(path)
    assert "10 rows" in refused(vault)
    frame.drop(columns="usage").to_parquet(path)
    assert "usage" in refused(vault)
