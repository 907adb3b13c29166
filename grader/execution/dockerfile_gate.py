"""What a submission's Dockerfile may ask of the builder, decided before anything is built. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from grader.execution.dockerfile_parse import (
    Dockerfile,
    Instruction,
    ParseError,
    parse,
    split_flags,
    substitute,
    words_of,
)
from grader.execution.public_bases import PUBLIC_BASES, is_public_base

OFFICIAL_FRONTEND = re.compile(
    r"(?:(?:index\.|registry-1\.)?docker\.io/)?docker/dockerfile(?:-upstream)?(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?"
)
STAGE_NAME = re.compile(r"[a-z][a-z0-9._-]*")
REMOTE = re.compile(
    r"://|^[^/]*@|^(?:github\.com|gitlab\.com|bitbucket\.org)/|\.git(?:[#?].*)?$", re.IGNORECASE
)
INSTRUCTIONS = re.compile(
    "ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL"
    "|USER|VOLUME|WORKDIR"
)
UNKNOWN = "\0"
"""A value only the builder knows: no image reference with it in it is allowed."""
BUILDER_ARGUMENT = re.compile(
    r"(?:BUILD|TARGET)(?:PLATFORM|OS|ARCH|VARIANT|OSVERSION)|BUILDKIT_\w*|SOURCE_DATE_EPOCH"
    r"|(?:HTTPS?|FTP|NO|ALL)_PROXY|(?:https?|ftp|no|all)_proxy"
)
ARGUMENT = re.compile(r"""(?:"[^"]*"|'[^']*'|[^\s"'])+""")


@dataclass(frozen=True)
class Refusal:
    """Why a Dockerfile is not built: line (from 1), id of the rule, and a sentence."""

    line: int
    rule: str
    reason: str

    def __str__(self) -> str:
        """Return the sentence with its line and rule."""
        return f"line {self.line}: {self.reason} [{self.rule}]"


@dataclass(frozen=True)
class Gate:
    """The decision: refusals (empty where it may be built), outside images it needs, the text to build.

    `needs_heredocs` is the line of the first heredoc, or None.
    """

    refusals: tuple[Refusal, ...]
    bases: tuple[str, ...] = ()
    text: str = ""
    needs_heredocs: int | None = None


@dataclass
class _Stages:
    """Stages seen so far and the variables known to FROM lines."""

    names: list[str] = field(default_factory=list)
    arguments: dict[str, str] = field(default_factory=dict)
    bases: list[str] = field(default_factory=list)

    def earlier(self, name: str) -> bool:
        """Whether a name or number is a stage before the current one."""
        if re.fullmatch("[0-9]{1,4}", name):
            return int(name) < len(self.names) - 1
        return name.lower() in self.names[:-1]


def check_dockerfile(text: str) -> Gate:
    """Decide whether a Dockerfile may be built.

    Every image it names is an earlier stage or an allow-listed public base; nothing remote or variable is
    added; no foreign frontend, secret or ssh mount, or privileged step. The official syntax line is
    dropped: it would fetch a program for what the engine has built in.
    """
    try:
        dockerfile = parse(text)
    except ParseError as error:
        return Gate((Refusal(error.line, "not-a-dockerfile", str(error)),))
    refusals = list(_directives(dockerfile))
    stages = _Stages()
    for instruction in dockerfile.instructions:
        refusals += _instruction(instruction, stages)
        refusals += _hidden(instruction, stages)
    if not stages.names and not refusals:
        refusals.append(Refusal(1, "no-from", "there is no FROM instruction"))
    heredocs = [i.line for i in dockerfile.instructions if i.heredocs]
    return Gate(
        refusals=tuple(refusals),
        bases=tuple(dict.fromkeys(stages.bases)),
        text=_rewritten(text, dockerfile),
        needs_heredocs=heredocs[0] if heredocs else None,
    )


def _directives(dockerfile: Dockerfile) -> Iterator[Refusal]:
    for line, name, value in dockerfile.directives:
        named = value.split()[:1]  # a line that names none fetches none
        if name == "syntax" and named and not OFFICIAL_FRONTEND.fullmatch(named[0].strip("\"'").lower()):
            yield Refusal(line, "foreign-frontend", f"only the official syntax may be named, found {value!r}")


