"""The same rows asked again in other ways: alone, turned round, repeated, with another leak."""

from __future__ import annotations

import math
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
    arrays["single"] = predict_singly(target, rows, session.patience(45), workers=2)
    arrays["reversed"] = predict_all(target, rows[::-1], session.patience(20))[::-1]
    arrays["repeated"] = predict_all(target, rows, session.patience(20))
    turned = [dict(sorted(row.items(), key=lambda item: item[0][::-1])) for row in rows]
    arrays["column_order"] = predict_all(target, turned, session.patience(20))
    leak = session.plan.get("leak_column")
    session.result["leak_column"] = leak
    arrays["leak_changed"] = np.empty(0)
    if leak is not None:
        arrays["leak_changed"] = leak_changed(session, target, rows, str(leak), arrays["parity"][: len(rows)])
    return arrays


def leak_changed(session: Session, target: Target, rows: Sequence[Row], leak: str, base: Floats) -> Floats:
    """Return for each row the probability that moved most when the leaking column took other values."""
    kept = np.full(len(rows), math.nan)
    for value in session.plan.get("leak_values") or [None]:
        changed = [{**row, leak: value} for row in rows]
        found = predict_all(target, changed, session.patience(20))
        farther = np.isnan(kept) | (np.abs(found - base) > np.abs(kept - base))
        kept = np.where(farther & ~np.isnan(found), found, kept)
    return kept
