"""Which model files of a run are really in the submission."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from grader.probes.shared.files import read_head
from grader.probes.shared.text import Json, clean

MODEL_CAP = 2 << 30
# What only ever holds fitted objects is a model by its ending (`pipeline.joblib`), unless its name says a part of one.
MODEL_FILE = re.compile(
    r"(^|/)(MLmodel"
    r"|(?![^/]*[-_.](?:metrics?|params?|card|summary|notes?|config|report|info|schema|description|importances?)\.\w+$)"
    r"(model|.*[-_.]model|lgbm?|lightgbm|xgboost|booster)[^/]*\.(txt|json|bin|pt)"
    r"|(?![^/]*(?:scaler|encoder|imputer|columns|features|preprocess|vocab))[^/]+"
    r"\.(pkl|pickle|joblib|ubj|cbm|onnx|skops|lgb|cloudpickle))$"
)


def place_models(runs: Mapping[str, dict[str, Json]], root: Path, files: Mapping[str, int]) -> None:
    """Put into each run the model files that are really there, by ids in their paths or by its address."""
    present = [path for path, size in files.items() if size > 0 and MODEL_FILE.search(path)]
    owners = {clean(key, 100): run for run in runs.values() for key in run["ids"]}
    for path in present:
        for run in {id(owners[part]): owners[part] for part in path.split("/") if part in owners}.values():
            run["models"].append(path)
    folders: dict[str, list[str]] = {}
    for path in present:
        parts = path.split("/")
        for first in range(len(parts) - 1):
            for last in range(first + 2, len(parts)):
                folders.setdefault("/".join(parts[first:last]), []).append(path)
    for run in runs.values():
        for uri in run["uris"] if not run["models"] else ():
            text = unquote(clean(uri or "", 1000)).replace("\\", "/")
            parts = [part for part in re.sub(r"^[a-z-]+:/*", "", text).split("/") if part not in ("", ".")]
            for first in range(len(parts) - 1):
                run["models"].extend(folders.get("/".join(parts[first:]), ()))
                if run["models"]:
                    break
        whole = [path for path in run["models"] if path.endswith("MLmodel")] or run["models"]
        run["models"] = [clean(path, 300) for path in dict.fromkeys(whole) if there(root, path)][:20]


def there(root: Path, path: str) -> bool:
    """Return whether a file can be read and is no pointer of large-file storage."""
    try:
        read_head(root, path, MODEL_CAP)
    except ValueError:
        return False
    return True
