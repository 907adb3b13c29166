"""A retraction takes back a section; a sentence that only sounds like one takes back nothing but itself."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts
from grader.readme.governance import leads_to_nothing

PLAN = (
    "We compute PSI of every column each week against the training months. Above 0.25 the batch is held. "
    "The team that owns the feed is called."
)


def states(text: str) -> list[str]:
    """How each sentence of a section stands: asserted, negated ..."""
    return [claim.modality for claim in read_claims(f"# Plan\n{text}\n", Facts()).claims]


@pytest.mark.parametrize(
    "said",
    [
        "Nothing of this is done by hand.",
        "We use none of the open months.",
        "I do not suggest to retrain by calendar.",
        "None of the called customers is used in the precision.",
        "None of these limits applies in December, when the bills are estimated.",
        "None of that happens on a weekend.",
        "The last three months are incomplete; none of these rows are used for training.",
        "For the newest month none of these metrics can be computed yet.",
        "None of the figures above is computed on open months.",
    ],
)
def test_a_limit_of_a_plan_does_not_take_it_back(said: str) -> None:
    """Sentences that say when, how or of what a plan is not meant once emptied whole sections, and all their points."""
    assert states(f"{PLAN} {said}")[:3] == ["asserted"] * 3


@pytest.mark.parametrize(
    "said",
    [
        "Out of scope: the call scripts.",
        "As things stand, the labels of May are open.",
        "There is no date for the retirement of the old meter.",
        "It is deliberately left out of training: notice_letter_flag.",
        "What we do not know is the effect of the calls.",
    ],
)
def test_an_opening_about_something_else_denies_nothing_behind_it(said: str) -> None:
    """The same in the first sentence of a section."""
    assert states(f"{said} {PLAN}")[1:] == ["asserted"] * 3


@pytest.mark.parametrize(
    "said",
    [
        "None of this is done yet.",
        "Nothing of that is running here.",
        "We follow none of these.",
        "I do not propose any of this.",
        "None of the checks above is built.",
        "None of the rows above is computed today.",
        "We do not intend to do any of it.",
    ],
)
def test_a_retraction_takes_back_the_whole_section(said: str) -> None:
    """Who takes a plan back at its end has none."""
    assert "asserted" not in states(f"{PLAN} {said}")


def test_a_report_goes_on_in_the_next_items() -> None:
    """What "they also" do in the next line of a list is no more ours than what the first line told."""
    text = (
        "# Plan\n- At my former employer the reference was a frozen year.\n"
        "- They held a file when PSI of a column was over 0.2.\n"
        "- Unseen values would have been held there too.\n"
        "- We hold a file when a key is there twice.\n"
    )
    found = [claim.modality for claim in read_claims(text, Facts()).claims]
    assert found == ["hearsay", "hearsay", "hearsay", "asserted"]


def test_experience_from_a_former_job_does_not_make_a_plan_hearsay() -> None:
    """An applicant who said where a rule was learned once lost the whole section that followed."""
    text = (
        "# Plan\nHere I have experience from my last job, so I say it exactly. The new model must win on the last "
        "three finished months. Two weeks it scores silently. At first errors were high. "
        "They rolled back twice.\n"
    )
    found = [claim.modality for claim in read_claims(text, Facts()).claims]
    assert found[1:3] == ["asserted", "asserted"]
    assert found[4] == "hearsay"


def test_a_retraction_stays_under_its_own_signpost() -> None:
    """Notes without marked headings: a plan for one topic taken back once emptied the whole text."""
    text = f"inputs\n\n{PLAN}\n\nretraining\n\nPR-AUC below 0.2 for two months. We do none of this.\n"
    found = {claim.text: claim.modality for claim in read_claims(text, Facts()).claims}
    assert found["Above 0.25 the batch is held."] == "asserted"
    assert found["PR-AUC below 0.2 for two months."] == "negated"


@pytest.mark.parametrize(
    "opening",
    [
        "## Inputs (none of these checks is run, and none is planned)",
        "no retraining is foreseen, not even if",
    ],
)
def test_an_opening_that_takes_back_reaches_what_follows(opening: str) -> None:
    """A heading or a lead-in that denies once left the list below it standing."""
    text = f"# Plan\n{opening}\n\n- PSI of each column against training\n- above 0.25 for two months\n"
    found = [claim.modality for claim in read_claims(text, Facts()).claims if claim.kind == "item"]
    assert found == ["negated", "negated"]


@pytest.mark.parametrize(
    "heading", ["Rejected ideas", "Options we discarded", "What I would do with more time", "Future work"]
)
def test_ideas_under_such_a_heading_are_no_plan(heading: str) -> None:
    """A full plan under "Rejected ideas" once earned as much as one under "Plan"."""
    found = read_claims(f"# Service\n## {heading}\n{PLAN}\n", Facts()).claims
    assert not any(claim.pays for claim in found)


@pytest.mark.parametrize(
    "heading",
    [
        "Rejected rows",
        "Dropped columns",
        "What happens with rejected requests",
        "What we dropped from the data",
        "Monitoring and future work",
        "Must have and nice to have",
    ],
)
def test_what_is_rejected_may_be_data(heading: str) -> None:
    """A check on refused rows is a check."""
    found = read_claims(f"# Service\n## {heading}\n{PLAN}\n", Facts()).claims
    assert all(claim.pays for claim in found)


@pytest.mark.parametrize(
    "heading",
    [
        "Non-goals",
        "What we left out",
        "What is missing here",
        "Things I ran out of time for",
        "Victims of the deadline",
        "Phase 3 (no budget)",
        "Don'ts",
        "Dropped because of the deadline",
        "Proposals the steering committee turned down",
        "Tickets closed as won't fix",
        "Rejected ideas and plans",
        "Open questions and plans we rejected",
        "Changelog: removed in 1.3",
        "To do",
        "Template text, replace before submission",
        "From the assignment sheet",
        "What a good answer would have contained",
        "Sample exam question with model solution",
        "Model card of the competitor product",
        "My dream set-up, were money no object",
        "A short story",
        "Considered and turned down",
        "What this service lacks",
    ],
)
def test_a_heading_that_disowns_its_section_leaves_no_plan(heading: str) -> None:
    """Whole plans below "Non-goals" or "What we left out" once paid in full."""
    found = read_claims(f"# Service\n## {heading}\n{PLAN}\n", Facts()).claims
    assert not any(claim.pays for claim in found)


@pytest.mark.parametrize(
    "heading",
    [
        "What is missing in the data",
        "What I left out of the features",
        "What we left out and why",
        "Known limitations",
        "Rejected features",
        "Goals and non-goals",
        "Do's and don'ts",
        "To do when a batch fails",
        "Plans customers dropped",
        "What a good model must do",
        "What the committee turned down, and what we do instead",
    ],
)
def test_a_heading_near_a_disowning_one_takes_nothing(heading: str) -> None:
    """Headings about the data, or about what was decided and why, hold honest claims."""
    found = read_claims(f"# Service\n## {heading}\n{PLAN}\n", Facts()).claims
    assert all(claim.pays for claim in found)


def test_a_denial_below_a_list_of_donts_stays_a_decision() -> None:
    """Who writes "Never retrain on a broken feed" below "Don'ts" has decided something."""
    text = "# Service\n## Don'ts\n- Never retrain on a broken feed.\n- Retrain by calendar.\n"
    assert [claim.pays for claim in read_claims(text, Facts()).claims] == [True, False]


@pytest.mark.parametrize(
    "lead",
    [
        "**Out of scope.**",
        "We do not do any of these things:",
        "TODO:",
        "Some day, perhaps, somebody will see to these:",
        "It would be a lie to claim the following:",
    ],
)
@pytest.mark.parametrize("between", ["\n\n", "\n- "])
def test_a_lead_in_governs_paragraphs_as_it_governs_a_list(lead: str, between: str) -> None:
    """The same plan in paragraphs once escaped the denial that reached a list."""
    pieces = [f"{piece.rstrip('.')}." for piece in PLAN.split(". ")]
    found = read_claims(f"# Service\n## Plan\n{lead}\n{between}" + between.join(pieces), Facts()).claims
    assert not any(claim.pays for claim in found if claim.text in PLAN)


def test_a_lead_in_that_has_had_its_list_is_over() -> None:
    """A plan behind a list of what is not done is a plan again."""
    found = read_claims(f"# Service\n## Plan\nTODO:\n\n- dashboards\n- a wiki\n\n{PLAN}\n", Facts()).claims
    assert [claim.pays for claim in found[1:]] == [False, False] + [True] * 3


@pytest.mark.parametrize(
    "text",
    [
        f"- What we leave out\n  - a second model\n- What we do\n  - inputs\n  - {PLAN}",
        f"**Out of scope.** A second model, a dashboard.\n\n**In scope.** {PLAN}",
        f"- {PLAN}\n- A weather column was proposed but not adopted; the above is what we run.",
    ],
)
def test_a_part_that_is_left_out_leaves_the_other_parts(text: str) -> None:
    """What is said of one branch of a list, one labelled paragraph or one item once emptied the others."""
    claims = read_claims(f"# Plan\n\n{text}\n", Facts()).claims
    assert [c.modality for c in claims if "psi" in c.own or "held" in c.own] == ["asserted"] * 2


@pytest.mark.parametrize(
    "text",
    [
        f"- We do not check any of these:\n- Monitoring\n- {PLAN}",
        f"- What we leave out\n  - inputs\n  - {PLAN}",
        f"**Out of scope.** {PLAN}\n\n**In scope.** A second model.",
    ],
)
def test_a_part_that_is_left_out_is_left_out_as_a_whole(text: str) -> None:
    """A short item or label between a denial and its list must not open the list again."""
    claims = read_claims(f"# Plan\n\n{text}\n", Facts()).claims
    assert not [c.own for c in claims if c.pays and ("psi" in c.own or "held" in c.own)]


def test_a_question_about_all_of_it_may_be_answered_no() -> None:
    """A plan between "Do we do any of this?" and "No." once paid."""
    found = read_claims(f"# Service\n## Do we do any of this?\n{PLAN}\n\nNo.\n", Facts()).claims
    assert not any(claim.text in PLAN and claim.pays for claim in found)
    runbook = "Is any of these over the limit? No. Score. Yes. The batch is held."
    found = read_claims(f"# Service\n## Plan\n{PLAN}\n\n{runbook}\n", Facts()).claims
    assert all(claim.pays for claim in found[:3])


@pytest.mark.parametrize(
    "scene", ["Imagine a company quite unlike this one.", "Once upon a time there was a kingdom."]
)
def test_a_scene_set_elsewhere_is_no_plan(scene: str) -> None:
    """A tale in the present tense once read like what is done here."""
    assert "asserted" not in states(f"{scene} {PLAN}")[1:]
    assert states(f"Imagine the batch has doubled: it is held. {PLAN}")[1:] == ["asserted"] * 3


DENY_THE_LIST = (
    "we do none of the following:",
    "we don't do the following:",
    "we never do these things:",
    "this is not what we do:",
    "we will not do any of these:",
    "we do not do this:",
    "nobody here does these things:",
    "we have not built any of the steps below:",
    "i never got to do the following:",
    "we do not carry out any of these checks:",
    "we haven't implemented the following:",
    "we hardly do any of this:",
    "nothing of the following is true for us:",
    "that is not how we work:",
    "none of these are done yet:",
    "we would not run these checks:",
    "sadly, we do not have the following:",
    "we do not watch these things:",
    "i did not manage to do these:",
    "zero of these things are done:",
    "it is tempting, but we do not follow this list:",
)
LEAVE_THE_LIST = (
    "nothing goes live without the following:",
    "nobody may skip these steps:",
    "we do not retrain by calendar but by these rules:",
    "if the batch is not clean we do this:",
    "we never release before all of these hold:",
    "it does not take much, so we do this:",
    "the model is not perfect, so we watch the following:",
    "we do not wait for labels; until then we watch these:",
    "what we do when the feed does not arrive:",
    "no model is promoted unless it passes these checks:",
    "we have no dashboard yet and watch the following by hand:",
    "accuracy is not enough for this:",
    "not only the scores but these:",
    "we do not look at accuracy but at this:",
    "this does not need a tool, only these:",
    "the team will not stop doing this:",
    "the threshold is not fixed; it depends on this:",
    "none of these may fail:",
    "none of these is optional:",
    "we cannot do without these checks:",
    "we never forget these steps:",
    "labels do not arrive for 90 days, so these come first:",
    "the precision was not good enough, which led to this:",
    "we never ignore this:",
    "a retrain does not happen by itself, but on these conditions:",
    "it is not drift if one of these holds:",
    "not every alarm is drift, so we go through these steps:",
    "we do not trust one number, so each month we check these:",
    "a model is not replaced for this:",
    "we do not call these:",
    "do not retrain on these:",
    "never retrain for these:",
    "we do not retrain on the following:",
    "these are no reason to retrain:",
)


@pytest.mark.parametrize("lead", DENY_THE_LIST)
def test_a_lead_in_that_denies_its_list_leads_to_nothing(lead: str) -> None:
    """A lead-in like "We do none of the following:" once let the whole list pay."""
    assert leads_to_nothing(lead)


@pytest.mark.parametrize("lead", LEAVE_THE_LIST)
def test_a_lead_in_with_a_no_in_it_leaves_its_list(lead: str) -> None:
    """A condition, a decision not to act or a double negation leads to a list that is meant."""
    assert not leads_to_nothing(lead)
