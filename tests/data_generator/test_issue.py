"""Issuing: derived, accepted, recorded, packed; pseudonymous outside the register."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import takehome
from data_generator import issue as module
from data_generator.errors import GeneratorError, RegisterError, RejectedError, SpecError
from data_generator.issue import Request, issue
from data_generator.key import Key
from data_generator.register import Register
from data_generator.secret import derived_seed, load_secret
from data_generator.streams import variant_id
from data_generator.variant import Variant
from data_generator.yardstick import Measured

NAME = "Ada Quaxly-Vermillion"
Ask = Callable[..., Request]


@pytest.fixture
def ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variant: Variant, measured: Measured
) -> Callable[..., Request]:
    """Return requests with a secret and a register of their own, and a variant that is made at once."""
    monkeypatch.setenv("TAKEHOME_SECRET_FILE", str(tmp_path / "settings" / "secret"))
    monkeypatch.setattr(module, "make_variant", lambda seed, rows, blueprint: variant)
    monkeypatch.setattr(module, "measure", lambda variant: measured)
    monkeypatch.setattr(module, "objections_to_data", lambda variant: [])
    monkeypatch.setattr(module, "objections_to_models", lambda variant, measured: [])

    def request(
        out: str = "out", candidate: str = NAME, again: bool = False, blueprint: str = "hiring"
    ) -> Request:
        register = tmp_path / "settings" / "register.jsonl"
        return Request(candidate, tmp_path / out, register, blueprint=blueprint, again=again)

    return request


def contents(folder: Path) -> set[str]:
    """Return the relative paths of all files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_zip_bundle_and_vault_are_written_and_recorded(ask: Ask) -> None:
    """The zip holds the bundle's bytes and nothing of the vault; the key is an issued one with a canary."""
    request = ask()
    issued = issue(request)
    bundle, who = issued.release.bundle, issued.entry.pseudonym
    with zipfile.ZipFile(issued.parcel) as archive:
        assert archive.namelist() == sorted(f"takehome-{who}/{name}" for name in contents(bundle))
        for name in archive.namelist():
            assert archive.read(name) == (bundle / name.split("/", 1)[1]).read_bytes()
    key = Key.model_validate_json((issued.release.vault / "key.json").read_text())
    assert key.origin == "issued"
    assert key.canary is not None
    assert key.canary.encode() not in issued.parcel.read_bytes()
    assert Register(request.register).entries() == [issued.entry]
    assert (request.out / "vault").stat().st_mode & 0o077 == 0


def test_names_stay_in_the_register(ask: Ask) -> None:
    """Who grades sees a pseudonymous id only."""
    request = ask()
    issue(request)
    for path in request.out.rglob("*"):
        assert "quaxly" not in str(path).casefold()
        if path.is_file():
            assert b"quaxly" not in path.read_bytes().lower()
    assert NAME in request.register.read_text()


def test_the_brief_referred_to_a_message_that_nobody_wrote(ask: Ask) -> None:
    """Dates, who decides and where to appeal have their places in it; nothing of it is secret, nor in the zip."""
    issued = issue(ask())
    text, who = issued.message.read_text(encoding="utf-8"), issued.entry.pseudonym
    for promised in (
        "Hand in by:",
        "Receipt:",
        "Result:",
        "Who decides:",
        "If it is judged wrongly:",
        "[date]",
    ):
        assert promised in text
    assert f"{who}.zip" in text
    key = Key.model_validate_json((issued.release.vault / "key.json").read_text())
    assert not [word for word in (key.variant, key.canary or "") if word in text]
    with zipfile.ZipFile(issued.parcel) as archive:
        assert not [name for name in archive.namelist() if name.endswith(issued.message.name)]


