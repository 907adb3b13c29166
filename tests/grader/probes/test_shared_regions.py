"""The copies inside the one-file probes, and what every probe must be."""

from __future__ import annotations

import ast
import re
import sys

import pytest
from probe_harness import PROBES

SCRIPTS = sorted(path for path in PROBES.glob("*.py") if path.name != "__init__.py")
ALLOWED = {"numpy", "pandas", "pyarrow", "nbclient", "nbformat", "yaml", "fastapi", "uvicorn", "PIL"}


@pytest.mark.parametrize("region", ["shared", "notebooks", "http"])
def test_copies_of_a_region_are_equal(region):
    """A defence that is mended in one probe and forgotten in another is caught."""
    pattern = re.compile(rf"^# region {region}: .*?^# endregion$", re.M | re.S)
    copies = {found[0] for path in SCRIPTS for found in [pattern.search(path.read_text())] if found}
    assert len(copies) == 1
    assert sum(1 for path in SCRIPTS if pattern.search(path.read_text())) >= 3


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_probe_stands_alone(path):
    """A probe is mounted alone, so it may import only the standard library and the sandbox image's packages."""
    tree = ast.parse(path.read_text())
    names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    outside = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - ALLOWED
    assert not outside
