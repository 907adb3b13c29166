"""What the audit reports, and the file it goes into."""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Statistic:
    """One number of the brief's list, and the months it was computed on ("from..to", inclusive)."""

    name: str
    value: float
    reference: str | None = None
    current: str | None = None


@dataclass(frozen=True)
class Finding:
    """One finding: a `defect` to repair, a `note` of something harmless, or a question (`ask`)."""

    kind: str
    columns: tuple[str, ...]
    statistic: Statistic
    action: str
    summary: str
    status: str = "defect"
    start: str | None = None
    end: str | None = None
    where: dict[str, list] = field(default_factory=dict)
    detail: dict = field(default_factory=dict)

    def as_record(self) -> dict:
        """Return the finding in the shape of findings.json."""
        statistic = {key: _plain(value) for key, value in vars(self.statistic).items() if value is not None}
        record = {
            "kind": self.kind,
            "columns": list(self.columns),
            "from": self.start,
            "to": self.end,
            "where": self.where or None,
            "status": self.status,
            "statistic": statistic,
            "action": self.action,
            "summary": self.summary,
            "detail": {key: _plain(value) for key, value in self.detail.items()} or None,
        }
        return {key: value for key, value in record.items() if value is not None or key in ("from", "to")}


def write_findings(findings: list[Finding], path: Path) -> None:
    """Write findings.json through a temporary sibling, so that nobody reads half of it."""
    temporary = path.with_name(path.name + ".tmp")
    body = {"findings": [finding.as_record() for finding in findings]}
    temporary.write_text(json.dumps(body, indent=2, allow_nan=False) + "\n")
    temporary.replace(path)


def _plain(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if not math.isfinite(value) else round(value, 6)
    return value
