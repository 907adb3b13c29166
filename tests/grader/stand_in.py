"""A language model's endpoint on this machine, which behaves or misbehaves as a test says."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# What the stand-in answers: given the number of the request, status, body and seconds before and between parts.
Reply = Callable[[int], tuple[int, bytes, float]]


def completion(content: object, finished: str = "stop") -> bytes:
    """A chat completion with the given content, JSON unless it is a string already."""
    text = content if isinstance(content, str) else json.dumps(content)
    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": finished}
    return json.dumps({"choices": [choice]}).encode()


def refusal(message: str) -> bytes:
    """The body of an error as OpenAI-compatible endpoints write it."""
    return json.dumps({"error": {"message": message, "type": "invalid_request_error"}}).encode()


def answer(level: int, *quotes: str) -> bytes:
    """A well-formed answer."""
    return completion({"level": level, "quotes": list(quotes), "reason": "because"})


class StandIn:
    """A local endpoint that answers as told and keeps what it was asked."""

    def __init__(self) -> None:
        """Answer level 1 until told otherwise."""
        self.reply: Reply = lambda number: (200, answer(1), 0.0)
        self.sent_along: dict[str, str] = {}
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.headers: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.paths.append(self.path)
                outer.headers.append(self.headers.get("Authorization"))
                outer.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                status, body, pause = outer.reply(len(outer.asked) - 1)
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    for name, value in outer.sent_along.items():
                        self.send_header(name, value)
                    self.end_headers()
                    for start in range(0, len(body), max(len(body) // 4, 1)):
                        time.sleep(pause)
                        self.wfile.write(body[start : start + max(len(body) // 4, 1)])
                        self.wfile.flush()
                except OSError:
                    pass  # The client gave up, which is what slow answers are for.

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
