"""The command `takehome generate`: a seed in, a public bundle and a private vault out."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from data_generator.errors import GeneratorError

USAGE_ERROR = 2
HELP = """Make the dataset of a seed: `OUT/bundle/` to give away and `OUT/vault/` to keep.

The same seed gives the same data. The key is marked `origin: practice`.

Example: takehome generate --seed 7 --out build/seven --rows 200000 --csv
"""


@dataclass
class Stages:
    """Elapsed seconds by stage, said on stderr as they end."""

    started: float = field(default_factory=time.perf_counter)
    seconds: dict[str, float] = field(default_factory=dict)

    def done(self, stage: str) -> None:
        """Note that a stage has ended and say how long it took."""
        now = time.perf_counter()
        self.seconds[stage] = round(now - self.started, 3)
        self.started = now
        typer.echo(f"{stage:<10} {self.seconds[stage]:7.2f} s", err=True)


def generate(
    seed: Annotated[int, typer.Option(help="Non-negative integer that fixes everything about the variant.")],
    out: Annotated[Path, typer.Option(help="New folder to write; must not exist.")],
    rows: Annotated[int, typer.Option(help="Exact number of issued rows, at least 2000.")] = 200_000,
    blueprint: Annotated[
        str, typer.Option(help="Which defects: hiring, practice, hard, or a .yaml file with your own counts.")
    ] = "hiring",
    csv: Annotated[
        bool, typer.Option("--csv/--no-csv", help="Also write the data as data/snapshots.csv.gz.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")] = False,
) -> None:
    """Make the dataset of a seed."""
    # Imported here so that the help and other commands do not wait for the numerical libraries.
    from data_generator.blueprint import load_blueprint
    from data_generator.release import check_assignment, check_output, write_release
    from data_generator.variant import make_variant
    from data_generator.yardstick import measure

    stages = Stages()
    try:
        check_output(out)
        check_assignment()
        variant = make_variant(seed, rows, stages.done, load_blueprint(blueprint))
        measured = measure(variant)
        stages.done("yardstick")
        release = write_release(variant, measured, out, csv=csv, progress=stages.done)
    except GeneratorError as error:
        typer.echo(f"takehome generate: {error}", err=True)
        raise typer.Exit(USAGE_ERROR) from error
    result = {
        "variant": release.variant,
        "seed": seed,
        "rows": release.rows,
        "blueprint": blueprint,
        "unmeasurable": list(variant.unmeasurable),
        "bundle": str(release.bundle),
        "vault": str(release.vault),
        "seconds": stages.seconds,
    }
    for kind in variant.unmeasurable:
        typer.echo(f"note: {kind} does not show by its own statistic on {rows} rows", err=True)
    if as_json:
        typer.echo(json.dumps(result, indent=2))
    else:
        typer.echo(
            f"variant {release.variant}: {release.rows} rows\nbundle  {release.bundle}\nvault   {release.vault}"
        )


def register(app: typer.Typer) -> None:
    """Add the generator's commands to the one command line."""
    app.command("generate", help=HELP)(generate)


def main() -> None:
    """Run `generate` alone."""
    app = typer.Typer(add_completion=False)
    app.command(help=HELP)(generate)
    app()


if __name__ == "__main__":
    main()
