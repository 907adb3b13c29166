"""How the remains of a killed engine are recognised, from made-up process lists and tables."""

import os
import subprocess
from pathlib import Path

import pytest
from engine_parts import daemon, firewall, groups, lifecycle
from engine_parts.errors import EngineError
from engine_parts.mounts import mounts_below
from engine_parts.places import Places, places
from engine_parts.processes import Process, alive, end, engine_process, foreign_engine, leftovers, running

RULES = """*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:DOCKER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i br-0123456789ab -j ACCEPT
-A INPUT -s 10.1.0.0/16 -j ACCEPT
COMMIT
"""


def where(folder: str = "/x") -> Places:
    """Return places below a folder."""
    return places({"TAKEHOME_ENGINE_DIR": folder, "TAKEHOME_ENGINE_SOCKET": f"{folder}/s"})


def test_only_an_engine_with_our_data_root_is_ours() -> None:
    """The machine's own engine, or an editor open on our folder, is never taken for ours."""
    own = Process(3, 1, ("/usr/sbin/dockerd", "--data-root=/x/lib/data"))
    others = [
        Process(1, 0, ("/usr/sbin/dockerd", "-H", "fd://")),
        Process(2, 1, ("vim", "--data-root=/x/lib/data")),
        Process(4, 1, ("/usr/sbin/dockerd", "--data-root=/x/lib/data2")),
    ]
    assert engine_process(where(), others) is None
    assert engine_process(where(), [*others, own]) == own


def test_leftovers_are_our_containerd_shims_and_what_they_hold() -> None:
    """A container's processes are found through their shim; those of another engine are not."""
    processes = [
        Process(10, 1, ("containerd", "--config", "/x/run/exec/containerd/containerd.toml")),
        Process(11, 1, ("containerd-shim-runc-v2", "-address", "/x/run/exec/containerd/containerd.sock")),
        Process(12, 11, ("python3", "serve.py")),
        Process(13, 12, ("sleep", "9")),
        Process(20, 1, ("containerd-shim-runc-v2", "-address", "/run/containerd/containerd.sock")),
        Process(21, 20, ("postgres",)),
        Process(22, 1, ("tail", "/x/run/exec/containerd/log")),
    ]
    assert [p.pid for p in leftovers(where(), processes)] == [10, 11, 12, 13]


def test_an_engine_without_a_bridge_runs_in_its_own_network() -> None:
    """Such an engine deletes docker0 when it starts, whoever uses it."""
    alone = places({"TAKEHOME_ENGINE_DIR": "/x", "TAKEHOME_ENGINE_BRIDGE": "none"})
    assert daemon.command(alone, "/usr/sbin/dockerd")[:2] == ["unshare", "--net"]
    assert daemon.command(where(), "/usr/sbin/dockerd")[0] == "/usr/sbin/dockerd"


def test_another_engine_on_the_same_network_is_seen(tmp_path: Path) -> None:
    """Two engines would fight over docker0; one in a network of its own does no harm."""
    for name, network in (("self", "1"), ("7", "1"), ("8", "2")):
        (tmp_path / name / "ns").mkdir(parents=True)
        (tmp_path / name / "ns" / "net").symlink_to(f"net:[{network}]")
    same, apart = Process(7, 1, ("/usr/sbin/dockerd",)), Process(8, 1, ("/usr/sbin/dockerd",))
    gone = Process(9, 1, ("/usr/sbin/dockerd",))
    assert foreign_engine(where(), [gone, apart, same], tmp_path) == same
    assert foreign_engine(where(), [gone, apart], tmp_path) is None


def test_an_engine_that_answers_elsewhere_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A running engine nobody can reach at our address is an error with advice, not a second engine."""
    monkeypatch.setattr(lifecycle, "foreign_engine", lambda *_: Process(7, 1, ("dockerd",)))
    with pytest.raises(EngineError, match=r"process 7.*DOCKER_HOST"):
        lifecycle.wait_for_other(where(str(tmp_path)), patience=0.0)
    monkeypatch.setattr(lifecycle.api, "version", lambda _: ("27.0", ""))
    assert lifecycle.wait_for_other(where(str(tmp_path)), patience=0.0) == "27.0"


def test_reads_real_processes() -> None:
    """The process list holds this very process with its parent."""
    own = next(p for p in running() if p.pid == os.getpid())
    assert own.parent == os.getppid()


def test_end_kills_what_does_not_listen() -> None:
    """A process that ignores the request to end is killed after the patience."""
    program = "trap '' TERM; echo ready; while :; do sleep 0.1; done"
    with subprocess.Popen(["sh", "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert alive(process.pid)
        end([process.pid], patience=0.3)
        assert not alive(process.pid)
        process.wait()


def test_a_pid_file_of_a_foreign_process_is_removed_and_the_process_left(tmp_path: Path) -> None:
    """Process ids are given out again; the number in a stale file proves nothing."""
    own = where(str(tmp_path))
    own.exec_root.mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"]) as process:
        own.pidfile.write_text(str(process.pid), encoding="utf-8")
        daemon.clear_remains(own)
        assert not own.pidfile.exists()
        assert process.poll() is None
        process.kill()


def test_mounts_are_found_innermost_first() -> None:
    """Nested mounts go before what holds them; neighbours with the same beginning stay."""
    points = ("/x/lib/data", "/x/lib/data/overlay2/1/merged", "/x/lib/data2", "/", "/x/lib/data/a\\040b")
    table = "".join(f"1 2 0:3 / {point} rw - ext4 /dev/sda rw\n" for point in points)
    assert mounts_below(table, Path("/x/lib/data")) == [
        "/x/lib/data/overlay2/1/merged",
        "/x/lib/data/a b",
        "/x/lib/data",
    ]


def test_rules_of_the_engine_go_and_others_stay() -> None:
    """Stopping restores the packet filter; a rule of the machine's own survives."""
    assert firewall.forward_policy(RULES) == "DROP"
    left = firewall.without_engine(RULES, "ACCEPT")
    assert (
        left
        == "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n-A INPUT -s 10.1.0.0/16 -j ACCEPT\nCOMMIT\n"
    )


def test_rules_that_were_there_before_us_are_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where Docker's rules are older than our engine they belong to somebody else."""
    calls: list[object] = []
    monkeypatch.setattr(firewall, "saved", lambda table: RULES)
    monkeypatch.setattr(firewall, "remove_bridge", calls.append)
    monkeypatch.setattr(firewall.subprocess, "run", lambda *a, **k: calls.append(a))
    firewall.restore("docker0", {"bridge": True, "rules": True, "forward": "DROP"})
    assert calls == []
    firewall.restore("docker0", {"bridge": False, "rules": False, "forward": "ACCEPT"})
    assert len(calls) == 3


def test_group_limits_for_both_kernels_interfaces(tmp_path: Path) -> None:
    """The common memory limit leaves a gibibyte to the machine, in the files of cgroup v1 and v2."""
    total = 8 << 30
    first = groups.settings("takehome", total, tmp_path)
    assert first[tmp_path / "memory" / "takehome" / "memory.limit_in_bytes"] == str(7 << 30)
    (tmp_path / "cgroup.controllers").write_text("memory pids")
    second = groups.settings("takehome", total, tmp_path)
    assert second[tmp_path / "takehome" / "memory.max"] == str(7 << 30)
    assert groups.memory_limit(1 << 30) == 1 << 29
