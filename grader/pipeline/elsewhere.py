"""Hold the findings against the keys of variants that others were given, where those lie below the vault folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from grader.checks.case import Case
from grader.checks.copied import compare_with
from grader.errors import VaultError
from grader.evidence.document import Evidence
from grader.truth import Key, Truth, load_key, vaults_below

MOST = 1000
"""Keys that are read; one takes about a millisecond."""


def keys_below(root: Path, say: Callable[[str], None]) -> tuple[Key, ...]:
    """Return every key at or below a folder; what cannot be read, or is too much, is said and left out."""
    vaults = vaults_below(root)
    if len(vaults) > MOST:
        say(f"{root}: {len(vaults)} vaults; findings are compared with the first {MOST} only")
    keys = []
    for vault in vaults[:MOST]:
        try:
            keys.append(load_key(vault))
        except VaultError as error:
            say(f"{error}; findings are not compared with it")
    return tuple(keys)


def with_other_variants(
    evidence: Evidence, truth: Truth, keys: Sequence[Key], say: Callable[[str], None]
) -> Evidence:
    """Return the evidence with what the comparison found, so that scoring again needs no other vault."""
    try:
        found = compare_with(Case(evidence, truth), keys)
    except Exception as error:  # noqa: BLE001 -- our fault; no score depends on it
        say(
            f"findings could not be compared with other variants on our side: {type(error).__name__}: {error}"
        )
        return evidence
    document = evidence.document.model_copy(update={"other_variants": found})
    return Evidence(document, evidence.arrays)
