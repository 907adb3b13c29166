"""Issued data and secrets are found in every layer of a saved image, and nothing else is taken for them."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from grader.evidence.service import ImageContents
from grader.probes.image.__main__ import look
from grader.probes.image.misplaced import IssuedFile
from tests.grader.probes.probe_harness import read_with

DATA = b"PAR1" + bytes(range(256)) * 8
ISSUED = IssuedFile("snapshots.parquet", len(DATA), hashlib.sha256(DATA).hexdigest())
DESCRIBED = {"config": {"Env": ["PATH=/bin"]}, "history": []}
KEY = b"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n"


def packed(files: dict[str, bytes]) -> bytes:
    """A tar of these files."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def saved(path: Path, *layers: dict[str, bytes], pack=packed, described: object = None) -> Path:
    """An image of these layers as an engine saves it, with its description."""
    names = [f"{number}/layer.tar" for number in range(len(layers))]
    members = {name: pack(layer) for name, layer in zip(names, layers, strict=True)}
    manifest = json.dumps([{"Config": "c.json", "Layers": names}]).encode()
    config = json.dumps(DESCRIBED if described is None else described).encode()
    path.write_bytes(packed({**members, "c.json": config, "manifest.json": manifest}))
    return path


def found(tmp_path: Path, *layers: dict[str, bytes]) -> tuple[list[str], list[str]]:
    """The issued data and the secrets in an image of these layers."""
    told = look(saved(tmp_path / "image.tar", *layers), [ISSUED])
    return told["data"], told["secrets"]


def test_the_probe_finds_what_a_later_layer_removes(tmp_path: Path) -> None:
    """A removed file is still in the image that everyone pulls; layers may be compressed."""
    layers = ({"./app/d.bin": DATA, "app/id_rsa": KEY}, {"app/.wh.d.bin": b"", "app/.wh.id_rsa": b""})
    archive = saved(tmp_path / "i.tar", *layers, pack=lambda files: gzip.compress(packed(files)))
    issued = json.dumps([{"name": "snapshots.parquet", "size": ISSUED.size, "sha256": ISSUED.sha256}])
    told, _ = read_with("image", ImageContents, issued, image_archive=archive)
    assert told == ImageContents(files=4, data=("app/d.bin",), secrets=("app/id_rsa",))


@pytest.mark.parametrize("content", [b"", b"no tar", packed({"manifest.json": b"[{}]"}), packed({"a": b""}),
                                     packed({"manifest.json": b'[{"Layers": ["gone"]}]'})])  # fmt: skip
def test_a_damaged_image_is_told_as_a_problem(tmp_path: Path, content: bytes) -> None:
    """What cannot be read is said, and is no finding."""
    archive = tmp_path / "i.tar"
    archive.write_bytes(content)
    told, _ = read_with("image", ImageContents, "[]", image_archive=archive)
    assert told.problem
    assert not told.data


def test_issued_data_is_known_by_content_and_by_name(tmp_path: Path) -> None:
    """A copy under any name, and the data written again; not another file of its size or a small one of its name."""
    again = bytes(2 << 20)
    data, _ = found(tmp_path, {
        "srv/model/weights.bin": DATA, "srv/data/Snapshots.csv": again, "srv/snapshots.csv.gz": again,
        "srv/other.parquet": DATA[::-1], "srv/snapshots.json": b"{}", "srv/mlruns/mlflow.db": again,
        "srv/train_reference.parquet": again,
    })  # fmt: skip
    assert data == ["srv/model/weights.bin", "srv/data/Snapshots.csv", "srv/snapshots.csv.gz"]


