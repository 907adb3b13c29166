"""The plots of a submission: image files and images in notebooks."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from pathlib import Path

from grader.probes.evaluation.images import measure, measure_description, measure_drawing
from grader.probes.shared.files import read_file
from grader.probes.shared.notebooks import Cell, text_of
from grader.probes.shared.text import Json, clean, word

PLOT_CAP, PLOTS = 20 << 20, 150
IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".svg")
UNREAD = (".pdf", ".eps", ".ps", ".gif", ".tif", ".tiff", ".bmp", ".html", ".htm")
NAMED = re.compile(r"calib|reliab|pr_?curve|precision_?recall")
"""Names of the plots that are asked for: one in a form that is not read is told, any other such file is not."""

DESCRIBED = re.compile(r"application/vnd\.(?:plotly|vegalite|vega)\.v\d+(?:\.\d+)?\+json")
"""Figures that a notebook keeps as a description, which the page draws."""


def find_plots(
    root: Path, files: Mapping[str, int], books: Mapping[str, list[Cell]], problems: list[str]
) -> list[dict[str, Json]]:
    """Return the images of the submission and of its notebooks' outputs that decode."""
    plots: list[dict[str, Json]] = []
    images = [path for path in files if path.lower().endswith(IMAGES)]
    for path in sorted(images, key=lambda path: not path.startswith("evaluation/"))[:PLOTS]:
        try:
            plots.append(measure(read_file(root, path, PLOT_CAP), clean(path, 300)))
        except ValueError as error:
            problems.append(f"{clean(path, 300)}: {error}")
    others = [path for path in files if path.lower().endswith(UNREAD) and NAMED.search(word(Path(path).stem))]
    readable = {path.rpartition(".")[0] for path in images}
    for path in [path for path in others if path.rpartition(".")[0] not in readable][:10]:
        form = Path(path).suffix[1:].upper()
        problems.append(
            f"{clean(path, 300)}: found {form}, which is not read; expected PNG, JPEG, WebP or SVG"
        )
    for name, cells in books.items():
        for cell in cells:
            for part in cell.outputs[:100]:
                data = part.get("data")
                if not isinstance(data, dict):
                    continue
                packed = text_of(data.get("image/png", data.get("image/jpeg")))
                drawing = "" if packed else text_of(data.get("image/svg+xml"))
                told = next((data[kind] for kind in data if DESCRIBED.fullmatch(str(kind))), None)
                if not packed and not drawing and isinstance(told, dict) and len(plots) < 2 * PLOTS:
                    plots += measure_description(told, f"{name}#cell{cell.number}")
                if not 0 < len(packed or drawing) <= PLOT_CAP or len(plots) >= 2 * PLOTS:
                    continue
                shown = f"{name}#cell{cell.number}"
                try:
                    plots.append(
                        measure(base64.b64decode(packed), shown)
                        if packed
                        else measure_drawing(drawing, shown)
                    )
                except (ValueError, binascii.Error) as error:
                    problems.append(f"{shown}: {error}")
    return plots
