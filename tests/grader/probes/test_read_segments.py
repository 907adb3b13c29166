"""Figures by segment in the forms in which people hand in those of two models."""

from __future__ import annotations

import pytest
from probe_harness import read_with, write

from grader.evidence.modelling import EvaluationEvidence

BASE, OWN = {"pr_auc": 0.1, "churn_rate": 0.2}, {"pr_auc": 0.3, "churn_rate": 0.1}
REGIONS = {"A": OWN, "B": OWN}


@pytest.mark.parametrize(
    "document",
    [
        {"baseline": {"pr_auc": 0.2, "by_segment": {"region": {"A": BASE, "B": BASE}}},
         "tuned": {"pr_auc": 0.3, "by_segment": {"region": REGIONS}}},
        {"tuned": {"pr_auc": 0.3}, "by_segment": {"baseline": {"region": {"A": BASE, "B": BASE}},
                                                  "tuned": {"region": REGIONS}}},
        {"tuned": {"pr_auc": 0.3}, "by_segment": {"region": {level: {"rows": 40, "baseline": BASE, "tuned": OWN}
                                                             for level in "AB"}}},
        {"tuned": {"pr_auc": 0.3}, "by_segment": {"region": {
            level: {"pr_auc_baseline": 0.1, "pr_auc_tuned": 0.3, "churn_rate": 0.1} for level in "AB"}}},
        {"tuned": {"pr_auc": 0.3}, "by_segment": [
            {"model": model, "column": "region", "level": level, **figures}
            for model, figures in (("baseline", BASE), ("tuned", OWN)) for level in "AB"]},
    ],
    ids=["below each model", "by model", "models in a level", "model in the name", "a list of both"],
)  # fmt: skip
def test_incident_the_baselines_segments_were_read_for_the_tuned_models(tmp_path, document):
    """Where both models are told by segment it is the tuned one's figures that count."""
    write(tmp_path / "evaluation" / "metrics.json", document)
    rows = read_with("evaluation", EvaluationEvidence, submission_dir=tmp_path)[0].segments.rows
    said = [(row.column, row.level, row.pr_auc, row.churn_rate) for row in rows]
    assert said == [("region", "A", 0.3, 0.1), ("region", "B", 0.3, 0.1)]


@pytest.mark.parametrize(
    "document",
    [
        {"segments": [{"model_name": "lgbm", "column": "region", "level": level, **OWN} for level in "AB"]},
        {"segments": [{"model_name": name, "column": "region", "level": level, **figures}
                      for name, figures in (("logreg", BASE), ("lgbm", OWN)) for level in "AB"]},
        {"segments": [{"region": level, "model_version": "v1", **OWN} for level in "AB"]},
        {"segments": {"region": {level: {**OWN, "calibrated": [0.1, 0.2]} for level in "AB"}}},
        {"segments": {"model": {"name": "lgbm"}, "region": REGIONS}},
    ],
    ids=["name of one model", "names of both", "its version", "a list under its name", "what it is, beside"],
)  # fmt: skip
def test_incident_what_is_said_of_the_model_itself_was_read_for_a_segment(tmp_path, document):
    """The name of a model was taken for the level, and a list of its own ended the reading of all figures."""
    write(tmp_path / "evaluation" / "metrics.json", {"tuned": {"pr_auc": 0.3}, **document})
    found = read_with("evaluation", EvaluationEvidence, submission_dir=tmp_path)[0]
    said = [(row.column, row.level, row.pr_auc, row.churn_rate) for row in found.segments.rows]
    assert said == [("region", "A", 0.3, 0.1), ("region", "B", 0.3, 0.1)]
