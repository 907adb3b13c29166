"""Markdown to the blocks a reader sees, each character tied to its place in the source."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from grader.readme.hiding import Hidden
from grader.readme.voices import mark_others

BlockKind = Literal["heading", "paragraph", "item", "row", "code"]

# Zero-width signs, soft hyphen, direction marks, variation selectors' neighbours and tag characters.
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
# A letter followed by an invisible sign again and again is text written to be read by programs only.
SMUGGLED = re.compile("(?:[^\n][\u200b-\u200d\u2060\ufeff]){6,}[^\n]?")
SHELL = {"sh", "bash", "shell", "console", "zsh", "powershell", "ps1", "bat", "cmd", "dockerfile", "makefile"}
SHELL_LINE = re.compile(
    r"^\s*(?:\$ |> |(?:sudo|docker|pip3?|python3?|make|curl|git|cd|source|uv|poetry|conda|npm"
    r"|kubectl|mlflow|pytest"
    r"|uvicorn|export|mkdir|apt|apt-get|brew|jupyter|http)\b)"
)
IMPORT_LINE = re.compile(r"^\s*(?:from\s+[\w.]+\s+)?import\s+")
ENCODED = re.compile(r"^\s*[A-Za-z0-9+/=_-]{40,}\s*$")
TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(/?)([a-zA-Z][\w-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.S)


@dataclass(frozen=True)
class Block:
    """A visible piece: heading, paragraph, list item, table row or line group of a code block.

    ``at[i]`` is the source position of ``text[i]``, or -1 for a sign that is not in the source; ``cut`` says that the
    rest of the piece is a block of its own.
    """

    kind: BlockKind
    text: str
    at: tuple[int, ...]
    level: int = 0
    quoted: bool = False
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    depth: int = 0
    group: int = 0
    cut: bool = False


@dataclass
class _Writer:
    source: str
    cursor: int = 0
    chars: list[str] = field(default_factory=list)
    at: list[int] = field(default_factory=list)

    def put(self, content: str) -> None:
        found = self.source.find(content, self.cursor) if content else -1
        for offset, sign in enumerate(content):
            if INVISIBLE.match(sign):
                continue
            self.chars.append(sign)
            self.at.append(found + offset if found >= 0 else -1)
        if found >= 0:
            self.cursor = found + len(content)

    def glue(self, text: str) -> None:
        self.chars.extend(text)
        self.at.extend([-1] * len(text))

    def take(self) -> tuple[str, tuple[int, ...]]:
        text, at = "".join(self.chars), tuple(self.at)
        self.chars, self.at = [], []
        return text, at


def visible_blocks(source: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text that a reader sees, in order.

    Dropped: HTML comments, hidden or white elements, images with their alt text, link definitions, struck-out
    text, invisible signs, shell and import code blocks.
    """
    source = SMUGGLED.sub(lambda match: " " * len(match.group()), source)
    return _Walk(source).blocks()


