"""Which text of a submission is judged: PRODUCTION.md, else the README without the parts about running it."""

import re
from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.token import Token

from grader.readme.visible import is_shell

PRODUCTION = "production.md"
_README_NAMES = ("readme.md", "readme.markdown", "readme", "readme.txt", "readme.rst")
_RUNNING = re.compile(
    r"^(?:(?:quick|getting)[- ]?start(?:ed)?|quickstart|installation|install(?:ing)?|set-?up"
    r"|requirements|prerequisites|dependencies|"
    r"(?:how to )?(?:run|use|install|build|start|reproduce)(?:ning|ing)?(?: (?:it|this"
    r"|the (?:service|project|code|api|app|container)|locally|with docker))?|"
    r"usage|example usage|(?:project |repository |repo |folder |directory |file |code )?(?:layout"
    r"|structure|tree|organi[sz]ation)|"
    r"(?:install(?:ation)?|set-?up|run(?:ning)?|usage) (?:and|&) (?:install(?:ation)?|set-?up"
    r"|run(?:ning)?|usage)|environment|docker|license|licence|troubleshooting)$",
    re.I,
)
_NUMBERING = re.compile(r"^[\d.)\s]+|[^\w\s&/-]+")


def judged_text(files: Mapping[str, str]) -> tuple[str, str]:
    """The name and the text that are judged; both empty where there is neither PRODUCTION.md nor a README.

    ``files`` maps paths inside the submission to their text. A file nearer to the root wins. From a README,
    shell code blocks and the sections on install, setup, run, usage and layout are left out.
    """
    name = _nearest(files, (PRODUCTION,)) or _nearest(files, _README_NAMES)
    return (name, counted_part(name, files[name])) if name else ("", "")


def counted_part(path: str, text: str) -> str:
    """What counts of one text: all of PRODUCTION.md, of any other what does not say how to run it."""
    return text if path.rsplit("/", 1)[-1].lower() == PRODUCTION else without_running(text)


def _nearest(files: Mapping[str, str], names: tuple[str, ...]) -> str:
    found = [
        (path.count("/"), names.index(path.rsplit("/", 1)[-1].lower()), path)
        for path in files
        if path.rsplit("/", 1)[-1].lower() in names
    ]
    return min(found)[2] if found else ""


def without_running(text: str) -> str:
    """A README without shell code blocks and without the sections that only say how to run it."""
    lines = text.splitlines(keepends=True)
    keep = [True] * len(lines)
    skipping = 0
    section_start = 0
    for token in _headings_and_code(text):
        if token.map is None:
            continue
        first, end = token.map
        if token.type in {"fence", "code_block"}:
            if is_shell(token.info, token.content):
                keep[first:end] = [False] * (end - first)
            continue
        level = int(token.tag[1])
        if skipping and level <= skipping:
            keep[section_start:first] = [False] * (first - section_start)
            skipping = 0
        if not skipping and _RUNNING.match(_title(lines[first])):
            skipping, section_start = level, first
    if skipping:
        keep[section_start:] = [False] * (len(lines) - section_start)
    return "".join(line for line, kept in zip(lines, keep, strict=True) if kept)


def _headings_and_code(text: str) -> list[Token]:
    tokens = MarkdownIt("commonmark").parse(text)
    return [
        t for t in tokens if t.type in {"fence", "code_block"} or (t.type == "heading_open" and t.level == 0)
    ]


def _title(line: str) -> str:
    return _NUMBERING.sub("", line.strip().strip("#").strip()).strip()
