"""Plans that are meant beside plans that are not: how many of each the rules let pay."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from grader.readme.claims import Reading, read_claims
from grader.readme.evidence import reckon
from grader.readme.facts import Facts
from grader.readme.reader import fitted_reader
from grader.readme.validation.lines import read_lines

_COLUMN = re.compile(r"`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`")
_OPENING = "Some words on the work.\n\n"


class Frame(BaseModel):
    """A section of a README whose plan is meant (``own``) or not, and how that is said; twins share ``pair``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    writer: int
    pair: int
    own: bool
    how: str
    text: str = Field(min_length=1)


@dataclass(frozen=True)
class FramesMeasured:
    """How many plans of a file pay and how many do not, of those that are meant and of those that are not.

    A plan pays where at least half of what it states does. Sections in which the reader finds no part of a plan are
    counted in neither. ``passed`` and ``lost`` name the wrong ones, by pair and kind of frame.
    """

    name: str
    meant: int
    unmeant: int
    lost: tuple[str, ...]
    passed: tuple[str, ...]


def measure_frames(path: Path) -> FramesMeasured:
    """Read a file of frames with the judge as it ships. Raises ``LinesError``."""
    count: Counter[bool] = Counter()
    lost, passed = [], []
    for frame in read_lines(path, Frame):
        share = paid_share(_read(frame))
        if share is None:
            continue
        count[frame.own] += 1
        if frame.own and share < 0.5:
            lost.append(f"{frame.writer}/{frame.pair} {frame.how}")
        elif not frame.own and share >= 0.5:
            passed.append(f"{frame.writer}/{frame.pair} {frame.how}")
    return FramesMeasured(path.name, count[True], count[False], tuple(lost), tuple(passed))


def _read(frame: Frame) -> Reading:
    """The claims of a section, with the names it sets as code taken for columns of its data."""
    columns = tuple(dict.fromkeys(_COLUMN.findall(frame.text)))
    return read_claims(_OPENING + frame.text, Facts(columns=columns))


def paid_share(reading: Reading) -> float | None:
    """The share of what a text states of a plan that pays, 0..1; null where it states none."""
    reader = fitted_reader()
    stated = reckon(reading.claims, reader.read(reading.claims), reader.elements).plan_strengths
    if not any(stated):
        return None
    paid = [s if claim.pays else 0.0 for s, claim in zip(stated, reading.claims, strict=True)]
    return sum(paid) / sum(stated)


def frames_as_json(measured: FramesMeasured) -> dict[str, Any]:
    """The figures as plain values for ``--json``."""
    shares: Mapping[str, tuple[int, tuple[str, ...]]] = {
        "meant": (measured.meant, measured.lost),
        "unmeant": (measured.unmeant, measured.passed),
    }
    return {
        "frames": measured.name,
        **{name: {"count": count, "wrong": list(wrong)} for name, (count, wrong) in shares.items()},
    }


def frames_as_line(measured: FramesMeasured) -> str:
    """The figures in one line for people."""
    parts = []
    if measured.unmeant:
        parts.append(f"{len(measured.passed)} of {measured.unmeant} plans that are not meant pay")
    if measured.meant:
        parts.append(f"{len(measured.lost)} of {measured.meant} plans that are meant do not pay")
    return f"{measured.name}: {'; '.join(parts) or 'no plan that the reader knows'}\n"