class _Walk:
    def __init__(self, source: str) -> None:
        self.source = source
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.writer = _Writer(source)
        self.hidden = Hidden()
        self.out: list[Block] = []
        self.depth = 0
        self.quotes = 0
        self.group = 0

    def blocks(self) -> tuple[Block, ...]:
        parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        tokens = parser.parse(self.source)
        position = 0
        while position < len(tokens):
            position = self._step(tokens, position)
        return tuple(mark_others([block for block in self.out if block.text.strip()]))

    def _step(self, tokens: Sequence[Token], position: int) -> int:
        token = tokens[position]
        if token.map and token.map[0] < len(self.starts):
            self.writer.cursor = max(self.writer.cursor, self.starts[token.map[0]])
        match token.type:
            case "table_open":
                return self._table(tokens, position)
            case "bullet_list_open" | "ordered_list_open":
                self.depth += 1
                self.group += 1
            case "bullet_list_close" | "ordered_list_close":
                self.depth -= 1
            case "blockquote_open":
                self.quotes += 1
            case "blockquote_close":
                self.quotes -= 1
            case "heading_open":
                self._inline(tokens[position + 1], "heading", level=int(token.tag[1]))
                return position + 3
            case "inline":
                self._inline(token, "item" if self.depth else "paragraph")
            case "fence" | "code_block":
                self._code(token)
            case "html_block":
                self._html(token.content)
        return position + 1

    def _inline(self, token: Token, kind: BlockKind, level: int = 0) -> None:
        self._write(token)
        self._emit(kind, level=level)

    def _emit(
        self, kind: BlockKind, *, level: int = 0, cells: tuple[str, ...] = (), header: tuple[str, ...] = ()
    ) -> None:
        text, at = self.writer.take()
        quoted = self.quotes > 0 and not (kind == "item" or text.lstrip()[:1].isdigit())
        if text.strip():
            self.out.append(Block(kind, text, at, level, quoted, cells, header, self.depth, self.group))

    def _write(self, token: Token) -> None:
        struck = 0
        for child in token.children or ():
            if child.type == "html_inline":
                for match in TAG.finditer(child.content):
                    if match.group(2):
                        self.hidden.see(match.group(1), match.group(2), match.group(3))
                        if match.group(2).lower() == "br":
                            self.writer.glue(" ")
                continue
            if child.type in {"s_open", "s_close"}:
                struck += 1 if child.type == "s_open" else -1
            elif struck or self.hidden.on:
                continue
            elif child.type == "text" or child.type == "code_inline":
                self.hidden.hear(child.content)
                self.writer.put(child.content)
            elif child.type in {"softbreak", "hardbreak"}:
                self.writer.glue("\n")

    def _table(self, tokens: Sequence[Token], position: int) -> int:
        header: tuple[str, ...] = ()
        cells: list[str] = []
        in_head = False
        self.group += 1
        while tokens[position].type != "table_close":
            token = tokens[position]
            if token.type == "thead_open":
                in_head = True
            elif token.type == "thead_close":
                in_head = False
            elif token.type == "inline":
                before = len(self.writer.chars)
                self._write(token)
                cells.append("".join(self.writer.chars[before:]).strip())
                self.writer.glue(" | ")
            elif token.type == "tr_close":
                if in_head:
                    header = tuple(cells)
                    self.writer.take()
                else:
                    self._emit("row", cells=tuple(cells), header=header)
                cells = []
            position += 1
        return position + 1

    def _code(self, token: Token) -> None:
        if self.hidden.on or is_shell(token.info, token.content) or _is_unreadable(token.content):
            return
        self.group += 1
        for line in token.content.splitlines():
            self.writer.put(line)
            self._emit("code", level=len(line) - len(line.lstrip()))

    def _html(self, content: str) -> None:
        end = 0
        for match in TAG.finditer(content):
            if not self.hidden.on:
                self._html_text(content[end : match.start()])
            if match.group(2):
                self.hidden.see(match.group(1), match.group(2), match.group(3))
            end = match.end()
        if not self.hidden.on:
            self._html_text(content[end:])
        self._emit("paragraph")

    def _html_text(self, text: str) -> None:
        for line in text.splitlines():
            if line.strip():
                self.hidden.hear(line)
                self.writer.put(line.strip())
                self.writer.glue("\n")


def is_shell(info: str, content: str) -> bool:
    """Whether a code block holds commands: by its language, or by what most of its lines look like."""
    language = (info or "").strip().split(" ")[0].lower()
    if language:
        return language in SHELL
    lines = [line for line in content.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return not lines or sum(bool(SHELL_LINE.match(line)) for line in lines) * 2 >= len(lines)


def _is_unreadable(content: str) -> bool:
    """Encoded text and bare imports say nothing to a reader."""
    lines = [line for line in content.splitlines() if line.strip()]
    encoded = sum(bool(ENCODED.match(line)) for line in lines)
    imports = sum(bool(IMPORT_LINE.match(line)) for line in lines)
    return max(encoded, imports) * 2 >= len(lines)