SECRETS = {
    "srv/.env": b"PORT=8000\nMLFLOW_TRACKING_TOKEN=dapi93a1\n",
    "srv/.env.production": b"export DB_PASSWORD='hunter22'\n",
    "root/.aws/credentials": b"[default]\naws_secret_access_key = wJalr\n",
    "root/.netrc": b"machine a login b password c\n",
    "root/.ssh/id_ed25519": b"-----BEGIN OPENSSH PRIVATE KEY-----\n",
    "usr/src/app/tls/server.pem": KEY,
    "etc/pip.conf": b"[global]\nextra-index-url = https://ada:8f14e45f@pypi.acme.io/simple\n",
    "srv/requirements.txt": b"numpy\n--extra-index-url https://__token__:glpat-8f14e@git.acme.io/simple\n",
    "app/.env.prod": b"DATABASE_URL=postgresql://churn:t7Kw-9@db.acme.io:5432/churn\n",
    "srv/service-account-prod.json": b'{"private_key": "-----BEGIN PRIVATE KEY-----"}',
}
HARMLESS = {
    "srv/.env.example": b"DB_PASSWORD=hunter22\n",
    "app/.env": b"PORT=8000\nAPI_KEY=\nTOKEN=changeme\nPASSWORD=${PASSWORD}\nMODEL_DIR=model\n",
    "etc/ssl/private/ssl-cert-snakeoil.key": KEY,
    "usr/lib/ssl/cert.pem": KEY,
    "opt/venv/lib/python3.11/site-packages/tornado/test/test.key": KEY,
    "root/.pyenv/versions/3.11.9/lib/python3.11/test/keycert.pem": KEY,
    "opt/miniforge3/lib/python3.12/test/certdata/ssl_key.pem": KEY,
    "home/app/.pip/pip.conf": b"[global]\nindex-url = https://${USER}:${TOKEN}@pypi.acme.io/simple\n",
    "srv/requirements-dev.txt": b"numpy @ git+https://git@github.com/numpy/numpy@v2 # user:password@host\n",
    "app/.env.dev": b"DATABASE_URL=postgres://postgres:postgres@db:5432/x\nBROKER=amqp://guest:guest123@mq\n",
    "app/.env.local": b"DATABASE_URL=postgres://churn:t7Kw-9@localhost/churn\n",
    "srv/ca.pem": b"-----BEGIN CERTIFICATE-----\n",
    "srv/id_rsa.pub": b"ssh-rsa AAAA",
    "srv/environment.py": b"API_KEY = 'abcdefgh'\n",
}


def test_secrets_are_known_by_name_and_content(tmp_path: Path) -> None:
    """Keys and credentials that are set count; samples, placeholders, certificates and packages' test keys do not."""
    assert found(tmp_path, {**SECRETS, **HARMLESS}) == ([], list(SECRETS))


@pytest.mark.parametrize("line", [
    "MAX_TOKENS=4096", "MAX_TOKEN=4096", "API_KEY_HEADER=X-API-Key", "SECRET_KEY_FILE=/run/secrets/app",
    "ACCESS_TOKEN_EXPIRE_MINUTES=3600", "PASSWORD_MIN_LENGTH=1000", "USE_TOKEN=enabled", "USE_TOKEN=disabled",
    "API_KEY=dummy", "API_KEY='dummy-key'", "API_KEY=replace_me", "DB_PASSWORD=/run/secrets/db", "TOKEN=12345678",
    "TOKEN=\"/run/secrets/token\"", "API_KEY=test", "API_KEY=test_key", "API_KEY=dev-only", "API_KEY=example",
    "API_KEY = changeme", "API_KEY=\nPORT=8000", "API_KEY= # set in production", "RATE_TOKEN=1000 # an hour",
    "EOS_TOKEN=[EOS]", "MISSING_TOKEN=missing", "UNK_TOKEN=unknown", "API_KEY=not-set", "API_KEY=unset",
    "API_KEY=demo",
])  # fmt: skip
def test_incident_settings_about_secrets_were_taken_for_secrets(line: str, tmp_path: Path) -> None:
    """A length, a header's name, a path, or a placeholder tells nobody anything."""
    assert found(tmp_path, {"app/.env": f"PORT=8000\n{line}\nMODEL_DIR=model\n".encode()}) == ([], [])


