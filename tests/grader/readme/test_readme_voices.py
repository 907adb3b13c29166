"""Words of other people, texts and programs are not this plan, even where they say "we"."""

from collections.abc import Callable

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts

PLAN = (
    "We hold the median of fare_paid_eur against last month each load and stop beyond a factor of two. "
    "We compute PSI of trips_per_week each week and open a ticket above 0.2."
)
BULLETS = "\n".join(f"- {sentence.rstrip('.')}." for sentence in PLAN.split(". "))


@pytest.mark.parametrize(
    "text",
    [
        f'Dr. Maier, head of data at Alpina Mobil: "{PLAN}"',
        f'A friend at a bank told me: "We are careful. {PLAN}"',
        f"At a conference a speaker said:\n\n{BULLETS}",
        f"On Tue, 3 Dec, Anna Klein (Alpina Mobil) wrote:\n\n{BULLETS}",
        f"The last candidate wrote this in his README: {PLAN}",
        f"A student answered: {PLAN}",
        f"Quote from a LinkedIn post:\n\n{BULLETS}",
        f'Jane Doe, CTO of Alpina Mobil, told the press: "{PLAN}"',
        f"{PLAN} That is what ChatGPT answered when I asked it.",
        f"User: write a plan\n\nAssistant: {PLAN}\n\nUser: no thanks",
        f"**Tom (consultant):** {PLAN}",
        f"The assignment tells the candidate to:\n\n{BULLETS}",
        f"Article 12 of the draft act obliges banks to:\n\n{BULLETS}",
        f"Figure 2: screenshot of the vendor's demo. {PLAN}",
        f"The manual of the tool prints this sample, which we do not use:\n\n{BULLETS}",
        f"## Model card of the competitor product\n\n### Inputs\n\n{BULLETS}",
    ],
)
def test_words_of_others_do_not_pay(plan_pays: Callable[[str], bool], text: str) -> None:
    """Letters, talks, transcripts, laws, manuals and captions are read as quotations up to where they end."""
    assert not plan_pays(text)


@pytest.mark.parametrize(
    "text",
    [
        f"The data owner told us that the unit changed: {PLAN}",
        f"The dashboard says what to do first:\n\n{BULLETS}",
        f"What the model card says we do:\n\n{BULLETS}",
        f'The call centre asked: "What if the list is empty?" {PLAN}',
        f"The law requires us to keep the log. {PLAN}",
        f"The candidate model must pass:\n\n{BULLETS}",
        f"User: the retention desk.\n\n{BULLETS}",
        f'A friend at a bank told me: "Keep it short." {PLAN}',
        f"## Competitor prices\n\n{BULLETS}",
        f"Figure 2: PSI by week. {PLAN}",
        f"The trainer job recommends:\n\n{BULLETS}",
        f"{PLAN} That is what a person at the desk does.",
        f"## Vendor's feed\n\n{BULLETS}",
    ],
)
def test_own_words_near_those_of_others_stay(plan_pays: Callable[[str], bool], text: str) -> None:
    """What colleagues, dashboards, candidates for release and figures are mentioned with stays the writer's plan."""
    assert plan_pays(text)


def test_a_quotation_is_cut_at_its_place(facts: Facts) -> None:
    """Cutting a block where somebody else's words begin keeps every quote verbatim."""
    text = f'Dr. Maier, head of data at Alpina Mobil: "{PLAN}"'
    assert all(claim.quote in text for claim in read_claims(text, facts).claims)
