"""The executed notebook and both findings files, as forgiving as the contract's tolerance."""

from __future__ import annotations

import pytest
from probe_harness import notebook, read_with, write

from grader.evidence.notebook import NotebookEvidence
from grader.probes.notebook.finding import FOR_NOTES


def read(tmp_path, *arguments):
    """Run the probe on `submission` and `out` below a folder."""
    for name in ("submission", "out"):
        (tmp_path / name).mkdir(exist_ok=True)
    folders = {"submission_dir": tmp_path / "submission", "notebook_out": tmp_path / "out"}
    return read_with("notebook", NotebookEvidence, *arguments, **folders)[0]


def executed(book, **changes):
    """Return the notebook as if run: counts 1..n, and changes to cells by position."""
    counted = 0
    for place, cell in enumerate(book["cells"]):
        if cell["cell_type"] == "code" and cell["source"]:
            counted += 1
            cell["execution_count"] = counted
        cell |= changes.get(f"cell{place}", {})
    return book


def test_a_clean_run_is_counted(tmp_path):
    """Cells, order, images and words come from the executed copy, empty cells do not count."""
    image = {"output_type": "display_data", "data": {"image/png": "x", "text/plain": "x"}, "metadata": {}}
    book = notebook("a", "", "b")
    book["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "Two words here, 1 a"})
    write(tmp_path / "submission" / "audit.ipynb", book)
    write(tmp_path / "out" / "executed.ipynb", executed(book, cell2={"outputs": [image]}))
    write(tmp_path / "out" / "findings.json", {"findings": []})
    found = read(tmp_path)
    assert (found.code_cells, found.executed_cells, found.in_order, found.images) == (2, 2, True, 1)
    assert (found.markdown_words, found.error_cell, found.path) == (3, None, "audit.ipynb")
    assert found.produced is not None
    assert found.submitted is None


def test_what_cells_show_is_kept_as_plain_text(tmp_path):
    """Reviewers see outputs under their heading, cut, without markup or terminal codes; figures are counted."""
    printed = {"output_type": "stream", "text": "   \x1b[31mchurn\x1b[0m\n  0.06\n" + "row\n" * 50}
    table = {
        "output_type": "execute_result",
        "data": {"text/html": "<script>x</script>", "text/plain": ["a ", "b"]},
    }
    image = {"output_type": "display_data", "data": {"image/png": "x", "text/plain": "<Figure>"}}
    book = notebook("first", "second", "silent")
    book["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": "# Audit\n## By month\ntext"})
    write(tmp_path / "submission" / "audit.ipynb", book)
    ran = executed(book, cell1={"outputs": [printed]}, cell2={"outputs": [table, image]})
    write(tmp_path / "out" / "executed.ipynb", ran)
    first, second = read(tmp_path).outputs
    assert (first.cell, first.heading, first.code, first.lines, first.figures) == (
        2,
        "By month",
        "first",
        52,
        0,
    )
    assert first.text.startswith("   churn\n  0.06\nrow\n")
    assert len(first.text.split("\n")) == 24
    assert (second.text, second.figures) == ("a b", 1)


def test_an_error_and_lost_order_are_told(tmp_path):
    """The first error names its cell, counted from 1, without terminal colours; a gap is no order."""
    book = notebook("a", "b", "c")
    write(tmp_path / "submission" / "audit.ipynb", book)
    wrong = {
        "outputs": [{"output_type": "error", "ename": "Key\x1b[31mError", "evalue": "'x'", "traceback": []}]
    }
    write(tmp_path / "out" / "executed.ipynb", executed(book, cell1=wrong, cell2={"execution_count": None}))
    found = read(tmp_path)
    assert (found.error_cell, found.error, found.in_order, found.executed_cells) == (
        2,
        "KeyError: 'x'",
        False,
        2,
    )


