"""Read the submitted predictions and match their rows to the issued data.

Prints PredictionsEvidence and the arrays `row`, `split`, `y_true`, `y_used`, `p_baseline`, `p_tuned`: one entry
per submitted row whose customer and month are in DATA_DIR/snapshots.parquet; `row` is the position of the first
issued row of that key, `split` 0..4 for train, validation, calibration, test, other; NaN where absent.
`duplicate_keys` counts rows beyond as many as the issued data holds of their key. `data_trouble` says why the
issued data could not be read, which is nothing of the submission's.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from grader.probes.predictions.finding import find_table
from grader.probes.predictions.matching import IssuedDataUnreadError
from grader.probes.predictions.reading import read_table
from grader.probes.predictions.tables import arrow
from grader.probes.shared.files import list_files
from grader.probes.shared.output import emit
from grader.probes.shared.text import clean


def main() -> None:
    """Print PredictionsEvidence and its arrays."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    root, data = Path(os.environ["SUBMISSION_DIR"]), Path(os.environ["DATA_DIR"])
    problems: list[str] = []
    files = list_files(root)
    found = find_table(root, files, problems)
    if found is None:
        problems.append("evaluation/predictions.parquet: found no table of customer_id and probabilities")
        emit({"path": None, "problems": problems})
        return
    shown = clean(found[0], 300)
    try:
        result, arrays = read_table(found[1], shown, data, problems)
    except IssuedDataUnreadError as error:
        emit({"path": shown, "data_trouble": str(error)})
        return
    except (ValueError, TypeError, KeyError, OverflowError, arrow.ArrowException) as error:
        emit({"path": shown, "problems": [*problems, f"{shown}: {clean(error, 200)}"]})
        return
    emit(result, arrays)


if __name__ == "__main__":
    main()
