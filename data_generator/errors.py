"""Errors of the generator.

GeneratorError          anything we can say in one line; exit code 2 on the command line
├── OutputError         the output folder exists or cannot be written
├── AssignmentError     the folder `assignment/` is missing or incomplete
├── SpecError           rows, seed or plan outside what can be made
├── PlantError          a plant could not reach the strength it was asked for
├── SecretError         the company secret cannot be read, or others can read it
├── RegisterError       the register cannot be read or written, or says that this was issued already
└── RejectedError       no attempt gave a variant inside the bands
"""

from __future__ import annotations


class GeneratorError(Exception):
    """Anything the generator can explain in one line."""


class OutputError(GeneratorError):
    """The output folder exists already or cannot be written."""


class AssignmentError(GeneratorError):
    """The folder with the brief, contract and starter is missing or incomplete."""


class SpecError(GeneratorError):
    """The request asks for something that cannot be made."""


class PlantError(GeneratorError):
    """A plant could not reach the strength it was asked for."""


class SecretError(GeneratorError):
    """The company secret cannot be read or made, or is open to others."""


class RegisterError(GeneratorError):
    """The register cannot be read or written, or says that this was issued already."""


class RejectedError(GeneratorError):
    """No attempt gave a variant inside the bands."""
