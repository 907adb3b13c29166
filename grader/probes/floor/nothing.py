"""A service that keeps the contract and computes nothing."""

from __future__ import annotations

from grader.probes.shared.text import Json


def serve(port: int) -> None:
    """Answer the contract with a constant, for as long as nobody stops it."""
    import uvicorn  # only the child needs it
    from fastapi import FastAPI, Request

    app = FastAPI()

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok", "model_version": "nothing"}

    async def predict(request: Request) -> dict[str, Json]:
        rows = (await request.json())["rows"]
        answers = [{"customer_id": r["customer_id"], "churn_probability": 0.05, "call": False} for r in rows]
        return {"model_version": "nothing", "predictions": answers}

    # the annotation is a name of this function, so it is handed over as an object
    predict.__annotations__ = {"request": Request, "return": dict[str, Json]}
    app.post("/predict")(predict)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
