"""Submissions made from the reference by recipes: one defect each, other forms, whole archetypes."""

from tests.mutants import audit, evaluation, evasions, readme, serving
from tests.mutants.archetypes import ARCHETYPES
from tests.mutants.equivalents import EQUIVALENTS

__all__ = ["ARCHETYPES", "EQUIVALENTS", "MUTANTS"]

MUTANTS = (*audit.MUTANTS, *evaluation.MUTANTS, *serving.MUTANTS, *readme.MUTANTS, *evasions.MUTANTS)
