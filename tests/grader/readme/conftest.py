"""What the tests of the README judge share: facts of an invented model and a way to get levels."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts, read_facts
from grader.readme.judge import judge_readme

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the sample texts."""
    return DATA


@pytest.fixture(scope="session")
def sample_facts() -> Facts:
    """The facts the sample texts belong to."""
    return read_facts(DATA / "facts.json")


@pytest.fixture
def facts() -> Facts:
    """Facts of another model than that of the sample texts, so that no rule can lean on its names."""
    return Facts.model_validate(
        {
            "columns": [
                "trips_per_week",
                "fare_paid_eur",
                "app_version",
                "city_zone",
                "refund_count_60d",
                "rider_age",
            ],
            "label": {"column": "left_60d", "horizon_days": 60},
            "months": {"first": "2021-01", "last": "2022-12"},
            "defects": [
                {"kind": "target_leakage", "columns": ["refund_count_60d"]},
                {"kind": "unit_change", "columns": ["fare_paid_eur"], "from": "2022-03"},
                {"kind": "covariate_drift", "columns": ["app_version"], "from": "2021-09"},
                {"kind": "label_immaturity", "columns": ["left_60d"], "from": "2022-11"},
            ],
            "metrics": {"pr_auc": 0.412, "brier": 0.081, "precision_at_capacity": 0.47, "base_rate": 0.092},
            "decision": {"threshold": 0.34, "capacity_share": 0.08},
            "service": {"p99_ms": 61, "model_version": "ride-gbm/7"},
        }
    )


@pytest.fixture
def levels(facts: Facts) -> Callable[[str], dict[str, int]]:
    """Levels by criterion of a text, judged against the invented facts."""

    def judge(text: str) -> dict[str, int]:
        return {c.id: c.level for c in judge_readme(text, facts).criteria}

    return judge


@pytest.fixture
def plan_pays(facts: Facts) -> Callable[[str], bool]:
    """Whether a claim of a text on PSI or a median may earn credit, behind a title and a sentence of its own."""

    def pays(text: str) -> bool:
        claims = read_claims(f"# Ride churn\n\nThe service runs.\n\n{text}\n", facts).claims
        return any(claim.pays and ("psi" in claim.own or "median" in claim.own) for claim in claims)

    return pays
