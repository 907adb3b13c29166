"""Requests as typed models, made from the columns that the model's data had."""

from typing import Annotated, Any, NotRequired

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from typing_extensions import TypedDict

MOST_ROWS = 1000
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)] | None
Level = Annotated[str, Field(strict=True, max_length=200)] | None
CustomerId = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
Month = Annotated[str, Field(strict=True, pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


def request_type(fields: dict[str, str], ignored: tuple[str, ...]) -> TypeAdapter:
    """Return the validator of a request body.

    Every feature is required and may be null. Features in `ignored` have no influence, so they may be absent; of a
    wrong type they still show a broken caller and are refused. Fields that the data did not have may be anything.
    """
    types: dict[str, Any] = {"customer_id": CustomerId, "snapshot_month": Month}
    for name, kind in fields.items():
        value = Level if kind == "category" else Number
        types[name] = NotRequired[value] if name in ignored else value
    row = TypedDict("Row", types)  # type: ignore[operator]
    row.__pydantic_config__ = ConfigDict(extra="ignore")  # type: ignore[attr-defined]
    rows = Annotated[list[row], Field(min_length=1, max_length=MOST_ROWS)]  # type: ignore[valid-type]
    body = TypedDict("PredictRequest", {"rows": rows})  # type: ignore[operator]  # noqa: UP013 - made at run time
    return TypeAdapter(body)


class Health(BaseModel):
    """The service answers, and with which model."""

    model_config = ConfigDict(protected_namespaces=())
    status: str
    model_version: str


class Prediction(BaseModel):
    """One row's answer."""

    customer_id: int
    churn_probability: float
    call: bool


class PredictResponse(BaseModel):
    """The answers in the order of the request."""

    model_config = ConfigDict(protected_namespaces=())
    model_version: str
    predictions: list[Prediction]
