"""The public images a submission may build from."""

from __future__ import annotations

import re

TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
PYTHON_TAG = (
    r"(?:3\.(?:9|1[0-4])(?:\.\d{1,3})?|3|latest|slim|alpine|bookworm|bullseye|trixie)(?:-[a-z0-9.-]+)?"
)
PUBLIC_BASES: dict[str, str] = {
    "python": PYTHON_TAG,
    "debian": TAG,
    "ubuntu": TAG,
    "alpine": TAG,
    "busybox": TAG,
    "mambaorg/micromamba": TAG,
    "condaforge/miniforge3": TAG,
    "condaforge/mambaforge": TAG,
    "continuumio/miniconda3": TAG,
    "tiangolo/uvicorn-gunicorn-fastapi": TAG,
    "tiangolo/uvicorn-gunicorn": TAG,
    "astral/uv": TAG,
    "ghcr.io/astral-sh/uv": TAG,
    "ghcr.io/mamba-org/micromamba": TAG,
    "gcr.io/distroless/base-debian12": TAG,
    "gcr.io/distroless/cc-debian12": TAG,
    "gcr.io/distroless/python3-debian12": TAG,
    "public.ecr.aws/docker/library/python": PYTHON_TAG,
    "mcr.microsoft.com/devcontainers/python": TAG,
}
"""Repository to the pattern of its allowed tags; Docker Hub names without host and `library/`."""

HUB = re.compile(r"^(?:(?:index\.|registry-1\.|registry\.hub\.)?docker\.(?:io|com)/)?(?:library/(?=[^/]+$))?")
REFERENCE = re.compile(rf"(?P<name>[a-z0-9][a-z0-9._/-]*)(?::(?P<tag>{TAG}))?(?:@sha256:[0-9a-f]{{64}})?")


def is_public_base(reference: str) -> bool:
    """Whether an image reference names an allow-listed public image, or `scratch`.

    >>> [is_public_base(r) for r in ("docker.io/library/python:3.12-slim", "python:2.7", "takehome/sandbox:x")]
    [True, False, False]
    """
    if reference == "scratch":
        return True
    found = REFERENCE.fullmatch(HUB.sub("", reference, count=1))
    if found is None:
        return False
    tags = PUBLIC_BASES.get(found["name"])
    return tags is not None and re.fullmatch(tags, found["tag"] or "latest") is not None
