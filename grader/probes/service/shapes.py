"""The routes and request shapes that services of this kind use."""

from __future__ import annotations

from grader.probes.service.target import Shape
from grader.probes.shared.text import Json

ROUTES = (
    "/predict",
    "/predict/",
    "/api/predict",
    "/api/v1/predict",
    "/v1/predict",
    "/score",
    "/api/score",
    "/predict_proba",
    "/predict/batch",
    "/predict_batch",
    "/batch_predict",
    "/invocations",
    "/",
)
MANY_KEYS = (
    "rows",
    "instances",
    "data",
    "customers",
    "records",
    "inputs",
    "items",
    "features",
    "dataframe_records",
)
ONE_KEYS = ("features", "data", "customer", "input", "row", "record", "instance")


def example_shapes(example: Json) -> list[Shape]:
    """Return the request shape that the README's example shows."""
    body = example.get("body", example) if isinstance(example, dict) else example
    if isinstance(body, list):
        return [Shape(None, True)]
    if not isinstance(body, dict):
        return []
    for key, part in body.items():
        if isinstance(part, list) and part and isinstance(part[0], dict):
            return [Shape(key, True), Shape(key, False, listed=True)]
        if isinstance(part, dict):
            return [Shape(key, False)]
    return [Shape(None, False)] if len(body) > 3 else []
