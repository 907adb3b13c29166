"""Pinned versions are recognised in whatever form people keep them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from grader.pipeline.pins import find_pins


@pytest.mark.parametrize(("name", "text", "dockerfile", "counts"), [
    ("poetry.lock", '[[package]]\nname = "numpy"\nversion = "1"\n', "COPY poetry.lock ./", (1, 1)),
    ("uv.lock", "version = 1\n\n[[package]]\nname = \"a\"\n", "COPY pyproject.toml uv.lock ./", (1, 1)),
    ("environment.yml", "dependencies:\n  - python=3.11\n  - numpy=1.26\n  - pip:\n      - fastapi==0.1\n",
     "COPY environment.yml .", (3, 3)),
    ("environment.yml", "dependencies:\n  - python=3.11\n  - numpy\n", "COPY environment.yml .", (2, 1)),
    ("setup.py", "", "RUN pip install --no-cache-dir a==1.0 'b[x]==2.0' \\\n  c>=3 && rm x", (3, 2)),
    ("setup.py", "", "RUN pip install -r requirements.txt .", (0, 0)),
    ("uv.lock", "", "COPY uv.lock ./\nRUN uv sync", (0, 0)),
    ("Pipfile.lock", '{"default": {"a": {"version": "==1"}}}', "COPY Pipfile.lock ./", (1, 1)),
    ("conda-lock.yml", "package:\n  - name: a\n", "COPY conda-lock.yml .", (1, 1)),
    ("pyproject.toml", '[project]\ndependencies = ["a==1.0", "b>=2"]\n', "RUN pip install --no-cache-dir .", (2, 1)),
    ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"\na = "1.0"\nb = "^2"\nc = {version = "==3"}\n',
     "RUN pip install .", (3, 2)),
    ("pyproject.toml", "[project", "RUN pip install .", (0, 0)),
])  # fmt: skip
def test_forms_of_pins(
    tmp_path: Path, name: str, text: str, dockerfile: str, counts: tuple[int, int]
) -> None:
    """Lock files with entries count whole, environments, projects and install lines by their packages."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = find_pins(tmp_path, {name: len(text)}, dockerfile)
    assert (found.total, found.pinned) == counts


def test_utf16_requirements_are_read(tmp_path: Path) -> None:
    """A file as a Windows shell writes it holds the same pins."""
    (tmp_path / "requirements.txt").write_text("a==1.0\nb>=2\n", encoding="utf-16")
    found = find_pins(tmp_path, {"requirements.txt": 1}, "COPY requirements.txt .")
    assert (found.path, found.total, found.pinned) == ("requirements.txt", 2, 1)


PINNED = {"requirements.txt": "fastapi==0.115.0\nlightgbm==4.5.0\n"}
LOOSE = {"requirements.txt": "fastapi\nlightgbm>=4\n"}
INSTALL = "FROM python:3.11-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"


