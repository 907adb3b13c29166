"""The whole replay, month by month: first answers count."""

from __future__ import annotations

import math

import numpy as np

from grader.probes.service.asking import predict_all
from grader.probes.service.session import Floats, Session
from grader.probes.service.target import Target


def run_replay(session: Session, target: Target) -> Floats:
    """Return served probabilities of the replay by position, sent month by month."""
    total = sum(len(part["rows"]) for part in session.replay)
    found = np.full(total, math.nan)
    patience = session.patience(220)
    for part in session.replay:
        found[np.asarray(part["positions"], dtype=np.int64)] = predict_all(target, part["rows"], patience)
    session.result["replay_rows"] = total
    lost = int(np.isnan(found).sum())
    if lost:
        why = " (out of time or no answers)" if patience.spent() else ""
        session.problems.append(f"replay: found {lost} of {total} rows without a usable probability{why}")
    return found
