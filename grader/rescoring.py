"""Score saved evidence again and put the result in the place of the earlier one, people's decisions kept."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from grader.errors import UsageError
from grader.evidence.document import EvidenceDocument, load_evidence
from grader.interview.following import with_follow_up
from grader.pipeline.publish import bring_along, check_out, disk_full_is_ours, put_in_place, workspace
from grader.reports.read import read_report
from grader.reports.write import write_reports
from grader.results import Report
from grader.review.applying import reviewed
from grader.review.keeping import anchored, carried_over, refuse_lost_decisions
from grader.review.log import NAME as LOG
from grader.review.log import read_log
from grader.review.moves import Moves, moves_between
from grader.rubric import Rubric
from grader.scoring import score
from grader.truth import Truth, find_vault, load_truth
from grader.whole_file import write_whole

VAULT_NOTE = "vault.txt"
"""In a result folder, beside the evidence: where its vault is."""


def open_truth(vault: Path, variant: str | None = None) -> Truth:
    """Load the vault that `--vault` names."""
    truth = load_truth(find_vault(vault, variant))
    if variant is not None and truth.key.variant != variant:
        raise UsageError(f"{vault}: the vault of variant {truth.key.variant}; expected that of {variant}")
    return truth


def remember_vault(folder: Path, vault: Path) -> None:
    """Note in a result which vault it was graded with; a file of its own, since reports are sent to others.

    A result without the note is whole all the same, so a note that cannot be written stops nothing.
    """
    with suppress(UsageError):
        write_whole(folder / VAULT_NOTE, f"{vault.resolve()}\n")


def remembered_vault(folder: Path) -> Path:
    """Return the vault that a result was graded with; UsageError where it is not noted, or is there no more."""
    note = folder / VAULT_NOTE
    try:
        vault = Path(note.read_text(encoding="utf-8").rstrip("\n"))
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"--vault: expected the vault of {folder}, which does not say where it is") from None
    if not (vault / "key.json").is_file():
        raise UsageError(
            f"--vault: expected the vault of {folder}; it was at {vault}, where no key.json is now"
        )
    return vault


def score_again(folder: Path, vault: Path | None, rubric: Rubric) -> tuple[Report, Moves | None]:
    """Return the new report, and what moves against the saved one; null where there is no saved report.

    Without a vault the one counts that the result was graded with, if it is still there.
    Writes nothing. Raises UsageError where evidence, log or vault do not fit.
    """
    evidence = load_evidence(folder / "evidence")
    truth = open_truth(vault or remembered_vault(folder), evidence.document.variant)
    refuse_other_vault(folder, evidence.document, truth)
    report = reviewed(score(evidence, rubric, truth), read_log(folder))
    if not (folder / "report.json").is_file():
        return report, None
    return report, moves_between(read_report(folder), report, str(folder))


def publish_again(folder: Path, report: Report, target: Path) -> Report:
    """Write the reports with the evidence and the log, whole or not at all; `target` may be the folder itself.

    Whatever else lies in the folder (an opened key, somebody's notes) comes along. Raises UsageError where
    `target` is another folder that is no result, or one on which people decided something of its own.
    """
    if target.resolve() != folder.resolve():
        check_out(target)
    parent = target.resolve().parent
    parent.mkdir(parents=True, exist_ok=True)
    with disk_full_is_ours(parent), workspace(parent) as work:
        fresh = work / "result"
        fresh.mkdir()
        shutil.copytree(folder / "evidence", fresh / "evidence")
        with carried_over(folder, fresh) as entries:
            refuse_lost_decisions(target, entries)
            # Somebody may have decided something since the report was made.
            final = anchored(with_follow_up(reviewed(report, entries)), fresh)
            write_reports(final, fresh)
            for place in (folder, target):
                bring_along(place, fresh, (LOG,))
            put_in_place(fresh, target)
    return final


def refuse_other_vault(result: Path, document: EvidenceDocument, truth: Truth) -> None:
    """Refuse to score evidence against a vault it was not made with; its arrays point into other rows."""
    graded = document.variant, document.issued_rows
    if graded != (truth.key.variant, truth.key.rows):
        raise UsageError(
            f"{result}: graded against variant {graded[0]} with {graded[1]:,} rows; the vault is "
            f"{truth.key.variant} with {truth.key.rows:,} rows"
        )