def pins_of(
    folder: Path, files: dict[str, str], dockerfile: str, context: str = "."
) -> tuple[str | None, int, int]:
    """Write the files and count."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    found = find_pins(folder, {name: len(text) for name, text in files.items()}, dockerfile, context)
    return found.path, found.total, found.pinned


@pytest.mark.parametrize("name", ["model.txt", "features.txt", "lgbm.txt"])
def test_a_booster_was_read_as_the_requirements(tmp_path: Path, name: str) -> None:
    """A text file that the Dockerfile copies beside the requirements is none of them."""
    files = {name: "tree\nversion=v4\nfeature_names=a b\n", "app.py": "", **PINNED}
    dockerfile = INSTALL + f"COPY {name} app.py ./\n"
    assert pins_of(tmp_path, files, dockerfile) == ("requirements.txt", 2, 2)
    assert pins_of(tmp_path, {**files, **LOOSE}, dockerfile) == ("requirements.txt", 2, 0)


@pytest.mark.parametrize("name", ["poetry.lock", "uv.lock"])
def test_a_lock_in_a_comment_was_counted_as_pins(tmp_path: Path, name: str) -> None:
    """Neither a lock that only a comment names, nor one that is copied beside what pip installs, pins anything."""
    lock = {name: '[[package]]\nname = "a"\n'}
    for text in (f"# {name}\n", f"COPY {name} .\n"):
        assert pins_of(tmp_path, LOOSE | lock, text + INSTALL) == ("requirements.txt", 2, 0)
    assert pins_of(tmp_path, {name: ""}, f"COPY {name} .\nRUN uv sync\n") == (None, 0, 0)


@pytest.mark.parametrize(("files", "dockerfile", "counts"), [
    ({"requirements.txt": "-r base.txt\nc\n", "base.txt": "a==1\n-r requirements.txt\n"}, INSTALL, (2, 1)),
    ({"requirements/prod.txt": "-r base.txt\n", "requirements/base.txt": "a==1\n", "base.txt": "b\n"},
     "RUN pip install -r requirements/prod.txt", (1, 1)),
    ({"requirements.txt": "-r ../base.txt\n-r /etc/passwd\na==1\n"}, INSTALL, (1, 1)),
    ({"requirements.txt": "a\nb[x]\nc\n", "constraints.txt": "A==1\nb==2\nc>=3\nz==4\n"},
     "RUN pip install -c constraints.txt --requirement=requirements.txt", (3, 2)),
    ({"requirements.txt": "-c pins.txt\na_b\n", "pins.txt": "a-b==1\n"}, INSTALL, (1, 1)),
    ({"a.txt": "a==1\n", "b.txt": "b\n"}, 'RUN ["pip", "install", "-r", "a.txt", "-rb.txt"]', (2, 1)),
    ({"requirements.in": "a\n", "requirements.txt": "a==1\n"},
     "COPY requirements.in requirements.txt ./\nRUN python -m pip install -r ./requirements.txt", (1, 1)),
    ({"service/requirements.txt": "a==1\n", "requirements.txt": "b\n"},
     "COPY service/requirements.txt /tmp/\nRUN pip install \\\n # why\n -r /tmp/requirements.txt", (1, 1)),
])  # fmt: skip
def test_what_pip_is_given_is_counted(
    tmp_path: Path, files: dict[str, str], dockerfile: str, counts: tuple[int, int]
) -> None:
    """All requirements files of its commands, with those they refer to; a constraint pins only what is wanted."""
    assert pins_of(tmp_path, files, dockerfile)[1:] == counts


def test_the_stated_context_says_which_requirements_are_meant(tmp_path: Path) -> None:
    """Of two files of a name, the one that the build sees counts."""
    files = {"service/requirements.txt": "a==1\n", "requirements.txt": "b\n"}
    assert pins_of(tmp_path, files, INSTALL, "service") == ("service/requirements.txt", 1, 1)
    assert pins_of(tmp_path, files, INSTALL) == ("requirements.txt", 1, 0)


@pytest.mark.parametrize(
    "text", ["pip ", "pip install ", "\n", "-r x ", "\\ ", "# ", "RUN pip install -r r.txt\n"]
)
def test_hostile_texts_take_no_time(tmp_path: Path, text: str) -> None:
    """A quarter of a megabyte of anything is read in about the time of one pass over it."""
    whole = text * (256 * 1024 // len(text))
    started = time.process_time()
    pins_of(tmp_path, {"r.txt": whole, "uv.lock": whole, "environment.yml": whole}, whole)
    pins_of(tmp_path, {"r.txt": whole}, "RUN pip install -r r.txt")
    assert time.process_time() - started < 5


@pytest.mark.parametrize("filling", ["\n", " ", "\t\n", "- ", "-\n", "a-", "= ", "=="])
@pytest.mark.parametrize("name", ["environment.yml", "requirements.txt"])
def test_a_file_of_blank_lines_takes_no_time(tmp_path: Path, name: str, filling: str) -> None:
    """An environment of nothing but blank lines kept the grading process itself busy for minutes."""
    (tmp_path / name).write_text("dependencies:" + filling * 100_000 + "x", encoding="utf-8")
    begin = time.process_time()
    find_pins(tmp_path, {name: 1}, f"COPY {name} .")
    assert time.process_time() - begin < 2


@pytest.mark.parametrize("ours", ["requirements-runner.txt", "requirements-train.txt"])
def test_lists_of_the_starter_do_not_pin_the_service(tmp_path: Path, ours: str) -> None:
    """They lie beside the candidate's own list, come before it by name, and are pinned by us."""
    texts = {ours: "numpy==2.4.6\npandas==3.1.1\n", "requirements.txt": "numpy\npandas\n"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    found = find_pins(
        tmp_path, {name: len(text) for name, text in texts.items()}, "COPY . .\nRUN make install\n"
    )
    assert (found.path, found.total, found.pinned) == ("requirements.txt", 2, 0)


def test_incident_the_starters_list_pinned_a_service_that_pins_nothing(tmp_path: Path) -> None:
    """Left where it lay, it made three open dependencies into seventy-seven pinned ones."""
    project = '[project]\nname = "x"\nversion = "1"\ndependencies = ["numpy", "pandas", "fastapi"]\n'
    texts = {"requirements-runner.txt": "numpy==2.4.6\n" * 9, "pyproject.toml": project}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    found = find_pins(tmp_path, {name: len(text) for name, text in texts.items()}, "COPY . .\nRUN uv sync\n")
    assert (found.total, found.pinned) == (3, 0)


LOCK = {"uv.lock": 'version = 1\n[[package]]\nname = "a"\n'}
OPEN = {"pyproject.toml": '[project]\nname = "x"\ndependencies = ["a>=2", "b"]\n'}


@pytest.mark.parametrize(("command", "files", "counted"), [
    ("uv sync --frozen", {**LOCK, **OPEN, "requirements-notebook.txt": "seaborn\n"}, ("uv.lock", 1, 1)),
    ("pip install 'uv>=0.4' && uv sync --frozen", {**LOCK, **OPEN}, ("uv.lock", 1, 1)),
    ("pip install poetry==1.8 && poetry install", OPEN, ("pyproject.toml", 2, 0)),
    ("pip install uv && uv sync", {**OPEN, "requirements-train.txt": "a==1\n"}, ("pyproject.toml", 2, 0)),
    ("pip install /app", {**OPEN, "requirements-notebook.txt": "c==1\n"}, ("pyproject.toml", 2, 0)),
    ("pip install poetry && install -d /srv", {**LOCK, "requirements.txt": "c\n"}, ("requirements.txt", 1, 0)),
    ("make install", {**LOCK, "requirements-notebook.txt": "seaborn\n"}, ("uv.lock", 1, 1)),
])  # fmt: skip
def test_lists_for_other_things_and_the_installer_itself_are_not_the_service(
    tmp_path: Path, command: str, files: dict[str, str], counted: tuple[str, int, int]
) -> None:
    """What `uv sync` installs was judged by a notebook's list, or by the version of uv: for a loss, or for nothing."""
    assert pins_of(tmp_path, files, f"FROM python:3.11-slim\nCOPY . .\nRUN {command}\n") == counted


@pytest.mark.parametrize(("command", "files", "counted"), [
    ("pip install -r requirements.txt && pip install fastapi lightgbm", {"requirements.txt": "idna==3.10\n"},
     ("requirements.txt", 3, 1)),
    ("pip install -r requirements.txt gunicorn==23.0.0 lightgbm", PINNED, ("requirements.txt", 4, 4)),
    ("pip install uv gunicorn && uv sync --frozen", {**LOCK, **OPEN}, ("uv.lock", 2, 1)),
    ("pip install uv && uv sync --frozen && uv pip install a", {**LOCK, **OPEN}, ("uv.lock", 2, 2)),
    ("pip install --upgrade pip && pip install -r requirements.txt", PINNED, ("requirements.txt", 2, 2)),
])  # fmt: skip
def test_incident_packages_without_versions_beside_a_pinned_list(
    tmp_path: Path, command: str, files: dict[str, str], counted: tuple[str, int, int]
) -> None:
    """One pinned line in a list earned what is paid for pinned packages, all others being installed by name."""
    assert (
        pins_of(tmp_path, files, f"FROM python:3.11-slim\nCOPY {' '.join(files)} ./\nRUN {command}\n")
        == counted
    )
