"""What may be asked for: seeds and numbers of rows that make sense."""

from __future__ import annotations

from data_generator.errors import SpecError
from data_generator.variant import MINIMUM_ROWS

MAXIMUM_ROWS = 100_000_000
SEED_BITS = 256
MAXIMUM_WORKERS = 256


def check_seed(seed: int) -> None:
    """Raise SpecError unless a seed is a non-negative integer of at most 256 bits."""
    if seed < 0 or seed.bit_length() > SEED_BITS:
        found = str(seed) if seed.bit_length() <= SEED_BITS else f"a number of {seed.bit_length()} bits"
        raise SpecError(f"seed: found {found}, expected a non-negative integer of at most {SEED_BITS} bits")


def check_rows(
    rows: int,
    least: int = MINIMUM_ROWS,
    why: str = "the defects cannot be measured",
    most: int = MAXIMUM_ROWS,
) -> None:
    """Raise SpecError unless a number of rows is between `least`, below which `why` holds, and `most`."""
    if not least <= rows <= most:
        reason = f"; with fewer {why}" if rows < least else ""
        raise SpecError(f"rows: found {rows}, expected at least {least} and at most {most}{reason}")


def check_workers(workers: int) -> None:
    """Raise SpecError unless a number of processes is 0, for one per processor, or up to 256."""
    if not 0 <= workers <= MAXIMUM_WORKERS:
        raise SpecError(f"workers: found {workers}, expected 0 to {MAXIMUM_WORKERS}")
