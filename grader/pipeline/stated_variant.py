"""Which variants a submission says it was made for, by the contract.yaml that came with its bundle."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from grader.execution.limits import Limits
from grader.execution.protocol import Executor
from grader.intake.opening import Submission, open_submission
from grader.pipeline.grading import refuse_inside
from grader.pipeline.publish import check_out, disk_full_is_ours, workspace
from grader.pipeline.unpacking import unpack_with
from grader.probes.shared.documents import parse_yaml
from grader.probes.shared.files import read_file

NAME = "contract.yaml"
LARGEST = 64 * 1024
"""Bytes; the bundle's own has 15,000."""
FILES = 20
"""Contracts that are looked into, the shallowest first."""


def stated_variants(submission: Path, out: Path, executor: Executor, limits: Limits) -> frozenset[str]:
    """Open a submission as for a grading into `out` and return the variants that its contracts name.

    It is only what somebody says: whether the rows are those of the variant is seen when they are graded. Raises
    SubmissionError where it cannot be opened.
    """
    refuse_inside(submission, "--out", out)
    check_out(out)
    with disk_full_is_ours(out.parent), workspace(out.parent) as work:
        unpack = unpack_with(executor, limits)
        return variants_in(open_submission(submission, work / "submission", unpack, limits.entries))


def variants_in(submission: Submission) -> frozenset[str]:
    """Return the variants that an opened submission's contracts name; what is no contract says nothing."""
    found = [path for path in submission.files if PurePosixPath(path).name == NAME]
    shallow = sorted(found, key=lambda path: (path.count("/"), path))[:FILES]
    named = [_variant(submission.folder, path) for path in shallow]
    return frozenset(one for one in named if one is not None)


def _variant(folder: Path, path: str) -> str | None:
    try:
        contract = parse_yaml(read_file(folder, path, LARGEST))
    except ValueError:
        return None
    named = contract.get("variant") if isinstance(contract, dict) else None
    return named if isinstance(named, str) else None
