"""A second, private engine: started, killed, recovered, stopped; the engine others use is not touched."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from engine_parts import api
from engine_parts.places import Places, places
from engine_parts.processes import alive, engine_process, leftovers, running

ENGINE = Path(__file__).resolve().parents[2] / "docker" / "engine"

pytestmark = [
    pytest.mark.docker,
    pytest.mark.slow,
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("dockerd", path="/usr/sbin:/usr/bin:/usr/local/bin") is None,
        reason="needs root and dockerd for a private engine",
    ),
]


def environment(folder: Path) -> dict[str, str]:
    """Return an environment for an engine with its own folders, socket and no bridge."""
    own = {name: value for name, value in os.environ.items() if name != "DOCKER_HOST"}
    return own | {
        "TAKEHOME_ENGINE_DIR": str(folder),
        "TAKEHOME_ENGINE_SOCKET": str(folder / "docker.sock"),
        "TAKEHOME_ENGINE_BRIDGE": "none",
    }


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the script on the private engine."""
    return subprocess.run(
        [sys.executable, str(ENGINE), *words],
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def started(folder: Path) -> dict[str, object]:
    """Start the private engine and return what the script prints."""
    done = run(folder, "start", "--json")
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout)
    return result


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder (socket paths have 107 bytes at most), whose engine is gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix="the-", dir="/tmp"))
    yield path
    run(path, "stop", "--purge")
    shutil.rmtree(path, ignore_errors=True)


def where(folder: Path) -> Places:
    """Return the places of the private engine."""
    return places(environment(folder))


def import_image(host: str, folder: Path) -> None:
    """Give the private engine an image with a static program that sleeps, made of nothing but busy loops."""
    tree = folder / "tree"
    (tree / "bin").mkdir(parents=True)
    libraries = subprocess.run(["ldd", "/bin/sleep"], capture_output=True, text=True, check=True).stdout
    shutil.copy("/bin/sleep", tree / "bin" / "sleep")
    for word in libraries.split():
        if word.startswith("/"):
            target = tree / word.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(word, target)
    tar = folder / "image.tar"
    subprocess.run(["tar", "-C", str(tree), "-cf", str(tar), "."], check=True)
    query = [("fromSrc", "-"), ("repo", "sleeper"), ("tag", "1"), ("changes", 'CMD ["/bin/sleep", "600"]')]
    with tar.open("rb") as body:
        list(api.stream(host, "/images/create", query, timeout=60, body=body))


def start_container(folder: Path, name: str, label: str) -> None:
    """Run a labelled sleeping container without a network."""
    client = shutil.which("docker", path="/usr/bin:/usr/local/bin")
    if client is None:
        pytest.fail("no docker client")
    words = [client, "-H", where(folder).host, "run", "-d", "--network", "none", "--name", name]
    subprocess.run([*words, "--label", label, "sleeper:1"], check=True, capture_output=True)


def names(folder: Path) -> set[str]:
    """Return the names of all containers, running or not."""
    _, found = api.request(where(folder).host, "GET", "/containers/json", all="1")
    return {item["Names"][0].lstrip("/") for item in found}


def test_start_is_idempotent_and_stop_undoes_it(folder: Path) -> None:
    """A second start takes the running engine; stop leaves no process, socket, mount or run folder."""
    first = started(folder)
    assert first["answers"]
    assert first["started_by_us"]
    engine = engine_process(where(folder), running())
    assert engine is not None
    assert started(folder) == first
    assert engine_process(where(folder), running()) == engine
    assert json.loads(run(folder, "stop", "--json").stdout) == {"stopped": True, "purged": False}
    assert engine_process(where(folder), running()) is None
    assert leftovers(where(folder), running()) == []
    assert not where(folder).socket.exists()
    assert not where(folder).run.exists()
    assert str(folder) not in Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    assert not Path(f"/sys/fs/cgroup/memory/{where(folder).cgroup}").exists()
    assert json.loads(run(folder, "stop", "--json").stdout)["stopped"] is False


def test_a_private_engine_leaves_the_machines_network_alone(folder: Path) -> None:
    """Starting an engine without a bridge once deleted the bridge of the engine everybody used."""
    before = sorted(path.name for path in Path("/sys/class/net").iterdir() if path.name.startswith("docker"))
    started(folder)
    after = sorted(path.name for path in Path("/sys/class/net").iterdir() if path.name.startswith("docker"))
    assert after == before
    engine = engine_process(where(folder), running())
    assert engine is not None
    assert Path(f"/proc/{engine.pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()


def test_stop_removes_bridge_and_rules_it_brought(folder: Path) -> None:
    """In a network of its own, an engine with a bridge leaves the packet filter as it found it."""
    show = "iptables-save -t filter | grep -v '^#' | sed 's/ \\[.*//'; ip -o link | grep -c docker0"
    script = f"""
        iptables -A INPUT -s 10.1.0.0/16 -j ACCEPT; {show}; echo ===
        {sys.executable} {ENGINE} start >&2; {show}; echo ===
        {sys.executable} {ENGINE} stop >&2; {show}
    """
    own = environment(folder) | {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    del own["TAKEHOME_ENGINE_BRIDGE"]
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", script],
        env=own,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    before, during, after = done.stdout.split("===\n")
    assert "DOCKER" in during, done.stderr
    assert "10.1.0.0" in before
    assert after == before


def test_two_starts_at_once_make_one_engine(folder: Path) -> None:
    """Two commands at the same moment end with the same single engine."""
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: started(folder), range(2)))
    assert results[0] == results[1]
    mark = f"--data-root={where(folder).data_root}"
    assert len([p for p in running() if p.program == "dockerd" and mark in p.argv]) == 1


def test_recovers_from_a_killed_engine(folder: Path) -> None:
    """After kill -9 a start works again, ends what survived, and removes our containers but not others."""
    started(folder)
    import_image(where(folder).host, folder)
    start_container(folder, "ours", "takehome=run")
    start_container(folder, "other", "someone=else")
    engine = engine_process(where(folder), running())
    assert engine is not None
    survivors = [p.pid for p in leftovers(where(folder), running())]
    assert survivors
    os.kill(engine.pid, signal.SIGKILL)
    assert where(folder).socket.exists()
    # The worst pid file: its number belongs to a living process that is not an engine.
    where(folder).pidfile.write_text(str(os.getpid()), encoding="utf-8")
    assert started(folder)["answers"]
    assert not any(alive(pid) for pid in survivors)
    assert names(folder) == {"other"}


def test_status_tells_that_nothing_answers(folder: Path) -> None:
    """Without an engine, status is an answer and not an error."""
    done = run(folder, "status", "--json")
    assert done.returncode == 0
    result = json.loads(done.stdout)
    assert (result["answers"], result["buildkit"], result["base"]) == (False, False, None)
