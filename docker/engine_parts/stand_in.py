"""Build a stand-in for python:3.11-slim from Debian packages, where no registry answers."""

import http.client
import os
import subprocess
import tempfile
import time
from pathlib import Path

from . import api
from .errors import EngineError
from .install import SEARCH, STAND_IN_PACKAGES, can_install, distribution, find, install, missing
from .report import say

# Debian 12 is the release whose Python is 3.11, and the one the official image is made of.
SUITE = "bookworm"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SHAPE = Path(__file__).with_name("stand_in.sh")
# The libraries Python itself needs, and what the official image adds to Debian's slim one.
PACKAGES = (
    "ca-certificates,media-types,netbase,tzdata,libbz2-1.0,libcrypt1,libdb5.3,libexpat1,libffi8,liblzma5,"
    "libncursesw6,libnsl2,libreadline8,libsqlite3-0,libssl3,libtinfo6,libtirpc3,libuuid1,zlib1g"
)
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
CHANGES = (
    "LABEL takehome.base=stand-in",
    "ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
    "ENV LANG=C.UTF-8",
    f"ENV PIP_CERT={BUNDLE}",
    f"ENV SSL_CERT_FILE={BUNDLE}",
    'CMD ["python3"]',
)
# As in Debian's own slim images.
EXCLUDED = ("/usr/share/doc/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/man/*")


def command(tar: Path) -> list[str]:
    """Return the mmdebstrap command that writes the file system to `tar`."""
    return [
        find("mmdebstrap") or "mmdebstrap",
        "--quiet",
        "--variant=minbase",
        f"--include={PACKAGES}",
        f"--keyring={KEYRING}",
        *(f"--dpkgopt=path-exclude={pattern}" for pattern in EXCLUDED),
        "--dpkgopt=path-include=/usr/share/doc/*/copyright",
        *(f"--aptopt={line}" for line in proxies()),
        f"--customize-hook={SHAPE}",
        SUITE,
        str(tar),
    ]


def proxies() -> list[str]:
    """Return this machine's apt proxy lines; mmdebstrap does not read them itself."""
    done = subprocess.run(
        ["apt-config", "dump", "Acquire::http::Proxy"], capture_output=True, text=True, check=False
    )
    return [line for line in done.stdout.splitlines() if '""' not in line]


def clean_environment() -> dict[str, str]:
    """Return an environment that carries nothing of this machine's own Python or locale into the image."""
    kept = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    return kept | {"PATH": SEARCH, "LC_ALL": "C.UTF-8", "HOME": "/root"}


def build(host: str, reference: str) -> None:
    """Build the stand-in and give it the name `reference` in the engine at `host`.

    Takes about half a minute. Raises EngineError where this machine cannot build it, or the build fails.
    """
    if not can_install(os.geteuid() == 0, distribution()):
        raise EngineError(
            f"A stand-in for {reference} needs root on Debian or Ubuntu.\n"
            f"Make {reference} available to the engine yourself (docker pull, or docker load)."
        )
    absent = missing(STAND_IN_PACKAGES) + ([] if KEYRING.exists() else ["debian-archive-keyring"])
    if absent:
        install(absent)
    began = time.monotonic()
    say(f"Building a stand-in for {reference} from Debian packages (about half a minute).")
    # /var/tmp, because /tmp may be a tmpfs too small for the archive.
    with tempfile.TemporaryDirectory(prefix="takehome-base-", dir="/var/tmp") as name:
        tar = Path(name) / "base.tar"
        done = subprocess.run(
            command(tar),
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
            raise EngineError(f"mmdebstrap failed with exit code {done.returncode}:\n{tail}")
        say(f"File system made after {time.monotonic() - began:.0f} s; importing it.")
        load(host, tar, reference)
    say(f"Stand-in for {reference} ready after {time.monotonic() - began:.0f} s.")


def load(host: str, tar: Path, reference: str) -> None:
    """Import a file system as an image."""
    name, _, tag = reference.rpartition(":")
    query = [("fromSrc", "-"), ("repo", name), ("tag", tag), *(("changes", line) for line in CHANGES)]
    try:
        with tar.open("rb") as body:
            for _ in api.stream(host, "/images/create", query, timeout=300.0, body=body):
                pass
    except (OSError, http.client.HTTPException) as error:
        raise EngineError(f"The engine at {host} did not take the stand-in: {error}") from error
