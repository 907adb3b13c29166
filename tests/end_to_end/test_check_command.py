"""`takehome check` with a real engine: the starter keeps the contract, and what a service gets wrong is told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.end_to_end.tools import ROOT, generate, takehome

pytestmark = [pytest.mark.docker, pytest.mark.slow]


def image_problems(folder: Path) -> list[str]:
    """Places of the problems that the image part found."""
    done = takehome("check", folder, "--json", check=False)
    assert done.returncode in (0, 1), done.stderr
    told = json.loads(done.stdout)
    assert "image" in told["looked_at"], told["not_looked_at"]
    return [
        one["place"] for one in told["problems"] if one["place"].startswith(("GET", "POST", "start", "build"))
    ]


def test_the_image_is_built_and_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same questions pass on the starter and fail where its answers are changed."""
    monkeypatch.setenv("DATA_DIR", str(generate(tmp_path / "data", rows=3000) / "bundle" / "data"))
    folder = tmp_path / "submission"
    shutil.copytree(ROOT / "assignment" / "starter", folder)
    assert image_problems(folder) == []
    app = folder / "app.py"
    app.write_text(app.read_text().replace("CHURN_PROBABILITY = 0.5", "CHURN_PROBABILITY = 12.0"))
    assert "POST /predict, one row" in image_problems(folder)
