"""The words of the README judge fit their numbers."""

from grader.readme.facts import Facts
from grader.readme.judge import judge_readme


def test_incident_one_statement_contradicts(facts: Facts) -> None:
    """A single one of the statements contradicts; reports said "1 of the statements contradict"."""
    texts = {
        "1 of the statements contradicts the facts": "# Plan\nPR-AUC is 0.71.\n",
        "2 of the statements contradict the facts": "# Plan\nPR-AUC is 0.71.\n\nThe threshold of 0.5 fills the list.\n",
    }
    for said, text in texts.items():
        assert said in judge_readme(text, facts).criteria[4].message
