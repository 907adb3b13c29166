"""The commands `takehome generate` and `takehome issue`: a public bundle and a private vault come out."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from data_generator.errors import GeneratorError, SpecError
from data_generator.interruption import interruptible, raise_if_interrupted

USAGE_ERROR = 2
INTERRUPTED = 130
GENERATE_HELP = """Make the dataset of a seed: `OUT/bundle/` to give away and `OUT/vault/` to keep.

The same seed gives the same data. The key is marked `origin: practice`. More than 250,000 rows come in parts:
snapshots.parquet is then a folder, which readers of Parquet take like a file.

Example: takehome generate --seed 7 --out build/seven --rows 200000 --csv
"""
ISSUE_HELP = """Issue a candidate's own dataset: `OUT/<pseudonym>.zip`, `OUT/message.txt` and, to keep, `OUT/vault/`.

The variant derives from the company secret ($TAKEHOME_SECRET_FILE, made on the first issue) and the name; it is
measured, and the next one is taken where it is easier or harder than the others. What was issued is recorded in
the register; neither bundle nor vault nor zip nor message holds the name. The message has places for the dates, who
decides and where to appeal, which the brief refers to.

Example: takehome issue --candidate "Ada Lovelace" --out issued/ada
"""

PRACTICE_HELP = """Make a bundle to practise on, a copy of the starter to work in, and the key beside them, sealed.

The key is opened by `takehome grade submission --practice`, which shows every defect with a plot and the lines
that show it.

