"""Audit depth: what the candidate found, judged against the key of the variant."""

from __future__ import annotations

from typing import Literal, get_args

from grader.checks.acted import acts
from grader.checks.carried_out import still_served
from grader.checks.case import Case
from grader.checks.leak_use import leak_moves_predictions, leak_was_reported
from grader.checks.matching import FULL_RECALL, Matching
from grader.checks.recompute import agrees
from grader.checks.stated import STATED_WORTH
from grader.evidence.notebook import FindingClaim, FindingsFile
from grader.evidence.service import ColumnMoves
from grader.truth import Plant
from grader.types import Finding, Proof, Reason, proof

NOT_SPRAYED = 0.1
"""Discount for false alarms below which a finding is one of a spray: who accuses every column found nothing."""
NEUTRAL = {"auc": 0.5, "median_ratio": 1.0}
"""Value of a statistic that shows nothing; 0 for the others."""
STATED = f"There is no findings.json: this is what the notebook's text states, worth at most {STATED_WORTH:.0%} each."
SHOWS = 0.25
"""Share of a plant's effect on a statistic from which the candidate's own cut of the data shows it."""
Quoted = Literal[
    "agree", "differ from ours", "right without showing the defect", "cannot be computed", "absent"
]
"""What came of the statistic of a finding."""
NOTHING_REAL = "No finding is about a defect of the key, so no statistic counts."


def notebook_reproduces(case: Case) -> Finding:
    """The notebook runs clean from a fresh kernel, in order, and writes the findings that were submitted.

    We clear its outputs, run it in the published image on the issued data, without network, with the
    submitted findings.json out of sight. 60 % of the credit is for running every cell in order without an
    error, 40 % for writing the same findings (kind, columns, first month) as the submitted file. It pays in
    proportion to what the findings are worth: a notebook that finds nothing reproduces nothing.
    """
    notebook = case.evidence.document.notebook
    name = notebook.path or "audit.ipynb"
    if notebook.path is None:
        return Finding(0.0, "No notebook was found.", (proof(name, measured="not in the submission"),))
    unread = tuple(proof(name, measured=problem) for problem in notebook.problems[:5])
    ran = notebook.code_cells > 0 and notebook.in_order and not notebook.error
    cells = proof(
        name,
        where=f"cell {notebook.error_cell}" if notebook.error_cell is not None else "",
        said=f"{notebook.code_cells} code cells",
        measured=notebook.error or f"{notebook.executed_cells} ran in order from a fresh kernel",
    )
    share = notebook.executed_cells / notebook.code_cells if notebook.code_cells else 0.0
    same, compared = _same_findings(notebook.submitted, notebook.produced)
    worth = min(1.0, 2 * case.matching.recall() * case.matching.spray_discount)
    credit = ((0.6 if ran else 0.15 * share) + (0.4 * same if ran else 0.0)) * worth
    if not ran:
        message = "The notebook does not run from a fresh kernel to its end; restart, run all, then submit."
    elif same < 1:
        message = _not_the_same(notebook.submitted, notebook.produced)
    else:
        message = "The notebook runs clean and writes the submitted findings."
    reasons = _reasons(case.matching)
    if worth < 1:
        message += f" {_worth_little(case.matching)}"
        if ran and same == 1:
            reasons = (*reasons, "worth_of_findings")
    return Finding(
        round(credit, 6), message, (cells, compared, *unread), reasons=reasons if worth < 1 else ()
    )


def _reasons(matching: Matching) -> tuple[Reason, ...]:
    """Say whether false alarms discount what is paid by recall; without any, few findings are only few."""
    return ("false_alarms",) if matching.wrong and matching.spray_discount < 1 else ()


def _not_the_same(submitted: FindingsFile | None, produced: FindingsFile | None) -> str:
    if submitted is None:
        return (
            "The notebook runs, but no findings.json was submitted that its findings could be held against."
        )
    if produced is None:
        return "The notebook runs, but it writes no findings.json."
    if not submitted.findings and not produced.findings:
        return "The notebook runs and writes the submitted findings.json, which holds no finding."
    return "The notebook runs, but what it writes differs from the submitted findings.json."


