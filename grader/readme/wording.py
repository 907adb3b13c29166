"""Plain words and jargon brought to one spelling, and the quantities a sentence states."""

import re
import unicodedata
from functools import lru_cache

from grader.readme.facts import Facts

COLUMN = "qcol"
LABEL = "qlabel"
VERSION = "qversion"
NUMBERS = r"\d{1,18}(?:[.-]\d{1,18})*"
"""The numbers of a version as a pattern: 3, 1.2.0, 2025-01."""

_NUMBER_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "eighteen": 18,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100,
}  # fmt: skip
_FRACTIONS = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10, "twentieth": 20, "hundredth": 100}
_NUMBER_PATTERN = re.compile(r"\b(" + "|".join(_NUMBER_WORDS) + r")\b")
_TENS_PATTERN = re.compile(r"\b(20|30|40|50|60|90)-([2-9])\b")
_FRACTION_PATTERN = re.compile(r"\b(?:a|an|one) (" + "|".join(_FRACTIONS) + r")\b(?! (?:later|ago|of \d{4}))")

LIMIT = re.compile(
    r"(?:[<>≥≤]=?|>=|<=|±|\+/?-|\+-)\s*-?\d|/>|\bq?outside\b(?: of)?(?: the)?(?: \w+)? \d"
    r"|\d\S* (?:is|are) outside"
    r"|\b(?:above|below|under|over|beyond|past|exceed\w*|than|least|most|outside|within|inside"
    r"|between|leaves?"
    r"|limit|max\w*|min\w*|floor|allowed|factor(?: of)?|by|until|up to|near|must be|should be|stay"
    r"|tolerance"
    r"|ratio|alarm level is|range)\b[:=]?(?: [a-z%]+){0,3} [\[(]?-?\d"
    r"|\b\d+(?:\.\d+)?\s*(?:%\s*)?(?:-|\.\.\.?|to|and)\s*\d+(?:\.\d+)?\s*(?:%|x|in \d+|of \d+)"
    r"|\b\d+(?:\.\d+)?\s*(?:points?|pts?|pp)\b|[+]\s*\d|[x/]\s?\d+(?:\.\d+)? (?:or|off|vs|against)"
    r"|\b(?:doubl|halv)\w*|\b(?:more than|less than|under|over|half)\b[^.]{0,12}\b(?:double|half|twice)\b"
    r"|\b(?:half|twice|double|\d+ times|\d+x) (?:of )?(?:the |its |or )?(?:usual|last|previous"
    r"|normal|double|as)"
    r"|\b\d+(?:\.\d+)?\s?x\b|\b1/\d+ off\b|off by|\b0\.\d+ (?:is|for|raises|opens|a|twice|in \d)|at 0\.\d"
    r"|[\[{:]\s*-?0?\.?\d+(?:\.\d+)?\s*[,\]}]|\b\d+(?:\.\d+)? (?:in|of|per) (?:a |every )?100\b|, ?0\.\d+\b"
    r"|\bby more than\b|\bband\b.{0,12}\d"
)
DURATION = re.compile(
    r"\b\d+(?:st|nd|rd|th)? (?:\w+ |of \w+ ){0,3}?(?:months?|cohorts?|weeks?|batch(?:es)?|quarters?"
    r"|lists?|nights?|cycles?|days?|runs?|"
    r"snapshots?|periods?)\b|\bin a row\b|\brunning\b|\bconsecutive\b|\bsuccession\b|\btwice\b"
    r"|\bsecond cohort\b"
    r"|\brolling\b|\bfor: ?\d+|\b(?:cohorts|batches|months|weeks|periods): ?\d"
    r"|\bone after (?:another|the other)\b"
    r"|\btogether\b|\bback to back\b|\bon end\b|\bsustained\b|\bpersist\w*|\brepeated(?:ly)?\b"
    r"|\bstraight\b|\bsecond time\b|\b\d (?:times|readings|reviews|reports)\b"
    r"|\b\d of (?:the last )?\d\b(?! customers)|\bfor a (?:quarter|month|week)\b|\d+ ?(?:d|w|m|wk"
    r"|wks)\b"
)
CADENCE = re.compile(
    r"\b(?:daily|weekly|monthly|quarterly|hourly|nightly|yearly)\b"
    r"|\b(?:each|every|per|once an?|on) (?:\w+ )?(?:day|week|month|quarter|night|batch|load|run"
    r"|extract|hour|mon|tues|wednes|thurs|fri|"
    r"satur|sun|cycle|delivery|file|scoring|snapshot|morning)\w*"
    r"|\b(?:before|after|at|on) (?:\w+ )?(?:batch|scoring|score|scored|run|anyone|anybody|call\w*"
    r"|load|scores?)\b"
    r"|\bsame day\b|\bday 1\b|\bon the day\b|\bimmediately\b|\bbatches: ?\d"
)
REFERENCE = re.compile(
    r"\b(?:against|versus|vs\.?|compared? (?:with|to)|relative to|beside|next to|than|from|of|to"
    r"|off|around|on|with|in|within|like|above|"
    r"its|their|the|same|over|last|previous|preceding|prior|trailing|rolling|ago|reference:?)\b[^.;"
    r"|]{0,40}?"
    r"\b(?:train(?:ing|ed)?(?: \w+)?|last (?:\w+ )?(?:month|week|year|quarter|batch|load|run|file|good)"
    r"|(?:previous|preceding|prior|trailing|former|past) (?:\w+ )?(?:\d+ )?\w+|months?(?: before"
    r"| ago|'s)|weeks? (?:ago|before)"
    r"|same (?:\w+ )?(?:months?|weeks?|season)|last year\w*|\d+ (?:\w+ )?(?:months?|weeks?|batches"
    r"|days|lists|quarters)\b|baseline"
    r"|usual|normal|reference|\d{4}-\d{2}|20\d\d|half[- ]year|steady state|month before|week before"
    r"|day before|h1\b|trailing)"
    r"|\b(?:last|previous|preceding|prior) (?:month|week|year|quarter|batch|load|run|file|list"
    r"|delivery)(?:'?s)?\b"
    r"|\breference\b|\bbaseline\b|\b\d+[- ](?:day|week|month) (?:mean|median|average|window)"
    r"|\btraining (?:set|data|months|window|table|rows|file|period)\b"
    r"|\b(?:median|psi|rate|mean) ref\b|\b(?:month|week|year)s? (?:before|earlier|ago|back)\b|\bqcol_?ref\b"
    r"|\bvs (?:q\w+|month)|\boffline\b|\bwarehouse\b|\blast \d+ \w+|\blatest \d+ \w+|\bat first\b"
    r"|\bits own last\b|\byearly max"
)


