"""One submission's evidence beside the truth, with what several checks need computed once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from grader import metrics
from grader.checks.by_identifier import ByIdentifier, by_identifier
from grader.checks.kept_rows import rows_as_stated
from grader.checks.matching import Matching, match_findings
from grader.checks.outside import excuse_true_findings
from grader.checks.recompute import Recomputer
from grader.evidence.document import Evidence
from grader.evidence.modelling import SPLITS
from grader.metrics import Floats
from grader.truth import Plant, Truth

Strings = npt.NDArray[np.str_]
PARITY_TOLERANCE = 1e-4
SAME_MODEL = 1e-3
"""Median distance of served and submitted probability up to which the two are one model."""
NEAR = 0.01
"""Distance of served and submitted probability within which a row may come from the same model."""
LABEL_DEFECTS = frozenset({"label_noise_slice", "label_definition"})
"""Defects of the label that the panel lets a candidate repair."""
REPAIR_SLACK = 1.5
"""How many times the labels that a defect changed a repair may change."""
REBUILT = re.compile(
    r"re-?comput|re-?build|re-?calculat|re-?construct|repair|restor|replac|correct|lag", re.I
)
"""Actions that put another value in a column's place; dropping it leaves nothing to differ."""
STANDARD_ERRORS = 3.0
"""How far above a dummy a model must rank before work on it can earn anything."""


@dataclass(frozen=True)
class Scored:
    """Rows with labels and probabilities; `chance` is the true probability where the vault has it."""

    y: Floats
    tuned: Floats
    baseline: Floats
    customer: npt.NDArray[np.int64]
    month: Strings
    chance: Floats

    @property
    def usable(self) -> bool:
        """Return whether ranking figures can be computed at all."""
        return self.y.size >= 100 and 0 < self.y.sum() < self.y.size


