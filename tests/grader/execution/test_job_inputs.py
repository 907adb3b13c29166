"""What a job is given, finds and imports, and nothing else of the grader."""

import json

import pytest

from grader.errors import SandboxError
from grader.execution.docker import DockerExecutor
from grader.types import Verdict

CANARY = "canary-7d1f0c5e9ab24e33"


def test_environment_is_allow_listed(executor, job, monkeypatch):
    """Nothing of the grader's environment reaches a job but what is listed or given."""
    monkeypatch.setenv("TAKEHOME_SECRET_FILE", "/root/secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    done = executor.run(
        job("import json, os; print(json.dumps(dict(os.environ)))", environment={"MODE": "x"})
    )
    seen = json.loads(done.stdout)
    assert seen["MODE"] == "x"
    assert CANARY not in seen.values()
    assert not {"TAKEHOME_SECRET_FILE", "PYTHONPATH", "DOCKER_HOST"} & set(seen)


def test_inputs_are_found_by_their_variables(executor, job, tmp_path):
    """A job finds each input under the variable of its name, and works in the one chosen."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.txt").write_text("rows")
    text = "import os; print(open(os.environ['DATA_DIR'] + '/a.txt').read(), open('a.txt').read())"
    done = executor.run(job(text, inputs={"DATA_DIR": folder}, working_input="DATA_DIR"))
    assert done.stdout == b"rows rows\n"


def test_library_wins_over_whatever_lies_elsewhere(executor, job, tmp_path):
    """A script finds its library, and no module of a submission it works in, though named by a variable."""
    submission, ours = tmp_path / "submission", tmp_path / "ours"
    hostile = ("json", "pandas", "sitecustomize", "usercustomize", "tool/__init__", "tool/parts/__init__")
    for name in (*hostile, "tool/parts/one", "tool/parts/two"):
        path = submission / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("raise SystemExit('SHADOWED')")
    ours.mkdir()
    (ours / "one.py").write_text("from tool.parts.two import WORD as WORD")
    (ours / "two.py").write_text("WORD = 'ours'")
    text = (
        "import json, os, sys\nfrom tool.parts.one import WORD\nprint(WORD, sys.argv[1])\n"
        "try:\n    import tool.parts.absent\nexcept ModuleNotFoundError: print('absent')\n"
        "here = os.path.dirname(__file__)\nprint(sys.flags.isolated, sys.flags.safe_path, sys.path[0] == here)\n"
        "print([p for p in sys.path if p in ('', '.') or p.startswith((os.getcwd(), os.environ['SUBMISSION_DIR']))])\n"
        "print(sorted(os.path.relpath(os.path.join(a, f), here) for a, _, fs in os.walk(here) for f in fs"
        " if f.endswith('.py')))"
    )
    done = executor.run(
        job(
            text,
            arguments=("x",),
            inputs={"SUBMISSION_DIR": submission},
            working_input="SUBMISSION_DIR",
            environment={"PYTHONPATH": str(submission), "PYTHONSTARTUP": str(submission / "json.py")},
            library={f"tool/parts/{name}.py": ours / f"{name}.py" for name in ("one", "two")},
        )
    )
    assert done.verdict is Verdict.OK, done.stderr
    lines = done.stdout.decode().splitlines()
    assert lines[:4] == ["ours x", "absent", "1 True True", "[]"]
    marks = ["tool/__init__.py", "tool/parts/__init__.py", "tool/parts/one.py", "tool/parts/two.py"]
    assert lines[4] == str(["__main__.py", *marks])


@pytest.mark.parametrize("place", ["../x.py", "/x.py", "__main__.py", "a/__main__.py", "x.txt"])
def test_library_stays_beside_the_script(executor, job, tmp_path, place):
    """A module of ours can neither leave the job's folder nor take the place of its script."""
    with pytest.raises(SandboxError, match="not a place"):
        executor.run(job("pass", library={place: tmp_path}))


def test_missing_module_is_our_error(executor, job, tmp_path):
    """A module of ours that is not there is an error of ours, told by its path."""
    with pytest.raises(SandboxError, match=r"gone\.py"):
        executor.run(job("pass", library={"gone.py": tmp_path / "gone.py"}))


@pytest.mark.docker
def test_unreadable_input_is_told_plainly(confined: DockerExecutor, job, tmp_path):
    """An input that the sandbox user could not read is our mistake, named with what to do."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    with pytest.raises(SandboxError, match="chmod o\\+rx"):
        confined.run(job("pass", inputs={"DATA_DIR": folder}))
