"""Size of an image and how much is drawn in it."""

from __future__ import annotations

import io
import math
import re
import warnings

import numpy as np

from grader.probes.shared.text import Json, clean, decode_text

PIXEL_CAP = 40_000_000


def measure(data: bytes, path: str) -> dict[str, Json]:
    """Return a PlotFile of PNG, JPEG or SVG bytes; ValueError where they do not decode."""
    if path.lower().endswith(".svg") or data[:300].lstrip()[:5] in (b"<?xml", b"<svg "):
        text = decode_text(data)
        head = re.search(r"<svg\b[^>]{0,4000}>", text)
        drawn = len(re.findall(r"<(path|line|polyline|polygon|rect|circle|text|use)\b", text))
        if head is None:
            raise ValueError("found no SVG element")
        sides = [re.search(rf'\b{name}\s*=\s*["\'](\d{{1,5}})', head[0]) for name in ("width", "height")]
        box = re.search(
            r'viewBox\s*=\s*["\'][\d.eE+-]+[\s,]+[\d.eE+-]+[\s,]+(\d{1,5})[\d.]*[\s,]+(\d{1,5})', head[0]
        )
        width, height = (
            int(side[1]) if side else int(box[n]) if box else 0 for n, side in enumerate(sides, 1)
        )
        return {"path": path, "width": width, "height": height, "ink": min(1.0, drawn / 1000)}
    from PIL import Image, UnidentifiedImageError  # only here: slow to load, needed by few submissions

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
            width, height = image.size
            if width * height > PIXEL_CAP:
                raise ValueError(f"found {width} x {height} pixels, expected at most {PIXEL_CAP}")
            flat = image.convert("RGBA")
        if max(width, height) > 1200:
            flat = flat.reduce(math.ceil(max(width, height) / 1200))
        pixels = np.asarray(flat, dtype=np.uint8).reshape(-1, 4).view("<u4").ravel()
    except (UnidentifiedImageError, OSError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise ValueError(f"found no image that decodes ({clean(error, 100)})") from None
    ink = 1.0 - float(np.unique(pixels, return_counts=True)[1].max()) / pixels.size
    return {"path": path, "width": width, "height": height, "ink": round(ink, 6)}
