"""The churn service: GET /health and POST /predict."""

import json
import os
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError
from scoring.model import ChurnModel, load_model

from app.schema import Health, PredictResponse, request_type

LARGEST_BODY = 8 * 2**20


def create_app(model: ChurnModel) -> FastAPI:
    """Return the service around a loaded model."""
    app = FastAPI(title="churn", version=model.version)
    validator = request_type(model.fields, model.ignored)
    raw_columns = [*model.spec.raw_columns, "snapshot_month"]
    document = {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _inlined(validator.json_schema())}},
        }
    }

    @app.get("/health")
    async def health() -> Health:
        """Say that the service is up, and with which model."""
        return Health(status="ok", model_version=model.version)

    @app.post(
        "/predict",
        response_model=PredictResponse,
        openapi_extra=document,
        responses={422: {"description": "invalid rows; names the field"}},
    )
    async def predict(request: Request) -> Response:
        """Score 1 to 1,000 rows, each from itself alone."""
        body = await request.body()
        if len(body) > LARGEST_BODY:
            return _refused([{"field": "body", "message": f"larger than {LARGEST_BODY} bytes"}], 413)
        try:
            rows = validator.validate_json(body)["rows"]
        except ValidationError as error:
            return _refused(_readable(error))
        columns = {name: [row[name] for row in rows] for name in raw_columns}
        probabilities = model.probability(columns).tolist()
        predictions = [
            {"customer_id": row["customer_id"], "churn_probability": p, "call": p >= model.threshold}
            for row, p in zip(rows, probabilities, strict=True)
        ]
        answer = {"model_version": model.version, "predictions": predictions}
        return Response(json.dumps(answer, allow_nan=False), media_type="application/json")

    return app


def _readable(error: ValidationError, most: int = 20) -> list[dict[str, str]]:
    """Return where and what, without echoing the input, which may not even be JSON."""
    details = error.errors(include_url=False, include_input=False, include_context=False)
    return [
        {"field": ".".join(str(part) for part in one["loc"]) or "body", "message": one["msg"]}
        for one in details[:most]
    ]


def _refused(details: list[dict[str, str]], status: int = 422) -> JSONResponse:
    return JSONResponse({"detail": details}, status_code=status)


def _inlined(schema: dict) -> dict:
    """Return a JSON schema without references, which would not resolve inside the OpenAPI document."""
    definitions = schema.pop("$defs", {})

    def resolve(node: object) -> object:
        if isinstance(node, dict):
            if "$ref" in node:
                return resolve(definitions[node["$ref"].rsplit("/", 1)[-1]])
            return {key: resolve(value) for key, value in node.items()}
        return [resolve(item) for item in node] if isinstance(node, list) else node

    return resolve(schema)  # type: ignore[return-value]


def service() -> FastAPI:
    """Return the service for the model folder in $MODEL_DIR (default `model`), warmed up by one prediction."""
    model = load_model(Path(os.environ.get("MODEL_DIR", "model")))
    model.probability({name: [None] for name in model.spec.raw_columns} | {"snapshot_month": ["2024-01"]})
    return create_app(model)
