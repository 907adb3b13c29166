"""The evidence of one grading: a typed document and float64 arrays, saved together and read back whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from grader.errors import UsageError
from grader.evidence.elsewhere import OtherVariants
from grader.evidence.modelling import EvaluationEvidence, PredictionsEvidence, TrackingEvidence
from grader.evidence.notebook import NotebookEvidence
from grader.evidence.opinion import SecondOpinion
from grader.evidence.service import ServiceEvidence
from grader.evidence.sources import SourcesEvidence
from grader.types import ExecutorName, Model, PhaseRecord, Verdict

FloatArray = NDArray[np.float64]


class TextFile(Model):
    """A text of the submission, size-capped; `path` null where there is none."""

    path: str | None = None
    text: str = ""


class PinnedDependencies(Model):
    """Requirement lines of the service's dependency file, and how many name one exact version."""

    path: str | None = None
    total: int = 0
    pinned: int = 0


class StatedPlaces(Model):
    """What submission.yaml states of building and serving, and what of the whole file cannot be followed."""

    context: str | None = None
    port: int | None = None
    problems: tuple[str, ...] = ()


class EvidenceDocument(Model):
    """Everything measured of one submission that is not a long array."""

    schema_version: int = 1
    name: str
    sha256: str
    variant: str
    issued_rows: int = 0
    """Rows of the issued data the arrays point into; a practice seed can be made in several sizes."""
    executor: ExecutorName
    files: dict[str, int] = Field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    root: str = ""
    phases: tuple[PhaseRecord, ...] = ()
    environment: dict[str, str] = Field(default_factory=dict)
    limits: dict[str, str] = Field(default_factory=dict)
    notebook: NotebookEvidence = Field(default_factory=NotebookEvidence)
    predictions: PredictionsEvidence = Field(default_factory=PredictionsEvidence)
    tracking: TrackingEvidence = Field(default_factory=TrackingEvidence)
    evaluation: EvaluationEvidence = Field(default_factory=EvaluationEvidence)
    service: ServiceEvidence = Field(default_factory=ServiceEvidence)
    sources: SourcesEvidence = Field(default_factory=SourcesEvidence)
    readme: TextFile = Field(default_factory=TextFile)
    second_opinion: SecondOpinion | None = None
    """What a language model said of the README, where the grading was told to ask one."""
    dockerfile: TextFile = Field(default_factory=TextFile)
    pinned: PinnedDependencies = Field(default_factory=PinnedDependencies)
    stated: StatedPlaces = Field(default_factory=StatedPlaces)
    other_variants: OtherVariants = Field(default_factory=OtherVariants)


@dataclass(frozen=True)
class Evidence:
    """The document with its arrays (`predictions.*`, `service.*`, `sources.*`)."""

    document: EvidenceDocument
    arrays: Mapping[str, FloatArray] = field(default_factory=dict)

    def array(self, name: str) -> FloatArray:
        """Return an array, empty where it was not measured."""
        return self.arrays.get(name, np.empty(0))

    def phase(self, phase_id: str) -> PhaseRecord:
        """Return the record of a phase, NOT_RUN where there is none."""
        for record in self.document.phases:
            if record.id == phase_id:
                return record
        return PhaseRecord(id=phase_id, verdict=Verdict.NOT_RUN, detail="this phase was never reached")


def save_evidence(evidence: Evidence, folder: Path) -> None:
    """Write the document and its arrays into a folder that the caller renames into place when whole."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in sorted(evidence.arrays.items()):
        np.save(folder / f"{name}.npy", np.asarray(values, dtype="<f8"), allow_pickle=False)
    text = json.dumps(evidence.document.model_dump(mode="json"), indent=1, ensure_ascii=False)
    (folder / "evidence.json").write_text(text + "\n", encoding="utf-8")


def load_evidence(folder: Path) -> Evidence:
    """Read saved evidence; UsageError names the file that is missing or damaged."""
    path = folder / "evidence.json"
    try:
        document = EvidenceDocument.model_validate_json(path.read_bytes())
        arrays = {p.stem: np.load(p, allow_pickle=False) for p in sorted(folder.glob("*.npy"))}
    except FileNotFoundError as error:
        raise UsageError(f"{path}: not found; expected the evidence folder of a grading") from error
    except (ValidationError, ValueError, OSError, EOFError) as error:
        raise UsageError(f"{path.parent}: damaged evidence: {str(error).splitlines()[0]}") from error
    return Evidence(document, arrays)
