"""Advice that fits every variant, shown to candidates where our own words could name what was planted."""

from __future__ import annotations

ADVICE: dict[str, str] = {
    "audit.reproducible": "Run the notebook from a fresh kernel, top to bottom, in the published runner image, and "
    "compare the findings it writes with the file you hand in.",
    "audit.leakage": "For each column ask when its value was known and who writes it. Score columns one at a time, "
    "read the source in the dictionary, and recompute aggregates from the column they are made of.",
    "audit.drift": "Compare every column month by month, in sub-populations too, and state the first month that "
    "differs. Look at levels, units, categories and shares of nulls, and at the outcome itself.",
    "audit.quality": "Check how complete the labels are by month, what a null and an extreme value mean, which values "
    "are impossible, and whether keys repeat.",
    "audit.precision": "Before reporting, test the innocent explanation: season, ageing, an announced change, a field "
    "that is empty by design. Report what you ruled out as a note.",
    "audit.evidence": "Quote a statistic with the column, period and value that another person gets from the same "
    "definition, and carry the action through to the model.",
}
BONUS_EARNED = "The seeded leak was reported, and the served model does not react to it."
BONUS_MISSED = "It needs both: the seeded leak is reported, and the served model does not react to it."
OPENINGS: dict[int, str] = {
    1: "Little of this was there.",
    2: "A start; what was found or shown is the smaller part of it.",
    3: "Most of it is there.",
    4: "Done well.",
}
ADVICE_BY_DIMENSION: dict[str, str] = {
    "audit": "Say what you looked at, what you measured, and what follows from it.",
    "evaluation": "State figures that another person recomputes from your files, on months the model has never seen.",
    "serving": "Build the image from a clean copy, run it without network, and call it as the brief describes.",
    "readme": "Name what is watched, the statistic, the limit, how often, and what is done then.",
}


def advice_for(criterion_id: str, dimension_id: str, level: int | None) -> str:
    """What was reached and, below level 4, how to do better; a criterion of a company's own gets its dimension's.

    `level` is null where the criterion was not scored; then the advice says only that.
    """
    if level is None:
        return "Not scored."
    advice = ADVICE.get(criterion_id, ADVICE_BY_DIMENSION[dimension_id])
    return OPENINGS[level] if level == 4 else f"{OPENINGS[level]} {advice}"
