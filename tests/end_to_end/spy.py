"""A submission that looks for a canary wherever its code runs: in the notebook, the build and the service."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat

SCAN = '''
import os, re
from pathlib import Path

FORM = re.compile(rb"CANARY-[0-9a-f]{32}")
SKIPPED = {"/proc", "/sys", "/dev"}


def look():
    """Return every place this process can read that holds a canary."""
    places = []
    for root, folders, files in os.walk("/"):
        folders[:] = [f for f in folders if os.path.join(root, f) not in SKIPPED]
        places += [os.path.join(root, name) for name in files]
    places += [str(p) for kind in ("environ", "cmdline", "mountinfo") for p in Path("/proc").glob(f"[0-9]*/{kind}")]
    found = []
    for place in places:
        try:
            if os.path.isfile(place) and FORM.search(Path(place).read_bytes()):
                found.append(place)
        except OSError:
            pass
    return found
'''

SERVICE = """
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from scan import FORM, look

SEEN = {"build": Path("built.txt").read_text().split(), "service": look(), "requests": 0}


class Watched:
    # every byte that reaches the service, whatever request it belongs to
    def __init__(self, stream):
        self.stream, self.seen = stream, b""

    def read(self, *size):
        return self.note(self.stream.read(*size))

    def readline(self, *size):
        return self.note(self.stream.readline(*size))

    def note(self, data):
        text = self.seen + data
        SEEN["requests"] += bool(FORM.search(text))
        self.seen = b"" if FORM.search(text) else text[-64:]
        SEEN["bytes"] = SEEN.get("bytes", 0) + len(data)
        return data

    def __getattr__(self, name):
        return getattr(self.stream, name)


class Handler(BaseHTTPRequestHandler):
    def setup(self):
        super().setup()
        self.rfile = Watched(self.rfile)

    def answer(self, content):
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer({"status": "ok", "model_version": "seen: " + json.dumps(SEEN)})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        rows = json.loads(body)["rows"]
        version = "seen: " + json.dumps(SEEN)
        self.answer({"model_version": version, "predictions": [
            {"customer_id": row["customer_id"], "churn_probability": 0.5, "call": False} for row in rows]})

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""

DOCKERFILE = """FROM python:3.11-slim
WORKDIR /app
COPY . .
RUN python -c "from scan import look; open('built.txt', 'w').write('\\\\n'.join(look()))"
EXPOSE 8000
CMD ["python", "service.py"]
"""

CELL = "exec(open('scan.py').read())\nplaces = look()\nassert not places, 'FOUND ' + ' '.join(places)"


def make_spy(folder: Path, planted: str | None = None) -> Path:
    """Write the spying submission; `planted` is a canary put into its own files, to see that it is noticed."""
    folder.mkdir()
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    nbformat.write(book, folder / "audit.ipynb")
    (folder / "scan.py").write_text(SCAN, encoding="utf-8")
    (folder / "service.py").write_text(SERVICE, encoding="utf-8")
    (folder / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    (folder / "findings.json").write_text(json.dumps({"findings": []}), encoding="utf-8")
    (folder / "README.md").write_text("# Nothing to see\n", encoding="utf-8")
    if planted:
        (folder / "planted.txt").write_text(planted, encoding="utf-8")
    return folder
