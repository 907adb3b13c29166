"""Parse JSON and YAML of a stranger into plain values."""

from __future__ import annotations

import json
from typing import Any

import yaml

from grader.probes.shared.text import Json, clean, decode_text


def parse_json(data: bytes) -> Json:
    """Return a JSON document with NaN and infinities as null; ValueError says what is wrong."""
    try:
        return json.loads(decode_text(data), parse_constant=lambda _: None)
    except RecursionError:
        raise ValueError("found JSON nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"found no JSON ({clean(error, 120)})") from None


class PlainLoader(yaml.SafeLoader):
    """YAML of plain values: no tags that make objects, and no aliases, which can grow without bound."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases."""
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def parse_yaml(data: bytes) -> Json:
    """Return a YAML document of plain values; ValueError says what is wrong."""
    try:
        return yaml.load(decode_text(data), Loader=PlainLoader)  # noqa: S506  a SafeLoader without aliases
    except (yaml.YAMLError, RecursionError, ValueError, TypeError, LookupError, AttributeError) as error:
        # A tag of YAML's own on what is none of its kind (`!!int ""`) ends in an error of Python's.
        raise ValueError(f"found no plain YAML ({clean(error, 120)})") from None
