"""The pages in a real browser: parsed as meant, nothing logged, nothing requested."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.reports.feedback import render_feedback
from grader.reports.html import render_html
from tests.grader.serving import Silent, serving

from . import builders
from .chromium import CHROMIUM, open_page
from .reading import read

FLAGS = ("--enable-logging=stderr", "--v=0", "--timeout=60000", "--window-size=1280,2400", "--dump-dom")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]


@pytest.fixture
def trap() -> Iterator[tuple[int, list[str]]]:
    """A local web server that writes down whoever calls: its port and the paths asked for."""
    asked: list[str] = []

    class Listener(Silent):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

    with serving(Listener) as port:
        yield port, asked


def opened(page: str, folder: Path) -> tuple[str, list[str]]:
    """The document as the browser made it, and the lines its console logged."""
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    done = open_page(file, *FLAGS)
    log = done.stderr.decode("utf-8", "replace").splitlines()
    return done.stdout.decode("utf-8", "replace"), [line for line in log if "CONSOLE" in line]


def attack(port: int) -> str:
    """Markup that would call the trap and log, were it ever markup."""
    address = f"http://127.0.0.1:{port}"
    return (
        f"</title></style><img src='{address}/img'><script>console.error('ran');fetch('{address}/fetch')</script>"
        f"<style>@import '{address}/css';</style><link rel=stylesheet href='{address}/link'>"
        "<svg/onload=console.error('ran')>"
    )


def test_the_trap_catches(tmp_path: Path, trap: tuple[int, list[str]]) -> None:
    """The two measurements below can fail: raw markup is seen by the server and by the console."""
    port, asked = trap
    _, log = opened(f"<!doctype html><title>x</title>{attack(port)}", tmp_path)
    assert "/img" in asked
    assert any("ran" in line for line in log)


@pytest.mark.parametrize("kind", ["reviewer", "candidate"])
def test_hostile_page_logs_and_requests_nothing(
    tmp_path: Path, trap: tuple[int, list[str]], kind: str
) -> None:
    """With an attack in every text the browser runs, loads and logs nothing, the policy's own warnings included."""
    port, asked = trap
    report = builders.hostile_report()
    bad = attack(port)
    parts = tuple(
        part.model_copy(
            update={"criteria": tuple(one.model_copy(update={"message": bad}) for one in part.criteria)}
        )
        for part in report.dimensions
    )
    report = report.model_copy(update={"dimensions": parts, "notes": (bad,)})
    dom, log = opened((render_html if kind == "reviewer" else render_feedback)(report), tmp_path)
    assert asked == []
    assert log == []
    tree = read(dom)
    assert not tree.all("script", "img", "link")
    assert len(tree.all("article")) == 27
    assert len(tree.all("style")) == 1
