"""A version is all its numbers, whatever they stand for."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts
from grader.readme.version_check import version_checks


def verdicts(version: str, text: str) -> list[bool]:
    """Agreement of the versions that a text names with the one that is served."""
    facts = Facts.model_validate({"service": {"model_version": version}})
    return [
        check.agrees for claim in read_claims(text, facts).claims for check in version_checks(claim, facts)
    ]


@pytest.mark.parametrize("version", ["lgbm/2025-01", "churn:1.2.0", "churn@v3", "churn/4-rc1", "churn/12"])
def test_the_served_version_is_never_called_false(version: str) -> None:
    """ "lgbm/2025-01" was read as version 1 in the service and as version 2025 in the text."""
    assert verdicts(version, f"`/health` reports `{version}`.") == [True]


@pytest.mark.parametrize(
    ("text", "agrees"),
    [
        ("We serve churn:1.2 now.", [True]),
        ("We serve churn:1.1.9 now.", [False]),
        ("The service runs churn 2.0.", [False]),
        ("A rollback goes back to churn:1.1.", []),
        ("The next release, churn:1.3.0, waits in staging.", []),
    ],
)
def test_parts_of_a_version(text: str, agrees: list[bool]) -> None:
    """Fewer numbers name the same release, others another one; what was and what comes contradicts nothing."""
    assert verdicts("churn:1.2.0", text) == agrees


@pytest.mark.parametrize(
    ("version", "text", "agrees"),
    [
        ("lgbm/2025-01", "Runtime: Python 3.11, lgbm 4.5, served by FastAPI.", []),
        ("tuned/3", "The model in production was tuned 2024-12 with 50 trials.", []),
        ("lgbm/2025-01", "Live model: `lgbm/2025-01-15`.", [True]),
        ("lgbm/2025-01", "lgbm/202501 is live.", [True]),
        ("lgbm/2025-01", "lgbm/2024-11 is live.", [False]),
        ("churn/3", "We serve churn 4.", [False]),
    ],
)
def test_numbers_of_another_form_are_no_versions(version: str, text: str, agrees: list[bool]) -> None:
    """A library's version and a month behind the word of the model were called false, and so was a day more."""
    assert verdicts(version, text) == agrees
