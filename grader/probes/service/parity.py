"""The same rows asked again in other ways: for customers nobody knows, alone, turned round, with another leak."""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence

import numpy as np

from grader.probes.service.asking import predict_all, predict_singly
from grader.probes.service.session import Floats, Row, Session
from grader.probes.service.target import Target

PREFIX = 200


def run_parity(session: Session, target: Target) -> dict[str, Floats]:
    """Return parity of all rows and the variations of the first 200."""
    arrays = {"parity": predict_all(target, session.parity, session.patience(90))}
    session.result["parity_rows"] = len(session.parity)
    lost = int(np.isnan(arrays["parity"]).sum())
    if lost:
        session.problems.append(
            f"parity: found {lost} of {len(session.parity)} rows without a usable probability"
        )
    rows = session.parity[:PREFIX]
    fresh = FreshIds(session)
    for name in ("fresh_id", "fresh_id_again"):
        arrays[name] = predict_all(target, fresh.given(rows), session.patience(45))
    arrays["single"] = predict_singly(target, rows, session.patience(45), workers=2)
    arrays["reversed"] = predict_all(target, rows[::-1], session.patience(20))[::-1]
    arrays["repeated"] = predict_all(target, rows, session.patience(20))
    turned = [dict(sorted(row.items(), key=lambda item: item[0][::-1])) for row in rows]
    arrays["column_order"] = predict_all(target, turned, session.patience(20))
    leak = session.plan.get("leak_column")
    session.result["leak_column"] = leak
    arrays["leak_changed"] = np.empty(0)
    if leak is not None:
        arrays["leak_changed"] = leak_changed(session, target, rows, str(leak), arrays["fresh_id"], fresh)
    return arrays


class FreshIds:
    """Gives rows a `customer_id` that occurs nowhere and was never asked, in the form of those that occur.

    What a service keeps or was given by key cannot answer them. Drawn anew in every run, so no table can hold them.
    """

    def __init__(self, session: Session) -> None:
        rows = [*session.parity, *(row for part in session.replay for row in part["rows"])]
        self._taken = {row["customer_id"] for row in rows}
        self._lowest = min(self._taken)
        self._span = max(max(self._taken) - self._lowest + 1, 100 * len(rows), 10**6)

    def given(self, rows: Sequence[Row]) -> list[Row]:
        """Return copies of the rows, each under an identifier of its own."""
        return [{**row, "customer_id": self._next()} for row in rows]

    def _next(self) -> int:
        while (drawn := self._lowest + secrets.randbelow(self._span)) in self._taken:
            continue
        self._taken.add(drawn)
        return int(drawn)


def leak_changed(
    session: Session, target: Target, rows: Sequence[Row], leak: str, base: Floats, fresh: FreshIds
) -> Floats:
    """Return for each row the probability that moved most when the leaking column took other values.

    `base` and every value are asked under fresh identifiers: an answer kept by key would not move.
    """
    kept = np.full(len(rows), math.nan)
    for value in session.plan.get("leak_values") or [None]:
        changed = [{**row, leak: value} for row in fresh.given(rows)]
        found = predict_all(target, changed, session.patience(20))
        farther = np.isnan(kept) | (np.abs(found - base) > np.abs(kept - base))
        kept = np.where(farther & ~np.isnan(found), found, kept)
    return kept
