"""What all commands share: options, and an error of ours as one line on standard error and its exit code."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from grader.errors import GraderError, SandboxError

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
RubricPath = Annotated[Path, typer.Option("--rubric", help="Another rubric file.")]
LimitsPath = Annotated[Path | None, typer.Option("--limits", help="A YAML file over the default limits.")]
PhaseCachePath = Annotated[
    Path | None,
    typer.Option(
        "--phase-cache",
        envvar="TAKEHOME_PHASE_CACHE",
        help="Where finished phases are kept; default: takehome/phases in the user's cache folder.",
    ),
]

OfflineBuild = Annotated[
    bool,
    typer.Option(
        "--offline-build",
        help="No network for the steps of a submission's build, nor for its notebook's packages; what then "
        "cannot be installed stays pending.",
    ),
]


@contextmanager
def errors_shown(
    interrupted: str | Callable[[], str] = "nothing was left behind",
) -> Iterator[None]:
    """Turn our errors, and an interruption, into one line on standard error and their exit code.

    `interrupted` says what remains of the work; where that depends on how far it came, it is asked for then.
    """
    try:
        yield
    except GraderError as error:
        typer.echo(f"takehome: {' '.join(str(error).split())}", err=True)
        raise typer.Exit(error.exit_code) from error
    except OSError as error:
        # With a name it is about a file, and whoever writes that says more; without one it is standard output.
        if error.errno not in (errno.ENOSPC, errno.EDQUOT) or error.filename is not None:
            raise
        typer.echo(f"takehome: the output cannot be written: {error.strerror}", err=True)
        raise typer.Exit(SandboxError.exit_code) from error
    except KeyboardInterrupt as error:
        remains = interrupted if isinstance(interrupted, str) else interrupted()
        typer.echo(f"takehome: interrupted; {remains}", err=True)
        raise typer.Exit(130) from error