def test_an_executed_notebook_of_other_cells_is_not_believed(tmp_path):
    """A notebook that writes its own executed.ipynb gets no executed cells for it."""
    write(tmp_path / "submission" / "audit.ipynb", notebook("a", "b"))
    write(tmp_path / "out" / "executed.ipynb", executed(notebook("a", "forged")))
    found = read(tmp_path)
    assert (found.executed_cells, found.in_order) == (0, False)
    assert any("other cells" in problem for problem in found.problems)


@pytest.mark.parametrize(
    "content", [b"no json", b"\xff\xfe", b"[" * 50_000, b'{"cells": [1, {"cell_type": 3}]}']
)
def test_damaged_notebooks_are_problems(tmp_path, content):
    """Anything that is no notebook is said in `problems` and never stops the probe."""
    write(tmp_path / "submission" / "audit.ipynb", content)
    write(tmp_path / "out" / "executed.ipynb", content)
    found = read(tmp_path)
    assert found.executed_cells == 0
    assert found.problems


def claims(tmp_path, document):
    """Return the submitted findings of a document."""
    write(tmp_path / "submission" / "findings.json", document)
    return read(tmp_path).submitted


def test_the_contract_example_is_read(tmp_path):
    """The brief's own example arrives field by field."""
    entry = {
        "kind": "rounding_change",
        "columns": ["session_minutes_avg", "b"],
        "from": "2023-08",
        "to": None,
        "where": {"region": "B", "plan_tier": ["x, y", None], "seats": "< 0", "on": True},
        "status": "ask",
        "statistic": {
            "name": "median_ratio",
            "value": 0.97,
            "reference": "2023-01..2023-07",
            "current": "2023-08",
        },
        "action": "repair",
        "summary": "Region B reports whole minutes.",
    }
    file = claims(tmp_path, {"findings": [entry]})
    (claim,) = file.findings
    assert file.problems == ()
    assert (claim.kind, claim.columns, claim.from_month, claim.to_month, claim.status) == (
        "rounding_change",
        ("session_minutes_avg", "b"),
        "2023-08",
        None,
        "ask",
    )
    assert claim.where == {
        "region": ("B",),
        "plan_tier": ("x, y", "null"),
        "seats": ("< 0",),
        "on": ("true",),
    }
    assert (claim.statistic.name, claim.statistic.value, claim.statistic.current) == (
        "median_ratio",
        0.97,
        "2023-08",
    )


@pytest.mark.parametrize(
    ("said", "month"),
    [
        ("2024-4", "2024-04"),
        ("2024/04", "2024-04"),
        ("Apr 2024", "2024-04"),
        ("april, 2024", "2024-04"),
        ("2024-04-30T00:00:00", "2024-04"),
        ("04/2024", "2024-04"),
        (202404, "2024-04"),
        ("20240430", "2024-04"),
        ("present", None),
        ("2024-13", None),
        ("soon", None),
    ],
)
def test_months_in_any_usual_spelling(tmp_path, said, month):
    """A month counts however it is written, and nonsense is a problem, not a guess."""
    file = claims(tmp_path, [{"kind": "k", "column": "c", "start": said}])
    assert file.findings[0].from_month == month
    assert bool(file.problems) == (said in ("2024-13", "soon"))


@pytest.mark.parametrize("kind", FOR_NOTES)
def test_a_legitimate_kind_without_a_status_is_a_note(tmp_path, kind):
    """Who says that a column is seasonal or announced accuses nothing; a status that is said is kept."""
    file = claims(
        tmp_path, [{"kind": kind, "columns": ["a"]}, {"kind": kind, "columns": ["a"], "status": "defect"}]
    )
    assert [claim.status for claim in file.findings] == ["note", "defect"]


