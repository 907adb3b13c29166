"""Make the reference submission for a bundle: audit, train, evaluate, and lay everything out as the brief asks.

    python reference_solution/run.py --bundle DIR --out DIR [--trials 20] [--force] [--json]

Exit codes: 0 done, 2 wrong usage (no bundle there, OUT exists), 1 a step failed. OUT appears complete or not at all.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

PARTS = (
    "app",
    "audit",
    "scoring",
    "templates",
    "training",
    "audit.ipynb",
    "train.py",
    "Dockerfile",
    ".dockerignore",
    "requirements.txt",
)
CELL_SECONDS = 600


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--bundle", type=Path, required=True, help="folder with data/, contract.yaml and data_dictionary.md"
    )
    parser.add_argument("--out", type=Path, required=True, help="submission folder to make")
    parser.add_argument("--trials", type=int, default=20, help="points of the search (default: 20)")
    parser.add_argument("--force", action="store_true", help="replace OUT if it exists")
    parser.add_argument("--json", action="store_true", help="print a summary as JSON on stdout")
    options = parser.parse_args(arguments)
    bundle, out = options.bundle.resolve(), options.out.resolve()
    problem = usage_problem(bundle, out, options.trials, options.force)
    if problem:
        print(f"run.py: {problem}", file=sys.stderr)
        return 2
    started, stages = time.perf_counter(), {}

    def say(message: str) -> None:
        print(f"{time.perf_counter() - started:6.1f} s  {message}", file=sys.stderr, flush=True)

    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        summary = build(bundle, work, out, options.trials, say, stages)
        replace(work, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    say(f"done: {out}")
    if options.json:
        print(json.dumps({**summary, "out": str(out), "seconds": stages}, indent=2))
    return 0


def usage_problem(bundle: Path, out: Path, trials: int, force: bool) -> str | None:
    """Return what is wrong with the arguments, or None."""
    if not (bundle / "contract.yaml").is_file() or not (bundle / "data").is_dir():
        return f"--bundle {bundle}: expected a folder with contract.yaml and data/, found none"
    if out.exists() and not force:
        return f"--out {out}: exists already; choose another folder or add --force"
    if trials < 1:
        return f"--trials {trials}: expected at least 1"
    return None


def build(
    bundle: Path, work: Path, out: Path, trials: int, say: Callable[[str], None], stages: dict[str, float]
) -> dict:
    """Fill `work` with a complete submission whose addresses say `out`, and return its main figures."""
    copy_parts(bundle, work)
    say("executing audit.ipynb")
    begun = time.perf_counter()
    execute_notebook(work, bundle / "data")
    findings = json.loads((work / "findings.json").read_text())["findings"]
    stages["audit"] = round(time.perf_counter() - begun, 1)
    say(
        f"audit: {len(findings)} findings, {sum(one['status'] == 'defect' for one in findings)} of them defects"
    )

    begun = time.perf_counter()
    from training.experiment import run_experiment
    from training.readme import render_readme
    from training.tracking import move_artifact_root

    outcome = run_experiment(bundle, work, findings, trials, say)
    stages["training"] = round(time.perf_counter() - begun, 1)
    (work / "README.md").write_text(render_readme(outcome, findings))
    move_artifact_root(work / "mlflow.db", work, out)
    return {
        "model_version": outcome.version,
        "ships": outcome.ships,
        "baseline": outcome.figures["baseline"],
        "tuned": outcome.figures["tuned"],
        "pr_auc_ci": list(outcome.intervals.tuned),
        "decision": {
            "threshold": outcome.decision.threshold,
            "capacity_share": outcome.decision.capacity_share,
        },
        "findings": len(findings),
    }


def copy_parts(bundle: Path, work: Path) -> None:
    """Copy the code, and the bundle's dictionary, which the audit reads as a witness."""
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in PARTS:
        source = HERE / name
        if source.is_dir():
            shutil.copytree(source, work / name, ignore=ignore)
        else:
            shutil.copy2(source, work / name)
    if (bundle / "data_dictionary.md").exists():
        shutil.copy2(bundle / "data_dictionary.md", work / "data_dictionary.md")


def execute_notebook(work: Path, data: Path) -> None:
    """Run audit.ipynb from top to bottom in a fresh kernel and keep its outputs."""
    import nbformat
    from nbclient import NotebookClient

    path = work / "audit.ipynb"
    notebook = nbformat.read(path, as_version=4)
    environment = {
        **os.environ,
        "DATA_DIR": str(data),
        "OUTPUT_DIR": str(work),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    client = NotebookClient(
        notebook, timeout=CELL_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(work)}}
    )
    client.execute(env=environment)
    nbformat.write(notebook, path)


def replace(work: Path, out: Path) -> None:
    """Put the finished folder in its place; an old one is moved away first and deleted last."""
    work.chmod(0o755)
    old = None
    if out.exists():
        old = out.with_name(f".{out.name}.old{os.getpid()}")
        out.rename(old)
    work.rename(out)
    if old is not None:
        shutil.rmtree(old)


if __name__ == "__main__":
    sys.exit(main())
