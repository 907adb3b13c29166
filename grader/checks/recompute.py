"""Recompute the statistic that a finding quotes, on the issued data, by the brief's rules."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from grader import statistics
from grader.evidence.notebook import FindingClaim, StatisticClaim
from grader.metrics import month_index
from grader.truth import Truth

Mask = npt.NDArray[np.bool_]

ABSOLUTE, RELATIVE = 0.02, 0.10
COMPARISON = re.compile(r"^(<=|>=|!=|<|>)\s*(.+)$")
COMPARED: dict[str, np.ufunc] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "!=": np.not_equal,
}  # fmt: skip
TRUTH = {"true": "1", "false": "0"}
"""How JSON spells the values of a column of 0 and 1."""
SPAN = re.compile(r"(\d{4}-\d{2})(?:-\d{2}(?!\d))?(?:\s*(?:\.\.|to|-|–|—)\s*(\d{4}-\d{2}))?")


def agrees(said: float, measured: float) -> bool:
    """Return whether a quoted figure is within max(0.02, 10 %) of ours."""
    return abs(said - measured) <= max(ABSOLUTE, RELATIVE * abs(measured))


def months_of(text: str) -> tuple[int, int] | None:
    """Return the inclusive month indices of `YYYY-MM..YYYY-MM` or `YYYY-MM`, None where there is none."""
    found = SPAN.search(text)
    if not found:
        return None
    return month_index(found[1]), month_index(found[2] or found[1])


class Recomputer:
    """The issued rows prepared once for all findings of a submission."""

    def __init__(self, truth: Truth, rows: pd.DataFrame | None = None) -> None:
        """Prepare the issued rows, or `rows` of the same form."""
        label = truth.key.label
        self.label = label.column
        frame = truth.issued if rows is None else rows
        self.frame = frame.assign(
            _month=frame["snapshot_month"].map({m: month_index(m) for m in frame["snapshot_month"].unique()})
        )
        self.month = self.frame["_month"].to_numpy()
        self.mature = self.month <= month_index(label.last_mature_month)
        self.features = (*truth.key.columns, label.column)

    def value(self, finding: FindingClaim) -> float | None:
        """Return our value of the finding's statistic, None where it is not defined for it."""
        claim = finding.statistic
        if claim is None:
            return None
        columns = [c for c in finding.columns if c in self.frame.columns]
        rows = self._where(finding)
        current, reference = self._periods(finding, claim)
        return self._compute(
            claim.name.lower().strip(), finding, columns, rows & current, rows & reference, current
        )

    def _compute(
        self, name: str, finding: FindingClaim, columns: list[str], now: Mask, before: Mask, months: Mask
    ) -> float | None:
        frame = self.frame
        if name == "rate":
            return float(frame.loc[now, self.label].mean()) if now.any() else None
        if name in ("count", "share"):
            hit = (
                now if finding.where else now & frame.duplicated(["customer_id", "snapshot_month"]).to_numpy()
            )
            return float(hit.sum()) if name == "count" else float(hit.sum() / max(int(months.sum()), 1))
        if name == "auc":
            return self._auc(finding, columns, now & self.mature)
        if not columns or not now.any():
            return None
        column = frame[columns[0]]
        if name == "null_rate":
            return float(column[now].isna().mean())
        if name in ("psi", "ks", "median_ratio"):
            compare = {"psi": statistics.psi, "ks": statistics.ks, "median_ratio": statistics.median_ratio}
            return compare[name](column[before], column[now])
        if name == "correlation" and len(columns) >= 2:
            return statistics.correlation(column[now], frame.loc[now, columns[1]])
        if name == "match_rate":
            return statistics.match_rate(frame, pd.Series(now, index=frame.index), columns[:2])
        return None

    def _auc(self, finding: FindingClaim, columns: list[str], rows: Mask) -> float | None:
        if finding.kind == "row_order":
            months = self.frame.groupby("snapshot_month")["snapshot_month"]
            values = months.cumcount() / months.transform("size")
        elif columns:
            values = self.frame[columns[0]]
        else:
            return None
        if finding.kind == "leaky_missingness":
            values = values.isna().astype(float)
        return statistics.auc(values[rows], self.frame.loc[rows, self.label])

    def current(self, finding: FindingClaim) -> Mask:
        """Return the rows of the months that the finding's statistic is of; all of its own without a statistic."""
        return self._periods(finding, finding.statistic or StatisticClaim(name="", value=None))[0]

    def _periods(self, finding: FindingClaim, claim: StatisticClaim) -> tuple[Mask, Mask]:
        first, last = int(self.month.min()), int(self.month.max())
        start = month_index(finding.from_month) if finding.from_month else first
        end = month_index(finding.to_month) if finding.to_month else last
        start, end = months_of(claim.current) or (start, end)
        low, high = months_of(claim.reference) or (first, start - 1)
        return (self.month >= start) & (self.month <= end), (self.month >= low) & (self.month <= high)

    def _where(self, finding: FindingClaim) -> Mask:
        mask = np.ones(len(self.frame), dtype=bool)
        for column, wanted in finding.where.items():
            if column not in self.frame.columns:
                return np.zeros(len(self.frame), dtype=bool)
            mask &= np.any([self._matches(self.frame[column], text) for text in wanted], axis=0)
        return mask

    def _matches(self, column: pd.Series, text: str) -> Mask:
        if text.strip().lower() in ("null", "none", "nan"):
            return column.isna().to_numpy()
        if text.strip().lower() == "not null":
            return column.notna().to_numpy()
        compared = COMPARISON.match(text.strip())
        if compared:
            return self._compares(column, compared[1], compared[2].strip())
        if statistics.is_categorical(column):
            return (column.astype(str).str.casefold() == text.strip().casefold()).to_numpy()
        text = TRUTH.get(text.strip().lower(), text)
        try:
            return np.asarray(statistics.numbers(column) == float(text))
        except ValueError:
            return np.zeros(len(column), dtype=bool)

    def _compares(self, column: pd.Series, sign: str, right: str) -> Mask:
        """Compare by value, texts and months in their own order; a null on either side matches nothing."""
        known = column.notna().to_numpy()
        beside = self.frame[right] if right in self.frame.columns else None
        if beside is not None:
            known = known & beside.notna().to_numpy()
        left = statistics.numbers(column)
        if statistics.is_categorical(column) and np.isnan(left).all():
            matched = np.zeros(len(column), dtype=bool)
            words = column[known].astype(str).to_numpy(dtype=object)
            others = right if beside is None else beside[known].astype(str).to_numpy(dtype=object)
            matched[known] = COMPARED[sign](words, others)
            return matched
        try:
            spelled = TRUTH.get(right.lower(), right)
            other = float(spelled) if beside is None else statistics.numbers(beside)
        except ValueError:
            return known if sign == "!=" else np.zeros(len(column), dtype=bool)
        return np.asarray(COMPARED[sign](left, other) & known)
