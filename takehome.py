"""The one command `takehome`: the generator's and the grader's commands side by side, and nothing else."""

from __future__ import annotations

import typer

app = typer.Typer()


def main() -> None:
    """Run the command line."""
    app()
