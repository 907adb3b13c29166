"""470 passages by one who hunted for unjust accusations and lies that pay: figures that may only get better."""

import json
from pathlib import Path

from grader.readme.claims import read_claims
from grader.readme.facts import Facts, read_facts
from grader.readme.grounding import check_claims
from grader.readme.validation.statements import EMPTY, grounded

LIES_THAT_PAY = 16
FINDINGS_THAT_DO_NOT = 13


def passages(data: Path, *, honest: bool) -> list[tuple[dict[str, str], Facts]]:
    """The passages with the facts they are held against."""
    rows = [json.loads(line) for line in (data / "strangers" / "statements.jsonl").read_text().splitlines()]
    facts = {
        name: read_facts(data / "statements" / name / "facts.json") for name in {r["facts"] for r in rows}
    }
    return [(row, facts[row["facts"]]) for row in rows if row["honest"] == honest]


def test_no_honest_passage_is_called_false(data: Path) -> None:
    """Of these 274 the judge once called 49 false, and each of those lost its README a level."""
    accused = [
        row["text"]
        for row, facts in passages(data, honest=True)
        if not all(check.agrees for check in check_claims(read_claims(row["text"], facts).claims, facts))
    ]
    assert accused == []


def test_true_findings_pay_and_invented_ones_hardly(data: Path) -> None:
    """Of these 196 lies 68 once raised a README that says nothing, where they now pay no more than this."""

    def raises(row: dict[str, str], facts: Facts) -> bool:
        return grounded(f"{EMPTY}\n\n{row['text']}\n", facts) > 1

    assert sum(raises(*one) for one in passages(data, honest=False)) <= LIES_THAT_PAY
    found = [one for one in passages(data, honest=True) if "/find" in one[0]["kind"]]
    assert sum(not raises(*one) for one in found) <= FINDINGS_THAT_DO_NOT
