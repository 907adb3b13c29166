"""The served model: a folder with model.json and, for trees, LightGBM's text format. No pickles."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import lightgbm
import numpy as np

from scoring.calibration import Calibration
from scoring.features import Columns, FeatureSpec, encode


@dataclass(frozen=True)
class LogisticWeights:
    """A logistic regression on filled and scaled columns, with a column of its own for each null that was seen."""

    fill: tuple[float, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    null_columns: tuple[int, ...]
    coefficients: tuple[float, ...]
    intercept: float

    def design(self, matrix: np.ndarray) -> np.ndarray:
        """Return the filled, scaled and clipped columns with the null columns behind them."""
        null = np.isnan(matrix)
        scaled = (np.where(null, self.fill, matrix) - self.mean) / self.scale
        return np.hstack([np.clip(scaled, -8, 8), null[:, list(self.null_columns)]])

    def log_odds(self, matrix: np.ndarray) -> np.ndarray:
        """Return uncalibrated log-odds (n,)."""
        return self.design(matrix) @ np.asarray(self.coefficients) + self.intercept

    def raw(self, matrix: np.ndarray) -> np.ndarray:
        """Return uncalibrated probabilities (n,)."""
        return 1.0 / (1.0 + np.exp(-self.log_odds(matrix)))


@dataclass(frozen=True)
class BoostedLogistic:
    """Trees on top of a logistic regression's log-odds; one thread, since single rows gain nothing from more."""

    start: LogisticWeights
    booster: lightgbm.Booster

    def raw(self, matrix: np.ndarray) -> np.ndarray:
        """Return uncalibrated probabilities (n,)."""
        trees = np.asarray(self.booster.predict(matrix, raw_score=True, num_threads=1))
        return 1.0 / (1.0 + np.exp(-(self.start.log_odds(matrix) + trees)))


@dataclass(frozen=True)
class ChurnModel:
    """Everything that turns rows into decisions. `fields`: every raw feature with its type, used or not."""

    version: str
    run_id: str
    spec: FeatureSpec
    estimator: LogisticWeights | BoostedLogistic
    calibration: Calibration
    threshold: float
    fields: dict[str, str]
    ignored: tuple[str, ...] = ()

    def probability(self, columns: Columns) -> np.ndarray:
        """Return the churn probability of each row (n,)."""
        return self.calibration.apply(self.estimator.raw(encode(columns, self.spec)))

    def save(self, folder: Path) -> None:
        """Write model.json (and model.txt) into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "version": self.version,
            "run_id": self.run_id,
            "spec": self.spec.to_json(),
            "calibration": asdict(self.calibration),
            "threshold": self.threshold,
            "fields": self.fields,
            "ignored": list(self.ignored),
        }
        if isinstance(self.estimator, BoostedLogistic):
            self.estimator.booster.save_model(folder / "model.txt")
            data["logistic"] = asdict(self.estimator.start)
        else:
            data["logistic"] = asdict(self.estimator)
        (folder / "model.json").write_text(json.dumps(data, indent=1) + "\n")


def load_model(folder: Path) -> ChurnModel:
    """Read a model folder. Raises FileNotFoundError naming the file that is missing."""
    data = json.loads((folder / "model.json").read_text())
    weights = LogisticWeights(
        **{k: tuple(v) if isinstance(v, list) else v for k, v in data["logistic"].items()}
    )
    trees = folder / "model.txt"
    estimator = (
        BoostedLogistic(weights, lightgbm.Booster(model_file=str(trees))) if trees.exists() else weights
    )
    calibration = data["calibration"]
    return ChurnModel(
        version=data["version"],
        run_id=data["run_id"],
        spec=FeatureSpec.from_json(data["spec"]),
        estimator=estimator,
        calibration=Calibration(calibration["kind"], tuple(calibration["x"]), tuple(calibration["y"])),
        threshold=data["threshold"],
        fields=data["fields"],
        ignored=tuple(data["ignored"]),
    )
