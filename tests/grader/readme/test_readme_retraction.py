"""What says of a plan that it is not meant, and how far back or ahead it reaches."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts

FIRST = "We compute PSI of every column each week against the training months."
PLAN = f"{FIRST} Above 0.25 the batch is held. The team that owns the feed is called."
LIST = "- PSI of every column each week\n- above 0.25 the batch is held\n- the owner of the feed is called"
RELEASE = "A new model must win on the last two matured months."


def paid(text: str) -> list[str]:
    """The statements of a text that pay."""
    return [claim.text for claim in read_claims(text, Facts()).claims if claim.pays]


@pytest.mark.parametrize(
    "said",
    [
        "All of the above is fiction.",
        "Every sentence of this paragraph is a lie.",
        "Forget this paragraph, it belongs to another project.",
        "The board refused the money for all this.",
        "I made this paragraph up to fill the page.",
        "(none of it is true, of course)",
        "Just kidding.",
        "That was the plan until last week, when I gave it up.",
        "I do none of the above and have no plan to.",
        "Not us, though.",
        "Das alles machen wir nicht.",
        "The above is not true.",
        "The plan was rejected by the board.",
        "We do not actually do any of the above.",
        "Rien de tout cela n'existe chez nous.",
    ],
)
def test_a_plan_that_is_not_meant_is_none(said: str) -> None:
    """A plan called a joke, a lie or another project's once paid in full."""
    assert FIRST not in paid(f"# Service\n## Plan\n{PLAN} {said}\n")


@pytest.mark.parametrize(
    "said",
    [
        "All of the above is computed on matured months.",
        "All of these rows were made up by the test system and are dropped.",
        "Ignore the above if the feed is broken.",
        "I made the limit of 0.25 up and will tune it.",
        "Finance rejected all of these limits but the last.",
        "Nothing in this section is true of customers younger than three months.",
        "All of this test data is made up.",
        "The above is not true for customers on a yearly contract.",
        "In December we do nothing of the above.",
        "Most of this is made up of two columns.",
        "That was the plan from the start and it is still in force.",
        "That was our idea in May, and it worked.",
    ],
)
def test_what_only_sounds_like_it_takes_back_nothing(said: str) -> None:
    """Limits, sources and test data are spoken of in the same words."""
    assert len(paid(f"# Service\n## Plan\n{PLAN} {said}\n")) >= 3


@pytest.mark.parametrize(
    "note", ["[^1]: Nothing in this paragraph is true of our model.", "\\* Invented for this page."]
)
def test_a_footnote_takes_back_what_it_stands_below(note: str) -> None:
    """The small print once did not count."""
    assert not paid(f"# Service\n## Plan\n{PLAN}\n\n{note}\n")


@pytest.mark.parametrize(
    "text",
    [
        f"## Plan\n\n{LIST}\n\n## Note\n\nNone of the above is done.",
        f"## Note\n\nNone of the following is done.\n\n## Plan\n\n{LIST}",
        f"## Plan\n\n### Inputs\n\n{LIST}\n\n### Release\n\n{RELEASE}\n\n## Note\n\nNone of the above is done.",
        f"## Inputs\n\n{LIST}\n\n## Release\n\n{RELEASE}\n\n## Note\n\nAll of the above is invented.",
        f'## Plan\n\n{LIST}\n\n## Erratum\n\nThe section "Plan" was pasted by mistake and is void.',
    ],
)
def test_a_section_of_its_own_takes_back_the_one_it_speaks_of(text: str) -> None:
    """A retraction under a heading of its own once took back only itself."""
    assert not [
        said for said in paid(f"# Service\n\n{text}\n") if "PSI" in said or "batch" in said or "win" in said
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"## Plan\n\n{LIST}\n\n## Calls\n\n{RELEASE} None of the above is done on a weekend.",
        f"## Plan\n\n{LIST}\n\n## Online learning\n\nNone of this is used.",
        f"## Plan\n\n{LIST}\n\n## Next\n\nThe next section describes the rollback.\n\n## Rollback\n\n{RELEASE}",
    ],
)
def test_other_sections_stay_what_they_are(text: str) -> None:
    """What is said of one section must not empty its neighbours."""
    assert len([said for said in paid(f"# Service\n\n{text}\n") if "PSI" in said or "batch" in said]) == 2
