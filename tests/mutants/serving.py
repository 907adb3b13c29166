"""Mutants of the service: build, start, contract, answers, wrong input, speed and container."""

from __future__ import annotations

from tests.mutants.recipe import NO_SERVICE, Mutant
from tests.mutants.work import Work, edit, serve_odds

MAIN = "app/main.py"
SCORED = "        probabilities = model.probability(columns).tolist()"
ANSWER = '        return Response(json.dumps(answer, allow_nan=False), media_type="application/json")'
BODY = "        body = await request.body()"


def _main(old: str, new: str):  # type: ignore[no-untyped-def]
    return lambda work: edit(work.path(MAIN), old, new)


def _docker(old: str, new: str):  # type: ignore[no-untyped-def]
    return lambda work: edit(work.path("Dockerfile"), old, new)


def no_dockerfile(work: Work) -> None:
    """There is no Dockerfile."""
    work.path("Dockerfile").unlink()


def listens_nowhere(work: Work) -> None:
    """The service asks a server in the network for its model before it listens."""
    edit(
        work.path(MAIN),
        '    model = load_model(Path(os.environ.get("MODEL_DIR", "model")))',
        "    import urllib.request\n    urllib.request.urlopen('http://mlflow.internal:5000/api', timeout=5)\n"
        '    model = load_model(Path(os.environ.get("MODEL_DIR", "model")))',
    )


def every_tenth_waits(work: Work) -> None:
    """Every tenth request of a single row takes two seconds."""
    edit(work.path(MAIN), BODY, "        import asyncio\n        app.state.asked = getattr(app.state, 'asked', 0) + 1\n"
         "        if app.state.asked % 10 == 0 and int(request.headers.get('content-length', 0)) < 20_000:\n"
         "            await asyncio.sleep(2)\n" + BODY)  # fmt: skip


def unpinned(work: Work) -> None:
    """One dependency floats."""
    path = work.path("requirements.txt")
    lines = [
        line.replace("==", ">=") if line.startswith("idna") else line
        for line in path.read_text().splitlines()
    ]
    path.write_text("\n".join(lines) + "\n")


def no_healthcheck(work: Work) -> None:
    """The image declares no health check."""
    lines = work.path("Dockerfile").read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("HEALTHCHECK"))
    work.path("Dockerfile").write_text("\n".join(lines[:start] + lines[start + 2 :]) + "\n")


def deaf_to_sigterm(work: Work) -> None:
    """A shell that ignores SIGTERM is the first process."""
    text = work.path("Dockerfile").read_text()
    command = text[text.rindex("CMD [") :]
    words = " ".join(part.strip().strip('"') for part in command[5:].strip().rstrip("]").split(","))
    shell = f'CMD ["/bin/sh", "-c", "trap \'\' TERM; {words} & while true; do sleep 1; done"]\n'
    work.path("Dockerfile").write_text(text[: text.rindex("CMD [")] + shell)


def data_in_the_image(work: Work) -> None:
    """The issued data goes into the image with the model, and a later step removes it again."""
    data = work.path("model") / "training.bin"
    data.write_bytes((work.bundle / "data" / "snapshots.parquet").read_bytes())
    edit(work.path("Dockerfile"), "COPY model model\n", "COPY model model\nRUN rm model/training.bin\n")


def secret_in_the_image(work: Work) -> None:
    """The settings of the tracking server go into the image, its token with them."""
    (work.path("app") / ".env").write_text("MLFLOW_TRACKING_TOKEN=dapi93a1c40f7be2\n")


