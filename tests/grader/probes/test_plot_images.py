"""Which pictures are drawings: noise is none, and no honest plot is taken for noise."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from grader.probes.evaluation.images import measure


def encoded(pixels, kind="PNG"):
    """Return an image file of an array of bytes."""
    stream = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(stream, kind)
    return stream.getvalue()


RNG = np.random.default_rng(0)


@pytest.mark.parametrize("pixels", [
    RNG.integers(0, 256, (400, 600, 3)), RNG.integers(0, 256, (400, 600)), RNG.integers(0, 256, (2000, 2500, 3)),
])  # fmt: skip
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_noise_passed_for_a_plot(pixels, kind):
    """Random pixels are told as none, whatever the size, the colours and the format."""
    with pytest.raises(ValueError, match="neighbours"):
        measure(encoded(pixels, kind), "evaluation/pr_curve.png")


def honest_pictures():
    """Yield pictures of which none has one flat background."""
    y, x = np.mgrid[0:400, 0:600]
    grid = np.where((x % 20 < 2) | (y % 20 < 2), 90, 200)[:, :, None] + np.zeros(3)
    shade = np.stack([60 + x / 5, 200 - y / 4, 120 + (x + y) / 10], axis=2)
    yield "a photo of gridded paper", grid * (0.6 + x / 1500)[:, :, None] + RNG.normal(0, 12, grid.shape)
    yield "a curve on a shaded ground", np.where((abs(x - y) < 4)[:, :, None], 255, shade)
    cells = RNG.integers(0, 256, (50, 75, 3)).repeat(8, axis=0).repeat(8, axis=1)
    yield "a heat map to the edge", cells
    fine = np.full((400, 600, 3), 255)
    fine[40:360, 60:540] = RNG.integers(0, 256, (320, 480, 3))
    yield "a heat map of a pixel a cell, with its axes", fine
    dark = np.full((400, 600, 3), 17)
    dark[RNG.random((400, 600)) < 0.4] = (90, 200, 250)
    yield "a dense scatter on a dark ground", dark


@pytest.mark.parametrize(("what", "pixels"), list(honest_pictures()))
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_no_honest_picture_is_taken_for_noise(what, pixels, kind):
    """Shades, photos, heat maps and dark grounds are drawn pictures."""
    assert measure(encoded(pixels, kind), f"{what}.png")["ink"] > 0.003
