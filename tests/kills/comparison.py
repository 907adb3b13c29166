"""Compare reports but for what two undisturbed gradings differ in too: seconds, latency and memory samples."""

from __future__ import annotations

import re
from typing import Any

SAMPLES = ("seconds", "peak_memory", "output_head", "output_tail")
"""Of a phase: how long it took, what it took, and its log, in which every line of a build has its seconds."""
TIMED = "serving.latency"
SECONDS = re.compile(r"\d[\d.,]*(?= m?s\b)")


def comparable(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without its samples of time and memory; points that rest on latency are taken out of sums."""
    dimensions = []
    timed = 0.0
    for dimension in report["dimensions"]:
        lines = [_criterion(line) for line in dimension["criteria"]]
        points = sum(line["points"] for line in dimension["criteria"] if line["id"] == TIMED)
        timed += points
        dimensions.append({**dimension, "criteria": lines, "points": round(dimension["points"] - points, 2)})
    return {
        **{name: value for name, value in report.items() if name != "follow_up"},
        "figures": {name: value for name, value in report["figures"].items() if name != "latency"},
        "dimensions": dimensions,
        "total": round(report["total"] - timed, 1),
        "phases": [{k: v for k, v in phase.items() if k not in SAMPLES} for phase in report["phases"]],
    }


def differences(first: Any, second: Any, place: str = "report") -> list[str]:
    """Return every place in which two comparable reports differ, with both values."""
    if isinstance(first, dict) and isinstance(second, dict):
        keys = [*first, *(key for key in second if key not in first)]
        return [d for k in keys for d in differences(first.get(k), second.get(k), f"{place}.{k}")]
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        pairs = enumerate(zip(first, second, strict=True))
        return [d for i, (a, b) in pairs for d in differences(a, b, f"{place}[{i}]")]
    return [] if first == second else [f"{place}: {str(first)[:120]!r} and {str(second)[:120]!r}"]


def _criterion(line: dict[str, Any]) -> dict[str, Any]:
    if line["id"] == TIMED:
        return {"id": line["id"], "max": line["max"], "status": line["status"]}
    proofs = [{name: _untimed(text) for name, text in proof.items()} for proof in line["evidence"]]
    return {**line, "message": _untimed(line["message"]), "evidence": proofs}


def _untimed(text: str) -> str:
    return SECONDS.sub("#", text)