MUTANTS = (
    Mutant("no-dockerfile", "serving.starts", 0.99, no_dockerfile, NO_SERVICE, bonus=True),
    Mutant("build-fails", "serving.starts", 0.99, _docker("COPY model model", "COPY models models"), NO_SERVICE,
           bonus=True),
    Mutant("needs-the-network", "serving.starts", 0.6, listens_nowhere, NO_SERVICE, bonus=True),
    Mutant("no-health-route", "serving.starts", 0.15, _main('@app.get("/health")', '@app.get("/status")'),
           ("serving.contract", "serving.bad_input", "serving.container", "evaluation.tracking")),
    Mutant("answers-a-bare-list", "serving.contract", 0.1,
           _main(ANSWER, ANSWER.replace("answer,", "probabilities,"))),
    Mutant("no-call-in-the-answer", "serving.contract", 0.05, _main(', "call": p >= model.threshold}', "}")),
    Mutant("another-route", "serving.contract", 0.3, _main('"/predict",\n', '"/api/v1/score",\n')),
    Mutant("no-openapi", "serving.contract", 0.05,
           _main('app = FastAPI(title="churn", ', 'app = FastAPI(openapi_url=None, title="churn", ')),
    Mutant("another-model-served", "serving.correct", 0.5, lambda work: serve_odds(work, 0.8, -0.2),
           ("evaluation.*", "readme.grounded_in_this_work", "readme.monitoring_outcomes")),
    Mutant("answers-depend-on-the-batch", "serving.correct", 0.1,
           _main(SCORED, "        found = model.probability(columns)\n"
                 "        probabilities = (found if len(rows) > 1 else found * 0.98).tolist()")),
    Mutant("answers-jitter", "serving.correct", 0.1,
           _main(SCORED, "        import random\n        probabilities = "
                 "[min(1.0, p + random.random() * 2e-5) for p in model.probability(columns).tolist()]")),
    Mutant("field-order-matters", "serving.correct", 0.05,
           _main(SCORED, "        first = list(json.loads(body)['rows'][0])[0]\n        probabilities = "
                 "[p if first == 'customer_id' else p * 0.9 for p in model.probability(columns).tolist()]"),
           ("serving.bad_input",)),
    Mutant("fails-on-null", "serving.bad_input", 0.1,
           _main("        columns = {name:", "        if any(row['tenure_months'] is None for row in rows):\n"
                 "            raise RuntimeError('no tenure')\n        columns = {name:"), ("serving.contract",)),
    Mutant("refusals-name-no-field", "serving.bad_input", 0.1,
           _main("            return _refused(_readable(error))",
                 "            return _refused([{'field': 'body', 'message': 'bad request'}])")),
    Mutant("fails-on-an-unknown-level", "serving.bad_input", 0.05,
           _main("        columns = {name:",
                 "        spec = model.spec\n"
                 "        known = {n: {*names, *spec.aliases.get(n, ())} for n, names in spec.levels.items()}\n"
                 "        if any(row[n] is not None and row[n] not in known[n] for row in rows for n in known):\n"
                 "            raise RuntimeError('unknown level')\n        columns = {name:"),
           ("serving.contract", "evaluation.generalises")),
    Mutant("errors-with-status-200", "serving.bad_input", 0.5,
           _main("def _refused(details: list[dict[str, str]], status: int = 422)",
                 "def _refused(details: list[dict[str, str]], status: int = 200)"), ("serving.contract",)),
    Mutant("every-tenth-request-waits", "serving.latency", 0.5, every_tenth_waits),
    Mutant("batch-of-1000-slow", "serving.latency", 0.2,
           _main(SCORED, "        import asyncio\n        if len(rows) >= 1000:\n            await asyncio.sleep(3)\n"
                 + SCORED)),
    Mutant("data-in-the-image", "serving.container", 0.1, data_in_the_image),
    Mutant("secret-in-the-image", "serving.container", 0.1, secret_in_the_image),
    Mutant("secret-in-a-setting", "serving.container", 0.1,
           _docker("USER 10001\n", "ENV MLFLOW_TRACKING_TOKEN=dapi93a1c40f7be2\nUSER 10001\n")),
    Mutant("runs-as-root", "serving.container", 0.15, _docker("USER 10001\n", "")),
    Mutant("dependency-not-pinned", "serving.container", 0.15, unpinned),
    Mutant("no-health-check", "serving.container", 0.15, no_healthcheck),
    Mutant("deaf-to-sigterm", "serving.container", 0.15, deaf_to_sigterm),
    Mutant("writes-to-its-root", "serving.container", 0.15,
           _main('    """Return the service for the model folder in $MODEL_DIR',
                 '    Path("/var/tmp/started").write_text("yes")\n'
                 '    """Return the service for the model folder in $MODEL_DIR')),
)  # fmt: skip
