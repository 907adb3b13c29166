"""Tests of `grader.plain_text`."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.plain_text import one_line, plain


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;file:///etc/passwd\x07link\x1b]8;;\x07", "link"),
        ("\x9b2Jgone", "gone"),
        ("\x1b]0;never ended, the rest must stay", "]0;never ended, the rest must stay"),
        ("a\u202egnp.exe\u202c", "agnp.exe"),
        ("a\r\nb\x00\x08c", "a\nbc"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("\ud800\ufffe\uffff", ""),
        ("e\u0301\u0301\u0301\u0301\u0301", "e\u0301\u0301"),
    ],
)
def test_what_could_fool_a_reader_is_gone(hostile: str, harmless: str) -> None:
    """Terminal codes, direction marks, invisible signs and accent towers do not reach a reader."""
    assert plain(hostile) == harmless


@pytest.mark.parametrize(
    "honest", ["naïve café", "数据审计", "p ≥ 0.5 – “quoted”", "a\n\tb", "Ж – ß, 100 %", "नमस्ते"]
)
def test_honest_text_stays(honest: str) -> None:
    """Names and remarks in any language are shown as they were written."""
    assert plain(honest) == honest


@given(st.text(alphabet=st.characters(), max_size=300))
def test_nothing_survives_that_terminals_or_xml_refuse(text: str) -> None:
    """Whatever comes in, no control character, surrogate or direction mark comes out."""
    kept = plain(text).replace("\n", "").replace("\t", "")
    assert not [
        sign for sign in kept if unicodedata.category(sign) in {"Cc", "Cs"} or sign in "\u202e\ufffe\uffff"
    ]


def test_a_flood_is_cut_and_says_so() -> None:
    """A megabyte of text neither fills the page nor takes noticeable time, and the cut is not silent."""
    started = time.process_time()
    shown = plain("x" * 5_000_000 + "\x1b]" * 1_000_000)
    assert len(shown) < 2_100
    assert shown.endswith(" more characters)")
    assert time.process_time() - started < 1.0


def test_one_line_has_no_breaks() -> None:
    """A table cell of the terminal stays one cell."""
    assert one_line("a\n\n b\u2028c\td") == "a b c d"
