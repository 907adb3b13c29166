"""The gate before any build: what a Dockerfile may name, in every spelling the builder understands."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.execution.dockerfile_gate import check_dockerfile
from grader.execution.public_bases import is_public_base

BASE = "FROM python:3.11-slim\n"

ORDINARY = {
    "multi-stage": (
        "# syntax=docker/dockerfile:1.7\nARG PY=3.11\nFROM python:${PY}-slim AS build\nWORKDIR /w\n"
        "COPY requirements.txt .\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install \\\n"
        "    # a comment in between\n    -r requirements.txt\n\nFROM python:${PY}-slim\n"
        "COPY --from=build --chown=10:10 /usr/local /usr/local\nCOPY . /app\nUSER 1000\nEXPOSE 8000\n"
        'HEALTHCHECK CMD ["python", "-c", "1"]\nCMD ["python", "-m", "app"]\n'
    ),
    "uv": "FROM python:3.12-slim-bookworm\nCOPY --from=ghcr.io/astral-sh/uv:0.5.1 /uv /bin/\nADD . /app\n",
    "stage by number": BASE + "FROM python:3.11-slim\nCOPY --from=0 /a /b\n",
    "stage as base": "FROM python:3.11-slim AS Base\nFROM base\nCOPY --from=BASE /a /b\n",
    "hub spellings": "FROM docker.io/library/python:3.10\nFROM index.docker.io/python:3.13-alpine\n",
    "digest": f"FROM python:3.11-slim@sha256:{'a' * 64}\n",
    "default in place": "ARG TAG\nFROM python:${TAG:-3.11-slim}\n",
    "platform": "FROM --platform=$BUILDPLATFORM python:3.11-slim\n",
    "quoted default": 'ARG IMAGE="python:3.11-slim"\nFROM $IMAGE\n',
    "argument from argument": "ARG V=3.11\nARG IMAGE=python:$V-slim\nFROM ${IMAGE}\n",
    "escape directive": "# escape=`\nFROM python:3.11-slim\nRUN echo a `\n  b\n",
    "bind from a stage": BASE[:-1] + " AS a\n" + BASE + "RUN --mount=from=a,target=/x cp /x/y /y\n",
    "shift, not a document": BASE + 'RUN python -c "print(1 << 3, 1<<3)" && echo $((1<<3))\n',
    "copy with a variable": BASE + "ARG SRC=app\nCOPY $SRC /app\n",
    "url in run": BASE + "RUN curl https://example.org/x\n",
    "document": BASE + "RUN <<EOF\nfrom pandas import DataFrame\npip install x\nEOF\nUSER 1\n",
    "tab after keyword": "FROM\tpython:3.11-slim\nCOPY\t. /app\n",
    "windows lines": "FROM python:3.11-slim\r\nRUN echo a \\\r\n b\r\n",
    "distroless": BASE[:-1] + " AS b\nFROM gcr.io/distroless/python3-debian12:nonroot\nCOPY --from=b /a /a\n",
}

REFUSED = {
    "another candidate's image": ("FROM takehome/abc:latest\n", "unknown-base", 1),
    "by image id": (f"FROM sha256:{'a' * 64}\n", "unknown-base", 1),
    "by bare id": ("FROM 0123456789ab\n", "unknown-base", 1),
    "private registry": ("FROM registry.example.org/python:3.11\n", "unknown-base", 1),
    "port": ("FROM localhost:5000/python:3.11-slim\n", "unknown-base", 1),
    "other user's python": ("FROM evil/python:3.11-slim\n", "unknown-base", 1),
    "old python": ("FROM python:2.7\n", "unknown-base", 1),
    "uppercase": ("FROM Python:3.11-slim\n", "unknown-base", 1),
    "lower-case keyword": ("from evil\n", "unknown-base", 1),
    "second stage": (BASE + "\n\nFROM evil\n", "unknown-base", 4),
    "continued": ("FROM \\\n  evil\n", "unknown-base", 1),
    "continued over a comment": ("FROM \\\n# python:3.11-slim\n  evil\n", "unknown-base", 1),
    "continued within the keyword": ("FR\\\nOM evil\n", "unknown-base", 1),
    "backslash is no escape": ("# escape=`\nFROM python:3.11-slim\nRUN a \\\nFROM evil\n", "unknown-base", 4),
    "hidden by the wrong escape": (BASE + "RUN echo `\nFROM evil\n", "unknown-base", 3),
    "later stage": ("FROM b\nFROM python:3.11-slim AS b\n", "unknown-base", 1),
    "its own stage": (BASE[:-1] + " AS me\nCOPY --from=me /a /b\n", "unknown-base", 2),
    "number too high": (BASE + "COPY --from=1 /a /b\n", "unknown-base", 2),
    "base by number": (BASE + "FROM 0\n", "unknown-base", 2),
    "variable without default": ("ARG IMAGE\nFROM $IMAGE\n", "variable-base", 2),
    "variable unknown": ("FROM ${IMAGE}\n", "variable-base", 1),
    "argument of a stage": (BASE + "ARG X=python:3.11\nFROM $X\n", "variable-base", 3),
    "default elsewhere": ("ARG I=evil\nFROM ${I:-python:3.11-slim}\n", "unknown-base", 2),
    "alternative": ("ARG I=x\nFROM ${I:+evil}\n", "unknown-base", 2),
    "pattern form": ("ARG I=python:3.11-slim.evil\nFROM ${I%.evil}\n", "variable-base", 2),
    "last default wins": ("ARG I=python:3.11-slim\nARG I=evil\nFROM $I\n", "unknown-base", 3),
    "two on a line": ("ARG A=1 I=evil\nFROM $I\n", "unknown-base", 2),
    "joined quotes": ('ARG I="python"x/evil:1\nFROM $I\n', "unknown-base", 2),
    "escape in a default": ("ARG I=python\\x/evil\nFROM $I\n", "unknown-base", 2),
    "the builder's own argument": ("FROM ${BUILDKIT_CACHE_MOUNT_NS:+evil/}python:3.11\n", "variable-base", 1),
    "the builder's own, by way of another": (
        "ARG A=${HTTP_PROXY:+evil/}\nFROM ${A}python\n",
        "unknown-base",
        2,
    ),
    "the builder's own, redefined": ("ARG TARGETARCH=python\nFROM $TARGETARCH\n", "variable-base", 2),
    "form feed after the escape": (BASE + "RUN a \\\f\nFROM evil\n", "not-a-dockerfile", 2),
    "hard blank after the escape": (BASE + "RUN a \\\u00a0\nFROM evil\n", "not-a-dockerfile", 2),
    "carriage returns after the escape": (BASE + "RUN a \\\r\r\nFROM evil\n", "not-a-dockerfile", 2),
    "separator within a line": (BASE + "RUN a\u2028FROM evil\n", "not-a-dockerfile", 2),
    "copy": (BASE + "COPY --from=evil /a /b\n", "unknown-base", 2),
    "copy, variable": (BASE + "ARG F=evil\nCOPY --from=$F /a /b\n", "variable-base", 3),
    "copy, quoted flag": (BASE + 'COPY --"from"=evil /a /b\n', "unknown-base", 2),
    "copy, escaped flag": (BASE + "COPY --fr\\om=evil /a /b\n", "unknown-base", 2),
    "copy, second flag": (BASE + "COPY --chown=1 --from=evil /a /b\n", "unknown-base", 2),
    "mount": (BASE + "RUN --mount=type=bind,from=evil,target=/x cat /x\n", "unknown-base", 2),
    "mount, capitals": (BASE + "RUN --mount=FROM=evil,target=/x cat /x\n", "unknown-base", 2),
    "mount, csv quotes": (
        BASE + "RUN --mount='type=bind,\"from=evil\",target=/x' cat /x\n",
        "unknown-base",
        2,
    ),
    "mount, cache from": (BASE + "RUN --mount=type=cache,from=evil,target=/x cat /x\n", "unknown-base", 2),
    "second mount": (
        BASE + "RUN --mount=type=cache,target=/c \\\n --mount=from=evil,target=/x cat /x\n",
        "unknown-base",
        2,
    ),
    "secret": (BASE + "RUN --mount=type=secret,id=x cat /run/secrets/x\n", "secret-mount", 2),
    "ssh": (BASE + "RUN --mount=type=ssh git clone x\n", "secret-mount", 2),
    "variable mount type": (BASE + "ARG T=secret\nRUN --mount=type=$T,id=x true\n", "secret-mount", 3),
    "insecure": (BASE + "RUN --security=insecure true\n", "privileged-step", 2),
    "host network": (BASE + "RUN --network=host true\n", "privileged-step", 2),
    "add url": (BASE + "ADD https://example.org/x /x\n", "remote-add", 2),
    "add url, capitals": (BASE + "ADD HTTPS://example.org/x /x\n", "remote-add", 2),
    "add url, json": (BASE + 'ADD ["https:\\/\\/example.org/x", "/x"]\n', "remote-add", 2),
    "add url, escaped json": (BASE + 'ADD ["\\u0068ttp:\\u002f/example.org/x", "/x"]\n', "remote-add", 2),
    "add url, quoted": (BASE + 'ADD "ht"tps://example.org/x /x\n', "remote-add", 2),
    "add url, escaped": (BASE + "ADD https:\\//example.org/x /x\n", "remote-add", 2),
    "add url among files": (BASE + "ADD --chown=1 a b https://example.org/x /x/\n", "remote-add", 2),
    "add git": (BASE + "ADD git@github.com:a/b.git /x\n", "remote-add", 2),
    "add repository": (BASE + "ADD github.com/a/b /x\n", "remote-add", 2),
    "add variable": (BASE + "ARG U=http://e/x\nADD ${U} /x\n", "remote-add", 3),
    "add on build": (BASE + "ONBUILD ADD http://e/x /x\n", "remote-add", 2),
    "copy on build": (BASE + "ONBUILD COPY --from=evil /x /x\n", "unknown-base", 2),
    "frontend": ("# syntax=evil/frontend\n" + BASE, "foreign-frontend", 1),
    "frontend, spelling": ("#   SynTax =  evil/frontend:1\n" + BASE, "foreign-frontend", 1),
    "frontend, after another": ("# escape=\\\n# syntax=evil/frontend\n" + BASE, "foreign-frontend", 2),
    "frontend, other comment sign": ("// syntax=evil/frontend\n" + BASE, "foreign-frontend", 1),
    "frontend, lookalike": ("# syntax=docker/dockerfile.evil/x\n" + BASE, "foreign-frontend", 1),
    "frontend, other host": ("# syntax=evil.io/docker/dockerfile:1\n" + BASE, "foreign-frontend", 1),
    "byte order mark": ("\ufeff# syntax=evil/frontend\n" + BASE, "foreign-frontend", 1),
    "frontend, json": ('{"syntax": "evil/frontend"}\n' + BASE, "not-a-dockerfile", 1),
    "instruction in a document": (BASE + "RUN <<EOF\nFROM evil\nEOF\n", "unknown-base", 3),
    "copy in a document": (BASE + "RUN <<-'EOF'\n\tCOPY --from=evil /a /b\n\tEOF\n", "unknown-base", 3),
    "document never ended": (BASE + "RUN <<EOF\nFROM evil\n", "not-a-dockerfile", 4),
    "text, no document": (BASE + "RUN echo '<<EOF'\nFROM evil\nEOF\n", "unknown-base", 3),
    "no from": ("# nothing\n", "no-from", 1),
    "empty": ("", "no-from", 1),
    "unknown instruction": (BASE + "INCLUDE evil\n", "not-a-dockerfile", 2),
    "too many words": ("FROM python:3.11-slim evil\n", "not-a-dockerfile", 1),
    "two escapes": ("# escape=`\n# escape=\\\n" + BASE, "not-a-dockerfile", 2),
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_dockerfiles_pass(text):
    """What candidates ordinarily write is not refused."""
    gate = check_dockerfile(text)
    assert [str(refusal) for refusal in gate.refusals] == []


@pytest.mark.parametrize(("text", "rule", "line"), REFUSED.values(), ids=REFUSED)
def test_dangerous_dockerfiles_are_refused(text, rule, line):
    """Every spelling of something forbidden is refused, with its line and rule."""
    refusals = check_dockerfile(text).refusals
    assert refusals
    assert (refusals[0].rule, refusals[0].line) == (rule, line)
    assert f"line {line}:" in str(refusals[0])


PIECES = [
    *(
        "FROM ",
        "COPY ",
        "ADD ",
        "RUN ",
        "ARG ",
        "ONBUILD ",
        "--from=",
        "--mount=",
        "python:3.11",
        "evil",
        "AS a",
    ),
    *(
        "\n",
        "\\\n",
        "\\",
        "`",
        "# escape=`\n",
        "# syntax=",
        "<<EOF",
        "EOF",
        "$",
        "${",
        "}",
        ":-",
        "[",
        '"',
        "'",
        ",",
    ),
    *("9" * 5000, "²", "[" * 5000, "\x00", "\u00a0", "=", "a=b", " ", "\t"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=25))
@example(["# syntax=", " ", "\n", "FROM ", "python:3.11", "\n"])
def test_any_text_gets_a_decision(pieces):
    """Whatever is handed in, the gate decides and never fails; what it lets through names public bases only."""
    gate = check_dockerfile("".join(pieces))
    if not gate.refusals:
        assert all(is_public_base(base) for base in gate.bases)
        assert "FROM" in gate.text


def test_official_frontend_line_is_dropped_and_lines_keep_their_numbers():
    """The builder never fetches a frontend, and its messages still point at the candidate's lines."""
    for spelling in (
        "# syntax=docker/dockerfile:1",
        "#syntax = docker.io/docker/dockerfile:1.7-labs",
        "#\tSYNTAX=docker/dockerfile-upstream:master",
    ):
        text = f"{spelling}\n# hello\n{BASE}RUN true\n"
        gate = check_dockerfile(text)
        assert gate.refusals == ()
        assert "syntax" not in gate.text.lower()
        assert gate.text.split("\n")[2:] == text.split("\n")[2:]