def _worth_little(matching: Matching) -> str:
    """Say why a notebook's run is not worth all of its credit."""
    if not matching.claims:
        return "Without findings nothing was reproduced."
    if 2 * matching.recall() >= 1:
        return "Many of its findings are false alarms, which discounts this."
    few = "Its findings cover less than half of the defects, so less was reproduced."
    return f"{few} Many of them are false alarms." if _reasons(matching) else few


def _signature(claim: FindingClaim) -> tuple[str, tuple[str, ...], str | None]:
    return claim.kind, tuple(sorted(name.lower() for name in claim.columns)), claim.from_month


def _same_findings(submitted: FindingsFile | None, produced: FindingsFile | None) -> tuple[float, Proof]:
    left = {_signature(c) for c in submitted.findings} if submitted else set()
    right = {_signature(c) for c in produced.findings} if produced else set()
    union = left | right
    same = len(left & right) / len(union) if union else 0.0
    return same, proof(
        "findings.json",
        said=f"{len(left)} submitted",
        measured=f"{len(right)} written by our run, {len(left & right)} the same",
    )


def leakage_found(case: Case) -> Finding:
    """Every planted leak is reported: the right column, as a leak.

    Recall over the variant's leaks, weighted by their severity; full credit at 80 %. The column decides, a
    narrower or wider kind of leak is accepted; `ask` earns half. It shrinks, as every line of the audit that pays
    by what was found does, where more than a quarter of what was searched and reported is false alarms (by column,
    look-alikes double; facts of every variant hardly weigh against them): at a third of them more than a third
    is lost, at one half four fifths.
    """
    return _recall(case, "leakage", "leaking columns")


def drift_found(case: Case) -> Finding:
    """Every planted change over time is reported: kind, column, and first month within one month.

    Severity-weighted recall, full at 80 %. For gradual changes any onset between the start and the first
    month with PSI 0.10 counts, one month either side; a worse onset earns half or a quarter.
    """
    return _recall(case, "change", "changes over time")


def quality_found(case: Case) -> Finding:
    """Imbalance, label maturity and overlap, repeated rows, missing and wrong values are reported.

    Severity-weighted recall over the quality defects and inherent facts of the variant, full at 80 %.
    """
    return _recall(case, "quality", "quality and label problems")


def _recall(case: Case, family: str, what: str) -> Finding:
    matching = case.matching
    recall = matching.recall(family)
    credit = min(1.0, recall / FULL_RECALL) * matching.spray_discount
    lines = [m for m in matching.matches if m.plant.family == family]
    proofs = tuple(_plant_proof(matching, m.plant, m.finding, m.credit) for m in lines)
    found = sum(m.credit >= 0.5 for m in lines)
    message = f"{found} of {len(lines)} {what} reported well enough to act on."
    if _reasons(matching):
        message += (
            " Beside what was found, more than a quarter is false alarms (by column, look-alikes double); "
            f"that leaves {matching.spray_discount:.0%} of this."
        )
    if matching.stated:
        message += f" {STATED}"
    if not matching.claims:
        message = f"No findings were read, so none of the {what} count as reported."
    return Finding(round(credit, 6), message, proofs, reasons=_reasons(matching))


def _plant_proof(matching: Matching, plant: Plant, index: int | None, credit: float) -> Proof:
    months = f" from {plant.months.from_month}" if plant.months else ""
    truth = f"{plant.kind} in {', '.join(plant.columns) or 'the rows'}{months}; credit {credit:.2f}"
    if index is None:
        return proof(matching.path, said="not reported", measured=truth)
    return proof(
        matching.path, where=f"finding {index + 1}", said=said_of(matching.claims[index]), measured=truth
    )


def said_of(claim: FindingClaim) -> str:
    """Return a finding in one line."""
    months = f" from {claim.from_month}" if claim.from_month else ""
    return f"{claim.status}: {claim.kind} in {', '.join(claim.columns) or 'the rows'}{months}"