# Letters of other alphabets that look like Latin ones, read as those inside a word that also has Latin letters.
_LOOK_ALIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u0442\u043a\u043c\u043d\u0432\u043f"
    "\u03b1\u03bf\u03c1\u03bd\u03c5\u03b9\u03ba\u03c4\u0131\u0261\u029f",
    "aeopcyxijshdqwtkmhbnaopvuiktigl",
)
_MIXED_WORD = re.compile(
    r"\b(?=\w*[a-z])(?=\w*[\u0131\u0261\u029f\u03b1-\u03c9\u0430-\u045f\u04bb\u0501\u051b\u051d])\w+"
)
_APOSTROPHES = str.maketrans(
    dict.fromkeys("\u00b4\u0060\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u2018\u2019\u201b\u2032\uff07", "'")
)
_NO_APOSTROPHE = re.compile(
    r"\b(do|does|did|is|are|was|were|has|have|had|would|could|should|wo|ca|need|must)nt\b(?!-)"
)
_SPLIT_NOT = re.compile(r"\bn ?\.? ?o ?\.? ?t\b|\b(?<=do )nto\b")


@lru_cache(maxsize=8)
def _name_patterns(
    names: tuple[str, ...], label: str | None, version: str | None
) -> tuple[re.Pattern[str], ...]:
    def pattern(words: list[str]) -> re.Pattern[str]:
        if not words:
            return re.compile(r"(?!)")
        longest = sorted(words, key=len, reverse=True)
        return re.compile(r"(?<![\w])(?:" + "|".join(longest) + r")(?![a-z0-9])")

    columns: list[str] = []
    for name in names:
        lowered = name.lower()
        if lowered != (label or "").lower():
            columns.append(re.escape(lowered))
            if lowered.count("_") >= 1 and len(lowered) >= 9:
                columns.append(re.escape(lowered).replace("_", "[ -]"))
    versions: list[str] = []
    if version:
        stem = re.split(r"[/:@]", version.lower())[0]
        versions = [re.escape(stem) + rf"[/:@]?\s?v?{NUMBERS}", re.escape(version.lower())]
    return pattern(columns), pattern([re.escape(label.lower())] if label else []), pattern(versions)


