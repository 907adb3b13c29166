"""Run in the tool's own environment: every tabular data check of deepchecks with its default conditions.

    python probe.py DATA.csv.gz OUT.json

Train is the first year, test the second up to the last month whose labels are complete. What fails its condition is
written as `[check, columns, detail]`; nothing of this project is imported.
"""

import json
import re
import sys
import warnings
from pathlib import Path

import pandas as pd

warnings.filterwarnings("ignore")

from deepchecks.tabular import Dataset, checks  # noqa: E402

KEYS, LABEL, LAST_COMPLETE = ["customer_id", "snapshot_month"], "churned_90d", "2024-09"
ROWS = 40_000  # the tool's own sampling is smaller


def main(data: str, out: str) -> None:
    """Run the checks and write what they complain of."""
    frame = pd.read_csv(data)
    mature = frame[frame["snapshot_month"] <= LAST_COMPLETE]
    text = [c for c in mature if mature[c].dtype == object and c not in KEYS]

    def dataset(part: pd.DataFrame) -> Dataset:
        sample = part.sample(min(ROWS, len(part)), random_state=0)
        return Dataset(sample, label=LABEL, cat_features=text, index_name="customer_id")

    first = dataset(mature[mature["snapshot_month"] < "2024-01"])
    second = dataset(mature[mature["snapshot_month"] >= "2024-01"])
    found: list[tuple[str, list[str], str]] = []
    for name, check, both in _checks():
        try:
            result = check.run(first, second) if both else check.run(_whole(name, frame, dataset, mature))
            found += _complaints(name, result)
        except Exception as error:  # noqa: BLE001 -- the tool's own failure is a result, too
            found.append((name, [], f"did not run: {type(error).__name__}: {error}"[:200]))
    Path(out).write_text(json.dumps(found), encoding="utf-8")


def _checks():
    """Yield name, check with its customary condition, and whether it compares two samples."""
    c = checks
    yield (
        "feature_label_correlation",
        c.FeatureLabelCorrelation().add_condition_feature_pps_less_than(),
        False,
    )
    yield (
        "identifier_label_correlation",
        c.IdentifierLabelCorrelation().add_condition_pps_less_or_equal(),
        False,
    )
    yield "data_duplicates", c.DataDuplicates().add_condition_ratio_less_or_equal(), False
    conflicting = c.ConflictingLabels().add_condition_ratio_of_conflicting_labels_less_or_equal()
    yield "conflicting_labels", conflicting, False
    yield "mixed_nulls", c.MixedNulls().add_condition_different_nulls_less_equal_to(), False
    special = c.SpecialCharacters().add_condition_ratio_of_special_characters_less_or_equal()
    yield "special_characters", special, False
    yield "mixed_data_types", c.MixedDataTypes().add_condition_rare_type_ratio_not_in_range(), False
    yield "string_mismatch", c.StringMismatch().add_condition_no_variants(), False
    yield "is_single_value", c.IsSingleValue().add_condition_not_single_value(), False
    yield "percent_of_nulls", c.PercentOfNulls().add_condition_percent_of_nulls_not_greater_than(), False
    yield "class_imbalance", c.ClassImbalance().add_condition_class_ratio_less_than(), False
    yield "feature_drift", c.FeatureDrift().add_condition_drift_score_less_than(), True
    yield "label_drift", c.LabelDrift().add_condition_drift_score_less_than(), True
    yield (
        "category_mismatch",
        c.CategoryMismatchTrainTest().add_condition_new_categories_less_or_equal(),
        True,
    )
    yield "samples_mix", c.TrainTestSamplesMix().add_condition_duplicates_ratio_less_or_equal(), True
    change = c.FeatureLabelCorrelationChange().add_condition_feature_pps_difference_less_than()
    yield "correlation_change", change, True


def _whole(name, frame, dataset, mature):
    if name == "data_duplicates":  # copies are few, and a sample of rows would lose most of them
        return Dataset(frame.drop(columns=LABEL), cat_features=[])
    if name == "conflicting_labels":
        return Dataset(frame, label=LABEL, cat_features=[])
    return dataset(mature)


def _complaints(name, result):
    """Return the failed conditions with the columns that their text names."""
    failed = [" ".join(c.details.split()) for c in result.conditions_results if not c.is_pass()]
    return [(name, re.findall(r"'(\w+)': ", text), text[:300]) for text in failed]


if __name__ == "__main__":
    main(*sys.argv[1:])