def test_the_same_candidate_is_refused_unless_again(ask: Ask) -> None:
    """A second variant is a decision; it is the next attempt, and both stay recorded."""
    first = issue(ask())
    with pytest.raises(RegisterError, match=f"was issued variant {first.entry.variant}.*--again"):
        issue(ask("second", candidate=NAME.upper()))
    second = issue(ask("third", again=True))
    assert (first.entry.attempt, second.entry.attempt) == (0, 1)
    assert second.entry.pseudonym == first.entry.pseudonym
    assert issue(ask("fourth", candidate="Bob")).entry.pseudonym != first.entry.pseudonym
    assert len(Register(ask().register).entries()) == 3


def test_rejected_attempts_are_recorded_with_reasons(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next seed is tried, each derived from secret, pseudonym and attempt."""
    seeds: list[int] = []
    verdicts = iter([["too easy"], ["too hard", "no lesson"], []])
    variant = module.make_variant(0, 0, blueprint=None)
    monkeypatch.setattr(
        module, "make_variant", lambda seed, rows, blueprint: (seeds.append(seed), variant)[1]
    )
    monkeypatch.setattr(module, "objections_to_models", lambda variant, measured: next(verdicts))
    lines: list[str] = []
    request = ask()
    entry = issue(request, lines.append).entry
    secret, _ = load_secret(request.register.with_name("secret"))
    assert seeds == [derived_seed(secret, entry.pseudonym, attempt) for attempt in range(3)]
    assert entry.attempt == 2
    assert [(r.attempt, r.variant, r.reasons) for r in entry.rejected] == [
        (0, variant_id(seeds[0]), ["too easy"]),
        (1, variant_id(seeds[1]), ["too hard", "no lesson"]),
    ]
    assert "attempt 1: rejected: too hard; no lesson" in lines


def test_nothing_is_written_where_no_attempt_is_accepted(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search is bounded and says the last reason."""
    monkeypatch.setattr(module, "objections_to_data", lambda variant: ["too odd"])
    request = ask()
    with pytest.raises(RejectedError, match=r"none of 20 attempts was inside the bands.*too odd"):
        issue(request)
    assert not request.out.exists()
    assert Register(request.register).entries() == []


@pytest.mark.parametrize("failure", [KeyboardInterrupt, GeneratorError])
def test_an_interrupted_issue_leaves_nothing(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, failure: type[BaseException]
) -> None:
    """Neither files nor an entry stay when it stops between writing and recording."""

    def stop(*arguments: object) -> None:
        raise failure("stop")

    request = ask()
    monkeypatch.setattr("data_generator.staging.Stage.commit", stop)
    with pytest.raises(failure):
        issue(request)
    assert Register(request.register).entries() == []
    assert [path.name for path in request.out.parent.iterdir()] == ["settings"]


def test_bad_requests_stop_before_any_work(ask: Ask, tmp_path: Path) -> None:
    """An unknown blueprint, too few rows or an empty name cost no minute and make no file."""
    with pytest.raises(SpecError, match="found 'holiday', expected one of hiring"):
        issue(ask(blueprint="holiday"))
    with pytest.raises(SpecError, match="rows: found 5000, expected at least 20000"):
        issue(Request(NAME, tmp_path / "out", tmp_path / "register.jsonl", rows=5000))
    with pytest.raises(GeneratorError, match="expected a name"):
        issue(ask(candidate=" "))
    assert not (tmp_path / "out").exists()


def test_the_command_says_where_to_look(ask: Ask, tmp_path: Path) -> None:
    """Its result is JSON on request, its progress goes to stderr, and errors are one line with exit code 2."""
    request = ask()
    options = ["--candidate", NAME, "--register", str(request.register), "--json"]
    done = CliRunner().invoke(takehome.app, ["issue", *options, "--out", str(request.out)])
    assert done.exit_code == 0, done.stderr
    result = json.loads(done.stdout)
    assert Path(result["zip"]).is_file()
    assert NAME not in done.stdout
    assert "attempt 0: accepted" in done.stderr
    again = CliRunner().invoke(takehome.app, ["issue", *options, "--out", str(tmp_path / "more")])
    assert again.exit_code == 2
    assert len(again.stderr.strip().splitlines()) == 1
    assert "was issued variant" in again.stderr