@pytest.mark.parametrize("line", [
    "MLFLOW_TRACKING_TOKEN=dapi93a1c40f7be2", "SECRET_KEY=9f3ab2c1", "export AWS_SECRET_ACCESS_KEY=abcdEFGH1234",
    "API_KEY=sk_test_51H8x", "apikey = '8f14e45f'", "CLIENT_SECRET=1a79a4d6", "DB_PASSWORD=devil-may-care",
    "DB_PASSWORD=0451.x", "TOKEN=testament7", "API_KEY=unset9d1f",
])  # fmt: skip
def test_a_secret_that_is_set_is_seen_among_other_settings(line: str, tmp_path: Path) -> None:
    """A value that only begins as a placeholder or a number does is one."""
    env = {"app/.env": f"MAX_TOKENS=4096\n{line}\nMODEL_DIR=model\n".encode()}
    assert found(tmp_path, env) == ([], ["app/.env"])


def test_too_many_files_are_told(tmp_path: Path) -> None:
    """Nothing can be hidden behind more files than are looked at."""
    archive = saved(tmp_path / "i.tar", {f"f{n}": b"" for n in range(5)} | {"d": DATA})
    assert look(archive, [ISSUED], most=5)["capped"] is True
    assert "capped" not in look(archive, [ISSUED], most=6)


def test_settings_that_are_secrets_are_named_and_never_shown(tmp_path: Path) -> None:
    """What ENV or a build's argument sets is in the image's own description; its value is not kept a second time."""
    described = {
        "config": {
            "Env": [
                "PATH=/bin",
                "GPG_KEY=A035C8C19219BA82",
                "API_KEY=sk-93a1f",
                "TOKEN=",
                "PASSWORD=changeme",
            ]
        },
        "history": [
            {"created_by": "ARG DB_PASSWORD=hunter22"},
            {"created_by": "RUN |2 MODE=fast HF_TOKEN=hf_93a1f /bin/sh -c pip install . # buildkit"},
            {"created_by": "/bin/sh -c #(nop)  ENV API_KEY=sk-93a1f"},
            {"comment": "nothing of a step"},
        ],
    }
    told = look(saved(tmp_path / "image.tar", {"app/a": b"1"}, described=described), [ISSUED])
    assert told["secrets"] == ["setting API_KEY", "setting DB_PASSWORD", "setting HF_TOKEN"]
    assert "93a1f" not in json.dumps(told)


@pytest.mark.parametrize(
    "described", [[], {"config": None, "history": None}, {"config": {"Env": 3}}, {"history": [3]}]
)
def test_a_description_of_another_form_is_no_finding(tmp_path: Path, described: object) -> None:
    """An engine that describes an image otherwise makes nobody guilty, and what cannot be read is a problem told."""
    archive = saved(tmp_path / "i.tar", {"app/a": b"1"}, described=described)
    told, _ = read_with("image", ImageContents, "[]", image_archive=archive)
    assert told.secrets == ()


def test_an_address_with_a_password_is_a_secret_in_settings_and_steps(tmp_path: Path) -> None:
    """A private index is often passed so: the word secret is nowhere, and everyone who pulls the image reads it.

    A setting is named once, although the step that it was given to holds it too.
    """
    index = "https://ada:8f14e45f@pypi.acme.io/simple"
    described = {
        "config": {"Env": ["PATH=/bin", f"PIP_INDEX_URL={index}", "PROXY=http://proxy:3128"]},
        "history": [
            {"created_by": "FROM scratch"},
            {"created_by": f"RUN |1 PIP_EXTRA_INDEX_URL={index} /bin/sh -c pip install churn"},
            {"created_by": "RUN /bin/sh -c pip install -i https://ada:1a79a4d6@pypi.acme.io/simple churn"},
            {"created_by": "RUN /bin/sh -c pip install -i https://${USER}:${PASS}@pypi.acme.io/simple churn"},
        ],
    }
    told = look(saved(tmp_path / "image.tar", {"app/a": b"1"}, described=described), [ISSUED])
    assert told["secrets"] == [
        "setting PIP_INDEX_URL", "setting PIP_EXTRA_INDEX_URL", "step 3 of the build",
    ]  # fmt: skip
    assert not any(password in json.dumps(told) for password in ("8f14e45f", "1a79a4d6"))
