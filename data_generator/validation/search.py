"""The search for what nobody planted: every test on the clean world and on the issued rows of a variant."""

from __future__ import annotations

from dataclasses import dataclass

from data_generator.validation.exhibit import Exhibit, issued_exhibit, world_exhibit
from data_generator.validation.identifiers import identifiers_against_customers
from data_generator.validation.movement import columns_over_time, rows_over_time
from data_generator.validation.numbers import printed_numbers
from data_generator.validation.order import copies, order_facts, positions
from data_generator.validation.prediction import (
    aspects_against_residual,
    model_of_residual,
    noise_against_everything,
    patterns_against_residual,
)
from data_generator.validation.reading import Oddity, Reading, beyond_chance
from data_generator.validation.undeclared import undeclared_cells
from data_generator.variant import Variant

IN_THE_WORLD = (
    aspects_against_residual,
    patterns_against_residual,
    noise_against_everything,
    model_of_residual,
    identifiers_against_customers,
    columns_over_time,
)
IN_THE_FILE = (*IN_THE_WORLD, positions, copies)


@dataclass(frozen=True)
class Searched:
    """What the search of a frame took and what it found odd."""

    name: str
    readings: tuple[Reading, ...]
    oddities: tuple[Oddity, ...]


def search(variant: Variant) -> tuple[Searched, Searched]:
    """Search the clean world and the issued rows; cell by cell comparison goes with the latter."""
    world, issued = world_exhibit(variant), issued_exhibit(variant)
    in_world = search_frame(world, in_file_order=False)
    in_file = search_frame(issued, in_file_order=True)
    cells = undeclared_cells(variant)
    return in_world, Searched(in_file.name, in_file.readings, (*in_file.oddities, *cells))


def search_frame(exhibit: Exhibit, in_file_order: bool) -> Searched:
    """Take every reading of a frame and return those beyond chance together with plain facts."""
    tests = IN_THE_FILE if in_file_order else IN_THE_WORLD
    readings = [reading for test in tests for reading in test(exhibit)]
    odd = beyond_chance(readings) + printed_numbers(exhibit)
    odd += [Oddity("rows by month", "snapshot_month", complaint) for complaint in rows_over_time(exhibit)]
    if in_file_order:
        odd += order_facts(exhibit)
    return Searched(exhibit.name, tuple(readings), tuple(odd))
