"""What all probes share, asked directly."""

from __future__ import annotations

import json
import os
import socket
import threading
import time

import numpy as np
import pytest

from grader.probes.shared.documents import parse_json, parse_yaml
from grader.probes.shared.files import LFS_POINTER, list_files, read_file, read_head
from grader.probes.shared.http_answers import whole
from grader.probes.shared.http_client import ask
from grader.probes.shared.load import load
from grader.probes.shared.output import JSON_LIMIT, emit
from grader.probes.shared.text import clean, number, one_line


def test_links_and_special_files_are_neither_listed_nor_read(tmp_path):
    """A link out of the submission or a pipe without a writer gives nothing and holds nobody."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.txt").write_text("abc")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").symlink_to("/etc")
    os.mkfifo(tmp_path / "pipe")
    assert list_files(tmp_path) == {"deep/a.txt": 3}
    assert read_file(tmp_path, "deep/a.txt", 3) == b"abc"
    for name in ("link", "folder", "pipe", "deep", "absent", "a\0b"):
        with pytest.raises(ValueError, match="found"):
            read_file(tmp_path, name, 100)
    with pytest.raises(ValueError, match="found 3 bytes, expected at most 2"):
        read_file(tmp_path, "deep/a.txt", 2)


def test_a_pointer_is_not_the_file(tmp_path):
    """A file that large-file storage left a pointer of is told as such, whole or by its head."""
    (tmp_path / "model.pkl").write_bytes(LFS_POINTER + b"v1\noid sha256:0\n")
    for read in (read_file, read_head):
        with pytest.raises(ValueError, match="pointer of large-file storage"):
            read(tmp_path, "model.pkl", 1000)


def test_documents_of_a_stranger_stay_plain():
    """Depth, not-a-numbers, tags and aliases of JSON and YAML give plain values or a ValueError, never more."""
    assert parse_json(b'{"a": NaN, "b": [Infinity]}') == {"a": None, "b": [None]}
    for text in (b"[" * 100_000, b"{", b"\xff"):
        with pytest.raises(ValueError, match="found"):
            parse_json(text)
    for text in (b"a: !!python/object/apply:os.system [id]", b"a: &x [1]\nb: *x", b"[" * 5000):
        with pytest.raises(ValueError, match="found no plain YAML"):
            parse_yaml(text)


def test_numbers_and_text_of_a_stranger():
    """Percentages and separators are read, truth values and infinities are none, control characters go."""
    texts = ("12.5 %", "1,234.5", "\u22122", True, "inf", "1_0", 10**400, None)
    assert [number(text) for text in texts] == [0.125, 1234.5, -2.0, None, None, None, None, None]
    assert clean("a\x1b[31mb\u202ec\nd") == "abc\nd"
    assert one_line("a\nb\x00\u200bc" + "x" * 500, cap=10) == "a b cxxxxx"


def test_an_answer_fits_and_says_its_arrays(capfdbinary):
    """A result over 1 MiB is cut, not lost, and the arrays follow as they were announced."""
    emit({"problems": ["ä" * 4000] * 300}, {"a": np.array([1.0, np.nan]), "b": np.arange(4.0)[::2]})
    line, _, rest = capfdbinary.readouterr().out.partition(b"\n")
    document = json.loads(line)
    assert len(line) < JSON_LIMIT
    assert len(document["result"]["problems"]) == 300
    assert document["arrays"] == [{"name": "a", "length": 2}, {"name": "b", "length": 2}]
    np.testing.assert_array_equal(np.frombuffer(rest, "<f8"), [1.0, np.nan, 0.0, 2.0])


@pytest.fixture
def answering():
    """Answer every connection with given bytes, one byte at a time where asked; return the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def start(sent: bytes, pause: float = 0.0) -> int:
            def run() -> None:
                try:
                    link, _ = server.accept()
                    with link:
                        link.recv(65536)
                        for part in [sent[n : n + 1] for n in range(len(sent))] if pause else [sent]:
                            link.sendall(part)
                            time.sleep(pause)
                        time.sleep(20)
                except OSError:
                    return

            threading.Thread(target=run, daemon=True).start()
            return int(server.getsockname()[1])

        yield start


@pytest.mark.parametrize(
    ("sent", "pause", "status", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", 0.0, 200, ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", 0.0, 0, "no whole answer within 0.3 s"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 5000, 0.05, 0, "no whole answer within 0.3 s"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 0.0, 200, "packed"),
    ],
    ids=["whole", "short", "trickling", "packed"],
)
def test_no_answer_holds_the_client(answering, sent, pause, status, error):
    """Half an answer, or one that trickles, ends at the time limit, though bytes still come; nothing is unpacked.

    Whole answers are given more time than they need: on a busy machine the sender may come late.
    """
    port = answering(sent, pause)
    begin = time.monotonic()
    answer = ask(port, "GET", "/", seconds=0.3 if "within" in error else 60)
    assert (answer.status, answer.error) == (status, error)
    assert answer.json() == ({} if status and not error else None)
    assert time.monotonic() - begin < 15


def test_load_counts_from_when_a_request_was_due():
    """A slow answer does not slow the schedule down: it shows in the quantiles of what comes after."""
    series = load(lambda place: time.sleep(0.05) is None and place != 3, rate=50.0, seconds=0.2)
    assert (series["sent"], series["answered"], series["errors"]) == (10, 9, 1)
    assert 50 <= series["p50_ms"] <= series["p95_ms"] <= series["p99_ms"]


@pytest.mark.parametrize(
    "field", ["Transfer-Encoding:chunked", "transfer-encoding:  Chunked ", "Transfer-Encoding: chunked"]
)
def test_incident_an_answer_in_chunks_was_waited_for_beyond_its_end(field):
    """However the header is spaced, the last chunk ends the answer, though the server keeps the connection open."""
    head = f"HTTP/1.1 200 OK\r\n{field}\r\n\r\n".encode()
    assert whole(head + b"2\r\n{}\r\n0\r\n\r\n", "POST")
    assert not whole(head + b"2\r\n{}\r\n", "POST")
