"""Every limit of a grading in one place, overridable by a file, printed in the report."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from grader.errors import UsageError, said_by_yaml
from grader.probes.unpack.rules import EntryRules
from grader.types import Model

MIB = 1024**2
GIB = 1024**3
SIZES = ("memory", "tmp", "output_area")


class JobLimits(Model):
    """Limits of one container or process tree: seconds, bytes, counts."""

    seconds: float = Field(gt=0)
    memory: int = Field(gt=0)
    cpus: float = Field(default=2.0, gt=0)
    pids: int = Field(default=256, gt=0)
    open_files: int = Field(default=4096, gt=0)
    tmp: int = Field(default=512 * MIB, gt=0)
    output_area: int = Field(default=256 * MIB, gt=0)
    output_bytes: int = Field(default=64 * 1024, gt=0)
    """Of standard output and error each, head and tail halves kept."""


class Limits(Model):
    """The limits of all phases; the brief states those that concern a candidate."""

    entries: EntryRules = EntryRules()
    """What an archive or folder may hold."""
    unpack: JobLimits = JobLimits(seconds=180, memory=1536 * MIB, pids=64)
    notebook: JobLimits = JobLimits(seconds=900, memory=4 * GIB)
    notebook_cell_seconds: float = Field(default=600, gt=0)
    probe: JobLimits = JobLimits(seconds=180, memory=3 * GIB, output_bytes=64 * MIB)
    build_seconds: float = Field(default=900, gt=0)
    image_bytes: int = Field(default=3 * GIB, gt=0)
    start_seconds: float = Field(default=60, gt=0)
    service: JobLimits = JobLimits(seconds=900, memory=2 * GIB, cpus=1.0, pids=512)
    prober: JobLimits = JobLimits(seconds=600, memory=1 * GIB, output_bytes=64 * MIB)
    stop_seconds: float = Field(default=15, gt=0)
    load_rate: float = Field(default=20, gt=0, le=2000)
    """Single-row requests a second of the open-loop load."""
    load_seconds: float = Field(default=20, gt=0)
    floor_seconds: float = Field(default=10, gt=0)
    """How long the do-nothing service bears the same load, before and again after."""

    def lines(self) -> dict[str, str]:
        """Return every limit as `phase.name` to a printable value, for the report."""
        shown: dict[str, str] = {}
        for name, value in self.model_dump().items():
            parts = value.items() if isinstance(value, dict) else [("", value)]
            for part, amount in parts:
                shown[f"{name}.{part}".rstrip(".")] = _shown(part or name, amount)
        return shown


def _shown(name: str, amount: float) -> str:
    """Return a limit with its unit."""
    if name in SIZES or (name.endswith("bytes") and name not in ("name_bytes", "path_bytes")):
        return f"{amount / MIB:g} MiB" if amount >= MIB else f"{amount / 1024:g} KiB"
    return f"{amount:g} s" if name.endswith("seconds") else f"{amount:,g}"


def load_limits(path: Path | None) -> Limits:
    """Read limits from a YAML file over the defaults; UsageError names what is wrong in it."""
    if path is None:
        return Limits()
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        if not isinstance(given, dict):
            raise TypeError(f"expected names of limits with values, found {type(given).__name__}")
        merged = Limits().model_dump()
        for name, value in given.items():
            merged[name] = {**merged[name], **value} if isinstance(value, dict) and name in merged else value
        return Limits.model_validate(merged)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        said = "no such limit" if first["type"] == "extra_forbidden" else first["msg"]
        raise UsageError(f"{path}: not usable as limits: {place}: {said}") from error
    except OSError as error:
        raise UsageError(f"{path}: not usable as limits: {error.strerror}") from error
    except (yaml.YAMLError, TypeError, ValueError) as error:
        raise UsageError(f"{path}: not usable as limits: {said_by_yaml(error)}") from error
