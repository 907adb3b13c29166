"""Serving quality, measured on the running container from its own network namespace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from grader.checks.case import PARITY_TOLERANCE, Case
from grader.evidence.service import ImageContents
from grader.types import Finding, Proof, Verdict, proof

SERVICE = "service"
ERROR_COST = 0.15
"""Share of the credit for wrong input that each server error or missing answer takes."""
NAMED = 8
"""Wrong requests that a message names at most."""
BOUNDS = {"p99_ms": 250.0, "batch_ms": 2000.0}
"""What the brief allows under load, for a contract that does not say."""
NO_MODEL = (
    "The service does not rank churners clearly better than chance on the replay, so only starting it earns "
    "points."
)
NO_SERVICE = "The service did not start, so this could not be measured."


def service_starts(case: Case) -> Finding:
    """The image builds from the submission alone, starts and is healthy within the limit, without network.

    30 % for the build, 50 % for a process that answers HTTP within the limit, 20 % for GET /health with 200
    and `status` ok.
    """
    build, service = case.evidence.phase("build"), case.evidence.document.service
    proofs = [
        proof(
            case.evidence.document.dockerfile.path or "Dockerfile",
            "build",
            measured=f"{build.verdict}, {service.image.size_bytes / 2**20:.0f} MiB. {build.detail}",
        )
    ]
    if build.verdict is not Verdict.OK:
        proofs.append(proof("build log", "end", measured=build.output_tail[-380:]))
        return Finding(0.0, f"The image does not build: {build.detail or build.verdict}.", tuple(proofs))
    if not service.started:
        phase = case.evidence.phase("service")
        proofs.append(proof(SERVICE, "log", measured=service.log_tail[-380:] or phase.detail))
        return Finding(
            0.3, f"The image builds but nothing answers: {phase.detail or phase.verdict}.", tuple(proofs)
        )
    healthy = service.health_status == 200
    said_ok = '"ok"' in service.health_body.replace(" ", "").lower()
    proofs.append(
        proof(
            SERVICE,
            "GET /health",
            service.health_body[:120],
            f"status {service.health_status}, port {service.port}, after {service.seconds_to_healthy or 0:.1f} s",
        )
    )
    credit = 0.8 + 0.12 * healthy + 0.08 * (healthy and said_ok)
    message = "It builds from the submission alone, starts without network and answers."
    if not healthy:
        message += " GET /health does not answer 200."
    return Finding(round(credit, 6), message, tuple(proofs))


def unserved(case: Case) -> Finding | None:
    """Return the finding where there is no service, or none worth probing further."""
    if not case.evidence.document.service.started:
        return Finding(0.0, NO_SERVICE, (proof(SERVICE, measured=case.evidence.phase("service").detail),))
    if not case.serves_a_model:
        return Finding(0.0, NO_MODEL, (proof(SERVICE, "replay", measured=case.replay_against_chance),))
    return None


def contract_kept(case: Case) -> Finding:
    """Requests and answers are as the contract says, for 1 and for 1,000 rows, and OpenAPI tells the truth.

    The share of the contract's cases that hold. A service that only another request shape can drive (found
    through OpenAPI, the README's example, or trying) earns at most 60 %.
    """
    missing = unserved(case)
    if missing:
        return missing
    service = case.evidence.document.service
    cases = service.contract
    if not cases:
        return Finding(0.0, "No request of the contract was answered.", (proof(SERVICE),))
    held = sum(c.ok for c in cases)
    credit = held / len(cases)
    native = service.request_shape == "rows" and service.route == "/predict"
    if not native:
        credit = min(credit, 0.6)
    proofs = tuple(
        proof(SERVICE, c.id, c.expected, c.got) for c in sorted(cases, key=lambda c: c.ok) if not c.ok
    )
    shape = proof(
        SERVICE, "shape", "POST /predict with rows", f"POST {service.route} with {service.request_shape}"
    )
    message = f"{held} of {len(cases)} expectations of the contract hold."
    if not native:
        message += " It is driven through another request shape than the contract's."
    return Finding(round(credit, 6), message, (shape, *proofs[:8]))


INVARIANCES = (
    ("single", "one by one instead of in a batch"),
    ("reversed", "in reverse order"),
    ("repeated", "asked again"),
    ("column_order", "with the fields in another order"),
)


def answers_correct(case: Case) -> Finding:
    """The served probability is the submitted one on the same rows, whatever the order, batch or repetition.

    60 %: share of the parity rows (public test rows exactly as issued) within 1e-4 of the submitted
    probability; rows with a column that the candidate's own true finding rebuilds from history are left out. The
    first 200 are also asked with a customer_id that occurs nowhere; where that alone changes an answer, parity
    is theirs alone, for a table of known customers answers no new one.
    10 % each: single requests equal the batch, order of rows, repetition, order of fields.
    Invariances pay only in proportion to parity of at least half of the rows.
    """
    missing = unserved(case)
    if missing:
        return missing
    model = case.served_model
    errors = case.parity_errors.get(model)
    served = case.evidence.array("service.parity")
    by_id = case.by_identifier
    proofs: list[Proof] = []
    if by_id.moved:
        proofs.append(proof(SERVICE, "customer_id", "a key, which says nothing of churn", by_id.shown))
    parity = 0.0
    rebuilt = int(case.recomputed_rows[case.evidence.array("service.parity_rows").astype(np.int64)].sum())
    if rebuilt:
        shown = f"{rebuilt} left out: a column that a finding rebuilds from history is another one in a single row"
        proofs.append(proof(SERVICE, "parity rows", measured=shown))
    if errors is not None and np.isfinite(errors).any():
        known = ~np.isnan(errors)
        parity = float((errors[known] <= PARITY_TOLERANCE).mean())
        worst = errors[known & np.isfinite(errors)].max(initial=0.0)
        proofs.append(
            proof(
                SERVICE,
                f"{int(known.sum())} test rows as issued",
                f"p_{model} of the predictions file",
                f"{parity:.1%} within {PARITY_TOLERANCE:g}, largest difference {worst:.2g}",
            )
        )
    elif rebuilt and served.size:
        parity = _ranked_alike(case, model)
        shown = f"every row is rebuilt offline; ranked alike {parity:.0%}"
        proofs.append(proof(SERVICE, "parity", measured=shown))
    else:
        proofs.append(proof(SERVICE, "parity", measured="no submitted test prediction could be compared"))
    held = 0
    for name, how in INVARIANCES:
        other = case.evidence.array(f"service.{name}")
        same = _same(served[: other.size], other)
        held += same
        proofs.append(proof(SERVICE, name, f"rows {how}", "the same answers" if same else "other answers"))
    credit = 0.6 * parity + 0.1 * held * min(1.0, 2 * parity)
    message = (
        f"{parity:.0%} of the served probabilities equal the submitted ones; {held} of 4 invariances hold."
    )
    if by_id.moved:
        message += f" With customer_id alone changed, {by_id.shown}."
    return Finding(round(credit, 6), message, tuple(proofs))


def _ranked_alike(case: Case, model: str) -> float:
    """Return how alike served and submitted probabilities rank rows that no value can be compared on, 0..1.

    One from a rank correlation of 0.9, none at 0.4: one column of many differs, the model does not.
    """
    rows = case.evidence.array("service.parity_rows").astype(np.int64)
    by_row = np.full(len(case.truth.issued), np.nan)
    by_row[case.prediction_rows] = case.evidence.array(f"predictions.p_{model}")
    served, submitted = case.served_as_new, by_row[rows]
    known = np.isfinite(served) & np.isfinite(submitted)
    if known.sum() < 30 or np.ptp(served[known]) == 0 or np.ptp(submitted[known]) == 0:
        return 0.0
    # Spearman's correlation, without a package that takes longer to load than all checks take to run.
    found = pd.Series(served[known]).rank().corr(pd.Series(submitted[known]).rank())
    return float(np.clip((float(found) - 0.4) / 0.5, 0, 1))


def _same(left: np.ndarray, right: np.ndarray) -> bool:
    if not right.size or left.size != right.size:
        return False
    return bool(np.all(np.abs(left - right) <= 1e-6))


def bad_input_refused(case: Case) -> Finding:
    """Wrong input gets a 4xx that names the field, or a sane score where the contract allows it; never a 500.

    The share of about 40 hostile requests with an allowed outcome; a refusal that should name a field and
    does not, or names more than three others with it, counts half, and a server error or no answer counts nothing.
    Besides, each server error or missing answer takes 15 % of that credit, so seven leave none, and a service that
    is not healthy afterwards loses half of what is left.
    """
    missing = unserved(case)
    if missing:
        return missing
    cases = case.evidence.document.service.bad_input
    if not cases:
        return Finding(0.0, "No hostile request was answered.", (proof(SERVICE),))
    earned = 0.0
    bad: list[Proof] = []
    for item in cases:
        fine = item.outcome in item.expected
        worth = float(fine) * (0.5 if item.names_field is False and item.outcome == "rejected" else 1.0)
        earned += worth
        if worth < 1:
            got = (
                f"{item.outcome}, status {item.status}: {item.got}"
                if not fine
                else "refused without naming the field"
            )
            bad.append(proof(SERVICE, item.id, " or ".join(item.expected), got))
    broken = [c.id for c in cases if c.outcome in ("server_error", "no_answer")]
    errors = len(broken)
    healthy = cases[-1].healthy_after
    credit = earned / len(cases) * max(0.0, 1 - ERROR_COST * errors) * (1.0 if healthy else 0.5)
    right = len(cases) - len(bad)
    others = [shown.where for shown in bad if shown.where not in broken]
    message = (
        f"{right} of {len(cases)} wrong requests handled as the contract asks; "
        f"{errors} crash it or time out{_named(broken)}"
    )
    message += f"; {len(others)} otherwise not as asked{_named(others)}." if others else "."
    if not bad:
        bad.append(
            proof(SERVICE, f"{len(cases)} wrong requests", "4xx or a sane score", "all as the contract asks")
        )
    return Finding(round(credit, 6), message, tuple(bad[:10]))


def _named(ids: list[str]) -> str:
    """Return the requests in brackets; the names are ours and of no column, so candidates may read which."""
    told = ", ".join(name.replace("_", " ") for name in ids[:NAMED])
    return f" ({told}{', and more' if len(ids) > NAMED else ''})" if ids else ""


def latency_holds(case: Case) -> Finding:
    """Under the brief's open-loop load (20 single-row requests a second) p99 stays under the brief's bound.

    Latency counts from the scheduled send time. The bound is the brief's 250 ms, and never less than three
    times the p99 of a do-nothing service on the same host in the same grading. 75 % for the p99 (none from
    four times the bound), 25 % for 1,000 rows in one request under 2 s, or under three times what the do-nothing
    service takes for them where that is more. Errors count as misses: where less than 99 % of the requests are
    answered, the part for the p99 is multiplied by half the share that is.
    """
    missing = unserved(case)
    if missing:
        return missing
    load, floor = case.evidence.document.service.latency, case.evidence.document.service.latency_floor
    if load is None or load.p99_ms is None or load.sent == 0:
        return Finding(0.0, "The service answered none of the load.", (proof(SERVICE, "load"),))
    idle = floor.p99_ms if floor and floor.p99_ms is not None else 0.0
    idle_batch = floor.batch_1000_ms if floor and floor.batch_1000_ms is not None else 0.0
    asked = _promised(case.truth.contract)
    bound, batch_bound = max(asked["p99_ms"], 3 * idle), max(asked["batch_ms"], 3 * idle_batch)
    answered = load.answered / load.sent
    speed = float(np.clip((4 - load.p99_ms / bound) / 3, 0, 1)) * (1.0 if answered >= 0.99 else answered / 2)
    batch = load.batch_1000_ms is not None and load.batch_1000_ms <= batch_bound
    proofs = (
        proof(
            SERVICE,
            f"{load.rate:g} requests a second for {load.seconds:g} s",
            f"p99 at most {bound:.0f} ms",
            f"p50 {load.p50_ms or 0:.1f}, p99 {load.p99_ms:.1f} ms; {load.answered} of {load.sent} answered; "
            f"do-nothing service p99 {idle:.1f} ms",
        ),
        proof(
            SERVICE,
            "1,000 rows",
            f"at most {batch_bound:,.0f} ms",
            f"{load.batch_1000_ms or float('nan'):.0f} ms; do-nothing service {idle_batch:.0f} ms",
        ),
    )
    message = (
        f"p99 {load.p99_ms:.0f} ms at {load.rate:g} requests a second, a do-nothing service {idle:.0f} ms."
    )
    return Finding(round(0.75 * speed + 0.25 * batch, 6), message, proofs)


def _promised(contract: Mapping[str, Any]) -> dict[str, float]:
    """Return the bounds that the variant's contract states for the load, else those of the brief."""
    stated = (contract.get("service") or {}).get("load") or {}
    return {name: float(stated.get(name, usual)) for name, usual in BOUNDS.items()}


