"""Read the claimed figures, the lift table and the plots of a submission.

Prints EvaluationEvidence. Intervals are keyed `tuned.pr_auc`. Figures inside notebooks are plots with a path like
`audit.ipynb#cell12` (cells from 1); the executed notebook in NOTEBOOK_OUT takes the place of the submitted one.
SVG is not rendered: its `ink` is the number of drawn elements over 1,000, at most 1.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from grader.probes.evaluation.books import read_books
from grader.probes.evaluation.lift import find_lift
from grader.probes.evaluation.metrics import find_metrics
from grader.probes.evaluation.plots import find_plots
from grader.probes.evaluation.segments import find_segments
from grader.probes.evaluation.suited import find_suited
from grader.probes.shared.files import list_files
from grader.probes.shared.notebooks import find_notebook
from grader.probes.shared.output import emit


def main() -> None:
    """Print EvaluationEvidence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebook", help="path inside the submission; found by itself where absent")
    options = parser.parse_args()
    root = Path(os.environ["SUBMISSION_DIR"])
    files = list_files(root)
    audit = find_notebook(root, files, options.notebook)
    books = read_books(root, files, audit)
    problems: list[str] = []
    plots = find_plots(root, files, books, problems)
    metrics, lift = find_metrics(root, files), find_lift(root, files, books)
    segments = find_segments(root, files, metrics["path"])
    emit(
        {
            "metrics": metrics,
            "lift": lift,
            "segments": segments,
            "plots": plots,
            "suited": find_suited(root, files),
            "problems": problems[:50],
        }
    )


if __name__ == "__main__":
    main()
