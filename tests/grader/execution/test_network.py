"""A service and its prober share one loopback; the machine, its gateway and other services are out of reach."""

import concurrent.futures
import contextlib
import json
import secrets
import socket
import subprocess
import threading
import time
from dataclasses import replace

import pytest

from grader.execution.docker import DockerExecutor
from grader.execution.limits import MIB, JobLimits
from grader.execution.protocol import BuildRequest
from grader.types import Verdict

pytestmark = pytest.mark.docker

SERVICE = JobLimits(seconds=120, memory=256 * MIB, cpus=1.0, pids=64, tmp=8 * MIB)
REACH = """
import json, os, socket, sys
reached = []
for host, port in json.loads(sys.argv[1]):
    try: socket.create_connection((host, port), 1).close(); reached.append([host, port])
    except OSError: pass
for name in json.loads(sys.argv[2]):
    s = socket.socket(socket.AF_UNIX)
    try: s.connect(name); reached.append(name)
    except OSError: pass
    s.close()
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try: udp.sendto(b'x', ('169.254.169.254', 53)); reached.append('sent')
except OSError: pass
udp.close()
print(json.dumps([reached, sorted(os.listdir('/sys/class/net')), open('/proc/net/route').read().count(chr(10))]))
"""
NAMED = """
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"NAME")
http.server.HTTPServer(("0.0.0.0", 8000), Answer).serve_forever()
"""
GET = """
import time, urllib.request
for _ in range(600):
    try: print(urllib.request.urlopen('http://127.0.0.1:8000', timeout=9).read().decode()); break
    except OSError: time.sleep(0.1)
"""


@pytest.fixture
def host():
    """A server of the host on every address it has, and one on an abstract socket; their places."""
    name = f"\0takehome-{secrets.token_hex(6)}"
    with socket.create_server(("0.0.0.0", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(name)
        unix.listen()

        def accept(listening):
            with contextlib.suppress(OSError):
                while True:
                    listening.accept()[0].close()

        for listening in (tcp, unix):
            threading.Thread(target=accept, args=(listening,), daemon=True).start()
        port = tcp.getsockname()[1]
        shown = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()
        addresses = {a for a in shown if ":" not in a} | {
            "127.0.0.1",
            "172.17.0.1",
            "169.254.169.254",
            "1.1.1.1",
        }
        # From here the server does answer, else this would prove nothing.
        for address in addresses - {"172.17.0.1", "169.254.169.254", "1.1.1.1"}:
            socket.create_connection((address, port), 5).close()
        places = [[a, p] for a in sorted(addresses) for p in (port, 22, 80, 2375)]
        places += [["host.docker.internal", port], ["gateway.docker.internal", port]]
        yield json.dumps(places), json.dumps([name, "/var/run/docker.sock"])
        for listening in (tcp, unix):
            listening.shutdown(socket.SHUT_RDWR)


def image_of(executor, folder, code, *arguments):
    """Build an image that runs a piece of code."""
    folder.mkdir()
    (folder / "code.py").write_text(code)
    command = json.dumps(["python", "-u", "/code.py", *arguments])
    (folder / "Dockerfile").write_text(f"FROM python:3.11-slim\nCOPY code.py /code.py\nCMD {command}\n")
    built = executor.build(BuildRequest(folder, "Dockerfile", 300, 1024 * MIB))
    assert built.verdict is Verdict.OK, built.detail
    return built.image


def test_neither_service_nor_prober_reaches_the_host(docker_executor: DockerExecutor, host, tmp_path, job):
    """Host ports, the gateway, the engine's and other sockets, the metadata address: nothing answers inside."""
    image = image_of(docker_executor, tmp_path / "reach", REACH + "import time; time.sleep(60)", *host)
    nothing = [[], ["lo"], 1]
    with docker_executor.serve(image, SERVICE) as service:
        assert json.loads(service.probe(job(REACH, arguments=host)).stdout) == nothing
        until = time.monotonic() + 60
        while not service.logs().strip() and time.monotonic() < until:
            time.sleep(0.2)
        assert json.loads(service.logs()) == nothing
    assert json.loads(docker_executor.run(job(REACH, arguments=host)).stdout) == nothing


def test_services_at_the_same_time_do_not_meet(docker_executor: DockerExecutor, tmp_path, job):
    """Two services on the same port run side by side, and each prober finds its own."""
    images = [image_of(docker_executor, tmp_path / n, NAMED.replace("NAME", n)) for n in ("one", "two")]
    with contextlib.ExitStack() as running:
        services = [running.enter_context(docker_executor.serve(i, SERVICE)) for i in images]
        assert [s.probe(job(GET, limits={"seconds": 90})).stdout for s in services] == [b"one\n", b"two\n"]


def running(executor, jobs):
    """Return what the engine says of the run's containers once so many jobs are at work."""
    api = executor._engine.client.api
    label = {"label": [f"{k}={v}" for k, v in executor._run.labels.items()]}
    until = time.monotonic() + 60
    while time.monotonic() < until:
        names = [c["Names"][0] for c in api.containers(filters=label)]
        if sum(name.split("-")[2] == "job" for name in names) == jobs:
            break
        time.sleep(0.2)
    return [api.inspect_container(name) for name in names]


def test_every_container_of_a_run_is_confined(docker_executor: DockerExecutor, tmp_path, job):
    """Job, prober, keeper and service: no network, capability, privilege, host folder to write, or shared memory."""
    image = image_of(docker_executor, tmp_path / "one", NAMED)
    hold = (tmp_path / "hold").resolve()
    hold.mkdir()
    wait = job(
        "import os, time\nfor _ in range(600):\n"
        "    if os.path.exists(os.environ['HOLD'] + '/end'): break\n    time.sleep(.1)",
        inputs={"HOLD": hold},
        limits={"seconds": 90},
    )
    with docker_executor.serve(image, SERVICE) as service, concurrent.futures.ThreadPoolExecutor(2) as pool:
        pool.submit(docker_executor.run, replace(wait, output_area="confined"))
        pool.submit(service.probe, wait)
        found = running(docker_executor, jobs=2)
        (hold / "end").touch()
    kinds = {}
    for container in found:
        kind, config = container["Name"].split("-")[2], container["HostConfig"]
        kinds[kind] = kinds.get(kind, 0) + 1
        assert config["CapDrop"] == ["ALL"], kind
        assert not any((config["CapAdd"], config["Privileged"], config["Devices"])), kind
        assert config["SecurityOpt"] == ["no-new-privileges:true"], kind
        assert (config["IpcMode"], config["PidMode"], config["UTSMode"]) == ("private", "", ""), kind
        assert config["NetworkMode"] == "none" or config["NetworkMode"].startswith("container:"), kind
        assert config["Memory"] == config["MemorySwap"] > 0, kind
        assert config["PidsLimit"] > 0, kind
        assert all(not m["RW"] for m in container["Mounts"] if m["Type"] == "bind"), kind
        assert kind == "service" or config["ReadonlyRootfs"], kind
        assert kind == "service" or container["Config"]["User"] == "10001:10001", kind
    assert kinds["service"] == 1
    assert kinds["job"] == 2
    assert kinds["keeper"] >= 1
