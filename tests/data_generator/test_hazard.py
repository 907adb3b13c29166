"""Changes of the hazard: they act from their month on, inside the world, and the true probability knows them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data_generator.errors import SpecError
from data_generator.plants.draft import months_of
from data_generator.schema import LABEL
from data_generator.world.coefficients import sigmoid
from data_generator.world.hazard import HazardChange, changed, level_for
from data_generator.world.truth import Truth, make_truth

ROWS = 60_000
FLIP = HazardChange(18, 29, factors={"engagement": 0.2, "stress": 2.0, "contract": -1.0}, recentre=True)
SHIFT = HazardChange(25, 26, log_odds=0.9)


@pytest.fixture(scope="module")
def clean() -> Truth:
    """Return the world without a change."""
    return make_truth(21, ROWS)


@pytest.fixture(scope="module")
def drifted() -> Truth:
    """Return the same world whose hazard changes in 2024-07, and again inside the replay."""
    return make_truth(21, ROWS, (FLIP, SHIFT))


def monthly_hazard(truth: Truth) -> np.ndarray:
    """Return the share of customers who cancel, by month."""
    d = truth.panel.dynamics
    return np.array([d.cancels[12 + t, : d.schedule[t]].mean() for t in range(30)])


def test_worlds_agree_before_the_change(clean: Truth, drifted: Truth) -> None:
    """What a change does can be read off against the world without it: all months up to its first are the same."""
    names = [name for name in clean.twin.columns if name != LABEL]
    early = months_of(clean.twin) <= FLIP.first
    changed_early = months_of(drifted.twin) <= FLIP.first
    pd.testing.assert_frame_equal(clean.twin.loc[early, names], drifted.twin.loc[changed_early, names])
    before = months_of(clean.twin) <= FLIP.first - 3
    assert (clean.twin[LABEL][before] == drifted.twin[LABEL][months_of(drifted.twin) <= FLIP.first - 3]).all()
    assert len(clean.twin) == len(drifted.twin) == ROWS


def test_a_recentred_change_keeps_the_base_rate(clean: Truth, drifted: Truth) -> None:
    """Concept drift is not seen in the monthly rate, a label shift is."""
    one, other = monthly_hazard(clean), monthly_hazard(drifted)
    assert abs(other[18:25].mean() / one[18:25].mean() - 1) < 0.12
    assert other[25:27].mean() > 1.8 * one[25:27].mean()


def test_true_probability_knows_the_changes(drifted: Truth) -> None:
    """It agrees with the realised rate by month and by thirds of risk, within four standard errors by customer."""
    replay = drifted.replay
    p, y = replay["true_probability"], replay[LABEL]
    for month in (24, 25, 26):
        rows = np.flatnonzero(months_of(replay) == month)
        for third in np.array_split(rows[np.argsort(p.to_numpy()[rows])], 3):
            residual = (y - p).iloc[third]
            assert abs(residual.sum()) <= 4 * np.sqrt((p * (1 - p)).iloc[third].sum())


def test_true_probability_agrees_with_simulated_futures(drifted: Truth) -> None:
    """The quadrature is right for single rows, not only on average: 4,000 simulated futures of the riskiest."""
    d, panel = drifted.panel.dynamics, drifted.panel
    p = drifted.replay["true_probability"].to_numpy()
    month = panel.month[drifted.replay_rows]
    rng = np.random.default_rng(0)
    for position in np.flatnonzero(month == 24)[np.argsort(-p[month == 24])[[0, 20, 300, 2_000]]]:
        row = drifted.replay_rows[position]
        who, state = (
            panel.customer[row],
            [panel.here(x)[row] for x in (d.engagement, d.satisfaction, d.stress)],
        )
        x = np.repeat(np.array(state)[:, None], 4_000, axis=1)
        stays = np.ones(4_000)
        for ahead in range(3):
            c = changed(d.coefficients, [change for change in d.changes if change.active(24 + ahead)])
            pool, tenure = d.customers, panel.here(d.tenure)[row] + ahead
            term = pool.term[who]
            logit = (
                d.mix.level
                + d.shift[24 + ahead]
                + c.quality * pool.quality[who]
                + c.contract[pool.contract[who]]
                + c.autopay * pool.autopay[who]
                + c.business * (pool.segment[who] > 0)
                + (c.engagement + c.engagement_monthly * (term == 0)) * x[0]
                + c.satisfaction * x[1]
                + c.stress * x[2]
                + c.tenure * (np.log1p(tenure) - 3)
                + c.contract_end * (term > 0 and term - tenure % term <= 2)
                + c.season * np.cos(2 * np.pi * ((24 + ahead) % 12) / 12)
            )
            stays *= 1 - sigmoid(logit)
            rho = np.array([0.82, 0.75, 0.60])[:, None]
            x = rho * x + np.sqrt(1 - rho**2) * rng.standard_normal(x.shape)
        assert abs(1 - stays.mean() - p[position]) <= 4 * stays.std() / np.sqrt(4_000) + 1e-4


def test_hazard_factor_scales_the_hazard(clean: Truth) -> None:
    """A planner can take back the prevalence that a shift of the label adds."""
    lower = make_truth(21, ROWS, hazard_factor=0.8)
    assert 0.72 <= monthly_hazard(lower)[:27].mean() / monthly_hazard(clean)[:27].mean() <= 0.88


def test_level_for_is_exact_for_any_start() -> None:
    """Re-centring finds the level whether the change raised or lowered the hazard."""
    logit = np.random.default_rng(0).normal(-4, 1.5, 5_000)
    for offset in (-6.0, 0.0, 5.0):
        level = level_for(logit + offset, 0.0227, tolerance=1e-9)
        assert abs(sigmoid(logit + offset + level).mean() - 0.0227) < 1e-9


def test_impossible_changes_are_named() -> None:
    """A typing error in a driver's name must not silently change nothing."""
    with pytest.raises(SpecError, match="satisfactoin"):
        HazardChange(3, 4, factors={"satisfactoin": 2.0})
    with pytest.raises(SpecError, match="months"):
        HazardChange(12, 30)