def _rewritten(text: str, dockerfile: Dockerfile) -> str:
    """Return the text without its leading comments, in which directives live, line numbers unchanged."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    top = ["#"] * dockerfile.leading
    if dockerfile.escape != "\\":
        top[0] = f"# escape={dockerfile.escape}"
    return "\n".join([*top, *lines[dockerfile.leading :]])


def _instruction(instruction: Instruction, stages: _Stages) -> Iterator[Refusal]:
    if not INSTRUCTIONS.fullmatch(instruction.keyword):
        yield Refusal(
            instruction.line, "not-a-dockerfile", f"unknown instruction {instruction.keyword[:40]!r}"
        )
    elif instruction.keyword == "FROM":
        yield from _from(instruction, stages)
    elif instruction.keyword == "ARG" and not stages.names:
        _remember_arguments(instruction, stages)
    elif instruction.keyword == "ONBUILD":
        keyword, _, rest = instruction.rest.partition(" ")
        if keyword.upper() in ("FROM", "ONBUILD", ""):
            yield Refusal(instruction.line, "not-a-dockerfile", f"ONBUILD {keyword} is not possible")
        else:
            inner = Instruction(instruction.line, keyword.upper(), rest.strip(), instruction.heredocs)
            yield from _instruction(inner, stages)
    elif instruction.keyword in ("COPY", "ADD", "RUN"):
        yield from _sources(instruction, stages)


def _from(instruction: Instruction, stages: _Stages) -> Iterator[Refusal]:
    _, rest = instruction.flags()
    words = rest.split()
    if len(words) not in (1, 3) or (len(words) == 3 and words[1].upper() != "AS"):
        yield Refusal(instruction.line, "not-a-dockerfile", f"expected FROM image [AS name], found {rest!r}")
        return
    name = words[2].lower() if len(words) == 3 else ""
    if name and not STAGE_NAME.fullmatch(name):
        yield Refusal(instruction.line, "stage-name", f"{words[2]!r} is no name for a stage")
    image = None
    if not BUILDER_ARGUMENT.search(" ".join(re.findall(r"\$\{?(\w+)", words[0]))):
        image = substitute(words[0].strip("\"'"), stages.arguments)
    # A stage is looked up before this one's own name is known.
    stages.names.append(name)
    if not image:
        yield Refusal(
            instruction.line, "variable-base", f"{words[0]!r} has no default that names an image before FROM"
        )
    elif not stages.earlier(image) or image.isdecimal():
        yield from _outside_image(instruction.line, image, stages)


def _outside_image(line: int, image: str, stages: _Stages) -> Iterator[Refusal]:
    if is_public_base(image):
        if image != "scratch":
            stages.bases.append(image)
        return
    names = ", ".join(sorted(PUBLIC_BASES))
    yield Refusal(
        line,
        "unknown-base",
        f"{image!r} is neither an earlier stage nor a public base allowed here ({names})",
    )


def _remember_arguments(instruction: Instruction, stages: _Stages) -> None:
    """Keep the defaults of ARG lines before the first FROM; one without default is unset."""
    for word in ARGUMENT.findall(instruction.rest):
        name, equals, value = word.partition("=")
        if not equals:
            continue
        known = not BUILDER_ARGUMENT.search(" ".join(re.findall(r"\$\{?(\w+)", value)))
        plain = (
            None if not known or "\\" in value else substitute(re.sub("[\"']", "", value), stages.arguments)
        )
        stages.arguments[name] = UNKNOWN if plain is None else plain


def _sources(instruction: Instruction, stages: _Stages) -> Iterator[Refusal]:
    flags, rest = split_flags(instruction.rest)
    for flag in flags:
        key, _, value = flag.removeprefix("--").partition("=")
        if key == "from" and instruction.keyword in ("COPY", "ADD"):
            yield from _source_image(instruction.line, value, stages)
        elif key == "mount" and instruction.keyword == "RUN":
            yield from _mount(instruction.line, value, stages)
        elif key in ("security", "network", "device") and value not in ("sandbox", "default", "none"):
            yield Refusal(instruction.line, "privileged-step", f"RUN --{key}={value} is not available")
    if instruction.keyword == "ADD":
        for source in words_of(rest)[:-1]:
            if REMOTE.search(source) or "$" in source:
                yield Refusal(
                    instruction.line,
                    "remote-add",
                    f"ADD takes plain files of the submission only, found {source!r}",
                )


def _source_image(line: int, name: str, stages: _Stages) -> Iterator[Refusal]:
    if "$" in name or not name:
        yield Refusal(line, "variable-base", f"an image to copy from must be named plainly, found {name!r}")
    elif not stages.earlier(name):
        yield from _outside_image(line, name, stages)


def _mount(line: int, value: str, stages: _Stages) -> Iterator[Refusal]:
    try:
        fields = next(iter(csv.reader([value], strict=True)), [])
    except csv.Error:
        yield Refusal(line, "not-a-dockerfile", f"RUN --mount={value!r} cannot be read")
        return
    options = [(key.strip().lower(), word.strip()) for key, _, word in (f.partition("=") for f in fields)]
    for key, word in options:
        if key == "type" and word.lower() not in ("bind", "cache", "tmpfs"):
            yield Refusal(line, "secret-mount", f"mounts of type {word!r} are not available")
        elif key == "from":
            yield from _source_image(line, word, stages)


def _hidden(instruction: Instruction, stages: _Stages) -> Iterable[Refusal]:
    """Refuse instructions inside heredocs that a builder without heredocs would obey."""
    for line, text in instruction.heredocs:
        keyword, _, rest = text.strip().partition(" ")
        inner = Instruction(line, keyword.upper(), rest.strip())
        is_from = inner.keyword == "FROM" and re.fullmatch(r"\S+(\s+as\s+\S+)?", inner.rest, re.IGNORECASE)
        if is_from or inner.keyword in ("COPY", "ADD") or (inner.keyword == "RUN" and "--" in inner.rest):
            scratch = _Stages(list(stages.names), dict(stages.arguments))
            yield from _instruction(inner, scratch)
