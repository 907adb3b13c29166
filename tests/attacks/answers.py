"""Attacks in what a service answers: without end, malformed, packed, pointing elsewhere, full of markup."""

from __future__ import annotations

from tests.attacks import service_texts as code
from tests.attacks.case import Attack, Got
from tests.attacks.edits import Edit, service

POST = '        self.answer({"model_version": VERSION, "predictions": found})\n'
HEALTH = '        if self.path == "/health":\n            self.answer({"status": "ok", "model_version": VERSION})\n'
HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>\\x1b[2J\\x1b]0;owned\\x07"


def on_post(text: str) -> Edit:
    """Return an edit that answers every scoring request with `text` instead."""
    return service(POST, "".join(f"        {line}\n" for line in text.splitlines()))


def on_get(text: str, path: str = "/health") -> Edit:
    """Return an edit that answers one path with `text`, before the ordinary ones."""
    body = "".join(f"            {line}\n" for line in text.splitlines())
    return service(HEALTH, f"        if self.path == {path!r}:\n{body}            return\n{HEALTH}")


def raw(head: str, text: str = "", *, status: str = "") -> str:
    """Return code that writes a reply byte by byte: status line or that of JSON, further head, what follows."""
    first = f"HTTP/1.1 {status}\r\n" if status else code.JSON_HEAD
    return f"self.wfile.write({first + head!r}.encode())\n{text}"


def page_is_inert(got: Got) -> str | None:
    """Say where text of a submission reaches a page as markup, or a text result as terminal codes."""
    assert got.result is not None
    for path in got.result.glob("*.html"):
        page = path.read_text(encoding="utf-8")
        if "<script>alert" in page or "<img src=x" in page or "\x1b" in page:
            return f"{path.name} holds the markup"
    junit = (got.result / "junit.xml").read_text(encoding="utf-8")
    return "junit.xml holds terminal codes" if "\x1b" in junit else None


S, OK, DOWN = "service", "service OK", "service SERVICE_DOWN"
TWO = "{}" + code.JSON_HEAD + "Content-Length: 2\r\n\r\n{}"
METADATA = "Location: http://169.254.169.254/latest/meta-data\r\nContent-Length: 0\r\n\r\n"
FILES = "Location: file:///etc/passwd\r\nLocation: http://172.17.0.1:2375/\r\nContent-Length: 0\r\n\r\n"
PACKED = "import gzip\nself.wfile.write(gzip.compress(bytes(200 << 20)))"
SHORT = "self.wfile.write(b'{}')"
DEEP = "self.wfile.write(b'[' * 100_000 + b']' * 100_000)"
ATTACKS = (
    Attack(
        "service-endless-answer", S, "answers without end", OK, on_post(raw("\r\n", code.ENDLESS)), quick=True
    ),
    Attack(
        "service-endless-health", S, "a health answer without end", DOWN, on_get(raw("\r\n", code.ENDLESS))
    ),
    Attack(
        "service-trickles-health",
        S,
        "health byte by byte",
        DOWN,
        on_get(raw("Content-Length: 99999\r\n\r\n", code.TRICKLE)),
    ),
    Attack(
        "service-trickles",
        S,
        "scores byte by byte",
        OK,
        on_post(raw("Content-Length: 99999\r\n\r\n", code.TRICKLE)),
    ),
    Attack("service-endless-headers", S, "headers without end", OK, on_post(code.ENDLESS_HEADERS)),
    Attack("service-endless-continue", S, "`100 Continue` without end", OK, on_post(code.ENDLESS_CONTINUE)),
    Attack(
        "service-gzip-bomb",
        S,
        "a packed answer of 200 MiB of zeros",
        OK,
        on_post(raw("Content-Encoding: gzip\r\n\r\n", PACKED)),
    ),
    Attack(
        "service-redirects",
        S,
        "sends the prober to the metadata address",
        OK,
        on_post(raw(METADATA, status="307 Temporary Redirect")),
    ),
    Attack(
        "service-redirects-to-files",
        S,
        "sends the prober to a file and to the engine's port",
        OK,
        on_post(raw(FILES, status="302 Found")),
    ),
    Attack(
        "service-long-length",
        S,
        "announces more than it sends",
        OK,
        on_post(raw("Content-Length: 99999999999\r\n\r\n", SHORT)),
    ),
    Attack(
        "service-negative-length",
        S,
        "announces a negative length",
        OK,
        on_post(raw("Content-Length: -1\r\n\r\n", SHORT)),
    ),
    Attack(
        "service-bad-chunks",
        S,
        "chunks of a size that is none",
        OK,
        on_post(raw("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n", SHORT)),
    ),
    Attack(
        "service-two-answers",
        S,
        "two answers to one request",
        OK,
        on_post(raw(f"Content-Length: 2\r\n\r\n{TWO}")),
    ),
    Attack(
        "service-markup",
        S,
        "markup and terminal codes in every text",
        OK,
        service('VERSION = "logistic-1"', f'VERSION = "{HTML}"'),
        page_is_inert,
        quick=True,
    ),
    Attack("service-deep-json", S, "an answer nested 100,000 deep", OK, on_post(raw("\r\n", DEEP))),
    Attack(
        "service-odd-numbers",
        S,
        "NaN, infinity, endless digits as probabilities",
        OK,
        on_post(raw("\r\n", code.ODD_NUMBERS)),
    ),
    Attack(
        "service-giant-openapi",
        S,
        "an openapi.json of 100 MB",
        OK,
        on_get(raw("\r\n", code.GIANT), "/openapi.json"),
    ),
    Attack(
        "service-recursive-openapi",
        S,
        "an openapi.json that refers to itself",
        OK,
        on_get(code.RECURSIVE, "/openapi.json"),
    ),
    Attack(
        "service-openapi-elsewhere",
        S,
        "an openapi.json that points to other machines",
        OK,
        on_get(code.ELSEWHERE, "/openapi.json"),
    ),
    Attack(
        "service-errors-as-ok",
        S,
        "errors with status 200",
        OK,
        on_post("self.answer({'error': 'none of your business'})"),
    ),
)
