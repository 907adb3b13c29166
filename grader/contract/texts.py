"""The README's language and length, and what the builder would refuse of the Dockerfile."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.contract.problem import Problem, note
from grader.contract.terms import load_terms
from grader.contract.work import Work
from grader.execution.dockerfile_gate import check_dockerfile
from grader.execution.install_lines import installed_by_name
from grader.probes.shared.files import read_file
from grader.probes.shared.stated import read_stated
from grader.probes.shared.text import decode_text
from grader.readme.language import looks_english

WORD = re.compile(r"\w+(?:[-'’./]\w+)*")
GRACE = 1.1
"""Words up to this many times the limit are read."""
SHORT = 150
"""Words below which not all questions of the brief can have been answered."""
TEXT_CAP = 256 * 1024
STAGE = re.compile(r"^\s*FROM\s", re.I | re.M)
HEALTHCHECK = re.compile(r"^\s*HEALTHCHECK\s+(?!NONE\b)", re.I | re.M)
USER = re.compile(r"^\s*USER\s+(\S+)", re.I | re.M)


def check_readme(work: Work) -> Iterator[Problem]:
    """Yield whether the text of deliverable 5 is English and within its length; nothing of what it says."""
    name = read_stated(work.root, work.files).readme()
    if name is None:
        return
    try:
        text = decode_text(read_file(work.root, name, TEXT_CAP))
    except ValueError as error:
        yield Problem(name, "", str(error), "text", "save it as UTF-8")
        return
    limit = load_terms().words
    judged, how = _judged(name, text)
    if not looks_english(judged):
        expected = "English, the only language that is read"
        yield note(
            name, "", "text that does not look like English", expected, "write deliverable 5 in English"
        )
    words = len(WORD.findall(judged))
    most = int(limit * GRACE)
    if words > most:
        found, expected = f"{words} words{how}", f"at most {limit}"
        yield Problem(name, "", found, expected, f"shorten it: words beyond {most} are not read")
    elif words > limit:
        yield note(name, "", f"{words} words{how}", f"at most {limit}", "shorten it a little")
    elif words < SHORT:
        found = f"{words} words{how}, run instructions not counted" if not how else f"{words} words{how}"
        yield note(
            name, "", found, f"about {limit} words on running this model", "answer the brief's questions"
        )


def _judged(name: str, text: str) -> tuple[str, str]:
    """Return the text that counts, and a remark where it could not be told apart from run instructions."""
    try:
        from grader.readme.text import counted_part
    except ImportError:
        return text, " with run instructions (markdown-it-py tells them apart)"
    return counted_part(name, text), ""


def check_dockerfiles(work: Work) -> Iterator[Problem]:
    """Yield what the builder refuses, and requirements that are not pinned."""
    name = read_stated(work.root, work.files).dockerfile()
    if name is not None:
        try:
            text = decode_text(read_file(work.root, name, TEXT_CAP))
        except ValueError as error:
            yield Problem(name, "", str(error), "a Dockerfile", "save it as UTF-8")
            return
        for refusal in check_dockerfile(text).refusals:
            found = f"{refusal.reason} [{refusal.rule}]"
            expected = "only bases that contract.yaml lists, no remote ADD, no frontend of your own"
            yield Problem(name, f"line {refusal.line}", found, expected, "start FROM python:3.11-slim")
        yield from _container_notes(name, text)
        for one in installed_by_name(text, work.files, lambda path: _read(work, path)):
            if not one.exact:
                yield note(name, f"line {one.line}", one.name[:80], "one exact version", "pin it with ==")
    if "requirements.txt" in work.files:
        lines = decode_text(read_file(work.root, "requirements.txt", TEXT_CAP)).splitlines()
        for number, line in enumerate(lines, start=1):
            wanted = line.split("#")[0].strip()
            if wanted and not wanted.startswith("-") and "==" not in wanted and " @ " not in wanted:
                remedy = "pin it with =="
                yield note("requirements.txt", f"line {number}", wanted[:80], "one exact version", remedy)


def _read(work: Work, path: str) -> str:
    """Return the text of a list of packages; what cannot be read holds none."""
    try:
        return decode_text(read_file(work.root, path, TEXT_CAP))
    except ValueError:
        return ""


def _container_notes(name: str, text: str) -> Iterator[Problem]:
    """Yield what is scored of the container and easily forgotten; what a base image brings is not known here."""
    last = STAGE.split(text)[-1]
    if not HEALTHCHECK.search(last):
        yield note(
            name,
            "",
            "no HEALTHCHECK",
            "one that the service answers",
            "let it ask GET /health with what the image has",
        )
    users = USER.findall(last)
    if not users or users[-1].split(":")[0] in ("0", "root"):
        yield note(name, "", "no USER but root", "another user", "add one, and USER before CMD")
