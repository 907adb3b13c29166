"""What a service's OpenAPI document says can be asked."""

from __future__ import annotations

from collections.abc import Mapping

from grader.probes.service.answers import follow
from grader.probes.service.target import Shape, Target
from grader.probes.shared.text import Json


def dig(document: Json, node: Json) -> dict[str, Json]:
    """Return an OpenAPI schema with references and the first real alternative resolved."""
    for _ in range(10):
        if not isinstance(node, dict):
            return {}
        if isinstance(node.get("$ref"), str):
            node = follow(document, node["$ref"].removeprefix("#/").split("/"))
        elif alternatives := next((node[k] for k in ("anyOf", "oneOf", "allOf") if node.get(k)), None):
            usable = [part for part in alternatives if isinstance(part, dict) and part.get("type") != "null"]
            node = usable[0] if usable else {}
        else:
            return node
    return {}


def limits_of(schema: Mapping[str, Json]) -> frozenset[str] | None:
    """Return the fields of a schema that forbids others."""
    properties = schema.get("properties")
    strict = schema.get("additionalProperties") is False and isinstance(properties, dict)
    return frozenset(properties) if strict and properties else None


def openapi_targets(document: Json, port: int, columns: set[str]) -> list[Target]:
    """Return what the OpenAPI document says can be asked, the likeliest routes first."""
    paths = document.get("paths") if isinstance(document, dict) else None
    found: list[Target] = []
    for route, operations in list(paths.items())[:60] if isinstance(paths, dict) else ():
        content = follow(operations, ("post", "requestBody", "content"))
        if not isinstance(content, dict) or "{" in route or not route.startswith("/"):
            continue
        body = content.get("application/json") or next(iter(content.values()), None)
        schema = dig(document, body.get("schema") if isinstance(body, dict) else None)
        if schema.get("type") == "array":
            found.append(
                Target(port, route, Shape(None, True, fields=limits_of(dig(document, schema.get("items")))))
            )
            continue
        properties = schema.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        if len(columns & set(properties)) >= 3:
            found.append(Target(port, route, Shape(None, False, fields=limits_of(schema))))
            continue
        for key, part in list(properties.items())[:10]:
            inner = dig(document, part)
            items = dig(document, inner.get("items"))
            if inner.get("type") == "array":
                found.append(Target(port, route, Shape(key, True, fields=limits_of(items))))
            elif inner.get("type") == "object" or inner.get("properties"):
                found.append(Target(port, route, Shape(key, False, fields=limits_of(inner))))
        found.append(Target(port, route, Shape("", False)))

    def rank(target: Target) -> tuple[int, int]:
        name = target.route.lower()
        order = next((n for n, word in enumerate(("predict", "score", "infer", "churn")) if word in name), 9)
        return order, len(name)

    return sorted(found, key=rank)
