"""The packages that a Dockerfile installs by name, and whether each has one exact version. Pure.

What cannot be known from the text (a variable, a condition, a script) counts neither way.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from grader.execution.dockerfile_parse import Instruction, ParseError, parse, split_flags, words_of

TOOLS = re.compile(
    r"(?i)pip|setuptools(-scm)?|wheel|build|virtualenv|pipx|pip-tools|uv|uv-build|poetry(-core|-plugin-\w+)?|pdm(-\w+)?"
    r"|pipenv|hatch|hatchling|flit(-core)?|maturin|cython|ninja|cmake|scikit-build(-core)?|meson(-python)?|pybind11"
    r"|python|conda|mamba|micromamba|conda-(lock|pack|libmamba-solver)|packaging|certifi|(artifacts-)?keyring|keyrings-.+"
)
"""What installs and builds: the packages that it brings are pinned or not, whatever its own version."""
SYSTEM = re.compile(
    r"(?i)_?lib.+|.*openmp|g(cc|xx|fortran)(_.*)?|.*compilers?|make|curl|wget|git|tini|ca-certificates"
)
"""Conda packages that an image of Debian would take from apt."""
PIP = re.compile(r"(-m)?pip[\d.]*")
CONDA = re.compile(r"(micro)?(conda|mamba)")
BEFORE = re.compile(
    r"(?:\w+=.*|[{!(]|python[\d.]*|uv|env|sudo|exec|time|command|nice|poetry|pdm|pipenv|set|@?-m)$"
)
SHELL = re.compile(r"(ba|da|a|z)?sh")
WITHOUT_VALUE = re.compile(
    r"-[UqvyIh]+|--no-(?!.*(package|binary)$)[\w-]+|--(upgrade|user|pre|quiet|verbose|force-reinstall|ignore-installed"
    r"|ignore-requires-python|break-system-packages|compile|prefer-binary|require-hashes|use-pep517|isolated"
    r"|require-virtualenv|dry-run|debug|system|compile-bytecode|reinstall|strict|exact|all-extras|offline|yes|copy"
    r"|override-channels|update-deps|only-deps|native-tls|refresh|verify-hashes|disable-pip-version-check)"
)
"""Options after which the next word is a package; of all others the next word is their value, or unknown."""
ELSEWHERE = re.compile(r"--(no-index|exclude-newer|uploaded-prior-to)\b")
FROM_ELSEWHERE = re.compile(r"\b(PIP_NO_INDEX|UV_NO_INDEX|UV_EXCLUDE_NEWER|PIP_UPLOADED_PRIOR_TO)\b")
"""Said of a command, or of all: a folder or a date decides the versions."""
PACKAGE = re.compile(r"([A-Za-z][\w.-]*)(\[[\w,. -]*\])?(\s*([=<>!~;@].*)?)")
FILE = re.compile(r"(?i)\.(whl|zip|tar|tar\.\w+|tgz|txt|in|toml|py)$")
EXACT = re.compile(r"===?\s*[\w.!+-]+")
LIST = re.compile(
    r"(?i)((requirements|constraints)[^/]*\.(txt|in|lock)|(^|/)requirements/[^/]+\.(txt|in)|\.ya?ml)$"
)
CONSTRAINT = re.compile(r"(?:-c|(?:--|PIP_|UV_)(?i:constraint)[=\s])\s*[\"']?(?:[^\s\"']{0,200}/)?([\w.-]+)")
"""A list by its use, whatever its name."""
LOCK = re.compile(r"(^|/)(uv\.lock|poetry\.lock|Pipfile\.lock|pdm\.lock|conda-lock\.yml|pylock\.toml)$")
HELD = re.compile(
    r"(?m)^[ \t]*(?:-[ \t]+)?[\"']?([A-Za-z][\w.-]*)(?:\[[^\]\n]*\])?[ \t]*=(?:==?)?[ \t]*\d(?![^\n]*\*)"
)
LOCKED = re.compile(r'(?m)^[ \t]*(?:-[ \t]+)?name[ \t]*[=:][ \t]*"?([\w.-]+)|^[ \t]*"([\w.-]+)":[ \t]*\{')
FILES = 50
LISTS = 500
"""Lists that are looked into, and at whose names."""
COPIED_FILES = re.compile(
    r"(?i)\w\.(?!whl|tar|tgz|zip)[a-z]\w*$|model|artifact|static|^(out|outputs?|results|mlruns|weights|checkpoints?)$"
)
"""What a stage is for whose packages are not in the image."""
CHARS = 64 * 1024


@dataclass(frozen=True)
class Installed:
    """One package that a line of the Dockerfile names, as it is written there."""

    line: int
    name: str
    exact: bool


def installed_by_name(text: str, files: Iterable[str], read: Callable[[str], str]) -> tuple[Installed, ...]:
    """Return what the install lines of the image's stages name, the tools that install aside.

    A name without a version is exact too where a list, constraints or a lock that the Dockerfile names holds one.
    """
    found = list(_requirements(text))
    if not found:
        return ()
    held = _held(text, files, read)
    return tuple(Installed(line, word, is_exact(word) or plain(word) in held) for line, word in found)


def is_exact(word: str) -> bool:
    """Return whether a requirement names one version, or one file by its address."""
    return bool(EXACT.search(word) and "*" not in word) or " @ " in word


def plain(word: str) -> str:
    """Return the name in a requirement in the form that indexes compare."""
    found = PACKAGE.match(word)
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found else ""


def _held(text: str, files: Iterable[str], read: Callable[[str], str]) -> set[str]:
    """Return the names with versions in the lists that the Dockerfile names, and in those beside them that these do."""
    names: set[str] = set()
    told, seen = re.sub(r"(?m)(^|\s)#.*$", "", text), set[str]()
    used = set(CONSTRAINT.findall(told[:CHARS]))
    listed = [p for p in files if LIST.search(p) or LOCK.search(p) or posixpath.basename(p) in used][:LISTS]
    while (
        path := next((p for p in listed if p not in seen and posixpath.basename(p) in told), None)
    ) is not None:
        seen.add(path)
        content = read(path)
        pattern = LOCKED if LOCK.search(path) else HELD
        names |= {plain(found[0] or found[-1]) for found in map(_groups, pattern.finditer(content))}
        told += "".join(line for line in content.splitlines() if line.startswith("-"))[:CHARS]
        if len(seen) >= FILES:
            break
    return names


def _groups(found: re.Match[str]) -> tuple[str, ...]:
    return found.groups(default="")


def _requirements(text: str) -> Iterator[tuple[int, str]]:
    if not re.search(r"pip|conda|mamba", text) or FROM_ELSEWHERE.search(text):
        return
    try:
        instructions = parse(text).instructions
    except ParseError:
        return  # no such file is built
    for instruction in _kept(instructions):
        if instruction.keyword == "RUN":
            for line, commands in _commands(instruction):
                yield from ((line, word) for command in commands for word in _named(command))


def _kept(instructions: tuple[Instruction, ...]) -> Iterator[Instruction]:
    """Yield the instructions of the last stage and of those that it takes more than single files or a model from."""
    stages: list[list[Instruction]] = [[]]
    for instruction in instructions:
        if instruction.keyword == "FROM" and any(one.keyword == "FROM" for one in stages[-1]):
            stages.append([])
        stages[-1].append(instruction)
    names = {}
    for number, stage in enumerate(stages):
        opening = next((one.rest.split() for one in stage if one.keyword == "FROM"), [])
        names[str(number)] = number
        if len(opening) >= 3 and opening[-2].upper() == "AS":
            names[opening[-1].lower()] = number
    pending, kept = [len(stages) - 1], set[int]()
    while pending:
        number = pending.pop()
        if number not in kept:
            kept.add(number)
            sources = {name for one in stages[number] for name in _sources(one)}
            pending += [names[name] for name in sources if names.get(name, number) < number]
    for number in sorted(kept):
        yield from stages[number]


def _sources(instruction: Instruction) -> Iterator[str]:
    flags, rest = instruction.flags()
    if instruction.keyword == "FROM":
        yield from (word.lower() for word in rest.split()[:1])
    for flag in flags if instruction.keyword in ("COPY", "RUN") else ():
        for part in flag.removeprefix("--mount=").removeprefix("--").split(","):
            taken = words_of(rest)[:-1] if instruction.keyword == "COPY" else ["/"]
            if part.startswith("from=") and not all(
                COPIED_FILES.search(posixpath.basename(p.rstrip("/"))) for p in taken
            ):
                yield part.removeprefix("from=").lower()


def _commands(instruction: Instruction) -> Iterator[tuple[int, list[list[str]]]]:
    """Yield the commands of a RUN line, or of each line of its documents, as lists of words."""
    _, rest = split_flags(instruction.rest)
    if rest.startswith("["):
        words = words_of(rest)
        yield instruction.line, _split(_script(words)) or [words]
    else:
        yield instruction.line, _split(rest)
    lines = iter(instruction.heredocs if re.match(r"\d*<<|(ba)?sh\b", rest) else ())
    for number, line in lines:
        while line.rstrip().endswith("\\") and (more := next(lines, None)) is not None:
            line = line.rstrip()[:-1] + " " + more[1]
        yield number, _split(line)


def _split(text: str) -> list[list[str]]:
    """Split a line as a shell does; what it may or may not run is left out, and a line that is none is empty."""
    text = re.sub(r"(^|\s)#.*", "", text[:CHARS])
    lexer = shlex.shlex(text, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        tokens = list(lexer)
    except ValueError:
        return []
    commands: list[list[str]] = []
    joined = ";"
    for sign, group in groupby(tokens, key=lambda token: bool(re.fullmatch(r"[();|&]+", token))):
        words = list(group)
        if sign:
            joined = words[-1]
            continue
        words = words[: next((n for n, word in enumerate(words) if "`" in word), len(words))]
        if joined != "||" and words and words[0] not in ("then", "else", "do"):
            commands += _split(_script(words)) if _script(words) else [words]
    return commands


def _script(words: list[str]) -> str:
    """Return what `sh -c` and its like are told to run."""
    if len(words) >= 3 and SHELL.fullmatch(posixpath.basename(words[0])):
        return next((words[n + 1] for n, w in enumerate(words[:-1]) if re.fullmatch(r"-\w*c", w)), "")
    return ""


def _named(words: list[str]) -> Iterator[str]:
    """Yield the packages that a command installs by name, as pip writes them."""
    at = next(
        (n for n, word in enumerate(words) if _program(word) or not _leads(words[:n], word)), len(words)
    )
    if at >= len(words) or not (program := _program(words[at])):
        return
    command = words[at + 1 :]
    if program == "conda" and "run" in command[:1]:
        inner = next((n for n, word in enumerate(command) if PIP.fullmatch(posixpath.basename(word))), None)
        yield from _named(command[inner:]) if inner is not None else ()
        return
    operands = list(_operands(command))
    does = ("install", "create") if program == "conda" else ("install", "wheel", "download")
    if not operands or operands[0] not in does or any(ELSEWHERE.match(word) for word in command):
        return
    for word in operands[1:]:
        if program == "conda":
            word = re.sub(r"^([\w.-]+)\s*=?\s*=?\s*(?=\d)", r"\1==", word.rpartition("::")[2])
        found = PACKAGE.fullmatch(word)
        if not found or FILE.search(word) or TOOLS.fullmatch(re.sub(r"[_.]", "-", found[1])):
            continue
        if not (program == "conda" and SYSTEM.fullmatch(found[1])):
            yield word


def _program(word: str) -> str:
    base = posixpath.basename(word)
    return "pip" if PIP.fullmatch(base) else "conda" if CONDA.fullmatch(base) else ""


def _leads(before: list[str], word: str) -> bool:
    """Return whether a word may stand before the program of a command."""
    leads = BEFORE.match(word) or BEFORE.match(posixpath.basename(word))
    return bool(leads) or (bool(before) and word.startswith("-"))


def _operands(words: list[str]) -> Iterator[str]:
    """Yield the words that are neither options nor their values nor where output goes."""
    skip = False
    for word in words:
        if skip:
            skip = False
        elif re.fullmatch(r"&?[<>]+[&|]?", word):
            skip = True
        elif re.fullmatch(r"-\w\S+", word) and not WITHOUT_VALUE.fullmatch(word):
            continue  # a short option with its value
        elif word.startswith("-"):
            skip = "=" not in word and not WITHOUT_VALUE.fullmatch(word)
        elif "$" not in word:
            yield word
