"""The commands `takehome interview` and `takehome panel`."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add `interview` and `panel` to a command line application."""
