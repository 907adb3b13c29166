"""Form is read off statements: names of columns, listings of files and edits of content hardly touch it."""

import csv
from pathlib import Path

import numpy as np
import pytest

from grader.readme.claims import read_claims
from grader.readme.communication import form_evidence
from grader.readme.facts import Facts
from grader.readme.judge import judge_readme
from grader.readme.reader import fitted_reader
from grader.readme.validation.agreement import weighted_kappa
from grader.readme.validation.corpus import load_corpus
from grader.readme.validation.learn import reckoned, settled_cuts
from grader.readme.validation.measure import levels_of
from grader.readme.validation.nudges import nudges

PLAN = """# Service
## Checks
PSI of each column against training every month; above 0.2 the analyst looks.
Precision of the called list after 90 days, alert below 0.3.
"""
FORM = Path(__file__).parent / "data" / "form"
# A little below what was measured when the texts were written.
LEAST_KAPPA_OF_FORM = 0.70
ROOM_FOR_MORE = 440
"""Words up to which a section put behind a text is still read."""
DENIALS = (
    "**Out of scope.** We do not compute PSI for `monthly_charge`, neither monthly nor at 0.2. We don't check that the "
    "median of `data_usage_gb` stays within a factor of two of last month. There is no comparison of precision in the "
    "list with 0.33 after 90 days, and nobody looks at calibration per `customer_segment`. No 5 % of the list is left "
    "uncalled. We have no rule that says to retrain when precision is below 0.27 in two finished months, we don't "
    "distinguish a broken feed from a real change, and there's no plan to leave out the unfinished months.",
    "## What is not done\n\n- No PSI is computed for any input, and no limit of 0.2 exists.\n- Missing shares are not "
    "compared with those of training.\n- Nobody opens a ticket when an input moves.\n- We do not measure precision at "
    "10 % once labels are ripe.\n- Calibration by segment is never looked at.\n- There is no holdout of customers left "
    "uncalled.\n- There is no rule to retrain after two bad months.\n- We do not exclude broken months from training.\n"
    "- No new model is compared with the current one.\n- There is no canary and no shadow run.\n- No older version is "
    "kept to go back to.",
    "## Seen elsewhere\n\nAt my last company, PSI of ten features was computed monthly with a limit of 0.2. Another "
    "team there compared precision with labels after 90 days. They retrained when PR-AUC fell by 10 % for two months. "
    "A colleague released by canary at 5 % and rolled back when errors doubled.",
)


def form(text: str, facts: Facts) -> dict[str, float]:
    """Evidence of form of a text."""
    reading = read_claims(text, facts)
    return form_evidence(reading, reckoned(reading, fitted_reader()))


def test_strewn_columns_are_no_statements() -> None:
    """Columns named between sentences once counted as statements to act on and as signposts."""
    facts = load_corpus().facts
    one, two = facts.columns[:2]
    assert form(f"{PLAN}\n`{one}`, `{two}`.\n", facts)["statements"] == form(PLAN, facts)["statements"]
    assert form(f"{PLAN}\n`{one}`, `{two}`.\n", facts)["signposts"] == form(PLAN, facts)["signposts"]


def test_a_listing_of_files_says_nothing() -> None:
    """Names of columns or of checks behind a file's name are neither paid nor counted."""
    facts = load_corpus().facts
    one, two = facts.columns[:2]
    tree = f"{PLAN}\n```\n├── checks.py  PSI of {one} above 0.2 stops the load\n└── data/  {one} {two}\n```\n"
    listed = [claim for claim in read_claims(tree, facts).claims if claim.kind == "code"]
    assert listed
    assert not any(claim.pays for claim in listed)


def test_cuts_keep_clear_of_edits() -> None:
    """An upper cut moves to where as many levels are right and fewer edits cross; the lowest stays."""
    scores = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    levels = np.array([[1, 1, 2, 2, 3, 3, 4, 4]] * 2)
    cuts = np.array([1.5, 3.5, 5.5])
    moves = np.array([[3.4, 3.6]] * 5 + [[5.0, 5.1]] * 5)
    settled = settled_cuts(cuts, scores, levels, moves)
    assert settled[0] == cuts[0]
    assert not 3.4 < settled[1] < 3.6
    assert 3.0 <= settled[1] < 4.0
    assert settled[2] == cuts[2]