def test_other_layouts_of_findings_are_read(tmp_path):
    """A bare list, singular and synonymous keys, statistics as text, several or without a name."""
    entries = [
        {"type": "Unit Change", "feature": "a, b", "months": "2024-01..2024-03", "severity": "harmless"},
        {"kind": "leak", "columns": "a", "statistic": "auc = 0.79", "status": "Harmless"},
        {
            "kind": "k",
            "statistics": [{"psi": "30%"}, {"ks": 1}],
            "period": {"start": "2024-01", "end": "2024-02"},
        },
        {"kind": "k", "statistic": {"name": "auc", "value": float("inf")}},
        "not an object",
    ]
    file = claims(tmp_path, entries)
    first, second, third, fourth = file.findings
    assert (first.kind, first.columns, first.from_month, first.to_month) == (
        "unit_change",
        ("a", "b"),
        "2024-01",
        "2024-03",
    )
    assert (second.statistic.value, second.status) == (0.79, "note")
    assert (third.statistic.name, third.statistic.value, third.to_month) == ("psi", 0.3, "2024-02")
    assert fourth.statistic.value is None
    assert len([p for p in file.problems if "findings[4]" in p]) == 1


def test_sprayed_and_hostile_findings_are_bounded(tmp_path):
    """At most 200 entries of bounded, printable text, whatever was written."""
    entry = {
        "kind": "k\x00\x1b[2J",
        "columns": ["c" * 30] * 80,
        "summary": "\u202e" + "é" * 2100,
        "action": {"a": [1]},
    }
    file = claims(tmp_path, {"findings": [entry] * 250})
    assert len(file.findings) == 200
    assert "at most 200" in file.problems[0]
    assert file.findings[0].kind == "k"
    assert len(file.findings[0].columns) <= 60
    assert not file.findings[0].summary.startswith("\u202e")


def test_incident_a_long_list_of_rows_was_cut_in_silence(tmp_path):
    """Where not every value of `where` is read, the figure may be another: whoever checks is told."""
    entry = {"kind": "duplicate_rows", "columns": [], "where": {"customer_id": list(range(200))}}
    file = claims(tmp_path, {"findings": [entry]})
    assert len(file.findings[0].where["customer_id"]) == 60
    assert "200 values, the first 60 are read" in file.problems[0]


def test_links_and_folders_are_not_followed(tmp_path):
    """A findings.json that is a link, or a folder, is not opened."""
    secret = write(tmp_path / "secret.json", {"findings": [{"kind": "secret"}]})
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "findings.json").symlink_to(secret)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "findings.json").symlink_to(secret)
    found = read(tmp_path)
    assert found.submitted is None
    assert found.produced.findings == ()
    assert found.produced.problems


def test_folders_in_place_of_results_end_no_probe(tmp_path):
    """A notebook that leaves folders where its results belong is told so; the probe goes on."""
    write(tmp_path / "submission" / "audit.ipynb", notebook("x = 1"))
    for name in ("findings.json", "executed.ipynb"):
        (tmp_path / "out" / name).mkdir(parents=True)
    found = read(tmp_path)
    assert found.produced is not None
    assert "found a folder or special file" in found.produced.problems[0]
    assert any(text.startswith("executed.ipynb: found a folder") for text in found.problems)


def test_nothing_at_all_is_fine(tmp_path):
    """An empty submission gives evidence of nothing."""
    found = read(tmp_path)
    assert found.path is None
    assert len(found.problems) == 3


def test_sentences_are_read_where_there_is_no_findings_file(tmp_path):
    """Text cells and printed lines become statements; with a findings file of either side there are none."""
    printed = {"output_type": "stream", "name": "stdout", "text": ["usage drifts from 2024-03.\n", "42\n"]}
    book = notebook("print(1)")
    book["cells"].append(
        {"cell_type": "markdown", "metadata": {}, "source": "# Leaks\n\n- `leak` is a leak. It goes."}
    )
    write(tmp_path / "submission" / "audit.ipynb", book)
    write(tmp_path / "out" / "executed.ipynb", executed(book, cell0={"outputs": [printed]}))
    found = read(tmp_path).statements
    assert found == ("usage drifts from 2024-03.", "leak` is a leak.", "It goes.")
    write(tmp_path / "submission" / "findings.json", {"findings": []})
    assert read(tmp_path).statements == ()
