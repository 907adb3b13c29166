"""Where the submission itself says a file is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from grader.probes.shared.documents import parse_yaml
from grader.probes.shared.files import read_file
from grader.probes.shared.text import word


def stated_path(root: Path, files: Mapping[str, int], names: Collection[str]) -> str | None:
    """Return the file that submission.yaml states under one of the names, where it is really there."""
    for name in ("submission.yaml", "submission.yml"):
        if name not in files:
            continue
        try:
            stack = [parse_yaml(read_file(root, name, 65536))]
        except ValueError:
            continue
        while stack:
            node = stack.pop()
            if isinstance(node, dict):
                stack.extend(value for value in node.values() if isinstance(value, dict))
                for key, value in node.items():
                    path = value.replace("\\", "/").removeprefix("./") if isinstance(value, str) else ""
                    if word(key) in names and (path in files or any(f.startswith(path + "/") for f in files)):
                        return path or None
    return None