def findings_precise(case: Case) -> Finding:
    """Few false alarms: what is reported as a defect is one, and what only looks like one is not reported.

    Precision of the defect findings, a decoy counting double, from 0 credit at 40 % to .85 at 90 %; the rest
    for naming a decoy as harmless with the reason. Multiplied by recall over everything, so that silence
    earns nothing. Notes and questions are never false alarms, though notes earn less from the sixteenth column on
    and questions from the sixth; nor is a finding outside the key whose statistic recomputes and is another one on
    the same data without plants, by more than unripe labels explain; one statistic bears out one such finding.
    """
    matching = case.matching
    decoys = len(case.truth.key.decoys)
    noted = len(matching.decoys_noted) / decoys if decoys else 1.0
    accuracy = min(1.0, max(0.0, (matching.precision - 0.4) / 0.5))
    credit = (0.85 * accuracy + 0.15 * min(1.0, 2 * noted) * matching.note_worth) * min(
        1.0, matching.recall() / FULL_RECALL
    )
    proofs = [
        proof(
            matching.path, f"finding {i + 1}", said_of(matching.claims[i]), "nothing of the kind was planted"
        )
        for i in matching.false_alarms[:10]
    ]
    proofs += [
        proof(matching.path, f"finding {i + 1}", said_of(matching.claims[i]), f"harmless: {decoy.summary}")
        for i, decoy in matching.decoy_hits[:10]
    ]
    proofs += [
        proof(
            matching.path,
            f"finding {i + 1}",
            said_of(matching.claims[i]),
            "not planted, yet true: costs nothing",
        )
        for i in matching.outside[:10]
    ]
    wrong = len(matching.false_alarms) + len(matching.decoy_hits)
    told = sum(claim.status == "defect" for claim in matching.claims)
    message = f"No false alarm among {told} defects" if told else "Nothing was reported as a defect"
    if wrong:
        message = f"{wrong} of {told} reported defects are none"
    elif matching.wrong:
        message += ", but columns beside the right ones, which count as such"
    if matching.decoy_hits:
        message += f", {len(matching.decoy_hits)} of them harmless look-alikes"
    message += f"; {len(matching.decoys_noted)} of {decoys} look-alikes were explained."
    return Finding(round(credit, 6), message, tuple(proofs), reasons=_reasons(matching))


def statistics_recompute(case: Case) -> Finding:
    """Quoted statistics recompute on the issued data; each finding has an action that was carried out.

    For every plant that was reported: half for a statistic of the brief's list that agrees with ours within
    max(0.02, 10 %) and shows something of the defect, half for an action other than to keep it (class imbalance,
    customers that return, nulls that tell and absent customers may be kept). Averaged over the plants by their
    severity (full at 80 %).
    An action that drops a column of a leak or a change loses its part, of full marks too, where the served
    predictions still move with it, asked over rows with other issued values. If the seeded leak is reported but
    still moves them, a quarter of all is lost instead.
    """
    earned = weight = contradicted = 0.0
    proofs: list[Proof] = []
    served: list[int] = []
    matching = case.matching
    quoted: dict[Quoted, list[int]] = {word: [] for word in get_args(Quoted)}
    for match in matching.matches:
        weight += match.plant.severity
        if match.finding is None:
            continue
        claim = matching.claims[match.finding]
        word, shown = _statistic(case, match.finding, claim, match.plant)
        quoted[word].append(match.finding + 1)
        proofs.append(shown)
        moving = still_served(case, claim, match.plant)
        if moving:
            served.append(match.finding + 1)
            proofs.append(_not_dropped(matching, match.finding, claim, moving))
            contradicted += 0.5 * match.plant.severity * min(1, match.credit * 2)
        right = 0.5 * (word == "agree") + 0.5 * acts(claim, match.plant)
        earned += match.plant.severity * right * min(1, match.credit * 2)
    whole = weight * FULL_RECALL
    credit = max(0.0, min(1.0, earned / whole) - contradicted / whole) if weight else 0.0
    credit *= matching.spray_discount
    kept = leak_moves_predictions(case)
    message = _quoted_words(quoted)
    if served:
        places = ", ".join(map(str, sorted(served)))
        message += f" What is said to be dropped still moves the served predictions (finding {places})."
    if kept is not None and kept > 0 and leak_was_reported(case):
        credit *= 0.75
        message += " The reported leak still moves the served predictions."
        proofs.append(
            proof("service", "leak column changed", "reported as a leak", f"predictions move by {kept:.4f}")
        )
    return Finding(round(credit, 6), message, tuple(proofs), reasons=_reasons(matching))


