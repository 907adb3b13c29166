"""Read a Dockerfile the way the builder does, as far as its safety needs: lines, flags, words, variables.

Pure; nothing here decides what is allowed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

DIRECTIVE = re.compile(r"^\s*(?:#|//)\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*$")
HEREDOC = re.compile(r"""(?:^|(?<=\s))\d*<<(-?)(["']?)([A-Za-z_][A-Za-z0-9_.]*)\2(?=\s|$|[;|&>)])""")
HEREDOC_KEYWORDS = ("RUN", "COPY", "ADD")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
VARIABLE = re.compile(r"\\\$|\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([^}]*)\})")
BRACED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+])(.*))?")


class ParseError(ValueError):
    """The text is no Dockerfile the builder would accept; `line` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True)
class Instruction:
    """One instruction: its first line (from 1), keyword in capitals, and the joined rest.

    `heredocs` are the lines (number, text) of documents that follow it.
    """

    line: int
    keyword: str
    rest: str
    heredocs: tuple[tuple[int, str], ...] = ()

    def flags(self) -> tuple[list[str], str]:
        """Return the leading `--flag` words, unquoted as the builder does, and what follows them."""
        return split_flags(self.rest)


@dataclass(frozen=True)
class Dockerfile:
    """The parsed file: leading directives as (line, name, value), the escape sign, and instructions."""

    directives: tuple[tuple[int, str, str], ...]
    escape: str
    leading: int
    """How many lines at the top are comments or blank."""
    instructions: tuple[Instruction, ...]


def parse(text: str) -> Dockerfile:
    """Parse a Dockerfile; ParseError where a line is none of its instructions."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    _refuse_odd_signs(lines)
    leading = 0
    while leading < len(lines) and _is_leading(lines[leading]):
        leading += 1
    directives = tuple(
        (number, found.group(1).lower(), found.group(2))
        for number, line in enumerate(lines[:leading], start=1)
        if (found := DIRECTIVE.match(line))
    )
    escape = _escape(directives)
    return Dockerfile(directives, escape, leading, tuple(_instructions(lines, leading, escape)))


def _refuse_odd_signs(lines: list[str]) -> None:
    """Refuse what two readers may take for a blank or not: then they disagree where an instruction ends."""
    for number, line in enumerate(lines, start=1):
        comment = line.lstrip(" \t").startswith("#")  # its end is its line's for every reader
        if CONTROL.search(line) or (line.strip() != line.strip(" \t") and not comment):
            raise ParseError(number, "control signs and unusual blanks are not allowed")


def _is_leading(line: str) -> bool:
    text = line.strip()
    return not text or text.startswith(("#", "//"))


def _escape(directives: tuple[tuple[int, str, str], ...]) -> str:
    found = [(line, value) for line, name, value in directives if name == "escape"]
    if len({value for _, value in found}) > 1:
        raise ParseError(found[1][0], "the escape directive is given twice")
    for line, value in found:
        if value not in ("\\", "`"):
            raise ParseError(line, f"the escape directive must be \\ or `, found {value!r}")
        return value
    return "\\"


def _instructions(lines: list[str], start: int, escape: str) -> list[Instruction]:
    continued = re.compile(re.escape(escape) + r"[ \t]*$")
    found: list[Instruction] = []
    at = start
    while at < len(lines):
        first, text = at + 1, ""
        while at < len(lines):
            line = lines[at].strip() if not text else lines[at].rstrip()
            at += 1
            if not line.strip() or line.lstrip().startswith("#"):
                if text:
                    continue
                first = at + 1
                continue
            joined = continued.sub("", line)
            text += joined
            if joined == line:
                break
        if not text.strip():
            continue
        keyword, _, rest = text.strip().partition(" ")
        if "\t" in keyword:
            keyword, _, rest = text.strip().partition("\t")
        keyword = keyword.upper()
        if not keyword.isascii() or not keyword.isalpha():
            raise ParseError(first, f"expected an instruction, found {text.strip()[:60]!r}")
        documents: list[tuple[int, str]] = []
        if _carries_heredocs(keyword, rest):
            for dash, _, name in HEREDOC.findall(rest):
                at = _skip_document(lines, at, name, bool(dash), documents)
        found.append(Instruction(first, keyword, rest.strip(), tuple(documents)))
    return found


def _carries_heredocs(keyword: str, rest: str) -> bool:
    if keyword == "ONBUILD":
        keyword = rest.strip().split(None, 1)[0].upper() if rest.strip() else ""
    return keyword in HEREDOC_KEYWORDS


def _skip_document(lines: list[str], at: int, name: str, dash: bool, documents: list[tuple[int, str]]) -> int:
    while at < len(lines):
        line = lines[at].lstrip("\t") if dash else lines[at]
        at += 1
        if line == name:
            return at
        documents.append((at, line))
    raise ParseError(at, f"the document {name} is never ended")


def split_flags(text: str) -> tuple[list[str], str]:
    """Split leading `--flags` from the rest, removing quotes and backslashes as the builder does."""
    words: list[str] = []
    position = 0
    while True:
        while position < len(text) and text[position].isspace():
            position += 1
        if not text.startswith("--", position):
            return words, text[position:]
        word, position = _flag_word(text, position)
        if word == "--":
            return words, text[position:].lstrip()
        words.append(word)


def _flag_word(text: str, position: int) -> tuple[str, int]:
    word, quote = "", ""
    while position < len(text):
        sign = text[position]
        position += 1
        if sign == "\\":
            word += text[position : position + 1]
            position += 1
        elif quote:
            quote = "" if sign == quote else quote
            word += "" if not quote else sign
        elif sign in "'\"":
            quote = sign
        elif sign.isspace():
            break
        else:
            word += sign
    return word, position


def words_of(rest: str) -> list[str]:
    """Return the arguments after the flags, from the JSON form or split at blanks, quotes removed."""
    if rest.startswith("["):
        try:
            listed = json.loads(rest)
        except (ValueError, RecursionError):
            listed = None
        if isinstance(listed, list) and all(isinstance(word, str) for word in listed):
            return listed
    return [re.sub(r"[\"'\\`]", "", word) for word in rest.split()]


def substitute(text: str, values: Mapping[str, str]) -> str | None:
    """Replace `$NAME`, `${NAME}`, `${NAME:-word}` and `${NAME:+word}`; None where a form is not one of these.

    >>> substitute("python:${TAG:-3.11}-slim", {})
    'python:3.11-slim'
    """
    failed = False

    def value(found: re.Match[str]) -> str:
        nonlocal failed
        if found.group(0) == "\\$":
            return "$"
        braced = BRACED.fullmatch(found.group(2)) if found.group(2) is not None else None
        if found.group(2) is not None and braced is None:
            failed = True
            return ""
        name, operator, word = braced.groups() if braced else (found.group(1), None, None)
        known = values.get(name)
        is_set = known is not None and (known != "" or not (operator or "").startswith(":"))
        if operator and operator.endswith("-") and not is_set:
            return substitute(word or "", values) or ""
        if operator and operator.endswith("+"):
            return (substitute(word or "", values) or "") if is_set else ""
        return known or ""

    replaced = VARIABLE.sub(value, text)
    # What is left over of a dollar sign is a form the builder may read otherwise.
    leftover = re.search(r"\$[A-Za-z_{]", VARIABLE.sub("", text))
    return None if failed or leftover else replaced
