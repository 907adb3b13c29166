"""What has no place in an image: the issued data, and secrets.

Only what is certain counts: the issued files by content or by name and size, keys and credentials by name and
content. The distribution's and packages' own files (certificates, keys of their tests) are nobody's secret.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.probes.image.layers import LayerFile

CHUNK = 1 << 20
MIN_DATA = 1 << 20
"""A file with the issued data's name from this size on is that data, written again."""
DATA_SUFFIXES = frozenset(
    {".parquet", ".csv", ".feather", ".arrow", ".pkl", ".pickle", ".h5", ".json", ".jsonl"}
)
PACKED_SUFFIXES = frozenset({".gz", ".bz2", ".xz", ".zst", ".zip"})
MAX_SECRET = 64 * 1024
KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY")
KEY_FILES = re.compile(r"id_(rsa|dsa|ecdsa|ed25519)|.*\.(pem|key)|(credentials|service[-_]?account.*)\.json")
CREDENTIALS = {
    ".aws/credentials": re.compile(rb"aws_secret_access_key\s*=\s*\S"),
    ".docker/config.json": re.compile(rb'"auth"\s*:\s*"\w'),
    ".netrc": re.compile(rb"\bpassword\s+\S"),
    ".pypirc": re.compile(rb"password\s*[:=]\s*\S"),
    ".git-credentials": re.compile(rb"://[^/\s:]+:[^/\s@]+@"),
}
PIP_FILES = re.compile(r"pip\.(conf|ini)|requirements.*\.(txt|in)|constraints.*\.txt")
ENVIRONMENT = re.compile(r"(.*\.)?env|\.env\..+")
SAMPLE = re.compile(r"example|sample|template|dist")
SET_SECRET = re.compile(
    rb"""^[ \t]*(?:export[ \t]+)?\w*(?:SECRET(?:_?KEY)?|TOKEN|PASSWORD|PASSWD|API_?KEY|ACCESS_KEY|PRIVATE_KEY)
    [ \t]*=[ \t]*["']?
    (?!change|your|xxx|\*|todo|placeholder|dummy|replace|example|sample|insert
    |(?:none|null|false|true|enabled?|disabled?|required|optional|default|test(?:ing)?|dev(?:elopment)?|local
    |fake|mock|demo|unset|not[-_]?set|unknown|missing)(?![a-z0-9])
    |[\d.]+(?![^\s"'\#]))
    [^\s"'#<$/\[{][^\s"'#<$]{3,}""",
    re.I | re.M | re.X,
)
"""A line that sets a secret, not what describes one (`MAX_TOKENS`, `SECRET_KEY_FILE`), to what is no placeholder, no
number, no path and no reference to another variable."""
URL_SECRET = re.compile(
    rb"""\b[a-z][a-z0-9+.-]*://([^\s:@/"'$<{]*):
    (?!change|your|xxx|\*|todo|placeholder|dummy|replace|example|sample|insert|my|test|dev|local|fake|mock|demo|unset
    |(?:pass(?:word|wd)?|pwd|secret|token|postgres|mysql|root|admin|user(?:name)?|mlflow|minio(?:admin|123)?|guest
    |redis|default|changeit|none|null|unknown)\d*@)
    ([^\s:@/"'$<{]{6,})@(?!localhost|127\.|\[::1)""",
    re.I | re.X,
)
"""An address with the password of an account (`scheme://account:password@host`) on another machine."""
OWN_BELOW_USR = ("src", "app")
PACKAGES = frozenset({"site-packages", "dist-packages", "node_modules", "conda", "miniconda", "miniconda3"})
LIBRARY = re.compile(r"(?:^|/)lib/python\d[\d.]*/")
"""A Python's own library, wherever that was built to; its tests hold private keys."""
SYSTEM = frozenset({"etc", "lib", "lib32", "lib64", "libx32", "bin", "sbin", "boot", "dev", "proc", "sys"})


@dataclass(frozen=True)
class IssuedFile:
    """A data file that the candidate was given."""

    name: str
    size: int
    sha256: str


def is_issued_data(file: LayerFile, issued: Sequence[IssuedFile]) -> bool:
    """Return whether a file is an issued one, under whatever name, or that data written again under its name."""
    if file.size >= MIN_DATA and _data_name(file.name) in {_data_name(one.name) for one in issued}:
        return True
    alike = {one.sha256 for one in issued if one.size == file.size}
    return bool(alike) and _sha256(file) in alike


def _data_name(name: str) -> str | None:
    """Return the name of a data file without what says how it is written, None for other files."""
    path = PurePosixPath(name.lower())
    if path.suffix in PACKED_SUFFIXES:
        path = path.with_suffix("")
    return path.stem if path.suffix in DATA_SUFFIXES else None


def _sha256(file: LayerFile) -> str:
    digest = hashlib.sha256()
    while chunk := file.content.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def is_secret(file: LayerFile) -> bool:
    """Return whether a file outside the system's and packages' folders holds a private key or credentials."""
    path = PurePosixPath(file.name)
    name = path.name.lower()
    if not 0 < file.size <= MAX_SECRET or (_of_system(path) and name != "pip.conf"):
        return False
    wanted = [found for end, found in CREDENTIALS.items() if f"/{file.name}".endswith(f"/{end}")]
    if KEY_FILES.fullmatch(name):
        wanted.append(KEY)
    if ENVIRONMENT.fullmatch(name) and not SAMPLE.search(name):
        wanted.append(SET_SECRET)
    addresses = bool(PIP_FILES.fullmatch(name) or ENVIRONMENT.fullmatch(name)) and not SAMPLE.search(name)
    if not wanted and not addresses:
        return False
    content = file.content.read(MAX_SECRET)
    return any(found.search(content) for found in wanted) or (
        addresses and is_address_with_password(content.decode(errors="replace"))
    )


def is_address_with_password(said: str) -> bool:
    """Return whether an address in a text tells a password that is not just the account's name again.

    >>> is_address_with_password("https://ada:8f14e45f@pypi.example.org/simple")
    True
    >>> is_address_with_password("postgres://postgres:postgres@db/x https://ada:${TOKEN}@pypi.example.org")
    False
    """
    found = URL_SECRET.finditer(said.encode(errors="replace"))
    return any(one[1].lower() != one[2].lower() for one in found)


def is_secret_setting(setting: str) -> bool:
    """Return whether a setting of an image, `NAME=value`, is a secret by its name and no placeholder by its value.

    An address with a password in it is one under any name, as in a step of the build.

    >>> [is_secret_setting(one) for one in ("MLFLOW_TRACKING_TOKEN=dapi93a1", "GPG_KEY=A035C8C1", "TOKEN=")]
    [True, False, False]
    """
    return bool(SET_SECRET.match(setting.encode(errors="replace"))) or is_address_with_password(setting)


def _of_system(path: PurePosixPath) -> bool:
    parts = path.parts
    if (
        LIBRARY.search(str(path))
        or PACKAGES.intersection(parts)
        or parts[0] in SYSTEM
        or parts[:2] == ("var", "lib")
    ):
        return True
    return parts[0] == "usr" and not (len(parts) > 1 and parts[1] in OWN_BELOW_USR)
