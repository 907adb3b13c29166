"""The company secret and what is derived from it: pseudonyms of candidates and seeds of their variants."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import tempfile
import unicodedata
from pathlib import Path

import typer

from data_generator.errors import GeneratorError, SecretError

VARIABLE = "TAKEHOME_SECRET_FILE"
BYTES = 32
PSEUDONYM_DIGITS = 12


def config_folder() -> Path:
    """Return the user's folder for the settings of this program, `~/.config/takehome` on Linux."""
    return Path(typer.get_app_dir("takehome"))


def secret_path() -> Path:
    """Return `$TAKEHOME_SECRET_FILE`, by default the file `secret` in the user's settings."""
    return Path(os.environ.get(VARIABLE) or config_folder() / "secret")


def load_secret(path: Path) -> tuple[bytes, bool]:
    """Return the secret of a file, made first where there is none, and whether it was made now.

    Raises SecretError where it cannot be read or made, others can read it, or it is not 64 hexadecimal digits.
    """
    try:
        made = not path.exists() and _make(path)
        check_private(path, SecretError)
        text = path.read_text(encoding="ascii").strip()
        secret = bytes.fromhex(text)
    except OSError as error:
        raise SecretError(f"{path}: cannot be read or made: {error.strerror or error}") from error
    except ValueError as error:
        raise SecretError(f"{path}: is no secret, expected {2 * BYTES} hexadecimal digits") from error
    if len(secret) != BYTES:
        raise SecretError(f"{path}: found {2 * len(secret)} hexadecimal digits, expected {2 * BYTES}")
    return secret, made


def check_private(path: Path, error: type[GeneratorError]) -> None:
    """Raise `error` unless a file is a regular one of ours that nobody else can read or write."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise error(f"{path}: is not a file, expected one that only you can read")
    if os.name == "posix" and (status.st_mode & 0o077 or status.st_uid != os.geteuid()):
        mode = stat.S_IMODE(status.st_mode)
        raise error(
            f"{path}: found mode {mode:04o} and owner {status.st_uid}, expected 0600 and {os.geteuid()}; "
            "others may read it"
        )


def pseudonym(secret: bytes, candidate: str) -> str:
    """Return the pseudonymous id of a candidate: the same for a name in other case, width or spacing.

    Raises SecretError for an empty name.
    """
    name = " ".join(unicodedata.normalize("NFKC", candidate).casefold().split())
    if not name:
        raise SecretError(f"candidate: found {candidate!r}, expected a name")
    return "c" + _derive(secret, "candidate", name).hex()[:PSEUDONYM_DIGITS]


def derived_seed(secret: bytes, pseudonym: str, attempt: int) -> int:
    """Return the seed of a candidate's attempt, a number of 256 bits."""
    return int.from_bytes(_derive(secret, "seed", pseudonym, str(attempt)), "big")


def _derive(secret: bytes, *parts: str) -> bytes:
    return hmac.new(secret, "\0".join(parts).encode("utf-8"), hashlib.sha256).digest()


def _make(path: Path) -> bool:
    """Make a secret that is there whole or not at all; False where another process was faster."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, draft = tempfile.mkstemp(prefix=".secret.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        Path(draft).unlink()
    return True