def _not_dropped(
    matching: Matching, index: int, claim: FindingClaim, moving: tuple[ColumnMoves, ...]
) -> Proof:
    measured = "; ".join(
        f"{one.name}: {one.moved} of {one.rows} served answers move with it" for one in moving
    )
    return proof(matching.path, f"finding {index + 1}", f"action: {claim.action}", measured)


def _quoted_words(quoted: dict[Quoted, list[int]]) -> str:
    """Say how many findings about something real quote a statistic, and what came of those."""
    found = sum(map(len, quoted.values()))
    told = found - len(quoted["absent"])
    if not told:
        return (
            f"None of {found} findings about a defect of the key quotes a statistic."
            if found
            else NOTHING_REAL
        )
    message = f"Of {found} findings about a defect of the key, {told} quote a statistic: {len(quoted['agree'])} agree"
    for word, places in quoted.items():
        if places and word not in ("agree", "absent"):
            message += f", {len(places)} {word} (finding {', '.join(map(str, sorted(places)))})"
    return message + "."


def _tells(name: str, measured: float, said: float, plant: Plant) -> bool:
    """Whether a statistic shows anything of a plant: it leaves what the key measures without it, or is not neutral.

    Else a null rate of 0, the overall churn rate or the PSI of a month with itself would agree for every finding
    without a look at the data. What is said has to show it as well: a share of 0 is within the tolerance of .012.
    """
    if plant.inherent:
        return True
    for known in plant.statistics:
        if known.name == name and known.value is not None:
            null = NEUTRAL.get(name, 0.0) if known.null is None else known.null
            return all(abs(v - null) >= SHOWS * abs(known.value - null) for v in (measured, said))
    return name != "rate" and not agrees(NEUTRAL.get(name, 0.0), measured)


def _statistic(case: Case, index: int, claim: FindingClaim, plant: Plant) -> tuple[Quoted, Proof]:
    place = f"finding {index + 1}"
    quoted = claim.statistic
    if quoted is None or quoted.value is None:
        return "absent", proof(case.matching.path, place, said_of(claim), "no statistic quoted")
    ours = case.recomputer.value(claim)
    said = f"{quoted.name} = {quoted.value:g}"
    if ours is None:
        return "cannot be computed", proof(
            case.matching.path, place, said, "not defined for this finding in the brief"
        )
    good = agrees(quoted.value, ours)
    if good and not _tells(quoted.name.lower().strip(), ours, quoted.value, plant):
        return "right without showing the defect", proof(
            case.matching.path, place, said, f"{ours:.4g}: right, but it does not show this defect"
        )
    return "agree" if good else "differ from ours", proof(
        case.matching.path, place, said, f"{ours:.4g}, {'agrees' if good else 'differs'} on the issued data"
    )


def seeded_leak_neutralised(case: Case) -> Finding:
    """The seeded leak is reported, and changing that column in requests does not change any prediction.

    Both are needed, and not among mostly false alarms; the service must serve a model that beats the base
    rate, or there is nothing to protect.
    """
    plant = case.truth.key.seeded_leak()
    if plant is None:
        return Finding(0.0, "This variant has no seeded leak.")
    moved = leak_moves_predictions(case)
    sprayed = case.matching.spray_discount < NOT_SPRAYED
    reported = leak_was_reported(case) and not sprayed
    proofs = (
        proof(
            "findings.json",
            said="reported" if reported else "not reported",
            measured=", ".join(plant.columns),
        ),
        proof(
            "service",
            where="requests with that column changed",
            measured="not measured" if moved is None else f"predictions move by at most {moved:.2g}",
        ),
    )
    caught = reported and moved == 0.0 and case.serves_a_model
    if caught:
        message = "The seeded leak was reported and the served model does not react to it."
    elif sprayed and leak_was_reported(case):
        message = "The seeded leak is only one of many columns reported, so nothing shows that it was found."
    elif not reported:
        message = "The seeded leak was not reported."
    elif moved is None or not case.serves_a_model:
        message = "No served model could be tested for the leak."
        if case.by_identifier.moved:
            message += f" With customer_id alone changed, {case.by_identifier.shown}."
    else:
        message = "The seeded leak was reported, but the served model still reacts to it."
    return Finding(1.0 if caught else 0.0, message, proofs)
