"""A run as it is collected from either kind of store."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grader.probes.shared.text import Json, clean

READ_CAP = 20_000
DULL_TAG = re.compile(r"mlflow\.(log-model\.history|loggedArtifacts|loggedImages|autologging|databricks)")


def blank_run(run_id: str) -> dict[str, Json]:
    """Return a run without anything, and the addresses `uris` and ids `ids` under which its models may lie."""
    empty: dict[str, Json] = {"params": {}, "metrics": {}, "tags": {}, "models": [], "datasets": []}
    head: dict[str, Json] = {"run_id": run_id, "name": "", "parent": None, "status": "", "seconds": None}
    return {**head, **empty, "uris": [], "ids": [run_id]}


def add(runs: Mapping[str, dict[str, Json]], run_id: Json, part: str, key: Json, value: Json) -> None:
    """Put a parameter, metric or tag into its run, up to a number of each."""
    run = runs.get(run_id) if isinstance(run_id, str) else None
    if run is not None and len(run[part]) < 150 and not DULL_TAG.match(clean(key, 200)):
        run[part][clean(key, 200)] = value
