"""A level of a category that gets another name in some month, as the change log announces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from data_generator.decoys.decoy import Decoy, described, meaning_of, mistaken_for
from data_generator.key import DecoyKey, months_range
from data_generator.months import EXTRACTION_MONTH, month_name
from data_generator.plants.category_recode import PLANT
from data_generator.plants.draft import Draft, Placement, months_of

ID = "renamed_level"
NEW_NAMES = {
    "acquisition_channel=web": "online",
    "acquisition_channel=field_sales": "sales_team",
    "payment_method=wallet": "e_wallet",
    "payment_method=direct_debit": "sepa_debit",
    "customer_segment=micro_business": "sole_trader",
    "plan_tier=standard": "classic",
}


def apply(draft: Draft, place: Placement) -> tuple[Draft, DecoyKey]:
    """Rename the level `place.choice` (`column=level`) from month `place.first` on, everywhere and for good."""
    column, level = place.slice
    name, since = NEW_NAMES[place.choice], month_name(place.first)

    def renamed(frame: pd.DataFrame) -> pd.DataFrame:
        values = frame[column].cat
        levels = [*values.categories, name]
        late = (frame[column] == level) & (months_of(frame) >= place.first)
        codes = np.where(late, len(levels) - 1, values.codes)
        renamed = pd.Categorical.from_codes(codes, categories=pd.Index(levels, dtype=object))
        return frame.assign(**{column: renamed})

    draft = replace(draft, public=renamed(draft.public), replay=renamed(draft.replay))
    draft = draft.with_note(
        since, f"{column}: `{level}` is called `{name}` from this month on; the customers stay the same."
    )
    draft = described(draft, column, f"{meaning_of(draft, column)}; `{level}` and `{name}` are the same.")
    return draft, DecoyKey(
        id=ID,
        columns=[column],
        months=months_range(since, month_name(EXTRACTION_MONTH)),
        trap_kinds=[
            "category_recode",
            "schema_change",
            "new_category",
            "data_drift",
            "covariate_drift",
            "feature_drift",
            "distribution_shift",
        ],
        summary=f"{column} {level} is called {name} from {since} on, as the change log announces.",
    )


DECOY = Decoy(
    id=ID,
    family="change",
    fires=PLANT.kind,
    apply=apply,
    trips=lambda frame, key: PLANT.present(frame, mistaken_for(PLANT, key.columns, key.months)),
    choices=tuple(NEW_NAMES),
    onset=(5, 14),
    touches=lambda place, c: frozenset({place.slice[0]}),
)
