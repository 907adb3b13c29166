"""Makes a practice folder: a bundle, a copy of the starter to work in, and the key beside them, sealed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from data_generator.blueprint import load_blueprint
from data_generator.parcel import write_zip
from data_generator.release import check_assignment, write_parts
from data_generator.request import check_rows, check_seed
from data_generator.staging import check_output, staged
from data_generator.streams import variant_id
from data_generator.variant import make_variant
from data_generator.yardstick import measure

SEALED = "sealed-key.zip"
WORK = "submission"
NOTE = """# Practice

    bundle/           what a candidate receives: start with its README.md
    submission/       the starter, to work in: the data is in ../bundle/data ($DATA_DIR)
    sealed-key.zip    what was planted. Leave it shut until you are done.

Look as you go, without a score:

    takehome check submission

When you are done, grade it and open the key:

    takehome grade submission --practice

That writes result/report.html, result/practice.html (each defect with a plot, the lines that show it, and what you
reported) and opened-key/.
"""


@dataclass(frozen=True)
class Practice:
    """What was made: the variant, its rows, and the folder."""

    variant: str
    seed: int
    rows: int
    folder: Path


def make_practice(
    out: Path,
    seed: int,
    rows: int,
    blueprint: str,
    *,
    csv: bool = False,
    progress: Callable[[str], None] = lambda stage: None,
) -> Practice:
    """Write the practice folder, whole or not at all.

    Raises SpecError, OutputError and AssignmentError as `generate` does.
    """
    check_seed(seed)
    check_rows(rows)
    check_output(out)
    check_assignment()
    variant = make_variant(seed, rows, progress, load_blueprint(blueprint))
    measured = measure(variant)
    progress("yardstick")
    with staged(out) as stage:
        write_parts(variant, measured, stage.folder, csv=csv, progress=progress)
        vault = stage.folder / "vault" / variant_id(seed)
        write_zip(vault, stage.folder / SEALED, "")
        shutil.rmtree(stage.folder / "vault")
        shutil.copytree(stage.folder / "bundle" / "starter", stage.folder / WORK)
        (stage.folder / "README.md").write_text(NOTE, encoding="utf-8")
        stage.commit()
    progress("sealed")
    return Practice(variant_id(seed), seed, variant.rows, out)
