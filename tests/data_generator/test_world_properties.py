"""What holds for a world of any seed, size and shard."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from data_generator.months import FIRST_REPLAY_MONTH, PUBLIC_MONTHS
from data_generator.plants.draft import months_of
from data_generator.schema import KEYS, LABEL
from data_generator.world.hazard import HazardChange
from data_generator.world.truth import make_truth

SEEDS = st.integers(0, 2**256 - 1)
CHANGES = st.sampled_from(
    [
        (),
        (HazardChange(20, 22, log_odds=2.5),),
        (HazardChange(14, 29, factors={"satisfaction": -1.0, "tenure": 3.0}, recentre=True),),
    ]
)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(seed=SEEDS, rows=st.integers(2_000, 12_000), changes=CHANGES, shard=st.integers(0, 2**20))
def test_a_world_is_a_panel(seed: int, rows: int, changes: tuple[HazardChange, ...], shard: int) -> None:
    """Rows are exact, keys unique, histories unbroken, nobody returns, and the replay comes after."""
    truth = make_truth(seed, rows, changes, shard=shard)
    assert len(truth.twin) == rows
    assert not truth.twin.duplicated(list(KEYS)).any()
    assert not truth.replay.duplicated(list(KEYS)).any()
    assert months_of(truth.twin).max() == PUBLIC_MONTHS - 1
    assert months_of(truth.replay).min() == FIRST_REPLAY_MONTH
    panel = truth.panel
    order = np.lexsort((panel.month, panel.customer))
    who, month, tenure = panel.customer[order], panel.month[order], panel.tenure[order]
    same = who[1:] == who[:-1]
    assert (np.diff(month)[same] == 1).all()
    assert (np.diff(tenure)[same] == 1).all()
    assert (month < panel.leaves[order]).all()
    assert truth.replay["true_probability"].between(0, 1).all()
    assert truth.twin[LABEL].isin([0, 1]).all()
