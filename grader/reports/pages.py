"""How a page is made: the templates, escaping, and a policy that lets nothing in but its own style."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from grader.plain_text import one_line, plain
from grader.readme.marking import tags
from grader.reports import wording


def render_page(template: str, **values: object) -> str:
    """A self-contained HTML page from a template of this package.

    Every string is cleaned and escaped on its way into the page; only markup made by `charts.svg` passes.
    """
    style = _packaged("report.css")
    page = _environment().get_template(template)
    return page.render(style=Markup(style), policy=_policy(style), words=wording, **values)  # noqa: S704  # ours


def _policy(style: str) -> str:
    """Nothing loads, runs or is sent; the one style sheet is known by its hash."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _packaged(name: str) -> str:
    return files("grader.reports").joinpath(name).read_text(encoding="utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_packaged),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_cleaned,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["one_line"] = one_line
    environment.filters["points"] = wording.points
    environment.filters["duration"] = wording.seconds
    environment.filters["tags"] = tags
    environment.filters["size"] = wording.mebibytes
    return environment


def _cleaned(value: object) -> object:
    """Plain strings lose what could fool a reader; markup of ours stays."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value
