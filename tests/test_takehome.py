"""The one command: what it says before any command of its own has begun."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import takehome

INTERRUPTED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background inherits an ignored one

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "grader.cli":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
sys.argv = ["{program}", "explain"]
import takehome
takehome.main()
"""


def interrupted(program: str) -> subprocess.CompletedProcess[str]:
    """Start the command and interrupt it while it loads its parts."""
    code = INTERRUPTED.format(program=program)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_ctrl_c_while_the_command_loads_is_one_line() -> None:
    """Ctrl-C in the first seconds once printed a long traceback out of the libraries' insides."""
    done = interrupted("takehome")
    assert (done.returncode, done.stderr) == (130, "takehome: interrupted; nothing was written\n")


def test_who_imports_the_command_keeps_the_interruption() -> None:
    """A test or a tool that loads the module is not ended by it."""
    assert "KeyboardInterrupt" in interrupted("another").stderr


def test_ctrl_c_after_loading_is_python_again() -> None:
    """Commands clean up after themselves; the short way out is for loading only."""
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    code += "sys.argv = ['takehome']; import takehome\n"
    code += "print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_incident_a_full_disk_behind_the_output_showed_a_traceback() -> None:
    """`takehome explain > list.txt` on a full disk is a line and an exit code of ours."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "takehome", "explain"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.stderr == "takehome: the output cannot be written: No space left on device\n"
    assert done.returncode == 4


def test_incident_the_demo_took_any_word_for_an_executor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`demo --executor foo` generated and solved a variant for minutes before the grading refused the name."""

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 9)

    commands: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", run)
    out = tmp_path / "demo"
    done = CliRunner().invoke(takehome.app, ["demo", "--out", str(out), "--executor", "foo"])
    assert (done.exit_code, "foo" in done.stderr, commands, out.exists()) == (2, True, [], False)
    monkeypatch.setattr(takehome, "_fresh", lambda *_: True)
    for name in ("docker", "local"):
        assert (
            CliRunner().invoke(takehome.app, ["demo", "--out", str(out), "--executor", name]).exit_code == 9
        )
    assert [command[-2:] for command in commands] == [["--executor", "docker"], ["--executor", "local"]]


def test_incident_the_first_help_had_no_example() -> None:
    """The command and each of its commands show how they are typed; each can print its result as JSON."""
    runner = CliRunner()
    wide = {"COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"}
    assert "Example: takehome " in runner.invoke(takehome.app, ["--help"], env=wide).output
    for name in get_command(takehome.app).commands:  # type: ignore[attr-defined]
        shown = runner.invoke(takehome.app, [name, "--help"], env=wide).output
        assert f"Example: takehome {name} " in shown
        assert "--json" in shown
