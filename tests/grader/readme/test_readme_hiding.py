"""What a reader sees struck through, or does not see at all, is not read."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts

PLAN = "PSI of trips_per_week is computed each week against the training months; above 0.2 opens a ticket."


@pytest.mark.parametrize(
    "frame",
    [
        "<del>{}</del>",
        "<p><s>{}</s></p>",
        "<ruby>a<rp>{}</rp></ruby>",
        "<video src='a.mp4'>{}</video>",
        "<textarea rows='0'>{}</textarea>",
        "<dialog>{}</dialog>",
        '<span style="text-decoration: underline line-through">{}</span>',
        '<span style="color:#fffffe">{}</span>',
        '<span style="color: hsl(0, 0%, 100%)">{}</span>',
        '<span style="color: rgba(0 0 0 / 1%)">{}</span>',
        '<font color="ghostwhite">{}</font>',
        '<div style="transform: scale(0)">{}</div>',
        '<div style="clip-path: inset(100%)">{}</div>',
        '<div style="display:none"></p>{}</div>',
        "<details><summary>Rejected draft</summary>\n\n{}\n\n</details>",
    ],
)
def test_text_that_is_not_shown_says_nothing(facts: Facts, frame: str) -> None:
    """Text that is struck through, clipped, shrunk, nearly white or a fallback never becomes a claim."""
    assert not any("psi" in claim.own for claim in read_claims(frame.format(PLAN), facts).claims)


@pytest.mark.parametrize(
    "frame",
    [
        '<span style="color:#c00000">{}</span>',
        '<span style="color: hsl(210, 60%, 40%); background-color: #fff">{}</span>',
        '<div style="transform: scale(0.95)">{}</div>',
        "<details><summary>Limits in full</summary>\n\n{}\n\n</details>",
        "<dialog open>{}</dialog>",
        "The old limit was <del>0.3</del>. {}",
        "Ask for `<version>` first. {}",
    ],
)
def test_coloured_and_folded_text_is_read(facts: Facts, frame: str) -> None:
    """Dark colours, folded details and a struck figure in another sentence leave a plan readable."""
    claims = read_claims(frame.format(PLAN), facts).claims
    assert any("psi" in claim.own and claim.pays for claim in claims)
