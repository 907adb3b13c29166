"""Which pictures are drawings: noise is none, and no honest plot is taken for noise."""

from __future__ import annotations

import io
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from grader.probes.evaluation.images import PIXEL_CAP, measure
from grader.probes.evaluation.plots import find_plots


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


def drawing():
    """Return the pixels of a line on white."""
    pixels = np.full((300, 400, 3), 255)
    pixels[np.arange(300), np.arange(300)] = 0
    return pixels


@pytest.mark.parametrize("lossless", [False, True])
def test_incident_a_webp_was_no_plot(tmp_path, lossless):
    """A picture that Pillow reads as it reads PNG is one, by its ending and by its bytes."""
    stream = io.BytesIO()
    Image.fromarray(drawing().astype(np.uint8)).save(stream, "WEBP", lossless=lossless)
    (tmp_path / "pr_curve.webp").write_bytes(stream.getvalue())
    problems = []
    (plot,) = find_plots(tmp_path, {"pr_curve.webp": 1}, {}, problems)
    assert (plot["path"], plot["width"], plot["height"], problems) == ("pr_curve.webp", 400, 300, [])
    assert plot["ink"] > 0.002


def test_incident_a_plot_as_pdf_was_passed_over_in_silence(tmp_path):
    """What is not read is told with the forms that are, where the same plot is in none of these."""
    names = (
        "calibration.pdf",
        "pr_curve.pdf",
        "pr_curve.png",
        "evaluation/Reliability Plot.TIFF",
        "letter.pdf",
    )
    (tmp_path / "evaluation").mkdir()
    for name in names:
        (tmp_path / name).write_bytes(encoded(drawing()))
    problems = []
    assert len(find_plots(tmp_path, dict.fromkeys(names, 1), {}, problems)) == 1
    expected = "which is not read; expected PNG, JPEG, WebP or SVG"
    assert problems == [
        f"calibration.pdf: found PDF, {expected}",
        f"evaluation/Reliability Plot.TIFF: found TIFF, {expected}",
    ]


def webp(kind, part):
    """Return a WebP of one chunk."""
    chunk = kind + len(part).to_bytes(4, "little") + part
    return b"RIFF" + (len(chunk) + 4).to_bytes(4, "little") + b"WEBP" + chunk


BITS = (0x3FFE | 0x3FFE << 14).to_bytes(4, "little")


@pytest.mark.parametrize(
    "data",
    [
        webp(b"VP8X", b"\x02\0\0\0" + b"\xff\xff\xff" * 2),
        webp(b"VP8L", b"\x2f" + BITS + b"\0" * 20),
        webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a\xff\x3f\xff\x3f" + b"\0" * 20),
    ],
)
def test_a_webp_of_endless_size_is_refused_before_it_is_opened(data):
    """Opening one makes room for the canvas that its head states, a gigabyte and more."""
    with pytest.raises(ValueError, match=f"expected at most {PIXEL_CAP}"):
        measure(data, "pr_curve.webp")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_damaged_pictures_are_a_problem(kind):
    """Cut short, overwritten or with a head alone, a picture is refused in words."""
    whole = encoded(drawing(), kind)
    for place in (0, 4, 12, 16, 20, 24, 30, len(whole) // 2):
        for data in (
            whole[:place],
            whole[:place] + bytes(range(256)),
            whole[:place] + b"\xff" * 40 + whole[place:],
        ):
            with suppress(ValueError):
                assert measure(data, "pr_curve.webp")["width"] < 70_000
