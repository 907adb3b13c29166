"""Issues a variant to a candidate: derived from the company secret, measured, accepted, recorded, packed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data_generator import __version__
from data_generator.acceptance import MAXIMUM_ROWS, MINIMUM_ROWS, objections_to_data, objections_to_models
from data_generator.blueprint import load_blueprint
from data_generator.errors import PlantError, RegisterError, RejectedError
from data_generator.message import message_to
from data_generator.parcel import write_zip
from data_generator.register import Entry, Register, Rejected
from data_generator.release import Release, check_assignment, write_parts
from data_generator.request import check_rows
from data_generator.secret import derived_seed, load_secret, pseudonym, secret_path
from data_generator.staging import check_output, staged
from data_generator.streams import variant_id
from data_generator.variant import Variant, make_design, make_variant
from data_generator.yardstick import Measured, measure

MAXIMUM_ATTEMPTS = 20
PRIVATE = 0o700
MESSAGE_NAME = "message.txt"


@dataclass(frozen=True)
class Request:
    """What to issue: to whom, where to, how large, with which defects; `again` allows another variant."""

    candidate: str
    out: Path
    register: Path
    rows: int = 200_000
    blueprint: str = "hiring"
    csv: bool = False
    again: bool = False


@dataclass(frozen=True)
class Issued:
    """What was issued: the release, the zip to send with its message, and the entry of the register."""

    release: Release
    parcel: Path
    message: Path
    entry: Entry


def issue(request: Request, say: Callable[[str], None] = lambda line: None) -> Issued:
    """Make, accept, write and record a candidate's variant.

    `out/bundle`, `out/vault`, `out/<pseudonym>.zip` and `out/message.txt` appear together with the entry of the
    register, or not at all. Raises RegisterError where the candidate has a variant already, RejectedError where
    no attempt is accepted, and the errors of secret, blueprint and output.
    """
    check_output(request.out)
    check_assignment()
    make_design(0, load_blueprint(request.blueprint))  # an impossible blueprint is told at once
    check_rows(request.rows, MINIMUM_ROWS, "variants are not equally hard", MAXIMUM_ROWS)
    register = Register(request.register)
    register.check_writable()
    path = secret_path()
    secret, made = load_secret(path)
    if made:
        say(f"made a new company secret, {path}: keep it safe, all variants derive from it")
    who = pseudonym(secret, request.candidate)
    first = _first_attempt(register, who, request)
    variant, measured, rejected = _accepted(secret, who, first, request, say)
    entry = Entry(
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        candidate=request.candidate,
        pseudonym=who,
        variant=variant_id(variant.seed),
        attempt=first + len(rejected),
        rejected=rejected,
        blueprint=request.blueprint,
        rows=variant.rows,
        generator_version=__version__,
    )
    with staged(request.out) as stage:
        canary = f"canary-{secrets.token_hex(16)}"
        write_parts(variant, measured, stage.folder, csv=request.csv, origin="issued", canary=canary)
        (stage.folder / "vault").chmod(PRIVATE)
        write_zip(stage.folder / "bundle", stage.folder / f"{who}.zip", f"takehome-{who}")
        (stage.folder / MESSAGE_NAME).write_text(message_to(who), encoding="utf-8")
        with register.recording(entry):
            stage.commit()
    out = request.out
    release = Release(entry.variant, variant.rows, out / "bundle", out / "vault" / entry.variant)
    return Issued(release, out / f"{who}.zip", out / MESSAGE_NAME, entry)


def _first_attempt(register: Register, who: str, request: Request) -> int:
    """Return the attempt after the last one recorded, 0 for a new candidate."""
    issued = register.of(who)
    if issued and not request.again:
        last = issued[-1]
        raise RegisterError(
            f"{register.path}: {last.candidate!r} was issued variant {last.variant} as {who} on {last.time[:10]}; "
            "expected a candidate without one, or --again to issue another variant"
        )
    return max((entry.attempt + 1 for entry in issued), default=0)


def _accepted(
    secret: bytes, who: str, first: int, request: Request, say: Callable[[str], None]
) -> tuple[Variant, Measured, list[Rejected]]:
    blueprint = load_blueprint(request.blueprint)
    rejected: list[Rejected] = []
    for attempt in range(first, first + MAXIMUM_ATTEMPTS):
        seed = derived_seed(secret, who, attempt)
        name = variant_id(seed)
        say(f"attempt {attempt}: making variant {name}")
        try:
            variant = make_variant(seed, request.rows, blueprint=blueprint)
            reasons = objections_to_data(variant)
        except PlantError as error:
            reasons = [str(error)]
        if not reasons:
            say(f"attempt {attempt}: measuring")
            measured = measure(variant)
            reasons = objections_to_models(variant, measured)
        if not reasons:
            say(f"attempt {attempt}: accepted")
            return variant, measured, rejected
        say(f"attempt {attempt}: rejected: {'; '.join(reasons)}")
        rejected.append(Rejected(attempt=attempt, variant=name, reasons=reasons))
    raise RejectedError(
        f"{request.blueprint}: none of {MAXIMUM_ATTEMPTS} attempts was inside the bands, the last because of "
        f"{'; '.join(rejected[-1].reasons)}; expected one; more rows or fewer defects help"
    )
