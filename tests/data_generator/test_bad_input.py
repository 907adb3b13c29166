"""Whatever is wrong from outside: one line, exit code 2 (130 when interrupted), nothing half-written."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner

import takehome
from data_generator.variant import Variant
from data_generator.yardstick import Measured, measure

ROOT = Path(__file__).parents[2]
COMMANDS = (
    ("generate", "--seed", "7", "--rows", "5000"),
    ("issue", "--candidate", "Ada", "--rows", "20000"),
)


@pytest.fixture(autouse=True)
def settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep secret and register of every test in a folder of its own."""
    folder = tmp_path_factory.mktemp("settings")
    monkeypatch.setenv("TAKEHOME_SECRET_FILE", str(folder / "secret"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    return folder


def refused(*arguments: str) -> str:
    """Run the command line in this process and return its one line of error; it must not say more."""
    done = CliRunner().invoke(takehome.app, arguments)
    assert done.exit_code == 2, done.output
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert not done.stdout
    return lines[0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--seed", str(2**256)], "seed: found a number of 257 bits, expected a non-negative integer"),
        (["--seed", "-3"], "seed: found -3, expected a non-negative integer of at most 256 bits"),
        (["--seed", "1", "--rows", "1999"], "rows: found 1999, expected at least 2000 and at most"),
        (["--seed", "1", "--rows", "-5"], "rows: found -5"),
        (["--seed", "1", "--rows", str(10**12)], "rows: found 1000000000000, expected"),
        (["--seed", "1", "--blueprint", "easy"], "blueprint: found 'easy', expected one of hiring"),
        (["--seed", "1", "--blueprint", "none.yaml"], "none.yaml: not readable"),
    ],
)
def test_generate_refuses_before_any_work(tmp_path: Path, options: list[str], said: str) -> None:
    """What was found and what is expected, and no folder."""
    assert said in refused("generate", *options, "--out", str(tmp_path / "a" / "out"))
    assert not list(tmp_path.iterdir())


def test_an_impossible_blueprint_is_refused_by_both(tmp_path: Path) -> None:
    """More plants than kinds: said at once, not after a search through attempts."""
    path = tmp_path / "greedy.yaml"
    path.write_text("leakage: {seeded: 3}\nchange: {}\nquality: {}\ndecoys: {}\n")
    for command in COMMANDS:
        line = refused(*command, "--blueprint", str(path), "--out", str(tmp_path / "out"))
        assert "found no room for another leakage of tier seeded" in line
    assert [entry.name for entry in tmp_path.iterdir()] == ["greedy.yaml"]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_output_that_is_taken_or_in_the_way(tmp_path: Path, command: tuple[str, ...]) -> None:
    """An existing folder, a file and a place below a file stay as they are."""
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path, tmp_path / "file", tmp_path / "file" / "out"):
        assert str(out) in refused(*command, "--out", str(out))
    assert (tmp_path / "file").read_text() == "mine"


def test_an_output_the_system_refuses(tmp_path: Path) -> None:
    """A file system without folders of its own says so in our words."""
    if Path("/proc").is_dir():
        assert "/proc/out: cannot be written" in refused(*COMMANDS[0], "--out", "/proc/out")
        assert "/proc/out: cannot be written" in refused(*COMMANDS[1], "--out", "/proc/out")


def test_issue_stops_where_it_could_not_record(tmp_path: Path, settings: Path) -> None:
    """Without a usable register or secret nothing is made."""
    (tmp_path / "file").write_text("x")
    line = refused(
        *COMMANDS[1], "--out", str(tmp_path / "out"), "--register", str(tmp_path / "file" / "r.jsonl")
    )
    assert "r.jsonl: cannot be written" in line
    (settings / "secret").write_text("0" * 64)
    (settings / "secret").chmod(0o644)
    assert "found mode 0644" in refused(*COMMANDS[1], "--out", str(tmp_path / "out"))
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def start(*arguments: str, limit: int | None = None) -> subprocess.Popen[str]:
    """Start the command line in a process of its own, with a limit on the bytes of a file it may write."""

    def limited() -> None:
        # Started in the background, a process ignores Ctrl-C, and so would all it starts.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, "-m", "takehome", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limited,
    )


def test_a_disk_that_runs_full_leaves_nothing(tmp_path: Path) -> None:
    """A file that cannot be written whole ends the command with the reason."""
    process = start(*COMMANDS[0], "--out", str(tmp_path / "deep" / "out"), limit=40_000)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 2, errors
    assert f"{tmp_path / 'deep' / 'out'}: cannot be written: " in errors.strip().splitlines()[-1]
    assert "Traceback" not in errors
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing(tmp_path: Path, signum: signal.Signals) -> None:
    """Ctrl-C and a request to end, in the middle of the work: one line, exit code 130, no folder."""
    # Many rows, so that there is work left when this process is slow to send the signal.
    process = start("generate", "--seed", "7", "--rows", "250000", "--out", str(tmp_path / "out"))
    assert process.stderr is not None
    assert process.stderr.readline().startswith("world")
    process.send_signal(signum)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 130, errors
    assert errors.strip().splitlines()[-1] == "takehome generate: interrupted; nothing was written"
    assert not list(tmp_path.iterdir())


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """A shell that starts the tests in its background has them ignore it."""
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, inherited)


@pytest.mark.usefixtures("hears_ctrl_c")
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(("command", "module"), [(COMMANDS[0], "yardstick"), (COMMANDS[1], "issue")])
def test_an_interruption_that_a_library_loses_still_stops(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    signum: signal.Signals,
    command: tuple[str, ...],
    module: str,
) -> None:
    """Code in C clears what a signal raised while it asks for an attribute: once, Ctrl-C wrote everything."""
    before = signal.getsignal(signum)

    def lost(variant: Variant) -> Measured:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signum)
        return measure(variant)

    monkeypatch.setattr(f"data_generator.{module}.measure", lost)
    done = CliRunner().invoke(takehome.app, [*command, "--out", str(tmp_path / "a" / "out")])
    assert done.exit_code == 130
    assert "interrupted; nothing was written" in done.stderr
    assert not list(tmp_path.iterdir())
    assert signal.getsignal(signum) is before


def test_an_interruption_while_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a bundle never gets its name."""

    def stop(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("data_generator.release.make_key", stop)
    done = CliRunner().invoke(takehome.app, [*COMMANDS[0], "--out", str(tmp_path / "a" / "out")])
    assert done.exit_code == 130
    assert "interrupted; nothing was written" in done.stderr
    assert not list(tmp_path.iterdir())
