"""A figure that suits a rare outcome is looked for in every text, or nothing is said about its absence."""

from __future__ import annotations

from pathlib import Path

from grader.probes.evaluation.suited import FILES, find_suited
from grader.probes.shared.files import list_files


def test_incident_a_figure_behind_the_runs_of_a_tracking_store_was_not_there(tmp_path: Path) -> None:
    """Each tuning run leaves a text; behind two hundred of them no report was read, and that raised a flag."""
    for number in range(FILES - 1):
        run = tmp_path / "mlruns" / "0" / f"{number:04d}"
        run.mkdir(parents=True)
        (run / "meta.yaml").write_text("name: run\n")
    assert find_suited(tmp_path, list_files(tmp_path)) == ""
    report = tmp_path / "outputs" / "evaluation" / "final" / "summary.md"
    report.parent.mkdir(parents=True)
    report.write_text("Nothing of note.\n")
    assert find_suited(tmp_path, list_files(tmp_path)) == ""
    (run / "more.yaml").write_text("name: run\n")
    assert find_suited(tmp_path, list_files(tmp_path)) is None
    report.write_text("PR-AUC is 0.27 on the test months.\n")
    assert find_suited(tmp_path, list_files(tmp_path)) != ""
