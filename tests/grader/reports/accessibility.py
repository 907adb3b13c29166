"""Ask axe-core, in a real browser, what of a page keeps people out."""

from __future__ import annotations

import html
import importlib.util
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from .chromium import in_dark, open_page, without_policy

PACKAGES = ("axe_core_python", "axe_playwright_python")
"""Packages that ship axe.min.js; $AXE_MIN_JS names another copy."""
FLAGS = ("--hide-scrollbars", "--virtual-time-budget=60000", "--dump-dom")
RUN = """
document.querySelectorAll('details').forEach(one => { one.open = true; });
axe.run(document, {resultTypes: ['violations', 'incomplete']}).then(found => {
  const told = list => list.map(one => ({
    rule: one.id, impact: one.impact, places: one.nodes.map(node => node.target.join(' ')),
    svg: one.nodes.every(node => node.html.startsWith('<text'))}));
  const text = JSON.stringify({violations: told(found.violations), incomplete: told(found.incomplete)});
  document.documentElement.innerHTML = '<body><pre id="told"></pre></body>';
  document.getElementById('told').textContent = 'AXE' + text + 'END';
});
"""


@dataclass(frozen=True)
class Trouble:
    """A rule that is broken, or could not be decided; `svg`: only at text inside drawings."""

    rule: str
    impact: str
    places: tuple[str, ...]
    svg: bool
    decided: bool


def axe_file() -> Path | None:
    """The checker's script, where a copy is on this machine."""
    places = [Path(os.environ["AXE_MIN_JS"])] if "AXE_MIN_JS" in os.environ else []
    for name in PACKAGES:
        found = importlib.util.find_spec(name)
        places += (
            [Path(folder) / "axe.min.js" for folder in (found.submodule_search_locations or ())]
            if found
            else []
        )
    return next((place for place in places if place.is_file()), None)


def troubles(page: str, folder: Path, *, dark: bool = False, width: int = 1200) -> list[Trouble]:
    """What axe-core finds on a page with all its details opened."""
    script = axe_file()
    assert script is not None
    # The page's own policy lets no script in, so that of the copy under test goes.
    page = in_dark(page) if dark else without_policy(page)
    source = script.read_text(encoding="utf-8").replace("</script", "<\\/script")
    file = folder / f"page-{'dark' if dark else 'light'}-{width}.html"
    file.write_text(
        page.replace("</body>", f"<script>{source}</script><script>{RUN}</script></body>"), "utf-8"
    )
    done = open_page(file, *FLAGS, f"--window-size={width},2000")
    found = re.search(r"AXE(.*?)END", done.stdout.decode("utf-8", "replace"), re.DOTALL)
    assert found is not None, "the checker gave no answer"
    told = json.loads(html.unescape(found[1]))
    return [
        Trouble(one["rule"], one["impact"], tuple(one["places"]), one["svg"], name == "violations")
        for name in ("violations", "incomplete")
        for one in told[name]
    ]