def test_incident_a_syntax_line_that_names_nothing_ended_the_grading():
    """A directive without a value names no frontend: it is dropped as the official one is, and fetches nothing."""
    for blank in (" ", "  ", "\t"):
        gate = check_dockerfile(f"# syntax={blank}\n{BASE}")
        assert gate.refusals == ()
        assert "syntax" not in gate.text


def test_escape_directive_is_kept():
    """A Dockerfile that escapes with a backtick is built with it, or it would be read otherwise."""
    gate = check_dockerfile("# syntax=docker/dockerfile:1\n# escape=`\n" + BASE)
    assert gate.text.startswith("# escape=`\n#\nFROM")


def test_bases_are_listed_once_with_variables_resolved():
    """The images to be fetched beforehand are those outside the file, stages and scratch left out."""
    text = "ARG V=3.12\nFROM python:$V-slim AS a\nFROM scratch\nFROM a\nFROM python:${V}-slim\n"
    text += "COPY --from=busybox:1 /a /b\n"
    assert check_dockerfile(text).bases == ("python:3.12-slim", "busybox:1")


def test_first_heredoc_is_told():
    """An engine without heredocs must know that it cannot build this file."""
    assert check_dockerfile(BASE + "COPY <<EOF /a\nx\nEOF\n").needs_heredocs == 2
    assert check_dockerfile(BASE + "COPY . /a\n").needs_heredocs is None


def test_incident_a_comment_that_ends_in_an_unusual_blank_was_no_dockerfile():
    """A comment pasted from a page is read by every builder; the same blank at an instruction's end is not."""
    assert (
        check_dockerfile("# a note\u00a0\nFROM python:3.11-slim\n  # another\u3000\nRUN true\n").refusals
        == ()
    )
    assert check_dockerfile("FROM python:3.11-slim\u00a0\n").refusals
    assert check_dockerfile("\u00a0# a note\nFROM python:3.11-slim\n").refusals
    assert check_dockerfile("# a note\u2028RUN true\nFROM python:3.11-slim\n").refusals
