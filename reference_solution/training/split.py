"""Months to splits, in time order, with gaps as long as the label looks ahead."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

TEST_MONTHS = 3
CALIBRATION_MONTHS = 1
VALIDATION_MONTHS = 2


@dataclass(frozen=True)
class MonthSplit:
    """The months of each split; months in none of them are embargoed or have no complete label."""

    train: tuple[str, ...]
    validation: tuple[str, ...]
    calibration: tuple[str, ...]
    test: tuple[str, ...]

    def name_of(self, months: pd.Series) -> np.ndarray:
        """Return the split of each row, empty where it is in none."""
        lookup = {month: name for name, chosen in vars(self).items() for month in chosen}
        return months.map(lookup).fillna("").to_numpy(dtype=object)


def split_months(months: list[str], last_test_month: str, embargo: int) -> MonthSplit:
    """Return train | gap | validation, calibration | gap | test.

    The first month after a gap lies `embargo` months after the last one before it, so no label used to fit,
    choose or calibrate looks into the test months, and none used to fit looks into validation.
    """
    usable = [month for month in months if month <= last_test_month]
    first_test = len(usable) - TEST_MONTHS
    after_calibration = first_test - embargo + 1
    calibration = after_calibration - CALIBRATION_MONTHS
    validation = calibration - VALIDATION_MONTHS
    after_train = validation - embargo + 1
    if after_train < 3:
        raise ValueError(
            f"{len(usable)} months with complete labels are too few: at least "
            f"{len(usable) - after_train + 3} are needed"
        )
    return MonthSplit(
        tuple(usable[:after_train]),
        tuple(usable[validation:calibration]),
        tuple(usable[calibration:after_calibration]),
        tuple(usable[first_test:]),
    )
