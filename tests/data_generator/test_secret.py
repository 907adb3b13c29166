"""The company secret: made once, kept private, and all that variants derive from."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_generator.errors import SecretError
from data_generator.secret import derived_seed, load_secret, pseudonym, secret_path

SECRET = bytes(range(32))


def test_it_is_made_once_and_private(tmp_path: Path) -> None:
    """The first use makes it with mode 0600 and leaves nothing else; later uses read the same."""
    path = tmp_path / "settings" / "secret"
    secret, made = load_secret(path)
    assert made
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret"]
    assert load_secret(path) == (secret, False)
    assert load_secret(tmp_path / "other")[0] != secret


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_one_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    """Whoever can read it can derive every candidate's variant."""
    path = tmp_path / "secret"
    load_secret(path)
    path.chmod(mode)
    with pytest.raises(SecretError, match=f"found mode {mode:04o} .* expected 0600"):
        load_secret(path)


@pytest.mark.parametrize("text", ["", "abc", "00" * 31, "zz" * 32, "é" * 64])
def test_a_damaged_one_is_refused(tmp_path: Path, text: str) -> None:
    """A truncated secret would derive other variants without anybody noticing."""
    path = tmp_path / "secret"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(SecretError, match=r"secret: .*expected 64"):
        load_secret(path)


def test_a_folder_and_an_unwritable_place_are_named(tmp_path: Path) -> None:
    """The message says which path cannot be used."""
    with pytest.raises(SecretError, match="is not a file"):
        load_secret(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(SecretError, match="file/secret: cannot be read or made"):
        load_secret(tmp_path / "file" / "secret")


def test_the_place_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$TAKEHOME_SECRET_FILE wins over the user's settings."""
    monkeypatch.setenv("TAKEHOME_SECRET_FILE", str(tmp_path / "here"))
    assert secret_path() == tmp_path / "here"
    monkeypatch.delenv("TAKEHOME_SECRET_FILE")
    assert secret_path().name == "secret"


def test_a_name_is_the_same_however_it_is_typed() -> None:
    """Case, width and spacing of a name do not make another candidate; another secret does."""
    assert pseudonym(SECRET, "Ada Lovelace") == pseudonym(SECRET, "  ada  LOVELACE ")
    assert pseudonym(SECRET, "ｂｏｂ") == pseudonym(SECRET, "Bob")
    assert pseudonym(SECRET, "Ada") != pseudonym(SECRET, "Adam")
    assert pseudonym(SECRET, "Ada") != pseudonym(bytes(32), "Ada")
    with pytest.raises(SecretError, match="expected a name"):
        pseudonym(SECRET, "  ")


def test_seeds_are_wide_and_differ_by_attempt() -> None:
    """Nobody can try all seeds, and a rejected attempt is followed by another variant."""
    seeds = {derived_seed(SECRET, who, attempt) for who in ("c1", "c2") for attempt in range(50)}
    assert len(seeds) == 100
    assert min(seeds).bit_length() > 200
    assert derived_seed(SECRET, "c1", 3) == derived_seed(SECRET, "c1", 3)
