"""Runs of an MLflow store of files, the folder `mlruns`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from grader.probes.shared.documents import parse_yaml
from grader.probes.shared.files import read_file
from grader.probes.shared.text import Json, clean, decode_text, number
from grader.probes.tracking.runs import READ_CAP, add, blank_run, register

STATES = {"1": "RUNNING", "2": "SCHEDULED", "3": "FINISHED", "4": "FAILED", "5": "KILLED"}


def read_meta(root: Path, path: str) -> dict[str, Json]:
    """Return a meta.yaml of a file store, empty where it cannot be read."""
    with suppress(ValueError):
        found = parse_yaml(read_file(root, path, 1 << 18))
        return found if isinstance(found, dict) else {}
    return {}


def read_folders(root: Path, files: Mapping[str, int]) -> tuple[str, dict[str, dict[str, Json]]]:
    """Return the folder and the runs of a file store that are not deleted."""
    runs: dict[str, dict[str, Json]] = {}
    places: dict[str, str] = {}
    sets: dict[str, str] = {}
    models: list[dict[str, Json]] = []
    versions: list[dict[str, Json]] = []
    store = ""
    for path in [path for path in files if path.endswith("/meta.yaml")][: READ_CAP * 2]:
        meta, folder = read_meta(root, path), path.removesuffix("/meta.yaml")
        run_id = meta.get("run_id") or meta.get("run_uuid")
        if re.fullmatch(r"version-\d+", folder.split("/")[-1]) and "version" in meta:
            versions.append(meta)  # of the registry, with the id of the run that it came from
        elif (
            isinstance(run_id, str)
            and meta.get("lifecycle_stage") != "deleted"
            and "/.trash/" not in f"/{path}"
        ):
            run = blank_run(clean(run_id, 64))
            state = clean(meta.get("status", ""), 20)
            run |= {"name": clean(meta.get("run_name") or "", 200), "status": STATES.get(state, state)}
            start, end = number(meta.get("start_time")), number(meta.get("end_time"))
            run["seconds"] = (end - start) / 1000 if start is not None and end is not None else None
            run["uris"] = [meta.get("artifact_uri")]
            runs[run["run_id"]], places[folder + "/"] = run, run["run_id"]
            store = store or "/".join(folder.split("/")[:-2])
        elif "model_id" in meta:
            models.append(meta)
        elif folder.split("/")[-2:-1] == ["datasets"]:
            sets[folder.split("/")[-1]] = clean(f"{meta.get('name')}@{meta.get('digest')}", 200)
    for meta in models:
        run = runs.get(str(meta.get("source_run_id")), {})
        if run:
            run["ids"].append(clean(meta["model_id"], 100))
            run["uris"].append(meta.get("artifact_location"))
    for meta in versions:
        register(runs, meta.get("run_id"), meta.get("name"), meta.get("version"))
    for path in files:
        spots = re.finditer(r"(?<=/)(params|metrics|tags|inputs)/", path)
        found = next((spot for spot in spots if path[: spot.start()] in places), None)
        if found is None:
            continue
        run_id, part, key = places[path[: found.start()]], found[1], path[found.end() :]
        if part == "inputs":
            other = sets.get(str(read_meta(root, path).get("source_id")))
            if other:
                runs[run_id]["datasets"].append(other)
            continue
        with suppress(ValueError):
            text = decode_text(read_file(root, path, 1 << 20)).strip()
            if part == "metrics":
                amount = number((text.splitlines() or [""])[-1].split()[1:2][0]) if text.split()[1:] else None
                if amount is not None:
                    add(runs, run_id, part, key, amount)
            else:
                add(runs, run_id, part, key, clean(text, 300))
    return store or "mlruns", runs
