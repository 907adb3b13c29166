"""The command `takehome pack`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from grader.command_line import errors_shown
from grader.intake.packing import pack


def register(app: typer.Typer) -> None:
    """Add `pack` to a command line application."""

    @app.command("pack", epilog="Example: takehome pack . --out ../ada.zip")
    def pack_command(
        folder: Annotated[Path, typer.Argument(help="The folder of the submission.")] = Path(),
        out: Annotated[
            Path | None, typer.Option("--out", help="The zip; default: beside the folder, named like it.")
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    ) -> None:
        """Pack a submission into a clean zip, and say what was left out and what its receipt will name."""
        here = folder.resolve()
        with errors_shown():
            packed = pack(folder, out or here.with_name(f"{here.name or 'submission'}.zip"))
        found = packed.submission
        if as_json:
            shown = {"path": str(packed.path), "bytes": packed.size, "sha256": found.sha256}
            typer.echo(json.dumps({**shown, "files": found.files, "left_out": found.skipped}))
            return
        typer.echo(f"{packed.path}: {len(found.files)} files, {packed.size:,} bytes")
        if found.skipped:
            typer.echo(f"left out: {', '.join(found.skipped)}")
        typer.echo(f"content sha256 {found.sha256} (the report's name will be {found.name})")
