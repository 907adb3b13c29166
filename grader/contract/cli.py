"""The command `takehome check`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from grader.command_line import errors_shown
from grader.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add `check` to a command line application."""

    @app.command("check", epilog="Example: takehome check . --no-image")
    def check_command(
        folder: Annotated[Path, typer.Argument(help="The folder of the submission.")] = Path(),
        image: Annotated[
            bool,
            typer.Option("--image/--no-image", help="Build the image and ask it, where an engine answers."),
        ] = True,
        port: Annotated[
            int | None,
            typer.Option(
                "--port",
                min=1,
                max=65535,
                help="Ask the service that runs on 127.0.0.1:PORT; builds nothing.",
            ),
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    ) -> None:
        """Say whether your submission keeps the contract: no key, no score, nothing is sent anywhere.

        Files are read, not run; the image is built and asked in the grader's sandbox. Exit code 1 where the
        contract is not kept, 0 where it is.
        """
        with errors_shown():
            if not folder.is_dir():
                raise UsageError(f"{folder}: expected the folder of a submission")
            from grader.contract.looking import check_files
            from grader.contract.service import check_service

            looked = check_files(folder)
            if port is not None:
                looked = looked.joined(check_service(folder, port))
            elif image:
                from grader.contract.image import check_image
                from grader.execution.docker import DockerExecutor
                from grader.execution.limits import Limits

                def tell(text: str) -> None:
                    typer.echo(f"  {text}", err=True)

                typer.echo("image ... (as long as its build takes; --no-image leaves it out)", err=True)
                looked = looked.joined(check_image(folder, lambda: DockerExecutor(progress=tell), Limits()))
            if as_json:
                typer.echo(json.dumps(looked.as_json(), ensure_ascii=False))
            else:
                typer.echo("\n".join(looked.lines()))
            if not looked.kept:
                raise typer.Exit(1)
