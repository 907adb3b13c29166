"""Notebooks of strangers, run from a fresh kernel."""

from __future__ import annotations

import errno
import json
import sys

import pytest
from probe_harness import notebook, run_script, write

from grader.probes.notebook_run import __main__ as runner

WRITES = (
    "import json, os, pathlib\n"
    "pathlib.Path(os.environ['OUTPUT_DIR'], 'findings.json').write_text(json.dumps({'findings': []}))"
)


@pytest.fixture
def places(tmp_path):
    """Return an empty submission, data and output folder."""
    for name in ("submission", "data", "output"):
        (tmp_path / name).mkdir()
    write(tmp_path / "data" / "snapshots.csv", "a\n1\n")
    return tmp_path


def run(places, *arguments):
    """Run the notebook of `places` and return exit code, status and the executed notebook."""
    folders = {f"{name}_dir": places / name for name in ("submission", "data", "output")}
    done = run_script("notebook_run", *arguments, **folders)
    status = json.loads(done.stdout)["result"] if done.stdout else {}
    executed = places / "output" / "executed.ipynb"
    return done.returncode, status, json.loads(executed.read_text()) if executed.exists() else None


def test_a_notebook_of_odd_form_runs_clean(places):
    """String-typed source, no kernelspec, no ids, faked counts and outputs: the cells run, in order, from nothing."""
    book = notebook("x = 1", "", WRITES, "print(x)")
    book["cells"][3] |= {
        "execution_count": 99,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "?"}],
    }
    book["cells"][0]["source"] = ["x = ", "2"]
    write(places / "submission" / "notebooks" / "audit.ipynb", book)
    write(places / "submission" / "findings.json", {"findings": [{"kind": "submitted"}]})
    code, status, executed = run(places)
    assert (code, status["state"], status["notebook"]) == (0, "ok", "notebooks/audit.ipynb")
    assert [cell["execution_count"] for cell in executed["cells"]] == [1, None, 2, 3]
    assert executed["cells"][3]["outputs"][0]["text"] == "2\n"
    assert json.loads((places / "output" / "findings.json").read_text()) == {"findings": []}


def test_defaults_of_the_brief_work_without_the_variables(places):
    """`data` and `.` relative to the notebook reach the data and the results, and the submitted findings are hidden."""
    lines = (
        "import os, pathlib\nassert pathlib.Path('data/snapshots.csv').exists()\n"
        "assert not pathlib.Path('findings.json').exists()\npathlib.Path('findings.json').write_text('[]')\n"
        "pathlib.Path('plot.png').write_text('beside the notebook')"
    )
    write(places / "submission" / "audit.ipynb", notebook(lines))
    write(places / "submission" / "findings.json", "[1]")
    code, status, _ = run(places)
    assert (code, status["state"], status["error"]) == (0, "ok", "")
    assert (places / "output" / "findings.json").read_text() == "[]"
    assert (places / "submission" / "findings.json").read_text() == "[1]"
    assert not (places / "submission" / "plot.png").exists()


@pytest.mark.parametrize("tag", ["raises-exception", "skip-execution"])
def test_tags_do_not_hide_an_error(places, tag):
    """A cell that is tagged to be skipped or to raise in silence is run and its error stops the run."""
    book = notebook("x = 1", "1 / 0", "y = 2")
    book["cells"][1]["metadata"]["tags"] = [tag]
    write(places / "submission" / "audit.ipynb", book)
    code, status, executed = run(places)
    assert (code, status["state"]) == (0, "error")
    assert "ZeroDivisionError" in status["error"]
    assert executed["cells"][1]["outputs"][0]["ename"] == "ZeroDivisionError"
    assert executed["cells"][2]["execution_count"] is None


def test_an_endless_cell_is_stopped(places):
    """A cell over its time ends the run with code 4, what ran before is kept."""
    write(places / "submission" / "audit.ipynb", notebook("print('before')", "while True: pass"))
    code, status, executed = run(places, "--cell-seconds", "6")
    assert (code, status["state"]) == (4, "timeout")
    assert executed["cells"][0]["outputs"][0]["text"] == "before\n"


def test_a_dead_kernel_is_told_apart(places):
    """A kernel that leaves by itself gives code 3 and never hangs the caller."""
    write(places / "submission" / "audit.ipynb", notebook("x = 1", "import os; os._exit(0)"))
    code, status, executed = run(places)
    assert (code, status["state"]) == (3, "dead")
    assert executed["cells"][0]["execution_count"] == 1