@dataclass(frozen=True)
class Case:
    """What a check looks at."""

    evidence: Evidence
    truth: Truth

    @cached_property
    def matching(self) -> Matching:
        """The findings matched with the plants."""
        found = match_findings(self.evidence, self.truth)
        return excuse_true_findings(found, self.truth, self.recomputer)

    @cached_property
    def recomputer(self) -> Recomputer:
        """The issued data, ready to recompute quoted statistics."""
        return Recomputer(self.truth)

    @cached_property
    def issued_label(self) -> Floats:
        """The issued label of every issued row."""
        return np.asarray(self.truth.issued[self.truth.key.label.column].to_numpy(dtype=np.float64))

    @cached_property
    def issued_month(self) -> Strings:
        """The month of every issued row."""
        return np.asarray(self.truth.issued["snapshot_month"].to_numpy(dtype=np.str_))

    @cached_property
    def prediction_rows(self) -> npt.NDArray[np.int64]:
        """The issued row of every submitted prediction; the second of a key issued twice is the second row.

        The rows of a key may disagree in the label, and whoever kept them all claims figures over them all. Whoever
        kept one kept the row whose label is the one stated: `y_true`, else `y_used`.
        """
        first = self._first_rows
        key, held = self._issued_keys
        time = np.minimum(pd.Series(first).groupby(first).cumcount().to_numpy(), held[first] - 1)
        by_key = np.argsort(key, kind="stable")
        place = np.empty_like(by_key)
        place[by_key] = np.arange(by_key.size)
        return self._as_stated(np.asarray(by_key[place[first] + time]))

    def _as_stated(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        stated = np.full(rows.size, np.nan)
        for name in ("predictions.y_true", "predictions.y_used"):
            given = self.evidence.array(name)
            if given.size == rows.size:
                stated = np.where(np.isnan(stated), given, stated)
        key, held = self._issued_keys
        return rows_as_stated(rows, stated, key, held, self.issued_label)

    @cached_property
    def _first_rows(self) -> npt.NDArray[np.int64]:
        """The first issued row of every submitted prediction's key."""
        return self.evidence.array("predictions.row").astype(np.int64)

    @cached_property
    def _issued_keys(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Of every issued row, the number of its key and how often that key was issued."""
        keys = self.truth.issued.groupby(["customer_id", "snapshot_month"])["customer_id"]
        return np.asarray(keys.ngroup(), dtype=np.int64), np.asarray(keys.transform("size"), dtype=np.int64)

    @cached_property
    def prediction_split(self) -> Strings:
        """The split name of every submitted prediction."""
        return np.asarray(SPLITS)[self.evidence.array("predictions.split").astype(np.int64)]

    @cached_property
    def prediction_month(self) -> Strings:
        """The month of every submitted prediction."""
        return self.issued_month[self.prediction_rows]

    @cached_property
    def test(self) -> Scored:
        """The test rows that have a tuned probability, with the issued labels or their due repairs.

        A key counts as often as it was issued, the first times it is given: repeating rows moves no figure.
        """
        tuned = self.evidence.array("predictions.p_tuned")
        baseline = self.evidence.array("predictions.p_baseline")
        if not tuned.size:
            return _empty()
        if baseline.size != tuned.size:
            baseline = np.full(tuned.size, np.nan)
        chosen = self._tested
        rows = self.test_rows
        return Scored(
            y=self._repaired(rows, chosen),
            tuned=tuned[chosen],
            baseline=baseline[chosen],
            customer=self.truth.issued["customer_id"].to_numpy(dtype=np.int64)[rows],
            month=self.issued_month[rows],
            chance=np.full(rows.size, np.nan),
        )

    @cached_property
    def _tested(self) -> npt.NDArray[np.bool_]:
        """Which submitted predictions are test rows with a tuned probability, a key as often as it was issued."""
        tuned = self.evidence.array("predictions.p_tuned")
        chosen = (self.prediction_split == "test") & np.isfinite(tuned)
        chosen[chosen] = self._within_issued(self._first_rows[chosen])
        return np.asarray(chosen)

    @cached_property
    def test_rows(self) -> npt.NDArray[np.int64]:
        """The issued rows of `test`, in its order."""
        return self.prediction_rows[self._tested]

    def _repaired(self, rows: npt.NDArray[np.int64], chosen: npt.NDArray[np.bool_]) -> Floats:
        """The issued labels of test rows, with the submission's own repairs where labels are known to be wrong.

        A repair (`y_used`) counts inside the rows of a label defect of the key, and only where it changes
        about as many labels there as the defect did: whoever rewrites more than that is not repairing.
        """
        label = self.issued_label[rows]
        used = self.evidence.array("predictions.y_used")
        if used.size != chosen.size:
            return label
        used = used[chosen]
        for plant in self.truth.key.plants:
            if plant.kind not in LABEL_DEFECTS or plant.affected_rows is None:
                continue
            cell = self._cell(plant)
            changed = cell[rows] & np.isin(used, (0.0, 1.0)) & (used != label)
            share = plant.affected_rows.count / max(int(cell.sum()), 1)
            if changed.sum() <= REPAIR_SLACK * share * max(int(cell[rows].sum()), 1):
                label = np.where(changed, used, label)
        return label

    def _cell(self, plant: Plant) -> npt.NDArray[np.bool_]:
        """The issued rows of a plant's label months and slice."""
        span = plant.label_months or plant.months
        month = self.issued_month
        cell = np.ones(month.size, dtype=bool)
        if span is not None:
            cell = month >= span.from_month
            if span.to_month is not None:
                cell &= month <= span.to_month
        for column, levels in dict(plant.parameters.get("where", {})).items():
            cell &= self.truth.issued[column].isin(levels).to_numpy()
        return cell

    def _within_issued(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        _, issued = self._issued_keys
        time = pd.Series(rows).groupby(rows).cumcount().to_numpy()
        return np.asarray(time < issued[rows])

    @cached_property
    def test_coverage(self) -> float:
        """Share 0..1 of the issued rows of the test months that are test rows."""
        issued = int(np.isin(self.issued_month, np.unique(self.test.month)).sum())
        return min(1.0, self.test.y.size / issued) if issued else 0.0

    @cached_property
    def replay(self) -> Scored:
        """The replay rows that the service answered; `tuned` holds the served probability."""
        served = self.evidence.array("service.replay")
        frame = self.truth.replay
        if served.size != len(frame):
            return _empty()
        known = np.isfinite(served)
        chosen = frame[known]
        return Scored(
            y=chosen[self.truth.key.label.column].to_numpy(dtype=np.float64),
            tuned=served[known],
            baseline=np.full(int(known.sum()), np.nan),
            customer=chosen["customer_id"].to_numpy(dtype=np.int64),
            month=np.asarray(chosen["snapshot_month"].to_numpy(dtype=np.str_)),
            chance=chosen["true_probability"].to_numpy(dtype=np.float64),
        )

    @cached_property
    def replay_answered(self) -> float:
        """Share of the replay that got a usable probability, 0..1."""
        served = self.evidence.array("service.replay")
        return float(np.isfinite(served).mean()) if served.size else 0.0

    @cached_property
    def replay_pr_auc(self) -> float | None:
        """PR-AUC of the served probabilities on the replay; unanswered rows rank last."""
        served = self.evidence.array("service.replay")
        y = self.truth.replay[self.truth.key.label.column].to_numpy(dtype=np.float64)
        if served.size != y.size or not np.isfinite(served).any():
            return None
        return metrics.pr_auc(y, np.where(np.isfinite(served), served, -1.0))

    @cached_property
    def serves_a_model(self) -> bool:
        """Whether the served ranking beats the replay's base rate by three standard errors."""
        if self.replay_pr_auc is None or not self.replay.usable:
            return False
        return self.replay_pr_auc > self.replay_bar

    @cached_property
    def replay_bar(self) -> float:
        """PR-AUC that no ranking by chance reaches on the replay; `replay` must be usable."""
        se = metrics.pr_auc_se(self.replay.y, self.replay.tuned, self.replay.customer)
        return self.truth.key.dummy.replay.pr_auc + STANDARD_ERRORS * se

    @property
    def replay_against_chance(self) -> str:
        """The served PR-AUC beside what it has to exceed, in words for a report."""
        base = self.truth.key.dummy.replay.pr_auc
        said = f"PR-AUC {self.replay_pr_auc or 0:.3f}, base rate {base:.3f}"
        return f"{said}, chance reaches {self.replay_bar:.3f}" if self.replay.usable else said

    @cached_property
    def predicts(self) -> bool:
        """Whether the tuned test predictions beat the test base rate by three standard errors."""
        test = self.test
        return test.usable and metrics.pr_auc(test.y, test.tuned) > self.test_bar

    @cached_property
    def test_bar(self) -> float:
        """PR-AUC that no ranking by chance reaches on the test rows; `test` must be usable."""
        test = self.test
        return float(test.y.mean()) + STANDARD_ERRORS * metrics.pr_auc_se(test.y, test.tuned, test.customer)

    @cached_property
    def calibration(self) -> metrics.Calibration:
        """How the tuned test probabilities agree with frequencies; `test` must be usable."""
        return metrics.calibration(self.test.y, self.test.tuned, self.test.customer)

    @cached_property
    def by_identifier(self) -> ByIdentifier:
        """What the service answers where only `customer_id` differs."""
        return by_identifier(self.evidence, PARITY_TOLERANCE)

    @cached_property
    def served_as_new(self) -> Floats:
        """Served probability of the parity rows, as customers that nobody knows are answered.

        Where the identifier alone moves answers, only rows asked under one that occurs nowhere count; the others
        are NaN, as are rows without an answer.
        """
        served = self.evidence.array("service.parity")
        if not self.by_identifier.moved:
            return served
        fresh = self.evidence.array("service.fresh_id")
        return np.concatenate([fresh, np.full(served.size - fresh.size, np.nan)])

    @cached_property
    def parity_errors(self) -> dict[str, Floats]:
        """Absolute differences of served and submitted probability on the parity rows, per submitted model.

        NaN where the row has no submitted prediction; infinite where the service gave none. Where the identifier
        alone moves answers, the worse of the two counts, and rows that were asked under their own one only are NaN.
        """
        served = self.evidence.array("service.parity")
        rows = self.evidence.array("service.parity_rows").astype(np.int64)
        errors: dict[str, Floats] = {}
        if not served.size or served.size != rows.size:
            return errors
        served = np.where(np.isfinite(served), served, np.inf)
        for model in ("tuned", "baseline"):
            by_row = np.full(len(self.truth.issued), np.nan)
            values = self.evidence.array(f"predictions.p_{model}")
            if values.size:
                by_row[self.prediction_rows] = values
                errors[model] = np.abs(served - by_row[rows])
                if self.by_identifier.moved:
                    as_new = np.abs(
                        np.where(np.isnan(self.served_as_new), np.inf, self.served_as_new) - by_row[rows]
                    )
                    errors[model] = np.maximum(errors[model], as_new)
                    errors[model][self.by_identifier.rows :] = np.nan
                errors[model][self.recomputed_rows[rows]] = np.nan
        return errors

    @cached_property
    def recomputed_rows(self) -> npt.NDArray[np.bool_]:
        """Issued rows in which a true finding of the candidate's recomputes a column from history.

        The service sees one row without history, so it cannot answer there as the offline model did. Such rows
        are known by the twin: the issued value of the column differs from the honest one.
        """
        none = np.zeros(len(self.truth.issued), dtype=bool)
        columns = [
            match.plant.columns[0]
            for match in self.matching.matches
            if match.plant.family == "leakage" and match.plant.at_scoring == "honest" and match.credit >= 0.5
            and match.finding is not None and REBUILT.search(self.matching.claims[match.finding].action)
        ]  # fmt: skip
        twin = self.truth.twin
        keys = ["customer_id", "snapshot_month"]
        # A leak of the identifier or the order lies in a key: rows are found by it, and it has no honest value.
        columns = [c for c in columns if twin is not None and c in twin.columns and c not in keys]
        if twin is None or not columns:
            return none
        honest = twin.drop_duplicates(keys).set_index(keys)[columns]
        at = pd.MultiIndex.from_frame(self.truth.issued[keys])
        for column in columns:
            issued, clean = self.truth.issued[column].to_numpy(), honest[column].reindex(at).to_numpy()
            same = (issued == clean) | (pd.isna(issued) & pd.isna(clean))
            none |= ~np.asarray(same, dtype=bool)
        return none

    @cached_property
    def served_near(self) -> float | None:
        """Share of the comparable parity rows near the served model's submitted probability; None without any."""
        errors = self.parity_errors.get(self.served_model)
        if errors is None or np.isnan(errors).all():
            return None
        if not np.isfinite(errors).any() and not self.by_identifier.moved:
            return None
        return float(np.mean(errors[~np.isnan(errors)] <= NEAR))

    @cached_property
    def serves_another(self) -> bool:
        """Whether a served model answers with neither submitted one: fewer than half of the rows are near it.

        Of the baseline, near is not enough: it has to be plainly that one. False where no row can be compared.
        """
        return self.served_near is not None and self.served_near < 0.5 and self.serves_a_model

    @cached_property
    def served_model(self) -> str:
        """Which submitted model the service answers with: the baseline only where it is plainly that one.

        Two models of one data set are seldom far apart, so the closer one is not yet the served one.
        """
        typical = {
            name: float(np.nanmedian(values)) if np.isfinite(values).any() else np.inf
            for name, values in self.parity_errors.items()
        }
        baseline = typical.get("baseline", np.inf)
        is_baseline = baseline <= SAME_MODEL and baseline < typical.get("tuned", np.inf)
        return "baseline" if is_baseline else "tuned"


def _empty() -> Scored:
    none = np.empty(0)
    return Scored(none, none, none, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.str_), none)
