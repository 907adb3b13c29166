# The image candidates' notebooks are re-executed in, and our probes run in. Nothing of ours is inside.
# Build: docker build --tag takehome/sandbox --file docker/sandbox.Dockerfile docker
FROM python:3.11-slim
LABEL takehome=image

# lightgbm needs the OpenMP run-time library, which the base image does not have.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*

COPY sandbox-requirements.lock /tmp/requirements.lock
RUN pip install --no-cache-dir --require-hashes --only-binary :all: --root-user-action ignore \
        --requirement /tmp/requirements.lock \
    && rm /tmp/requirements.lock \
    && python -m ipykernel install --prefix /usr/local --name python3 --display-name "Python 3"

RUN groupadd --gid 10001 sandbox \
    && useradd --uid 10001 --gid sandbox --no-create-home --home-dir /tmp --shell /usr/sbin/nologin sandbox

# At run time the root is read-only and /tmp a small tmpfs: every cache belongs there, and byte code nowhere.
ENV HOME=/tmp \
    MPLBACKEND=Agg \
    MPLCONFIGDIR=/tmp/matplotlib \
    IPYTHONDIR=/tmp/ipython \
    JUPYTER_RUNTIME_DIR=/tmp/jupyter \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /tmp
USER 10001:10001
CMD ["python3"]