def container_is_sound(case: Case) -> Finding:
    """The container is one to run in production: not root, health check, bounded size, graceful stop, no data.

    Sixths: a non-root user (uid 0 is root, however it is written or named); a HEALTHCHECK that passes while the
    service runs, and not where nothing serves; an image of at most 1.5 GiB; a stop within the limit on SIGTERM
    without being killed; it runs with a read-only root and a tmpfs; dependencies pinned to exact versions, those
    that the Dockerfile installs by name too (installers aside). An eighth of it is lost where a layer holds the
    issued data (a file of its content, or of its name and over 1 MiB), and another where one holds a secret (a
    private key, a credentials file, a `.env` that sets one, an address with a password in pip's files), or where
    the image's own description does (`ENV`, a build's argument, an address in a step); nothing where the image
    could not be read through.
    """
    missing = unserved(case)
    if missing:
        return missing
    service, document = case.evidence.document.service, case.evidence.document
    image = service.image
    user = image.user.split(":")[0].strip()
    root = user in ("", "root") or bool(re.fullmatch(r"[+-]?0+", user)) or service.runs_as_root is True
    shown_user = image.user or "root"
    if service.runs_as_root:
        shown_user += ", its main process under uid 0"
    stopped = service.stop_seconds is not None and service.stop_exit_code not in (None, 137)
    pins = document.pinned
    parts = (
        ("user", not root, shown_user),
        ("health check", image.healthcheck, "declared" if image.healthcheck else _no_check(service.problems)),
        ("size", 0 < image.size_bytes <= 1.5 * 2**30, f"{image.size_bytes / 2**20:.0f} MiB"),
        (
            "stop",
            stopped,
            f"{service.stop_seconds or 0:.1f} s after SIGTERM, exit code {service.stop_exit_code}",
        ),
        (
            "read-only root",
            bool(service.read_only_root),
            "serves" if service.read_only_root else "does not serve",
        ),
        (
            "pinned dependencies",
            pins.total > 0 and pins.pinned == pins.total,
            f"{pins.pinned} of {pins.total} exact",
        ),
    )
    inside = _contents(service.contents)
    credit = sum(ok for _, ok, _ in parts) / len(parts) * (1 - sum(not ok for _, ok, _ in inside) / 8)
    shown = (*parts, *inside)
    lacking = [name for name, ok, _ in shown if not ok]
    message = "The container is fit for production." if not lacking else f"Weak: {', '.join(lacking)}."
    where = document.dockerfile.path or "Dockerfile"
    return Finding(round(credit, 6), message, tuple(proof(where, n, measured=t) for n, _, t in shown))


def _no_check(problems: Iterable[str]) -> str:
    """Return why a declared health check counts as none, where one was declared."""
    start = "HEALTHCHECK: "
    return next((told.removeprefix(start) for told in problems if told.startswith(start)), "none")


def _contents(contents: ImageContents | None) -> tuple[tuple[str, bool, str], ...]:
    """Return the parts of what is in the image's layers and settings; none where nobody looked."""
    if contents is None:
        return ()
    if contents.problem:
        return (("issued data and secrets inside", True, f"not looked through: {contents.problem}"),)
    looked = f"none in {contents.files:,} files"
    if contents.capped:
        looked = f"more than the {contents.files:,} files that are looked at"
    return tuple(
        (
            f"too many files to rule out {what}" if contents.capped and not found else f"{what} inside",
            not (found or contents.capped),
            ", ".join(found[:NAMED]) or looked,
        )
        for what, found in (("issued data", contents.data), ("secrets", contents.secrets))
    )
