"""What the engine script decides, without any engine, root or package tool."""

import fcntl
import json
import os
import socket
import threading
from pathlib import Path

import pytest
from engine_parts import api, clients, commands, daemon, image, install, lifecycle, stand_in
from engine_parts.errors import EngineError
from engine_parts.places import places


def test_docker_host_wins_over_the_standard_socket() -> None:
    """The engine named in DOCKER_HOST is the one used, and no engine of ours would help there."""
    assert places({}).host == "unix:///var/run/docker.sock"
    assert places({}).ours
    named = places({"DOCKER_HOST": "tcp://10.0.0.1:2375"})
    assert (named.host, named.ours) == ("tcp://10.0.0.1:2375", False)


def test_a_private_engine_shares_nothing_with_the_usual_one() -> None:
    """Every file, the lock and the control group move with TAKEHOME_ENGINE_DIR."""
    usual = places({})
    own = places({"TAKEHOME_ENGINE_DIR": "/x", "TAKEHOME_ENGINE_SOCKET": "/x/s"})
    for name in ("socket", "data_root", "exec_root", "pidfile", "state", "log", "config", "lock", "cgroup"):
        assert getattr(usual, name) != getattr(own, name), name
        assert name == "cgroup" or str(getattr(own, name)).startswith("/x/"), name


