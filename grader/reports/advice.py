"""Advice that fits every variant, shown to candidates where our own words could name what was planted."""

from __future__ import annotations

from grader.types import Reason

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
BONUS_MISSED = (
    "It needs both: the seeded leak is reported, not among mostly false alarms, and the served model does not react "
    "to it."
)
PENDING = "This could not be determined on our side; it does not count against you."
SETTLED = "It will be settled before the result is final."
BONUS_OPEN = {
    "pending": PENDING,
    "not_assessed": "Not assessed: it needs the service to run in a container.",
}
BONUS_UNDETERMINED = (
    "What it is measured by failed on our side; apart from the total, it does not count against you."
)
"""On a final page: nothing waits there any more."""
# That there are too many shows in the points of every line; how many, and which, would tell what was planted.
FALSE_ALARMS = "Too much of what the findings report as a defect is none; that discounts the whole audit."
DISCOUNTED = "Discounted for false alarms like the whole audit, so the points do not tell how much was found."
WORTH_OF_FINDINGS = (
    "The notebook ran and wrote your findings; that pays in proportion to what they are worth."
)
ALARMS_TOLD = "audit.precision"
"""The criterion that tells of false alarms in full; the others are told to be discounted for them."""
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


def advice_for(
    criterion_id: str, dimension_id: str, level: int | None, reasons: tuple[Reason, ...] = ()
) -> str:
    """What was reached and, below level 4, how to do better; a criterion of a company's own gets its dimension's.

    `level` is null where the criterion was not scored; then the advice says only that. With `reasons` the level
    says little of what was found, so they stand in the place of the words for it.
    """
    if level is None:
        return "Not scored."
    parts = [OPENINGS[level]] if level == 4 or not reasons else []
    parts += (
        [FALSE_ALARMS if criterion_id == ALARMS_TOLD else DISCOUNTED] if "false_alarms" in reasons else []
    )
    if "worth_of_findings" in reasons:
        parts.append(WORTH_OF_FINDINGS)
    elif level < 4:
        parts.append(ADVICE.get(criterion_id, ADVICE_BY_DIMENSION[dimension_id]))
    return " ".join(parts)


README_LEVEL_3: dict[str, str] = {
    "readme.monitoring_inputs": "named features of this data, a statistic or check, what it is compared with, and a "
    "cadence or a limit",
    "readme.monitoring_outcomes": "the scores before labels arrive, realised performance once they have matured, how "
    "long that takes, and a segment or a business figure",
    "readme.retraining_triggers": "conditions with a number and a duration, a fault of a feed told from a changed "
    "world and from a changed rule, and the data to train on",
    "readme.release_and_rollback": "a gate against the current model, a limited roll-out, a condition to go back, and "
    "the mechanism of it",
    "readme.grounded_in_this_work": "columns, months and defects of this data, figures that agree with the files, and "
    "a limitation that matters here",
    "readme.communication": "what matters first, at most 500 words, structure, and one idea a sentence",
}
README_FURTHER = (
    "a further case with its reason: where a check misleads, or where the obvious reaction is wrong"
)
README_LEVEL_4: dict[str, str] = {
    "readme.grounded_in_this_work": "insight into why, or findings of many kinds tied to what is done about them",
    "readme.communication": "short sentences, statements to act on in every part, and nothing to skip",
}


def next_level(criterion_id: str, level: int | None) -> str:
    """What the rubric asks for one level up, of the criteria that a README is read for; else nothing."""
    base = README_LEVEL_3.get(criterion_id)
    if base is None or level is None or level == 4:
        return ""
    if level == 3:
        return f"Level 4 asks for {base}; beyond that, {README_LEVEL_4.get(criterion_id, README_FURTHER)}."
    part = "" if level == 2 else "some of this, as what is done here and not only named: "
    return f"Level {level + 1} asks for {part}{base}."
