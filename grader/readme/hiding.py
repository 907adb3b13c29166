"""Which HTML elements, attributes and styles keep their text from a reader, or show it struck through."""

import re
from dataclasses import dataclass, field

HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0*\d)?\b|font-size\s*:\s*(?:0"
    r"|1)(?:px|pt|em|%)?\b"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}"
    r"|text-decoration(?:-line)?\s*:[^;]*\bline-through"
    r"|(?:transform\s*:[^;]*\bscale[xy]?\(|(?<![\w-])scale\s*:)\s*0?(?:\.0\d*)?\s*(?:[,);\"']|$)"
    r"|clip-path\s*:\s*(?:inset\(\s*(?:100|[5-9]\d)(?:\.\d+)?%|circle\(\s*0|ellipse\(\s*0)"
    r"|(?<![\w-])clip\s*:\s*rect\(\s*[01](?:px)?\s*,?\s*[01](?:px)?\s*,?\s*[01](?:px)?",
    re.I,
)
HIDING_ATTRIBUTE = re.compile(r"(?<![\w-])hidden\b|aria-hidden\s*=\s*[\"']?true", re.I)
_COLOUR = re.compile(r"(?<![-\w])color\s*[:=]\s*[\"']?\s*([^;\"'>]+)", re.I)
_PALE_NAMES = {
    "white", "transparent", "snow", "ivory", "ghostwhite", "floralwhite", "whitesmoke", "azure", "mintcream",
    "honeydew", "aliceblue", "seashell", "lavenderblush", "lightyellow", "oldlace", "linen", "cornsilk", "beige",
}  # fmt: skip
# Text fainter than this on a white page is not read: 0 is black, 255 is white.
PALEST_READ = 238
FAINTEST_READ = 0.1
# Shown by no program, shown only where something else fails, or shown struck through.
NEVER_SHOWN = {
    "script", "style", "template", "title", "head", "noscript", "object", "svg", "datalist", "canvas", "iframe",
    "textarea", "video", "audio", "rp", "noframes", "noembed", "math", "map", "select", "del", "s", "strike",
}  # fmt: skip
VOID_TAGS = {
    "br",
    "img",
    "hr",
    "input",
    "meta",
    "link",
    "wbr",
    "source",
    "area",
    "base",
    "col",
    "embed",
    "track",
}
_SET_ASIDE = re.compile(
    r"\b(?:rejected|discarded|dropped|abandoned|dismissed|scrapped|withdrawn|obsolete|outdated|superseded|deleted"
    r"|removed|cancelled|canceled|declined|refused|struck)\b|\b(?:old|earlier|former|previous) (?:draft|version|plan)"
    r"|\bnot (?:used|ours|adopted|planned|valid|done)\b",
    re.I,
)


@dataclass
class Hidden:
    """Which HTML elements that hide their content are open."""

    stack: list[tuple[str, bool]] = field(default_factory=list)
    heard: str = ""

    def see(self, closing: str, name: str, attributes: str) -> None:
        """Take notice of a tag."""
        name = name.lower()
        if name in VOID_TAGS or attributes.rstrip().endswith("/"):
            return
        if closing:
            # A closing tag that closes nothing is passed over, as browsers do.
            if not any(name == opened for opened, _ in self.stack):
                return
            while self.stack.pop()[0] != name:
                pass
            if name == "summary" and self.stack and _SET_ASIDE.search(self.heard):
                self.stack[-1] = (self.stack[-1][0], True)
            return
        self.heard = ""
        self.stack.append((name, hides(name, attributes)))

    def hear(self, text: str) -> None:
        """Keep what the summary of a folded part says, which tells whether the part counts."""
        if self.stack and self.stack[-1][0] == "summary":
            self.heard += text

    @property
    def on(self) -> bool:
        """Whether a reader does not see what comes now."""
        return any(hidden for _, hidden in self.stack)


def hides(name: str, attributes: str) -> bool:
    """Whether an element keeps its text from the reader."""
    if name in NEVER_SHOWN or (name == "dialog" and not re.search(r"\bopen\b", attributes, re.I)):
        return True
    if HIDING_ATTRIBUTE.search(attributes) or HIDING_STYLE.search(attributes):
        return True
    return any(_is_pale(match.group(1)) for match in _COLOUR.finditer(attributes))


def _is_pale(colour: str) -> bool:
    colour = colour.lower().replace("!important", "").strip()
    if colour in _PALE_NAMES:
        return True
    if match := re.fullmatch(r"#?([0-9a-f]{3,8})", colour):
        digits = match.group(1)
        if len(digits) in {3, 4}:
            digits = "".join(sign * 2 for sign in digits)
        if len(digits) not in {6, 8}:
            return False
        red, green, blue = (int(digits[i : i + 2], 16) for i in (0, 2, 4))
        faint = len(digits) == 8 and int(digits[6:], 16) < FAINTEST_READ * 255
        return faint or min(red, green, blue) >= PALEST_READ
    if not (match := re.match(r"(rgb|hsl)a?\(([^)]*)\)?", colour)):
        return False
    parts = [part for part in re.split(r"[\s,/]+", match.group(2).strip()) if part]
    values = [_number(part) for part in parts]
    if len(values) >= 4 and values[3] < FAINTEST_READ:
        return True
    if len(values) < 3:
        return False
    if match.group(1) == "hsl":
        return values[2] * 255 >= PALEST_READ
    scale = [value * 255 if part.endswith("%") else value for part, value in zip(parts, values, strict=True)]
    return min(scale[:3]) >= PALEST_READ


def _number(part: str) -> float:
    found = re.match(r"-?\d*\.?\d+", part)
    value = float(found.group()) if found else 0.0
    return value / 100 if part.endswith("%") else value