@pytest.mark.parametrize("command", ["start", "base"])
def test_without_root_two_lines_and_exit_code_four(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A user who cannot install gets exactly two lines: what to install, and what works without."""
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("TAKEHOME_ENGINE_DIR", str(tmp_path))
    monkeypatch.setenv("TAKEHOME_ENGINE_SOCKET", str(tmp_path / "none.sock"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert commands.main([command]) == 4
    printed = capsys.readouterr()
    assert printed.out == ""
    first, second = printed.err.splitlines()
    assert "install Docker" in first
    assert "--executor local" in second
    assert list(tmp_path.iterdir()) == []


def test_without_apt_the_advice_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Root on another distribution gets the two lines, too, and nothing is tried."""
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("TAKEHOME_ENGINE_DIR", str(tmp_path))
    monkeypatch.setenv("TAKEHOME_ENGINE_SOCKET", str(tmp_path / "none.sock"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(lifecycle, "distribution", lambda: {"fedora"})
    assert commands.main(["start"]) == 4
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_named_engine_that_is_down_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Clients follow DOCKER_HOST, so an engine started elsewhere would be found by nobody."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/elsewhere.sock")
    monkeypatch.setattr(lifecycle, "bring_up", lambda _: pytest.fail("started an engine"))
    assert commands.main(["start"]) == 4
    assert "unset DOCKER_HOST" in capsys.readouterr().err


def test_a_forbidden_socket_is_explained() -> None:
    """An engine the user may not talk to needs a group, not an installation."""
    assert "group `docker`" in lifecycle.advice(places({}), "Permission denied", root=False)


@pytest.mark.parametrize(
    ("root", "names", "programs", "possible"),
    [
        (True, {"debian"}, {"apt-get"}, True),
        (True, {"pop", "ubuntu"}, {"apt-get"}, True),
        (False, {"debian"}, {"apt-get"}, False),
        (True, {"fedora"}, {"apt-get"}, False),
        (True, {"debian"}, set(), False),
    ],
)
def test_installing_needs_root_debian_and_apt(
    root: bool, names: set[str], programs: set[str], possible: bool
) -> None:
    """Packages are installed only where that can work."""
    assert install.can_install(root, names, lambda p: p if p in programs else None) is possible


def test_only_missing_packages_are_installed() -> None:
    """A client without an engine does not hide that the engine is missing."""
    there = {"docker", "iptables"}
    assert install.missing(install.ENGINE_PACKAGES, lambda p: p if p in there else None) == ["docker.io"]
    assert install.missing(install.ENGINE_PACKAGES, lambda p: p) == []


def test_distribution_reads_id_and_likeness(tmp_path: Path) -> None:
    """Derivatives of Debian and Ubuntu count; a machine without the file is unknown."""
    file = tmp_path / "os-release"
    file.write_text('NAME="X"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', encoding="utf-8")
    assert install.distribution(file) == {"linuxmint", "ubuntu", "debian"}
    assert install.distribution(tmp_path / "none") == set()


def test_apt_failure_shows_its_last_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person sees apt's own reason; a failed update alone does not stop the installation."""
    fake = tmp_path / "apt-get"
    fake.write_text(
        '#!/bin/sh\necho "$@" >>"$0.calls"\n[ "$1" = update ] && exit 100\necho "E: no such package"; exit 100\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(EngineError, match="E: no such package"):
        install.install(["docker.io"])
    update, wanted = (tmp_path / "apt-get.calls").read_text().splitlines()
    assert update.startswith("update")
    assert wanted.endswith("--no-install-recommends docker.io")


def test_options_are_fit_for_strangers_builds() -> None:
    """No core dumps, bounded logs, no talk between containers; the machine's network options are kept."""
    options = daemon.options(places({}), {"registry-mirrors": ["https://m"], "live-restore": True}, None)
    assert options["default-ulimits"]["core"]["Hard"] == 0
    assert options["log-opts"]["max-size"] == "10m"
    assert (options["icc"], options["live-restore"]) == (False, False)
    assert options["registry-mirrors"] == ["https://m"]
    assert "runtimes" not in options


def test_the_stronger_runtime_is_offered_where_it_is_installed() -> None:
    """An engine started here knows gVisor where its program is there, without a network of its own."""
    runtimes = daemon.options(places({}), {}, "/usr/bin/runsc")["runtimes"]
    assert runtimes == {"runsc": {"path": "/usr/bin/runsc", "runtimeArgs": ["--network=none"]}}


def test_a_failing_engine_shows_its_last_log_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where dockerd cannot run (no permission for iptables, say), its own words are in the error."""
    fake = tmp_path / "dockerd"
    fake.write_text('#!/bin/sh\necho "iptables: Permission denied"\nexit 1\n')
    fake.chmod(0o755)
    monkeypatch.setattr(daemon, "find", lambda _: str(fake))
    where = places({"TAKEHOME_ENGINE_DIR": str(tmp_path), "TAKEHOME_ENGINE_SOCKET": str(tmp_path / "s")})
    with pytest.raises(EngineError, match=r"exit code 1(.|\n)*iptables: Permission denied"):
        daemon.launch(where)


def test_the_lock_makes_a_second_command_wait(tmp_path: Path) -> None:
    """While one command holds the lock, another does not get in."""
    where = places({"TAKEHOME_ENGINE_DIR": str(tmp_path)})
    with lifecycle.locked(where), where.lock.open() as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_stale_socket_counts_as_no_engine(tmp_path: Path) -> None:
    """A socket file nobody serves is what a killed engine leaves."""
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
    assert api.version(f"unix://{path}") == (None, "Connection refused")


def test_something_else_on_the_socket_is_no_engine(tmp_path: Path) -> None:
    """A program that answers without a version is not taken for an engine."""
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        assert api.version(f"unix://{path}") == (None, "status 404 without a version")
        thread.join()


def test_other_schemes_are_refused_clearly() -> None:
    """An address we cannot speak to is named, with what is expected."""
    with pytest.raises(EngineError, match="expected unix://PATH or tcp://HOST:PORT"):
        api.connect("ssh://somewhere", 1.0)


def test_clients_are_tried_in_order_and_broken_ones_skipped(tmp_path: Path) -> None:
    """A newer client without its build plug-in comes first on the PATH and is passed over."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "docker").write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name / "docker").chmod(0o755)
    (tmp_path / "c").symlink_to(tmp_path / "a")
    found = clients.candidates(":".join(str(tmp_path / name) for name in "abc"))
    assert found == [str(tmp_path / "a" / "docker"), str(tmp_path / "b" / "docker")]
    assert clients.building_client("unix:///nowhere", found) is None


def test_the_stand_in_is_built_only_when_no_registry_gives_the_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pull first; the stand-in comes after the registry's refusal."""
    calls: list[str] = []
    there = {"tag": "python:3.11-slim", "stand_in": True, "id": "sha256:1"}
    monkeypatch.setattr(api, "version", lambda host: ("20.10", ""))
    monkeypatch.setattr(image, "present", lambda host: there if "build" in calls else None)
    monkeypatch.setattr(image, "pull", lambda host: calls.append("pull") or "no such host")
    monkeypatch.setattr(image, "build", lambda host, reference: calls.append("build"))
    where = places({"TAKEHOME_ENGINE_DIR": str(tmp_path)})
    assert image.provide(where) == there
    assert image.provide(where) == there
    assert calls == ["pull", "build"]


def test_nothing_of_this_machines_python_enters_the_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pip options of the host must not steer the build; its proxies must."""
    monkeypatch.setenv("PIP_FIND_LINKS", "/opt/wheels")
    monkeypatch.setenv("https_proxy", "http://proxy:1")
    found = stand_in.clean_environment()
    assert "PIP_FIND_LINKS" not in found
    assert found["https_proxy"] == "http://proxy:1"


@pytest.mark.parametrize("command", ["", *sorted(commands.COMMANDS)])
def test_every_command_helps_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` of each command, and of the script itself, shows how it is typed."""
    with pytest.raises(SystemExit) as ended:
        commands.main([*command.split(), "--help"])
    assert ended.value.code == 0
    assert f"Example: docker/engine {command}" in " ".join(capsys.readouterr().out.split())


def test_status_is_one_json_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scripts read the status without knowing the wording for people."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    assert commands.main(["status", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert sorted(found) == ["answers", "base", "buildkit", "client", "host", "started_by_us", "version"]
