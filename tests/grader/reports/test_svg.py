"""Tests of `grader.reports.charts`: escaping, scales, ticks, and what each drawing shows."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from grader.reports.charts.axes import BOTTOM
from grader.reports.charts.lift import lift_chart
from grader.reports.charts.plant_map import outcome, plant_map
from grader.reports.charts.precision_recall import MOST_POINTS, pr_chart, thinned
from grader.reports.charts.reliability import outside, reliability_chart
from grader.reports.charts.replay import replay_chart, replay_rows
from grader.reports.charts.svg import Scale, element, round_ticks, tick_text
from grader.reports.charts.timeline import timeline
from grader.reports.plots import model_plots
from grader.results import CurvePoint, LiftDecile, ReliabilityBin, ReplayBand
from grader.types import PhaseRecord, Verdict

from . import builders

FIGURES = builders.figures()


def drawings() -> dict[str, Callable[[], Markup]]:
    """Every plot from good numbers."""
    band = FIGURES.replay
    assert band is not None
    return {
        "reliability": lambda: reliability_chart(FIGURES.reliability),
        "pr": lambda: pr_chart(FIGURES.pr_curve, FIGURES.pr_curve_baseline, FIGURES.base_rate),
        "lift": lambda: lift_chart(FIGURES.lift),
        "replay": lambda: replay_chart(replay_rows(band)),
        "plants": lambda: plant_map(FIGURES.months, FIGURES.plants),
        "phases": lambda: timeline(builders.phases()),
    }


@pytest.mark.parametrize("name", drawings())
def test_drawings_are_well_formed_and_speak(name: str) -> None:
    """Each plot parses as XML, has a title and a description, and stays inside its frame."""
    root = ET.fromstring(str(drawings()[name]()))
    assert root.get("role") == "img"
    assert (root.findtext("title") or "").strip()
    assert len(root.findtext("desc") or "") > 20
    width, height = (float(part) for part in (root.get("viewBox") or "").split()[2:])
    for node in root.iter():
        for key, limit in (
            ("x", width),
            ("cx", width),
            ("x2", width),
            ("y", height),
            ("cy", height),
            ("y2", height),
        ):
            assert -1 <= float(node.get(key, "0")) <= limit, (node.tag, node.attrib)


def test_text_and_attributes_are_escaped() -> None:
    """A column name cannot break out of a plot."""
    made = str(element("text", "<b>\x1b[1m&", class_='a"b'))
    assert made == '<text class="a&#34;b">&lt;b&gt;&amp;</text>'


def test_a_long_curve_is_drawn_to_its_end() -> None:
    """A path is not shortened like text is: the curve ends where the recall is 1."""
    d = re.search(r'<path d="([^"]*)" class="line-a"', str(pr_chart(FIGURES.pr_curve, (), None)))
    assert d is not None
    assert d.group(1).count("L") == len(FIGURES.pr_curve) - 1
    assert d.group(1).split()[-2] == "L464.00"


def test_thinning_keeps_both_ends() -> None:
    """A curve of every row of the test set stays small and complete."""
    many = [CurvePoint(recall=i / 20_000, precision=0.5) for i in range(20_001)]
    kept = thinned(many)
    assert len(kept) == MOST_POINTS
    assert (kept[0].recall, kept[-1].recall) == (0.0, 1.0)


@given(st.floats(min_value=1e-9, max_value=1e9))
def test_ticks_cover_the_values(high: float) -> None:
    """The last tick reaches the highest value without leaving half of the plot empty."""
    ticks = round_ticks(high)
    assert ticks[0] == 0
    assert high <= ticks[-1] * (1 + 1e-9)
    assert ticks[-1] < 2.01 * high
    assert 3 <= len(ticks) <= 8


def test_ticks_are_written_with_what_their_step_needs() -> None:
    """Ticks of one axis are told apart and have equal decimals."""
    assert [tick_text(tick, (0.0, 0.025, 0.05)) for tick in (0.0, 0.025, 0.05)] == ["0.000", "0.025", "0.050"]


def test_scale_holds_values_at_its_ends() -> None:
    """A value outside the axis is not drawn outside the plot."""
    scale = Scale(0.0, 1.0, 300.0, 14.0)
    assert (scale(-1.0), scale(0.5), scale(7.0)) == (300.0, 157.0, 14.0)


def test_bins_outside_the_band_differ_in_shape() -> None:
    """Who cannot tell the colours apart still sees which bins fail."""
    assert outside(FIGURES.reliability) == 2
    drawn = str(reliability_chart(FIGURES.reliability))
    assert drawn.count('class="mark-bad"') == 3  # two bins and the legend
    inside = [one.model_copy(update={"observed": one.predicted}) for one in FIGURES.reliability]
    assert "outside the band" not in str(reliability_chart(inside)).split("</desc>")[1]


@pytest.mark.parametrize(
    ("family", "found", "credit", "expected"),
    [
        ("leakage", True, 1.0, "found"),
        ("change", True, 0.5, "in part"),
        ("change", False, 0.3, "in part"),
        ("quality", False, 0.0, "missed"),
        ("decoy", True, 0.0, "trapped"),
        ("decoy", True, 1.0, "explained"),
        ("decoy", False, 0.0, "left alone"),
    ],
)
def test_outcomes(family: str, found: bool, credit: float, expected: str) -> None:
    """A reported decoy is a trap that caught unless it was explained; a missed defect is missed."""
    told = {"family": family, "found": found, "credit": credit, "said": ""}
    line = FIGURES.plants[0].model_copy(update=told)
    assert outcome(line) == expected


def test_incident_a_decoy_with_another_defect_reported_there_was_said_to_be_left_alone() -> None:
    """Who took a yearly dip for a changed unit did report it, though not as what it is usually mistaken for."""
    told = {"family": "decoy", "found": False, "credit": 0.0, "said": "defect: unit_change in usage"}
    line = FIGURES.plants[0].model_copy(update=told)
    assert outcome(line) == "other defect"
    drawn = str(plant_map(FIGURES.months, [line]))
    assert "1 other defect, 0 left alone" in drawn


def test_bars_of_the_map_cover_their_months() -> None:
    """A defect from April 2024 to the end starts at its month and ends at the last one."""
    line = FIGURES.plants[2]
    drawn = str(plant_map(FIGURES.months, [line]))
    bar = re.search(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn)
    assert bar is not None
    slot = (852 - 250) / 24
    assert float(bar.group(1)) == pytest.approx(250 + 15 * slot + 1.5, abs=0.01)
    assert float(bar.group(2)) == pytest.approx(9 * slot - 3, abs=0.01)


def test_months_outside_the_panel_do_not_break_the_map() -> None:
    """A defect dated before or after the axis is drawn at its edge; without months the plants give the axis."""
    early = FIGURES.plants[2].model_copy(update={"from_month": "2020-01", "to_month": "2020-02"})
    late = FIGURES.plants[2].model_copy(update={"from_month": "2030-01", "to_month": None})
    slot = (852 - 250) / 24
    first, last = 250 + 1.5, 250 + 23 * slot + 1.5
    for plant, left in ((early, first), (late, last)):
        (bar,) = (n for n in ET.fromstring(str(plant_map(FIGURES.months, [plant]))).iter("rect"))
        assert float(bar.get("x", "0")) == pytest.approx(left, abs=0.01)
        assert float(bar.get("width", "0")) == pytest.approx(slot - 3, abs=0.01)
    ET.fromstring(str(plant_map((), [early, late, FIGURES.plants[0]])))


def test_degenerate_numbers_are_drawn() -> None:
    """Zeros, a single bin, a model without lift and instant phases give plots, not errors."""
    flat = ReliabilityBin(predicted=0.0, observed=0.0, low=0.0, high=0.0, rows=1)
    none = LiftDecile(decile=1, customers=0, churners=0, churn_rate=0, lift=0, cumulative_capture=0)
    zero = ReplayBand(dummy=0, yardstick=0, oracle=0, submission=None, claimed=None)
    instant = PhaseRecord(id="intake", verdict=Verdict.OK)
    point = CurvePoint(recall=0, precision=0)
    for made in (
        reliability_chart([flat]),
        lift_chart([none]),
        replay_chart(replay_rows(zero, with_oracle=False)),
        timeline([instant]),
        pr_chart([point], [], None),
    ):
        ET.fromstring(str(made))


@pytest.mark.parametrize(
    "lifts", [(0.81, 1.2, 1.1, 0.9, 1.4, 0.4, 1.2, 1.0, 1.1, 0.9), (3.8, 2.2, 1.2, *(0.4,) * 7)]
)
def test_words_of_a_weak_lift_lay_on_its_bars_and_axis(lifts: tuple[float, ...]) -> None:
    """The words about the line at 1 stand above every bar, and the first captured share above the axis."""
    rows = [
        LiftDecile(decile=i + 1, customers=100, churners=6, churn_rate=0.06, lift=one,
                   cumulative_capture=min(1.0, sum(lifts[: i + 1]) / 10))
        for i, one in enumerate(lifts)
    ]  # fmt: skip
    root = ET.fromstring(str(lift_chart(rows)))
    words = next(node for node in root.iter("text") if node.text == "1 = no better than chance")
    tops = [float(node.get("y", "0")) for node in root.iter("rect")]
    assert float(words.get("y", "0")) < min(tops) - 5
    captured = next(
        node for node in root.iter("text") if node.get("class") == "value" and "%" in (node.text or "")
    )
    assert float(captured.get("y", "0")) < BOTTOM - 2


def test_equal_scores_are_said_to_rank_nobody() -> None:
    """Bars of constant scores go up and down by chance, which once looked like a ranking."""
    flat = tuple(one.model_copy(update={"predicted": 0.062}) for one in FIGURES.reliability)
    captions = {
        scores: next(
            p for p in model_plots(FIGURES.model_copy(update={"reliability": bins})) if p.id == "lift"
        ).caption
        for scores, bins in (("equal", flat), ("other", FIGURES.reliability))
    }
    assert "All scores are equal" in captions["equal"]
    assert "equal" not in captions["other"]


@pytest.mark.parametrize(("replayed", "said"), [(0.284, False), (0.23, False), (0.1, True)])
def test_incident_the_legend_of_the_replay_read_as_a_verdict(replayed: float, said: bool) -> None:
    """Only a claim far above the replay is called flattered; a gap below 0 was told in the same words."""
    band = ReplayBand(dummy=0.061, yardstick=0.254, oracle=0.331, submission=replayed, claimed=0.263)
    plots = model_plots(FIGURES.model_copy(update={"replay": band}), with_oracle=False)
    (caption,) = [plot.caption for plot in plots if plot.id == "replay"]
    assert f"{0.263 - replayed:+.3f}" in caption
    assert ("flattered" in caption) is said