def columns_in(text: str, facts: Facts) -> tuple[str, ...]:
    """The columns of the facts named in a text, in the order of their first mention."""
    lowered = text.lower()
    pattern = _name_patterns(facts.names, None, None)[0]
    spoken = {_spoken(name.lower()): name for name in facts.names}
    found = [spoken[_spoken(m.group())] for m in pattern.finditer(lowered)]
    return tuple(dict.fromkeys(found))


def _spoken(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def plain(text: str) -> str:
    """Lower case, one kind of dash and quote, number words as digits, 0,2 and .2 as 0.2, per cent as a sign."""
    text = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).lower()
    if not text.isascii():
        text = _MIXED_WORD.sub(lambda m: m.group().translate(_LOOK_ALIKE), text)
    text = _NO_APOSTROPHE.sub(r"\1n't", _SPLIT_NOT.sub("not", text))
    text = re.sub(r"[‐‑‒–—−]", "-", text).translate(str.maketrans("“”", '""'))
    text = (
        text.replace("÷", "/")
        .replace("×", "x")
        .replace("→", " -> ")
        .replace("⇒", " -> ")
        .replace("=>", " -> ")
    )
    text = re.sub(r"(?<![\d.,\[(])0,(?=\d+\b(?!,\d))", "0.", text)
    text = re.sub(r"(?<![\d.,])(\d+),(?=\d{1,2} ?(?:%|ms\b|milli))", r"\1.", text)
    text = re.sub(r"(?<![\w.)\]%/\"'])\.(?=\d{2,4}\b)", "0.", text)
    text = re.sub(r"\bper ?cent\b|\bpercent\b", "%", text)
    text = _FRACTION_PATTERN.sub(lambda m: f"1/{_FRACTIONS[m.group(1)]}", text)
    text = _NUMBER_PATTERN.sub(lambda m: str(_NUMBER_WORDS[m.group(1)]), text)
    text = _TENS_PATTERN.sub(lambda m: str(int(m.group(1)) + int(m.group(2))), text)
    text = re.sub(r"\bone (?=in \d)", "1 ", text)
    text = re.sub(r"\b(?:a|one) 100\b", "100", text)
    return re.sub(r"\s+", " ", text).strip()


def normalise(text: str, facts: Facts) -> str:
    """Plain text with the facts' names replaced by ``qcol``, ``qlabel`` and ``qversion``."""
    lowered = text.lower()
    columns, label, version = _name_patterns(facts.names, facts.label.column, facts.service.model_version)
    lowered = version.sub(f" {VERSION} ", lowered)
    lowered = label.sub(f" {LABEL} ", lowered)
    lowered = columns.sub(f" {COLUMN} ", lowered)
    return plain(lowered.replace("_", " "))
