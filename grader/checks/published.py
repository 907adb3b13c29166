"""How much of a submission stands in the published reference solution, under whatever names and formatting.

Code is compared by its fingerprints (`grader/probes/sources`), the README by runs of three words. Code rewritten in
other idioms, and a text said again in other words throughout, are not seen: that is for the talk to find out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from grader.evidence.document import Evidence

REFERENCE = Path(__file__).with_name("published.json")
COPIED_CODE = 0.03
"""Share of the reference's code from which it is no coincidence: other people's code of any size has under .01."""
COPIED_TEXT = 0.10
"""Share of the reference's README, likewise: of 282 texts by other writers none has more than .03."""
SHINGLE = 3
BYTES = 6
_VALUES = re.compile(r"\{[^{}]*\}|`[^`\n]*`")


@dataclass(frozen=True)
class Published:
    """What of a submission stands in the reference: shares of the reference, and of each file of the submission."""

    code: float
    text: float
    files: tuple[tuple[str, float], ...] = ()
    """Files with the share of their own code that stands there, the largest pieces first."""

    @property
    def copied(self) -> bool:
        """Whether there is more of it than any coincidence explains."""
        return self.code >= COPIED_CODE or self.text >= COPIED_TEXT


def shingles(text: str) -> set[int]:
    """Return a hash of every run of three words; figures, names in backticks and blanks of a template are none."""
    words = re.findall(r"[a-z]+", _VALUES.sub(" ", text.lower()))
    runs = {" ".join(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1)}
    return {int.from_bytes(hashlib.blake2b(run.encode(), digest_size=BYTES).digest(), "big") for run in runs}


@cache
def reference() -> tuple[frozenset[int], frozenset[int]]:
    """Return the fingerprints of the reference's code and of its README."""
    found = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return unpacked(found["code"]), unpacked(found["text"])


def packed(hashes: Iterable[int]) -> list[str]:
    """Return hashes as lines of eight for a file that people may look into."""
    written = [f"{one:012x}" for one in sorted(hashes)]
    return [" ".join(written[n : n + 8]) for n in range(0, len(written), 8)]


def unpacked(lines: Collection[str]) -> frozenset[int]:
    """Return the hashes of such lines."""
    return frozenset(int(one, 16) for line in lines for one in line.split())


def compare(evidence: Evidence) -> Published:
    """Hold the evidence of a submission against the reference."""
    code, text = reference()
    grams, owners = evidence.array("sources.gram"), evidence.array("sources.file")
    known = np.isin(grams, np.array(sorted(code), dtype=np.float64))
    files = evidence.document.sources.files
    pieces = [
        (int(known[owners == place].sum()), file.path, float(known[owners == place].mean()))
        for place, file in enumerate(files)
        if known[owners == place].any()
    ]
    pieces.sort(key=lambda piece: (-piece[0], piece[1]))
    said = shingles(evidence.document.readme.text)
    return Published(
        code=len(set(grams[known].tolist())) / len(code),
        text=len(said & text) / len(text),
        files=tuple((path, share) for _, path, share in pieces),
    )
