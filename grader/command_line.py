"""What all commands share: an error of ours is one line on standard error and its exit code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from grader.errors import GraderError


@contextmanager
def errors_shown() -> Iterator[None]:
    """Turn our errors, and an interruption, into one line on standard error and their exit code."""
    try:
        yield
    except GraderError as error:
        typer.echo(f"takehome: {' '.join(str(error).split())}", err=True)
        raise typer.Exit(error.exit_code) from error
    except KeyboardInterrupt as error:
        typer.echo("takehome: interrupted; nothing was left behind", err=True)
        raise typer.Exit(130) from error
