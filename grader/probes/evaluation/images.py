"""Size of an image and how much is drawn in it."""

from __future__ import annotations

import io
import json
import math
import re
import warnings

import numpy as np
from numpy.typing import NDArray

from grader.probes.shared.text import Json, clean, decode_text

MARKS = ("mark", "layer", "hconcat", "vconcat", "concat", "facet", "marks")
"""What a description of Vega draws with."""
PIXEL_CAP = 40_000_000
LOOKED_AT = 1200
STEP, ROUGH, BACKGROUND = 32, 0.6, 0.1
"""Noise is where at least ROUGH of the neighbouring pixels differ by more than STEP of 255, and no colour covers
BACKGROUND of the image. Plots, photos of plots and heat maps with their axes lie below 0.1, noise above 0.75."""


def measure_drawing(text: str, path: str) -> dict[str, Json]:
    """Return a PlotFile of the text of an SVG, which is read and never rendered; ValueError where it is none."""
    head = re.search(r"<svg\b[^<>]{0,4000}>", text)
    drawn = len(re.findall(r"<(path|line|polyline|polygon|rect|circle|text|use)\b", text))
    if head is None:
        raise ValueError("found no SVG element")
    sides = [re.search(rf'\b{name}\s*=\s*["\'](\d{{1,5}})', head[0]) for name in ("width", "height")]
    box = re.search(
        r'viewBox\s*=\s*["\'][\d.eE+-]+[\s,]+[\d.eE+-]+[\s,]+(\d{1,5})[\d.]*[\s,]+(\d{1,5})', head[0]
    )
    width, height = (int(side[1]) if side else int(box[n]) if box else 0 for n, side in enumerate(sides, 1))
    return {"path": path, "width": width, "height": height, "ink": min(1.0, drawn / 1000)}


def measure_description(document: dict[str, Json], path: str) -> list[dict[str, Json]]:
    """Return a PlotFile of a figure that is kept as a description (Plotly, Vega), which is never drawn; else nothing.

    Its ink is, as of an SVG, the number of values and strokes over 1,000; one without any marks is no plot.
    """
    traces = document.get("data")
    marks = len(traces) if isinstance(traces, list) else int(any(key in document for key in MARKS))
    if not marks:
        return []
    layout = document.get("layout")
    stated = layout if isinstance(layout, dict) else document
    sides = [side if isinstance(side := stated.get(name), int) and 0 < side < 100_000 else usual
             for name, usual in (("width", 700), ("height", 450))]  # fmt: skip
    ink = min(1.0, (10 * marks + len(json.dumps(document)[:100_000]) // 10) / 1000)
    return [{"path": path, "width": sides[0], "height": sides[1], "ink": ink}]


def measure(data: bytes, path: str) -> dict[str, Json]:
    """Return a PlotFile of PNG, JPEG, WebP or SVG bytes; ValueError where they do not decode."""
    if path.lower().endswith(".svg") or data[:300].lstrip()[:5] in (b"<?xml", b"<svg "):
        return measure_drawing(decode_text(data), path)
    _bound_webp(data)
    from PIL import Image, UnidentifiedImageError  # only here: slow to load, needed by few submissions

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
            width, height = image.size
            if width * height > PIXEL_CAP:
                raise ValueError(f"found {width} x {height} pixels, expected at most {PIXEL_CAP}")
            flat = image.convert("RGBA")
        rough = roughness(np.asarray(flat.crop((0, 0, min(width, LOOKED_AT), min(height, LOOKED_AT)))))
        if max(width, height) > LOOKED_AT:
            flat = flat.reduce(math.ceil(max(width, height) / LOOKED_AT))
        pixels = np.asarray(flat, dtype=np.uint8).reshape(-1, 4).view("<u4").ravel()
    except (UnidentifiedImageError, OSError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise ValueError(f"found no image that decodes ({clean(error, 100)})") from None
    ink = 1.0 - float(np.unique(pixels, return_counts=True)[1].max()) / pixels.size
    if rough >= ROUGH and ink > 1 - BACKGROUND:
        raise ValueError("found pixels that have nothing to do with their neighbours, expected a plot")
    return {"path": path, "width": width, "height": height, "ink": round(ink, 6)}


def _bound_webp(data: bytes) -> None:
    """Refuse a WebP by the size that its first chunk states, since opening one already makes room for its canvas."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return
    kind, part = data[12:16], data[20:30]
    width = height = 0
    if kind == b"VP8X":
        width, height = int.from_bytes(part[4:7], "little") + 1, int.from_bytes(part[7:10], "little") + 1
    elif kind == b"VP8L":
        bits = int.from_bytes(part[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (int.from_bytes(part[n : n + 2], "little") & 0x3FFF for n in (6, 8))
    if width * height > PIXEL_CAP:
        raise ValueError(f"found {width} x {height} pixels, expected at most {PIXEL_CAP}")


def roughness(pixels: NDArray[np.uint8]) -> float:
    """Return the share 0..1 of neighbours in a row that differ by more than STEP in one of the colours."""
    steps = np.abs(np.diff(pixels[:, :, :3].astype(np.int16), axis=1))
    return float((steps.max(axis=2) > STEP).mean()) if steps.size else 0.0
