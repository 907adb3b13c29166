"""What tests of several parts of the grader share."""

from collections.abc import Iterator

import pytest

from tests.grader.stand_in import StandIn


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """A local endpoint of a language model for one test."""
    made = StandIn()
    yield made
    made.close()