def test_nudges_change_content_and_keep_the_rest() -> None:
    """Each edit leaves out, denies or borrows statements; what it makes is read like any text."""
    corpus = load_corpus()
    texts = [
        base for base in corpus.bases if min(r[base]["release_and_rollback"] for r in corpus.ratings) >= 3
    ][:4]
    readings = {text: read_claims(corpus.texts[text], corpus.facts) for text in texts}
    reckonings = {text: reckoned(readings[text], fitted_reader()) for text in texts}
    made = nudges(readings, reckonings, texts, texts)
    lengths = {len(one.reading.claims) - len(readings[one.base].claims) for one in made}
    assert min(lengths) < 0
    assert 0 in lengths
    assert max(lengths) > 0
    for one in made:
        assert one.reckoning.claims == one.reading.claims
        assert all(0.0 <= value <= 1.0 for value in form_evidence(one.reading, one.reckoning).values())
    again = nudges(readings, reckonings, texts, texts)
    assert [(n.base, n.reading.words) for n in again] == [(n.base, n.reading.words) for n in made]


def test_a_decision_drawn_as_a_tree_is_no_listing() -> None:
    """Branches of an alert rule once counted as names of files."""
    text = "# Service\n## Checks\n```\nPSI of each column\n├─ 0.1 to 0.2: ticket\n└─ above 0.2: the run stops\n```\n"
    read = [claim.modality for claim in read_claims(text, Facts()).claims]
    assert read == ["asserted"] * len(read)
    assert len(read) == 3


def test_a_placeholder_was_praised_for_statements_to_act_on() -> None:
    """Ten words at level 1 hold sentences, and the message says that none of them is one to act on."""
    facts = load_corpus().facts
    placeholder = "# Submission\n\nPlaceholder. The 500 words of deliverable 5 go here.\n"
    told = {text: judge_readme(text, facts).criteria[-1].message for text in (placeholder, PLAN)}
    assert "none of them to act on" in told[placeholder]
    assert told[PLAN].startswith("found: statements to act on")


def test_one_topic_told_at_length_is_not_most_of_them() -> None:
    """However much is told of inputs, form asks what is told of the others too."""
    facts = load_corpus().facts
    more = "\n".join(
        f"Null share of `{column}` every week against training; more than 5 points up, the data owner is called."
        for column in facts.columns[:8]
    )
    told, padded = form(PLAN, facts), form(PLAN + more, facts)
    assert padded["statements"] > told["statements"]
    assert padded["told of most topics"] == told["told of most topics"]


@pytest.mark.parametrize("behind", DENIALS, ids=["denied", "listed", "reported"])
def test_incident_denials_put_behind_a_text_filled_the_topics_it_says_nothing_of(behind: str) -> None:
    """What is denied or reported of all four parts of a plan lifts the form of no text above its raters' level."""
    corpus = load_corpus()
    rated = {name: max(ratings[name]["communication"] for ratings in corpus.ratings) for name in corpus.bases}
    short = [
        name for name in corpus.bases if len(corpus.texts[name].split()) < ROOM_FOR_MORE and rated[name] < 4
    ]
    assert len(short) > 20
    for name in short:
        before, after = (
            levels_of(judge_readme(text, corpus.facts))["communication"]
            for text in (corpus.texts[name], f"{corpus.texts[name]}\n\n{behind}")
        )
        assert after <= max(before, rated[name]), name


def test_form_is_seen_by_who_has_not_seen_the_judge() -> None:
    """Forty texts by a writer who knew the rubric alone; from level 2 up they differ in form and hardly in content."""
    facts = load_corpus().facts
    with (FORM / "levels.csv").open(encoding="utf-8") as rows:
        meant = {row["file"]: int(row["communication"]) for row in csv.DictReader(rows)}
    judged = {
        name: levels_of(judge_readme((FORM / name).read_text(encoding="utf-8"), facts))["communication"]
        for name in meant
    }
    kappa = weighted_kappa(np.array(list(judged.values()), float), np.array(list(meant.values()), float))
    assert kappa >= LEAST_KAPPA_OF_FORM, judged
    assert max(abs(judged[name] - level) for name, level in meant.items()) <= 1, judged
