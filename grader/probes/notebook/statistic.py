"""The statistic of a finding, in whatever form it was given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from grader.probes.notebook.values import span
from grader.probes.shared.text import Json, clean, number, word


def statistic(value: Json, entry: Mapping[str, Json], note: Any) -> dict[str, Json] | None:
    """Return a StatisticClaim of an object, the first of a list, `{"psi": 0.3}`, or a name beside a value."""
    if isinstance(value, list):
        if len(value) > 1:
            note("statistic", f"{len(value)} statistics, the first is read", "one")
        value = value[0] if value else None
    if isinstance(value, str):
        found = re.fullmatch(r"\s*([A-Za-z_ -]+?)\s*(?:=|:|is)\s*([-+.\d,%eE]+)\s*", value)
        value = (
            {"name": found[1], "value": found[2]} if found else {"name": value, "value": entry.get("value")}
        )
    if not isinstance(value, dict) or not value:
        return None
    if "name" not in value and "statistic" not in value and "metric" not in value:
        key = next((name for name, part in value.items() if number(part) is not None), None)
        if key is None:
            note("statistic", "an object without a name", "name and value")
            return None
        value = {**value, "name": key, "value": value[key]}
    amount = number(value.get("value"))
    if amount is None:
        note("statistic.value", clean(value.get("value"), 60), "a finite number")
    name = word(value.get("name") or value.get("statistic") or value.get("metric"))
    reference, current = span(value.get("reference")), span(value.get("current"))
    return {"name": name, "value": amount, "reference": reference, "current": current}
