"""The smallest service that keeps the contract: the same probability for everybody."""

from typing import Annotated

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

MODEL_VERSION = "constant"
CHURN_PROBABILITY = 0.5
THRESHOLD = 1.0

app = FastAPI(title="churn")


class Row(BaseModel):
    """One customer-month. The features follow here; so far nothing looks at them."""

    model_config = ConfigDict(extra="allow")
    customer_id: int
    snapshot_month: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")


class Request(BaseModel):
    rows: Annotated[list[Row], Field(min_length=1, max_length=1000)]


class Prediction(BaseModel):
    customer_id: int
    churn_probability: float
    call: bool


class Response(BaseModel):
    model_version: str
    predictions: list[Prediction]


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok", "model_version": MODEL_VERSION}


@app.post("/predict")
def predict(request: Request) -> Response:
    predictions = [
        Prediction(
            customer_id=row.customer_id,
            churn_probability=CHURN_PROBABILITY,
            call=CHURN_PROBABILITY >= THRESHOLD,
        )
        for row in request.rows
    ]
    return Response(model_version=MODEL_VERSION, predictions=predictions)
