"""What of a submission stands in the published reference is measured, and other people's work is not accused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.checks.published import Published, compare, packed, reference, shingles, unpacked
from grader.evidence.document import Evidence, EvidenceDocument, TextFile
from grader.evidence.sources import SourceFile, SourcesEvidence
from grader.probes.shared.files import list_files
from grader.probes.sources.__main__ import read

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = (ROOT / "reference_solution" / "templates" / "README.md").read_text(encoding="utf-8")


def compared(folder: Path | None = None, text: str = "") -> Published:
    """The comparison of a folder of code and a README."""
    found, grams, owners = read(folder, list_files(folder)) if folder else ({"files": []}, [], [])
    files = tuple(SourceFile(path=file["path"], grams=file["grams"]) for file in found["files"])
    document = EvidenceDocument(
        name="ada", sha256="0" * 64, variant="v", executor="docker",
        readme=TextFile(path="README.md", text=text), sources=SourcesEvidence(files=files),
    )  # fmt: skip
    arrays = {"sources.gram": np.array(grams, dtype=float), "sources.file": np.array(owners, dtype=float)}
    return compare(Evidence(document, arrays))


def test_the_reference_itself_is_wholly_known() -> None:
    """Every fingerprint of the code; each file says how much of it is taken."""
    found = compared(ROOT / "reference_solution", TEMPLATE)
    assert (found.code, found.text, found.copied) == (1.0, 1.0, True)
    assert len(found.files) > 20
    assert min(share for _, share in found.files) > 0.9  # a line or two stand in the starter as well


def test_one_module_among_other_work_is_enough(tmp_path: Path) -> None:
    """The reference's search for leaks in a package of somebody's own, under another name."""
    (tmp_path / "own.py").write_text((ROOT / "data_generator" / "release.py").read_text("utf-8"), "utf-8")
    (tmp_path / "hunt.py").write_text(
        (ROOT / "reference_solution/audit/leakage.py").read_text("utf-8"), "utf-8"
    )
    found = compared(tmp_path)
    assert found.copied
    assert found.code == pytest.approx(0.08, abs=0.03)
    assert found.files[0] == ("hunt.py", 1.0)


@pytest.mark.parametrize("folder", ["assignment/starter", "data_generator", "grader", "tests/mutants"])
def test_other_code_is_not_accused(folder: str) -> None:
    """The starter that everybody has, and large programs by the same hand over the same data."""
    found = compared(ROOT / folder)
    assert not found.copied
    assert found.code < 0.015


def test_nobody_elses_readme_is_accused() -> None:
    """Good texts on the same questions by other writers share few runs of words with the reference's."""
    data = ROOT / "tests" / "grader" / "readme" / "data"
    texts = [*(ROOT / "grader/readme/validation/corpus").glob("r*.md"), *data.glob("heldout*/t*.md")]
    assert len(texts) > 200
    assert max(compared(text=path.read_text(encoding="utf-8")).text for path in texts) < 0.05


def test_a_readme_with_other_figures_and_some_other_words_is_known() -> None:
    """Figures, columns and one word in eight exchanged leave most of the runs of the rest."""
    words = TEMPLATE.replace("{", "`x").replace("}", "`").split(" ")
    changed = " ".join("other" if n % 8 == 7 else word for n, word in enumerate(words))
    assert 0.3 < compared(text=changed).text < 0.9


def test_nothing_was_handed_in() -> None:
    """No code and no text is no copy."""
    assert compared() == Published(0.0, 0.0)


def test_hashes_survive_the_file() -> None:
    """What is packed comes back, and the file that is kept holds enough to compare with."""
    given = {0, 1, (1 << 48) - 1, *range(100, 120)}
    assert unpacked(packed(given)) == given
    code, text = reference()
    assert len(code) > 3000
    assert text == shingles(TEMPLATE)
