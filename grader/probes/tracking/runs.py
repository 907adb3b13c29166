"""A run as it is collected from either kind of store."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grader.probes.shared.text import Json, clean

READ_CAP = 20_000
KEYS, KEYS_TELLING = 150, 400
"""Parameters, metrics and tags of a run that are kept each, and how many where the name tells what checks look for."""
TELLING = re.compile(
    r"data|snapshot|variant|sha256|rows|month|period|train|model|version|role|kind|baseline|algorithm|estimator"
    r"|classifier|parentRunId|runName|pr_?auc|average_?precision|auprc|(^|[_./])(ap|test)($|[_./])",
    re.I,
)
DULL_TAG = re.compile(r"mlflow\.(log-model\.history|loggedArtifacts|loggedImages|autologging|databricks)")


REGISTERED = "mlflow.registered_versions"
"""Tag of ours with what the model registry calls a run's model, `name/version` by commas."""


def blank_run(run_id: str) -> dict[str, Json]:
    """Return a run without anything, and the addresses `uris` and ids `ids` under which its models may lie."""
    empty: dict[str, Json] = {
        "params": {},
        "metrics": {},
        "tags": {},
        "models": [],
        "datasets": [],
        "trials": [],
    }
    head: dict[str, Json] = {"run_id": run_id, "name": "", "parent": None, "status": "", "seconds": None}
    return {**head, **empty, "uris": [], "ids": [run_id]}


def add(runs: Mapping[str, dict[str, Json]], run_id: Json, part: str, key: Json, value: Json) -> None:
    """Put a parameter, metric or tag into its run, up to a number of each, what tells more going further."""
    run = runs.get(run_id) if isinstance(run_id, str) else None
    if run is None or DULL_TAG.match(clean(key, 200)):
        return
    if len(run[part]) < (KEYS_TELLING if TELLING.search(clean(key, 200)) else KEYS):
        run[part][clean(key, 200)] = value


def register(runs: Mapping[str, dict[str, Json]], run_id: Json, name: Json, version: Json) -> None:
    """Put what the registry calls a run's model into its tags."""
    run = runs.get(run_id) if isinstance(run_id, str) else None
    if run is not None and name and version is not None:
        known = run["tags"].get(REGISTERED, "")
        run["tags"][REGISTERED] = clean(f"{known},{name}/{version}".lstrip(","), 300)
