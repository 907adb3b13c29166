"""SVG elements as safe markup, and scales with round ticks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from grader.plain_text import one_line

Value = str | float | int


def element(name: str, *children: Markup | str, **attributes: Value) -> Markup:
    """One element; text is cleaned, text and attributes are escaped, floats rounded to 1/100 of a pixel.

    Attribute names: `_` stands for `-`, a trailing one is dropped (`class_`).

    >>> str(element("text", "a < b", x=1.0, class_="label", text_anchor="end"))
    '<text x="1" class="label" text-anchor="end">a &lt; b</text>'
    """
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_written(value)}"' for key, value in attributes.items()
    )
    inside = "".join(child if isinstance(child, Markup) else escape(one_line(child)) for child in children)
    # Every part is escaped above; names are ours.
    return Markup(f"<{name}{shown}>{inside}</{name}>")  # noqa: S704


def _written(value: Value) -> Markup:
    if isinstance(value, float):
        return Markup(f"{value:.2f}".rstrip("0").rstrip(".") or "0")  # noqa: S704  # digits only
    # Attributes hold names and paths of ours, never text of a candidate, and a path must not be cut.
    return escape(value)


def drawing(name: str, size: tuple[float, float], title: str, description: str, *children: Markup) -> Markup:
    """An image of `size` (width, height) units with the title and description that screen readers speak.

    `name` makes the ids unique on the page.
    """
    width, height = size
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", description, id=f"{name}-desc"),
        *children,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        viewBox=f"0 0 {width:g} {height:g}",
        class_=f"chart chart-{name}",
    )


def group(*children: Markup, **attributes: Value) -> Markup:
    """Elements drawn as one."""
    return element("g", *children, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def rect(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    """A rectangle; a negative width or height is drawn as none."""
    return element("rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), class_=class_)


def text(x: float, y: float, content: str, class_: str = "label", anchor: str = "start") -> Markup:
    """A line of text; `anchor` is `start`, `middle` or `end`."""
    return element("text", content, x=x, y=y, class_=class_, text_anchor=anchor)


def path(places: Sequence[tuple[float, float]], class_: str, closed: bool = False) -> Markup:
    """A line through the places, in order."""
    steps = " ".join(f"{'L' if index else 'M'}{x:.2f} {y:.2f}" for index, (x, y) in enumerate(places))
    return element("path", d=steps + (" Z" if closed else ""), class_=class_)


@dataclass(frozen=True)
class Scale:
    """A linear map of `low`..`high` to the pixels `start`..`end`; values outside are held at the ends."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The pixel of a value."""
        held = min(max(value, self.low), self.high)
        return self.start + (held - self.low) / (self.high - self.low) * (self.end - self.start)


def round_ticks(high: float, count: int = 5) -> tuple[float, ...]:
    """Round numbers from 0 up to the first that is not below `high`, about `count` steps of 1, 2, 2.5 or 5.

    >>> round_ticks(0.27)
    (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
    >>> round_ticks(0.0)
    (0.0, 1.0)
    """
    if not high > 0 or not math.isfinite(high):
        return (0.0, 1.0)
    rough = high / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    steps = math.ceil(high / step - 1e-9)
    return tuple(round(index * step, 12) for index in range(steps + 1))


def tick_text(value: float, ticks: Sequence[float]) -> str:
    """A tick with as many decimals as the finest step of its axis needs.

    >>> tick_text(0.5, (0.0, 0.25, 0.5))
    '0.50'
    """
    step = ticks[1] - ticks[0]
    decimals = next((digits for digits in range(6) if abs(round(step, digits) - step) < 1e-9), 6)
    return f"{value:.{decimals}f}"