Example: takehome practice --out practice --rows 60000
"""

ENOUGH_ROWS = 60_000
"""Rows from which the reference is known to earn its points; at 5,000 it earns none of the evaluation's."""
Rows = Annotated[int, typer.Option(help="Exact number of issued rows.")]
BlueprintName = Annotated[
    str, typer.Option(help="Which defects: hiring, practice, hard, or a .yaml file with your own counts.")
]
Csv = Annotated[bool, typer.Option("--csv/--no-csv", help="Also write the data as data/snapshots.csv.gz.")]
Workers = Annotated[
    int, typer.Option(help="Processes for more rows than one part holds; 0 means one per processor.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
Out = Annotated[Path, typer.Option(help="New folder to write; must not exist.")]


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
        raise_if_interrupted()


@contextmanager
def one_line(command: str) -> Iterator[None]:
    """Say errors and interruptions in one line each; exit code 2, or 130 when interrupted."""
    try:
        # A polite request to end cleans up like Ctrl-C does.
        with interruptible():
            yield
    except GeneratorError as error:
        typer.echo(f"takehome {command}: {' '.join(str(error).split())}", err=True)
        raise typer.Exit(USAGE_ERROR) from error
    except MemoryError as error:
        typer.echo(f"takehome {command}: rows: not enough memory, expected fewer rows", err=True)
        raise typer.Exit(USAGE_ERROR) from error
    except KeyboardInterrupt as error:
        typer.echo(f"takehome {command}: interrupted; nothing was written", err=True)
        raise typer.Exit(INTERRUPTED) from error


def generate(
    seed: Annotated[int, typer.Option(help="Non-negative integer that fixes everything about the variant.")],
    out: Out,
    rows: Rows = 200_000,
    blueprint: BlueprintName = "hiring",
    csv: Csv = False,
    workers: Workers = 0,
    as_json: AsJson = False,
) -> None:
    """Make the dataset of a seed."""
    with one_line("generate"):
        # Imported here so that the help and other commands do not wait for the numerical libraries.
        from data_generator.blueprint import load_blueprint
        from data_generator.parts import PART_ROWS
        from data_generator.release import check_assignment, write_release
        from data_generator.request import check_rows, check_seed, check_workers
        from data_generator.staging import check_output
        from data_generator.variant import make_variant
        from data_generator.yardstick import measure

        stages = Stages()
        check_seed(seed)
        check_rows(rows)
        check_workers(workers)
        check_output(out)
        check_assignment()
        if rows > PART_ROWS:
            _generate_in_parts(seed, out, rows, blueprint, csv, workers or os.cpu_count() or 1, as_json)
            return
        variant = make_variant(seed, rows, stages.done, load_blueprint(blueprint))
        measured = measure(variant)
        stages.done("yardstick")
        release = write_release(variant, measured, out, csv=csv, progress=stages.done)
    for kind in variant.unmeasurable:
        typer.echo(f"note: {kind} does not show by its own statistic on {rows} rows", err=True)
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
    _show(result, as_json, f"variant {release.variant}: {release.rows} rows", ("bundle", "vault"))


def _generate_in_parts(
    seed: int, out: Path, rows: int, blueprint: str, csv: bool, workers: int, as_json: bool
) -> None:
    from data_generator.blueprint import load_blueprint
    from data_generator.sharded import write_large

    if csv:
        raise SpecError(f"csv: found --csv with {rows} rows in several parts, expected Parquet only")
    large = write_large(
        seed, rows, load_blueprint(blueprint), out, workers, say=lambda line: typer.echo(line, err=True)
    )
    result = {
        "variant": large.release.variant,
        "seed": seed,
        "rows": rows,
        "blueprint": blueprint,
        "unmeasurable": list(large.unmeasurable),
        "bundle": str(large.release.bundle),
        "vault": str(large.release.vault),
        "parts": large.parts,
        "seconds": round(large.seconds, 3),
        "rows_per_second": round(rows / large.seconds),
        "peak_mib_per_process": round(large.peak_mib),
    }
    _show(
        result,
        as_json,
        f"variant {large.release.variant}: {rows} rows in {large.parts} parts",
        ("bundle", "vault"),
    )


def issue(
    candidate: Annotated[str, typer.Option(help="Name or any other text that stands for one person only.")],
    out: Out,
    rows: Rows = 200_000,
    blueprint: BlueprintName = "hiring",
    register: Annotated[
        Path | None, typer.Option(help="The register, one JSON line per issue; by default in your settings.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Issue another variant to a candidate with one.")
    ] = False,
    csv: Csv = False,
    as_json: AsJson = False,
) -> None:
    """Issue a candidate's own dataset."""
    with one_line("issue"):
        from data_generator.issue import Request
        from data_generator.issue import issue as issue_variant
        from data_generator.register import default_register

        request = Request(candidate, out, register or default_register(), rows, blueprint, csv, again)
        issued = issue_variant(request, lambda line: typer.echo(line, err=True))
    entry = issued.entry
    result = {
        "pseudonym": entry.pseudonym,
        "variant": entry.variant,
        "attempt": entry.attempt,
        "rejected": [rejected.model_dump() for rejected in entry.rejected],
        "rows": entry.rows,
        "blueprint": entry.blueprint,
        "zip": str(issued.parcel),
        "message": str(issued.message),
        "bundle": str(issued.release.bundle),
        "vault": str(issued.release.vault),
        "register": str(request.register),
    }
    heading = f"{entry.pseudonym}: variant {entry.variant}, {entry.rows} rows"
    _show(result, as_json, heading, ("zip", "message", "bundle", "vault", "register"))


def practice(
    out: Out,
    seed: Annotated[int | None, typer.Option(help="Which variant; drawn by chance without it.")] = None,
    rows: Rows = 200_000,
    blueprint: BlueprintName = "practice",
    csv: Csv = False,
    as_json: AsJson = False,
) -> None:
    """Make a bundle to practise on."""
    with one_line("practice"):
        from data_generator.practice import make_practice

        drawn = secrets.randbelow(2**31) if seed is None else seed
        made = make_practice(out, drawn, rows, blueprint, csv=csv, progress=Stages().done)
    result = {
        "variant": made.variant,
        "seed": made.seed,
        "rows": made.rows,
        "blueprint": blueprint,
        "bundle": str(out / "bundle"),
        "submission": str(out / "submission"),
        "readme": str(out / "README.md"),
    }
    _show(
        result,
        as_json,
        f"practice variant {made.variant}: {made.rows} rows",
        ("readme", "bundle", "submission"),
    )


def _show(result: dict[str, Any], as_json: bool, heading: str, places: tuple[str, ...]) -> None:
    if result["rows"] < ENOUGH_ROWS:
        few = f"on {result['rows']:,} rows a good model may not be told from chance"
        typer.echo(f"note: {few}; judge nobody on fewer than {ENOUGH_ROWS:,}", err=True)
    if as_json:
        typer.echo(json.dumps(result, indent=2))
    else:
        typer.echo("\n".join([heading, *(f"{name:<8} {result[name]}" for name in places)]))


def register(app: typer.Typer) -> None:
    """Add the generator's commands to the one command line."""
    app.command("generate", help=GENERATE_HELP)(generate)
    app.command("issue", help=ISSUE_HELP)(issue)
    app.command("practice", help=PRACTICE_HELP)(practice)


def main() -> None:
    """Run the generator's commands alone."""
    app = typer.Typer(add_completion=False)
    register(app)
    app()


if __name__ == "__main__":
    main()
