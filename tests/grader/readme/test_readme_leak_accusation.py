"""Nobody is told that a column is no leak for saying when it is written or that it was tested."""

import pytest

from grader.readme.leak_accusation import accuses_of_leaking


@pytest.mark.parametrize(
    "own",
    [
        "qcol is set once, at sign-up, and stays.",
        "qcol is recorded when a ticket is closed, so customers without tickets have none.",
        "qcol is known only after month end, which is why the batch runs on the second working day.",
        "qcol is written when the customer signs, and stays until the end of the contract.",
        "i looked for leakage in qcol by shifting it one month: no gain, so there is none.",
        "leakage test for qcol : passed.",
        "- qcol : leakage? no (computed at month-end)",
        "qcol is shifted by one month in my code to avoid leakage.",
        "qcol could leak the outcome; at first it looked so.",
    ],
)
def test_telling_when_a_field_is_written_accuses_nobody(own):
    """Of 274 honest texts twenty were called false for it."""
    assert not accuses_of_leaking(own)


@pytest.mark.parametrize(
    "own",
    [
        "qcol leaks the outcome.",
        "a check for leakage was run: qcol leaks.",
        "qcol is filled in only after the customer has left, so i dropped it.",
        "qcol is recorded when the account is closed.",
        "qcol knows the answer.",
        "qcol is set once the contract has ended.",
    ],
)
def test_an_accusation_is_heard(own):
    """A column said to be written at the end, or to leak, is accused in whatever form."""
    assert accuses_of_leaking(own)
