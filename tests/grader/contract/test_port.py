"""A port on which nothing can ever answer is refused, not waited for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import takehome
from grader.contract import __main__ as one_file
from grader.contract import service
from grader.contract.looking import Looked
from tests.grader.contract import broken


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ports that were asked; nothing is."""
    ports: list[int] = []

    def note(_: Path, port: int) -> Looked:
        ports.append(port)
        return Looked(("service",), {}, (), 0.0)

    monkeypatch.setattr(service, "check_service", note)
    monkeypatch.setattr(one_file, "check_service", note)
    return ports


@pytest.mark.parametrize("port", ["0", "-1", "65536", "99999"])
def test_incident_a_port_that_is_none_was_asked_for_a_minute(
    tmp_path: Path,
    asked: list[int],
    port: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`check --port 99999` waited a minute and then blamed the service, in both forms of the check."""
    done = CliRunner().invoke(takehome.app, ["check", str(tmp_path), "--port", port])
    assert (done.exit_code, "Invalid value" in done.stderr, asked) == (2, True, [])
    monkeypatch.setattr(sys, "argv", ["takehome-check.pyz", str(tmp_path), "--port", port])
    with pytest.raises(SystemExit) as ended:
        one_file.main()
    assert (ended.value.code, "expected a port, 1 to 65535" in capsys.readouterr().err) == (2, True)
    assert asked == []


@pytest.mark.parametrize("port", [1, 8000, 65535])
def test_every_port_is_asked(
    tmp_path: Path, asked: list[int], port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ends of the range are ports, too."""
    folder = str(broken.submission(tmp_path / "work"))
    CliRunner().invoke(takehome.app, ["check", folder, "--port", str(port)])
    monkeypatch.setattr(sys, "argv", ["takehome-check.pyz", folder, "--port", str(port)])
    one_file.main()
    assert asked == [port, port]
