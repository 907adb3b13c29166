"""Submissions made from the reference by recipes: one defect each, other forms, whole archetypes."""

from tests.mutants import audit, equivalents, evaluation, evasions, other_forms, readme, serving
from tests.mutants.archetypes import ARCHETYPES

__all__ = ["ARCHETYPES", "EQUIVALENTS", "MUTANTS"]

MUTANTS = (*audit.MUTANTS, *evaluation.MUTANTS, *serving.MUTANTS, *readme.MUTANTS, *evasions.MUTANTS)
EQUIVALENTS = (*equivalents.EQUIVALENTS, *other_forms.EQUIVALENTS)
