"""What a Dockerfile installs by name: found where it leaves a version open, in peace where it does not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from grader.execution.install_lines import installed_by_name

FROM = "FROM python:3.11-slim\n"
LISTS = {
    "requirements.txt": "lightgbm==4.5.0\nfast_api[all]==0.115.0 ; python_version < '4'\n-c pins.txt\nopen>=1\n",
    "pins.txt": "",
    "constraints.txt": "numpy==2.0.0\nscipy==1.*\n",
    "more/constraints.txt": "joblib==1.4.2\n",
    "poetry.lock": '[[package]]\nname = "uvicorn"\nversion = "0.30"\n',
    "environment.yml": "dependencies:\n  - pandas=2.2\n  - pip:\n      - shap==0.46\n",
    "requirements-other.txt": "xgboost==2.0\n",
    "deps/pins-of-web.txt": "starlette==0.38.0\n",
}


def open_names(dockerfile: str) -> list[str]:
    """Return what is installed without one version."""
    return [one.name for one in installed_by_name(dockerfile, LISTS, LISTS.__getitem__) if not one.exact]


@pytest.mark.parametrize("command", [
    "pip install --no-cache-dir -r requirements.txt",
    "pip install -e .", "pip install .", "pip install '.[serve]'", "pip install ./service /app/ churn/",
    "pip install poetry==1.8.3", "pip install poetry && poetry install", "pip install 'uv>=0.4' pip-tools",
    "pip install --upgrade pip", "pip install -U 'pip<25' setuptools wheel", "pip install -qU pip",
    "python -m pip install --root-user-action ignore --no-cache-dir a==1.0",
    "pip install /wheels/*.whl", "pip install model-1.0-py3-none-any.whl dist/x.tar.gz",
    "pip install git+https://github.com/a/b@0123456 'x @ https://example.org/x.whl'",
    "pip install --only-binary lightgbm --timeout 100 --index-url https://a.b/c -i https://d.e a==1",
    "pip install --no-index --find-links=/wheels fastapi uvicorn gunicorn",
    "uv pip install --system --exclude-newer 2024-06-01 gunicorn",
    "uv sync --frozen --no-dev", "uv export > requirements.txt", "pip install --no-deps -rrequirements.txt",
    "pip install $PACKAGES ${MORE} lightgbm==${V} gunicorn$W", "pip install $(cat names.txt) `cat requirements.txt b`",
    "cat requirements.txt | xargs pip install", "pip install a==1.0 > /dev/null 2>&1",
    "pip install a==1.0 &> log", "echo pip install gunicorn", 'echo "pip install gunicorn"',
    "pip uninstall -y wheel gunicorn", "pip check", "pip cache purge", "apt-get install -y python3-pip gunicorn",
    "if [ -n \"$DEV\" ]; then pip install pytest; fi", "which gunicorn || pip install gunicorn",
    "pip install -r requirements.txt lightgbm fast-api", "pip install -c constraints.txt numpy",
    "PIP_CONSTRAINT=/x/constraints.txt pip install numpy joblib", "pip install uvicorn",
    "conda install -y -c conda-forge python=3.11 lightgbm=4.5 numpy==1.26 conda-forge::scipy=1.14=py311_0",
    "micromamba install -y -n base -f environment.yml", "conda install libgomp llvm-openmp pip",
    "conda run -n base pip install -r requirements.txt", "pip install a==1 # gunicorn beside it",
    "pip install a==1 \\\n  # why\n  b==2", "[\"pip\", \"install\", \"a==1\"]",
    "<<EOF\npip install a==1 \\\n  b==2\nEOF", "python <<EOF\nprint('pip install x')\nEOF",
    "sh -c 'pip install -r requirements.txt'", "pip install 'unclosed gunicorn",
])  # fmt: skip
def test_honest_forms_leave_nothing_open(command: str) -> None:
    """A version kept elsewhere, a path, a tool that installs, or what the text does not tell accuses nobody."""
    assert open_names(f"{FROM}COPY requirements.txt poetry.lock environment.yml ./\nRUN {command}\n") == []


@pytest.mark.parametrize("command", [
    "pip install -c /app/deps/pins-of-web.txt starlette", "pip install -cpins-of-web.txt starlette",
    "pip install --constraint=/srv/pins-of-web.txt starlette",
    "PIP_CONSTRAINT='/srv/pins-of-web.txt' pip install starlette",
    "pip install keyring artifacts-keyring keyrings.google-artifactregistry-auth", "pip install -U pip certifi",
    "conda install -n base conda-libmamba-solver && conda env create -f environment.yml",
])  # fmt: skip
def test_incident_constraints_by_another_name_and_what_helps_to_install_were_open(command: str) -> None:
    """A list is constraints by its use, and what signs in to an index or resolves names is no dependency."""
    assert open_names(f"{FROM}COPY requirements.txt ./\nRUN {command}\n") == []
    assert open_names(f"{FROM}COPY deps/pins-of-web.txt ./\nRUN pip install starlette\n") == ["starlette"]


@pytest.mark.parametrize(("command", "told"), [
    ("pip install -r requirements.txt && /opt/venv/bin/pip install --no-cache-dir fastapi uvicorn",
     ["fastapi", "uvicorn"]),
    ("pip install -r requirements.txt gunicorn", ["gunicorn"]),
    ("pip install --no-cache-dir \\\n    # comment\n    'fastapi[all]>=0.100' \\\n    a~=1.0 b==1.* c<2,>1",
     ["fastapi[all]>=0.100", "a~=1.0", "b==1.*", "c"]),
    ("--mount=type=cache,target=/root/.cache pip3 install gunicorn", ["gunicorn"]),
    ("[\"python3.11\", \"-m\", \"pip\", \"install\", \"gunicorn\"]", ["gunicorn"]),
    ("[\"/bin/sh\", \"-c\", \"pip install gunicorn\"]", ["gunicorn"]),
    ("bash -exc 'cd /x && pip install gunicorn'", ["gunicorn"]),
    ("set -eux; . /opt/venv/bin/activate; pip install gunicorn", ["gunicorn"]),
    ("(cd /x; PIP_NO_CACHE_DIR=/y/z pip --no-input install gunicorn)", ["gunicorn"]),
    ("<<EOF\nset -e\npip install gunicorn \\\n  uvicorn\nEOF", ["gunicorn", "uvicorn"]),
    ("pip install open xgboost", ["open", "xgboost"]),
    ("pip install -c constraints.txt scipy", ["scipy"]),
    ("uv pip install --system --no-cache gunicorn", ["gunicorn"]),
    ("uv pip install --python /opt/venv gunicorn", ["gunicorn"]),
    ("pip install torch --index-url https://download.pytorch.org/whl/cpu", ["torch"]),
    ("pip wheel -w /wheels gunicorn", ["gunicorn"]),
    ("conda install -y -c conda-forge catboost 'numpy>=1' conda-forge::scipy", ["catboost", "numpy>=1", "scipy"]),
    ("conda run -n base pip install gunicorn", ["gunicorn"]),
    ("mamba create -n x python=3.11 gunicorn", ["gunicorn"]),
])  # fmt: skip
def test_names_without_one_version_are_found(command: str, told: list[str]) -> None:
    """However the line is written, a package that any version satisfies is open."""
    assert open_names(f"{FROM}COPY requirements.txt .\nRUN {command}\n") == told


@pytest.mark.parametrize(("last", "counts"), [
    ("COPY --from=made /opt/venv /opt/venv", True),
    ("COPY --from=made /app /app", True),
    ("COPY --from=made /app/.venv /app/.venv", True),
    ("COPY --from=0 /usr/local/lib/python3.11 /usr/local/lib/python3.11", True),
    ("COPY --from=made /wheels/*.whl /wheels/", True),
    ("RUN --mount=type=bind,from=made,source=/wheels,target=/w pip install /w/*.whl", True),
    ("COPY --from=made requirements.txt .", False),
    ("COPY --from=made /srv/model /srv/model/", False),
    ("COPY --from=made /app/out/ /app/out/", False),
    ("COPY --from=made /srv/model/ /srv/model/", False),
    ("COPY --from=made /opt/venv/ /opt/venv/", True),
    ("COPY --from=made /app/mlruns /app/outputs /app/", False),
    ("RUN pip install -r requirements.txt", False),
])  # fmt: skip
def test_only_what_the_image_takes_counts(last: str, counts: bool) -> None:
    """A stage for tests, or one that hands over a model or a list, installs nothing that is served."""
    text = f"{FROM[:-1]} AS made\nRUN pip install gunicorn\n{FROM}{last}\n"
    assert bool(open_names(text)) is counts
    assert open_names(f"{text.replace(FROM + last, 'FROM made' + chr(10) + last)}") == ["gunicorn"]


def test_lines_are_told() -> None:
    """A person finds the line that is meant."""
    found = installed_by_name(FROM + "\nRUN pip install a==1 \\\n  b\n", (), str)
    assert [(one.line, one.name, one.exact) for one in found] == [(3, "a==1", True), (3, "b", False)]


@pytest.mark.parametrize(
    "text",
    [
        "RUN pip install a\n",
        "RUN pip install a ",
        "RUN pip; ",
        "RUN pip (",
        "a ",
        "RUN pip <<A\n",
        "# ",
        "=1 ",
        "-c",
        "-c/",
        "-c ",
    ],
)
def test_hostile_texts_take_no_time(tmp_path: Path, text: str) -> None:
    """A quarter of a megabyte of anything, and many lists, are read in about the time of one pass."""
    whole = text * (256 * 1024 // len(text))
    files = {f"{number}/requirements.txt": 1 for number in range(2000)} | {"poetry.lock": 1}
    began = time.process_time()
    for dockerfile in (
        whole,
        "RUN pip install " + whole,
        FROM + "RUN pip install b\n# requirements.txt poetry.lock\n",
    ):
        installed_by_name(dockerfile, files, lambda _: whole)
    assert time.process_time() - began < 8
