"""The one command `takehome`: the generator's and the grader's commands side by side, and the demo of both."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated, NoReturn


def _leave(*_: object) -> NoReturn:
    # No exception: readers written in C turn one into an error of their own and print a traceback.
    os.write(2, b"takehome: interrupted; nothing was written\n")
    os._exit(130)


_IS_THE_COMMAND = __name__ == "__main__" or Path(sys.argv[0]).stem == "takehome"
if _IS_THE_COMMAND and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    # The numerical libraries take seconds to load; Ctrl-C meanwhile is no error of anybody.
    signal.signal(signal.SIGINT, _leave)
try:
    import typer

    import data_generator.cli
    import grader.cli
    import grader.intake.cli
finally:
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent

app = typer.Typer(
    help="Make the data of an ML take-home, and grade what comes back.",
    epilog="Example: takehome explain evaluation.split; every command has --help with an example of its own.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
data_generator.cli.register(app)
grader.cli.register(app)
grader.intake.cli.register(app)


@app.command("demo", epilog="Example: takehome demo --out build/demo")
def demo(
    out: Annotated[Path, typer.Option(help="Folder for bundle, vault, submission and result.")] = Path(
        "build/demo"
    ),
    seed: Annotated[int, typer.Option(help="Seed of the practice variant.")] = 7,
    rows: Annotated[int, typer.Option(help="Rows of the dataset.")] = 200_000,
    executor: Annotated[
        grader.cli.ExecutorChoice, typer.Option(help="local is not isolated.")
    ] = grader.cli.ExecutorChoice.docker,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Run the main job: generate a variant, solve it with the reference, grade it, write the report.

    What has not changed since the last run (the variant, the reference's solution of it, finished phases of the
    grading) is used again; the scores and reports are always made anew.
    """
    out.mkdir(parents=True, exist_ok=True)
    took: list[tuple[str, float]] = []
    data, submission, result = out / "data", out / "submission", out / "result"
    generated = _stamp(f"{seed} {rows}", ROOT / "data_generator", ROOT / "assignment")
    solved = _stamp(generated, ROOT / "reference_solution")
    command = [sys.executable, "-m", "takehome"]
    if not _fresh(data, generated):
        shutil.rmtree(data, ignore_errors=True)
        _step(
            took,
            "generate",
            [*command, "generate", "--seed", str(seed), "--rows", str(rows), "--out", str(data)],
            quiet=as_json,
        )
        _mark(data, generated)
    if not _fresh(submission, solved):
        shutil.rmtree(submission, ignore_errors=True)
        script = str(ROOT / "reference_solution" / "run.py")
        arguments = ["--bundle", str(data / "bundle"), "--out", str(submission)]
        _step(took, "solve", [sys.executable, script, *arguments], quiet=as_json)
        _mark(submission, solved)
    vault = ["--vault", str(data / "vault"), "--out", str(result), "--executor", executor]
    _step(took, "grade", [*command, "grade", str(submission), *vault], quiet=as_json)
    report = json.loads((result / "report.json").read_text(encoding="utf-8"))
    if as_json:
        shown = {name: report[name] for name in ("total", "max", "bonus", "verdict", "executor")}
        typer.echo(json.dumps({**shown, "report": str(result / "report.html"), "seconds": dict(took)}))
        return
    for name, seconds in took:
        typer.echo(f"{name:<10}{seconds:7.1f} s")
    typer.echo(f"total     {sum(seconds for _, seconds in took):7.1f} s")
    if any(flag["id"] == "published_reference" for flag in report["red_flags"]):
        typer.echo("the red flag is meant: what was graded is the published reference solution itself")
    typer.echo(f"open {result / 'report.html'}")


def _step(took: list[tuple[str, float]], name: str, command: list[str], *, quiet: bool = False) -> None:
    typer.echo(f"== {name}", err=True)
    started = time.monotonic()
    code = subprocess.run(command, check=False, stdout=subprocess.DEVNULL if quiet else None).returncode
    took.append((name, time.monotonic() - started))
    if code:
        typer.echo(f"takehome demo: {name} ended with exit code {code}", err=True)
        raise typer.Exit(code)


def _stamp(seed: str, *folders: Path) -> str:
    digest = hashlib.sha256(seed.encode())
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _mark_of(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.made-from")


def _fresh(folder: Path, stamp: str) -> bool:
    mark = _mark_of(folder)
    return folder.is_dir() and mark.is_file() and mark.read_text(encoding="utf-8") == stamp


def _mark(folder: Path, stamp: str) -> None:
    _mark_of(folder).write_text(stamp, encoding="utf-8")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