def test_floods_and_survivors_change_nothing(places):
    """Huge outputs are dropped, the notebook's background process does not outlive it, input() is an error."""
    spawn = (
        "import subprocess, sys, os\nsubprocess.Popen([sys.executable, '-c', "
        "\"import time, os, pathlib; time.sleep(1.5); pathlib.Path(os.environ['OUTPUT_DIR'], 'executed.ipynb')"
        ".write_text('forged')\"], start_new_session=True)"
    )
    flood = (
        "for _ in range(25): print('x' * 1_000_000, flush=True)\nfrom IPython.display import display, HTML\n"
    )
    flood += "display(HTML('y' * 8_000_000))"
    write(places / "submission" / "audit.ipynb", notebook(spawn, flood, "input()"))
    code, status, _ = run(places)
    assert (code, status["state"]) == (0, "error")
    import time

    time.sleep(2)
    executed = places / "output" / "executed.ipynb"
    assert executed.stat().st_size < 25 << 20
    assert json.loads(executed.read_text())["cells"][2]["outputs"][0]["ename"] == "StdinNotImplementedError"


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (b"not json", "unreadable"),
        (b"[" * 100_000, "unreadable"),
        (b'{"cells": 3}', "unreadable"),
        (None, "absent"),
    ],
)
def test_what_is_no_notebook_ends_quietly(places, content, state):
    """No notebook, or a file that is none, is the candidate's problem and no failure of ours."""
    if content is not None:
        write(places / "submission" / "audit.ipynb", content)
    code, status, executed = run(places)
    assert (code, status["state"], executed) == (0, state, None)


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (("a.ipynb", "notebooks/audit.ipynb"), "notebooks/audit.ipynb"),
        (("big.ipynb", "01_EDA_churn.ipynb"), "01_EDA_churn.ipynb"),
        (("model.ipynb", "mentions.ipynb"), "mentions.ipynb"),
    ],
)
def test_the_audit_notebook_is_found(places, names, taken):
    """Hardly any notebook is called audit.ipynb: the name, else the content, decides."""
    for name in names:
        mark = "findings.json" if name == "mentions.ipynb" else "x" * 100
        write(places / "submission" / name, {"cells": mark})
    _, status, _ = run(places)
    assert status["notebook"] == taken


@pytest.mark.parametrize("kept", [".gitkeep", "data_dictionary.md", "raw/x.csv"])
@pytest.mark.parametrize("below", ["", "notebooks/"])
def test_a_data_folder_in_the_submission_hid_the_issued_data(places, kept, below):
    """What the submission's `data` lacks is linked into it; what it has stays its own."""
    write(places / "data" / "data_dictionary.md", "as issued")
    write(places / "submission" / f"{below}data" / kept, "their own")
    code = (
        "import pathlib\nassert pathlib.Path('data/snapshots.csv').read_text() == 'a\\n1\\n'\n"
        f"assert pathlib.Path('data/{kept}').read_text() == 'their own'\n"
        "assert 'issued' in pathlib.Path('data/data_dictionary.md').read_text() or "
        f"'{kept}' == 'data_dictionary.md'\npathlib.Path('data/clean.csv').write_text('x')"
    )
    write(places / "submission" / f"{below}audit.ipynb", notebook(code))
    code, status, _ = run(places)
    assert (code, status["state"]) == (0, "ok"), status
    assert not (places / "data" / "clean.csv").exists()


def test_incident_a_notebook_could_not_keep_a_file_beside_the_data(places):
    """What it writes into `data` lands in its own copy, parts of large data are found there, issued files stay."""
    write(places / "data" / "snapshots.parquet" / "part-0.parquet", "issued")
    (places / "data").chmod(0o555)
    lines = (
        "import pathlib\npathlib.Path('data/clean.csv').write_text('a')\n"
        "assert pathlib.Path('data/snapshots.csv').read_text() == 'a\\n1\\n'\n"
        "assert [p.read_text() for p in pathlib.Path('data').rglob('part-*')] == ['issued']\n"
        "assert pathlib.Path('data/clean.csv').read_text() == 'a'"
    )
    write(places / "submission" / "audit.ipynb", notebook(lines))
    code, status, _ = run(places)
    (places / "data").chmod(0o755)
    assert (code, status["state"], status["error"]) == (0, "ok", "")
    assert not (places / "data" / "clean.csv").exists()


def test_a_file_named_data_stops_no_notebook(places):
    """It is theirs, and stays what it is."""
    write(places / "submission" / "data", "a file")
    write(places / "submission" / "audit.ipynb", notebook("assert open('data').read() == 'a file'"))
    code, status, _ = run(places)
    assert (code, status["state"]) == (0, "ok"), status


def test_submission_yaml_and_utf16_are_read(places):
    """A stated notebook wins over the name, and a notebook in UTF-16 runs."""
    write(places / "submission" / "audit.ipynb", notebook("1 / 0"))
    write(places / "submission" / "work" / "mine.ipynb", json.dumps(notebook("print('ä')")).encode("utf-16"))
    write(places / "submission" / "submission.yaml", "notebook: ./work/mine.ipynb\n")
    _, status, _ = run(places)
    assert (status["state"], status["notebook"]) == ("ok", "work/mine.ipynb")


def test_incident_a_notebook_that_the_machine_could_not_open_had_crashed(places, monkeypatch):
    """No file handle for the notebook itself is ours as well, before anything ran."""

    def refuse(*given):
        raise OSError(errno.ENFILE, "Too many open files in system")

    write(places / "submission" / "audit.ipynb", notebook("1"))
    monkeypatch.setattr(runner, "read_file", refuse)
    monkeypatch.setattr(sys, "argv", ["notebook_run"])
    for name in ("submission", "data", "output"):
        monkeypatch.setenv(f"{name.upper()}_DIR", str(places / name))
    assert runner.main() == runner.UNREADABLE
