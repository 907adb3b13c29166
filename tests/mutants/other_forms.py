"""More good solutions in another form: other servers, numbers, names of figures, pictures and notebooks."""

from __future__ import annotations

import re
from typing import Any

import nbformat
import numpy as np
from PIL import Image

from tests.mutants.recipe import Equivalent
from tests.mutants.work import SCORES, Work, claims_of, edit, predictions_of, put_claims, put_evaluated

MAIN = "app/main.py"
SCORED = "        probabilities = model.probability(columns).tolist()"
APPLIED = "        return self.calibration.apply(self.estimator.raw(encode(columns, self.spec)))"
NO_CHANCE = 0.03
"""Share of the rows that a step function of few churners puts at zero."""


def gunicorn(work: Work) -> None:
    """gunicorn with two uvicorn workers, as FastAPI's older guide has it."""
    requirements = work.path("requirements.txt")
    text = requirements.read_text(encoding="utf-8")
    requirements.write_text(f"{text}gunicorn==23.0.0\npackaging==24.2\n", encoding="utf-8")
    work.path("app/wsgi.py").write_text("from app.main import service\n\napp = service()\n", encoding="utf-8")
    docker = work.path("Dockerfile")
    text, found = re.subn(
        r'(?m)^CMD \["/opt/venv/bin/python", "-m", "uvicorn".*$',
        'CMD ["/opt/venv/bin/gunicorn", "app.wsgi:app", "-k", "uvicorn.workers.UvicornWorker", "-w", "2", '
        '"-b", "0.0.0.0:8000", "--worker-tmp-dir", "/tmp"]',
        docker.read_text(encoding="utf-8"),
    )
    assert found == 1, "the reference is started otherwise"
    docker.write_text(text, encoding="utf-8")


def single_precision(work: Work) -> None:
    """Values go in and probabilities come out in single precision, as ONNX and torch have them."""
    edit(work.path("scoring/model.py"), APPLIED,
         "        matrix = np.asarray(encode(columns, self.spec), dtype=np.float32)\n"
         "        return self.calibration.apply(self.estimator.raw(matrix)).astype(np.float32)")  # fmt: skip


def four_decimals(work: Work) -> None:
    """The service rounds its answers to four decimals, within what the brief says they must agree."""
    edit(work.path(MAIN), SCORED,
         "        probabilities = [round(p, 4) for p in model.probability(columns).tolist()]")  # fmt: skip


def unknown_levels_refused(work: Work) -> None:
    """A level that training never saw is refused with 422 and its field, which the brief allows."""
    edit(work.path(MAIN), "        columns = {name:",
         "        spec = model.spec\n"
         "        known = {n: {*names, *spec.aliases.get(n, ())} for n, names in spec.levels.items()}\n"
         "        for place, row in enumerate(rows):\n"
         "            for n in known:\n"
         "                if row[n] is not None and row[n] not in known[n]:\n"
         "                    return _refused([{'field': f'rows.{place}.{n}', 'message': 'unknown level'}])\n"
         "        columns = {name:")  # fmt: skip


def zeros_of_isotonic(work: Work) -> None:
    """The unlikeliest have a probability of exactly zero, as isotonic regression on few churners gives it."""
    frame = predictions_of(work)
    least = float(np.quantile(frame["p_tuned"], NO_CHANCE))
    for name in SCORES:
        frame.loc[frame[name] <= least, name] = 0.0
    edit(work.path("scoring/model.py"), APPLIED,
         "        p = self.calibration.apply(self.estimator.raw(encode(columns, self.spec)))\n"
         f"        return np.where(p <= {least!r}, 0.0, p)")  # fmt: skip
    put_evaluated(work, frame)


def one_picture(work: Work) -> None:
    """Both plots side by side in one picture, its name written together."""
    plots = [
        Image.open(work.path(f"evaluation/{name}.png")).convert("RGB") for name in ("calibration", "pr_curve")
    ]
    both = Image.new("RGB", (sum(p.width for p in plots), max(p.height for p in plots)), "white")
    both.paste(plots[0], (0, 0))
    both.paste(plots[1], (plots[0].width, 0))
    for name in ("calibration.png", "pr_curve.png"):
        for path in list(work.folder.rglob(name)):
            path.unlink()
    both.save(work.path("evaluation/CalibrationAndPrecisionRecall.png"))


def _put_only_claims(work: Work, claims: dict[str, Any]) -> None:
    """Submit these figures; the copies of the old ones among the artefacts of the store go."""
    put_claims(work, claims)
    for path in list(work.path("mlartifacts").rglob("metrics.json")):
        path.unlink()


def names_of_scikit_learn(work: Work) -> None:
    """Figures under the names of scikit-learn and of rankings, the interval by its percentiles."""
    claims = claims_of(work)
    names = {"pr_auc": "average_precision", "brier": "brier_score_loss", "precision_at_capacity": "precision@10%",
             "recall_at_capacity": "recall@10%", "base_rate": "prevalence"}  # fmt: skip
    for model in ("baseline", "tuned"):
        told = claims[model]
        low, high = told.pop("pr_auc_ci")
        claims[model] = {names.get(name, name): value for name, value in told.items()}
        claims[model]["average_precision_ci"] = {"2.5%": low, "97.5%": high}
    _put_only_claims(work, claims)


def champion_and_challenger(work: Work) -> None:
    """The two models are called champion and challenger with what they are; an end of the interval has its own key."""
    claims = claims_of(work)
    for model, name in (("baseline", "champion_logistic"), ("tuned", "challenger_lightgbm")):
        told = claims.pop(model)
        told["pr_auc_ci_lo"], told["pr_auc_ci_hi"] = told.pop("pr_auc_ci")
        claims[name] = told
    _put_only_claims(work, claims)


def parameterised_notebook(work: Work) -> None:
    """A notebook for papermill in a kernel of the author's: parameters, magics, a shell line and a bare `await`."""
    path = work.path("audit.ipynb")
    book = nbformat.read(path, as_version=4)
    sources = (
        "DATA = None\nOUTPUT = None",
        "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n"
        "%config InlineBackend.figure_format = 'retina'\n!ls -la | head -3\n"
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "%%time\nfrom IPython.display import Markdown, display\ndisplay(Markdown('Started.'))",
        "import asyncio\nawait asyncio.sleep(0.01)",
    )
    for number, source in enumerate(sources):
        cell = nbformat.v4.new_code_cell(source)
        cell["id"] = f"own-{number}"
        book.cells.insert(1 + number, cell)
    book.cells[1].metadata["tags"] = ["parameters"]
    book.metadata["kernelspec"] = {
        "name": "churn-env",
        "display_name": "churn (conda)",
        "language": "python",
    }
    book.metadata["papermill"] = {"parameters": {"DATA": "data"}}
    nbformat.write(book, path)


EQUIVALENTS = (
    Equivalent("gunicorn-with-two-workers", gunicorn),
    Equivalent("single-precision", single_precision),
    Equivalent("answers-of-four-decimals", four_decimals),
    Equivalent("unknown-levels-refused", unknown_levels_refused),
    Equivalent("zeros-of-isotonic-regression", zeros_of_isotonic),
    Equivalent("both-plots-in-one-picture", one_picture),
    Equivalent("figures-named-as-scikit-learn-does", names_of_scikit_learn),
    Equivalent("champion-and-challenger", champion_and_challenger),
    Equivalent("notebook-for-papermill", parameterised_notebook),
)
