"""Train, compare, calibrate and evaluate both models on a bundle, into this folder.

    python train.py --bundle ../bundle

Reads findings.json, which audit.ipynb has written, and writes mlflow.db, mlartifacts/, model/ and evaluation/.
"""

import argparse
import json
from pathlib import Path

from training.experiment import run_experiment


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", type=Path, required=True, help="folder with data/ and contract.yaml")
    parser.add_argument(
        "--folder", type=Path, default=Path(), help="submission folder to write into (default: here)"
    )
    parser.add_argument("--trials", type=int, default=20, help="points of the search (default: 20)")
    arguments = parser.parse_args()
    findings = json.loads((arguments.folder / "findings.json").read_text())["findings"]
    run_experiment(arguments.bundle, arguments.folder, findings, arguments.trials, print)


if __name__ == "__main__":
    main()
