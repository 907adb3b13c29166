"""The service in a real process: the contract, hostile input, and agreement with the offline scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest

Row = dict[str, Any]


@pytest.fixture(scope="module")
def scored(submission: Path, bundle: Path) -> tuple[list[Row], np.ndarray]:
    """The test rows exactly as issued, and the submitted probability of each."""
    predictions = pd.read_parquet(submission / "evaluation/predictions.parquet").query("split == 'test'")
    issued = pd.read_parquet(bundle / "data/snapshots.parquet").drop_duplicates(
        ["customer_id", "snapshot_month"]
    )
    both = predictions.merge(issued, on=["customer_id", "snapshot_month"]).head(1000)
    rows = both.drop(columns=["split", "y_true", "p_baseline", "p_tuned", "churned_90d"])
    records = [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in rows.to_dict("records")
    ]
    return records, both["p_tuned"].to_numpy()


def _ask(service: httpx.Client, rows: list[Row]) -> httpx.Response:
    return service.post("/predict", json={"rows": rows})


def test_batch_agrees_with_submitted_predictions(
    service: httpx.Client, scored: tuple[list[Row], np.ndarray]
) -> None:
    """Training and serving must compute the same features: a thousand rows, in order, to 1e-6."""
    rows, expected = scored
    answer = _ask(service, rows).json()
    assert [one["customer_id"] for one in answer["predictions"]] == [row["customer_id"] for row in rows]
    assert (
        np.abs(np.array([one["churn_probability"] for one in answer["predictions"]]) - expected).max() < 1e-6
    )


def test_single_agrees_with_batch_in_any_column_order(
    service: httpx.Client, scored: tuple[list[Row], np.ndarray]
) -> None:
    """A row's score depends on that row's values alone."""
    rows, expected = scored
    for row, probability in list(zip(rows, expected, strict=True))[:20]:
        turned = dict(reversed(row.items()))
        assert _ask(service, [turned]).json()["predictions"][0]["churn_probability"] == pytest.approx(
            probability, abs=1e-9
        )


def test_call_follows_the_threshold(
    service: httpx.Client, scored: tuple[list[Row], np.ndarray], submission: Path
) -> None:
    """The decision of metrics.json is the one that is served."""
    threshold = json.loads((submission / "evaluation/metrics.json").read_text())["decision"]["threshold"]
    for one in _ask(service, scored[0]).json()["predictions"]:
        assert one["call"] == (one["churn_probability"] >= threshold)


def test_health_names_the_model(service: httpx.Client, submission: Path) -> None:
    """The version leads to the run that made the model."""
    version = json.loads((submission / "model/model.json").read_text())["version"]
    assert service.get("/health").json() == {"status": "ok", "model_version": version}


def test_leak_column_has_no_influence(
    service: httpx.Client, scored: tuple[list[Row], np.ndarray], submission: Path
) -> None:
    """Whatever stands in a dropped column, even nothing, the answer stays."""
    row, probability = scored[0][0], scored[1][0]
    model = json.loads((submission / "model/model.json").read_text())
    assert model["ignored"]
    for column in model["ignored"]:
        for value in (None, "unheard of" if model["fields"][column] == "category" else 1e6):
            answer = _ask(service, [{**row, column: value}]).json()
            assert answer["predictions"][0]["churn_probability"] == pytest.approx(probability, abs=1e-9)
        without = {name: value for name, value in row.items() if name != column}
        assert _ask(service, [without]).status_code == 200


def test_wrong_type_in_a_dropped_column_is_refused_by_name(
    service: httpx.Client, scored: tuple[list[Row], np.ndarray], submission: Path
) -> None:
    """The brief wants every wrong type refused; a drifted column left out of the model took any text."""
    model = json.loads((submission / "model/model.json").read_text())
    for column in model["ignored"]:
        for value in (4 if model["fields"][column] == "category" else "many", {"value": 1}):
            answer = _ask(service, [{**scored[0][0], column: value}])
            assert answer.status_code == 422
            assert column in answer.text


def test_every_feature_may_be_null_and_levels_may_be_new(
    service: httpx.Client, scored: tuple[list[Row], np.ndarray]
) -> None:
    """Holes and new levels are part of life: a sane score, not an error."""
    row = scored[0][0]
    empty = {
        name: value if name in ("customer_id", "snapshot_month") else None for name, value in row.items()
    }
    for odd in (empty, {**row, "region": "unheard of"}):
        answer = _ask(service, [odd])
        assert answer.status_code == 200
        assert 0 < answer.json()["predictions"][0]["churn_probability"] < 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tenure_months": "twelve"}, "tenure_months"),
        ({"tenure_months": True}, "tenure_months"),
        ({"region": 4}, "region"),
        ({"snapshot_month": "2025-13"}, "snapshot_month"),
        ({"customer_id": "x"}, "customer_id"),
        ({"customer_id": 2**70}, "customer_id"),
    ],
)
def test_wrong_values_are_refused_by_name(
    service: httpx.Client, scored: tuple[list[Row], np.ndarray], change: Row, field: str
) -> None:
    """The caller must learn which field is wrong."""
    answer = _ask(service, [{**scored[0][0], **change}])
    assert answer.status_code == 422
    assert field in answer.text


def test_missing_field_is_named(service: httpx.Client, scored: tuple[list[Row], np.ndarray]) -> None:
    """An absent feature is a broken caller, unlike a null one."""
    row = {name: value for name, value in scored[0][0].items() if name != "tenure_months"}
    answer = _ask(service, [row])
    assert answer.status_code == 422
    assert "tenure_months" in answer.text


@pytest.mark.parametrize("body", ["", "{", "[1]", '{"rows": 5}', '{"rows": []}', "[" * 50_000, b"\xff\xfe"])
def test_broken_bodies_are_refused(service: httpx.Client, body: str | bytes) -> None:
    """No body may end in a 500, and the service stays healthy."""
    assert service.post("/predict", content=body).status_code == 422
    assert service.get("/health").status_code == 200


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "1" + "0" * 400])
def test_numbers_that_are_none_are_refused(
    service: httpx.Client, scored: tuple[list[Row], np.ndarray], number: str
) -> None:
    """Non-finite values must not reach the model."""
    body = json.dumps({"rows": [{**scored[0][0], "tenure_months": "HERE"}]}).replace('"HERE"', number)
    answer = service.post("/predict", content=body)
    assert answer.status_code == 422
    assert "tenure_months" in answer.text


def test_more_than_a_thousand_rows_are_refused(
    service: httpx.Client, scored: tuple[list[Row], np.ndarray]
) -> None:
    """The batch limit holds."""
    assert _ask(service, (scored[0] * 2)[:1001]).status_code == 422


def test_openapi_tells_the_row(service: httpx.Client) -> None:
    """The document describes the request as it is validated."""
    schema = service.get("/openapi.json").json()["paths"]["/predict"]["post"]["requestBody"]["content"][
        "application/json"
    ]["schema"]
    assert schema["properties"]["rows"]["maxItems"] == 1000
    assert "tenure_months" in schema["properties"]["rows"]["items"]["required"]
