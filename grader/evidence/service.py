"""What the build, the engine's inspection and the prober report of the service."""

from __future__ import annotations

from pydantic import Field

from grader.types import Model

SERVICE_ARRAYS = (
    "parity", "fresh_id", "fresh_id_again", "single", "reversed", "repeated", "column_order", "leak_changed", "replay",
)  # fmt: skip
"""Float64 arrays of served probabilities, NaN where no usable answer came.

All but `replay` are of the first rows sent for parity, in that order (`parity` all of them, the others a
prefix). `fresh_id`, `fresh_id_again` and `leak_changed` are asked with a `customer_id` that occurs nowhere,
another one every time, all else as issued (but for the leak). `replay` is in the order of the vault's replay rows.
"""


class ImageEvidence(Model):
    """The built image, from the engine's inspection."""

    dockerfile: str | None = None
    context: str = "."
    built: bool = False
    id: str = ""
    size_bytes: int = 0
    user: str = ""
    healthcheck: bool = False
    exposed_ports: tuple[int, ...] = ()
    command: tuple[str, ...] = ()


class ImageContents(Model):
    """What an image holds that has no place there: names of files and settings, at most 20 of each kind."""

    files: int = 0
    """Regular files looked at, in all layers."""
    data: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    capped: bool = False
    """True where the image holds more files than are looked at."""
    problem: str = ""
    """Why nothing is known of it; empty where it was looked through."""


class ContractCase(Model):
    """One expectation of the service contract: whether it held, what was expected and what came."""

    id: str
    ok: bool
    expected: str
    got: str


class BadInputCase(Model):
    """One hostile or wrong request; `status` 0 is no answer, `outcome` what that amounts to.

    outcome: `rejected` (4xx), `scored` (2xx with a probability in 0..1), `server_error` (5xx), `nonsense`
    (2xx without a sane probability), `no_answer` (hang, reset, broken HTTP).
    """

    id: str
    status: int
    outcome: str
    expected: tuple[str, ...]
    names_field: bool | None = None
    seconds: float = 0.0
    healthy_after: bool = True
    got: str = ""


class ColumnMoves(Model):
    """How many rows were answered with another issued value in a column, and how many of those answers moved."""

    name: str
    rows: int
    moved: int


class LatencySeries(Model):
    """Open-loop load: latencies are measured from the scheduled send time, in milliseconds."""

    rate: float
    seconds: float
    sent: int
    answered: int
    errors: int
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    batch_1000_ms: float | None = None


class ServiceEvidence(Model):
    """The running service as measured from its own network namespace."""

    image: ImageEvidence = Field(default_factory=ImageEvidence)
    contents: ImageContents | None = None
    """None where it was not looked for, as in evidence from before it was."""
    started: bool = False
    seconds_to_healthy: float | None = None
    port: int | None = None
    health_status: int | None = None
    health_body: str = ""
    model_version: str = ""
    openapi: bool = False
    route: str = ""
    request_shape: str = ""
    answer_path: str = ""
    problems: tuple[str, ...] = ()
    contract: tuple[ContractCase, ...] = ()
    bad_input: tuple[BadInputCase, ...] = ()
    columns: tuple[ColumnMoves, ...] = ()
    """Of the columns that were asked; the seeded leak is not among them, nor is what the service does not take."""
    leak_column: str | None = None
    parity_rows: int = 0
    replay_rows: int = 0
    latency: LatencySeries | None = None
    latency_floor: LatencySeries | None = None
    """The same load on a do-nothing service on the same host, before and after; the slower of the two."""
    stop_seconds: float | None = None
    stop_exit_code: int | None = None
    read_only_root: bool | None = None
    runs_as_root: bool | None = None
    """Whether the engine saw the main process under uid 0; None where it did not say."""
    log_tail: str = ""
