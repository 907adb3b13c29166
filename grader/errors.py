"""Errors of ours; a candidate's problem is never one of these, it is data.

GraderError                 exit code 2 unless said otherwise
├── UsageError              2  a path, option or file of the caller is wrong
├── RubricError             2  the rubric cannot be used
├── VaultError              2  the vault is missing, damaged or of another schema
├── SubmissionError         3  the submission cannot be opened, or belongs to another variant
└── SandboxError            4  the sandbox does not work (engine gone, image missing, disk full)
"""

from __future__ import annotations

import re


def said_by_yaml(error: Exception) -> str:
    """Return what YAML says of a text in one line, without the name it gives to a text that came from no file.

    >>> said_by_yaml(ValueError('expected "]"\\n  in "<byte string>", line 1, column 5'))
    'expected "]" in line 1, column 5'
    """
    return re.sub(r'in "<(?:byte|unicode) string>", ', "in ", " ".join(str(error).split()))


class GraderError(Exception):
    """Something on our side, or the caller's, is wrong; `exit_code` is what the command returns."""

    exit_code = 2


class UsageError(GraderError):
    """A path, option or file given by the caller is wrong."""


class RubricError(GraderError):
    """The rubric file cannot be used."""


class VaultError(GraderError):
    """The vault is missing, damaged or of another schema."""


class SubmissionError(GraderError):
    """The submission cannot be opened; `rule` names the intake rule that refused it."""

    exit_code = 3

    def __init__(self, message: str, rule: str = "unreadable") -> None:
        super().__init__(message)
        self.rule = rule


class SandboxError(GraderError):
    """The sandbox itself does not work; never the candidate's fault."""

    exit_code = 4
