"""Tables of an HTML page that a notebook shows."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class TableReader(HTMLParser):
    """Collects the cells of HTML tables, bounded."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Open a table, row or cell."""
        if tag == "table" and len(self.tables) < 20:
            self.tables.append([])
        elif tag == "tr" and self.tables and len(self.tables[-1]) < 110:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1] and len(self.tables[-1][-1]) < 30:
            self.tables[-1][-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        """Close a cell."""
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        """Add text to the open cell."""
        if self.inside and len(self.tables[-1][-1][-1]) < 100:
            self.tables[-1][-1][-1] += data.strip()[:100]
