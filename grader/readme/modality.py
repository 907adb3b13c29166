"""Whether a sentence claims that something is done here: asserted, or negated, hearsay, definition ...?"""

import re
from typing import Literal

from grader.readme.denial import is_denial
from grader.readme.hearsay import is_delegated, is_hearsay

Modality = Literal[
    "asserted",
    "negated",
    "hearsay",
    "delegated",
    "definition",
    "quotation",
    "question",
    "instruction",
    "promise",
    "repeated",
]

_DEFINITION = re.compile(
    r"\b(?:is|are) (?:usually |commonly )?(?:defined as|the (?:sum|supremum|absolute|weighted mean"
    r"|mean squared|ratio of|probability that|"
    r"distribution of|process of|practice of))|\bby convention\b|^(?:the )?[\w -]{3,40} (?:means"
    r"|denotes|refers to|describes) (?:that|a|an|the)\b(?! (?:opposite|contrary|reverse|run|list|load"
    r"|batch|agents?|team|file))"
    r"(?!.{0,50}\b(?:held|stops?|stopped|waits?|blocked|kept|sent|rung|informed|nobody)\b)"
)
_INSTRUCTION = re.compile(
    r"\b(?:automated|ai|human|hiring|llm)[- ](?:evaluator|grader|reviewer|judge|assessor|panel|exercise)\b"
    r"|\bnote (?:for|to) (?:the )?(?:\w+ )?(?:evaluator|grader|reviewer|judge|assessor|reader)\b"
    r"|\b(?:dear|hey|attention) (?:evaluator|grader|reviewer|judge|assessor|examiner|model)\b|\b(?:evaluator"
    r"|grader|assessor|examiner)s?\b.{0,60}\b(?:must|should|please|is asked)"
    r"|\bfull marks\b|\btop marks\b|\b(?:highest|maximum|best) (?:level|mark|grade)s?\b|\blevel [1-4]\b"
    r"|\brubric\b|\bignore (?:the|all|any|previous|your) (?:\w+ ){0,2}(?:instructions?|rules?|rubric"
    r"|criteria|prompt"
    r"|text|above)\b"
    r"|</?(?:system|assistant|document|user|instructions?)>|\bgrading (?:context|is|was|instructions?|note)\b"
    r"|\bmonitoring inputs\b.*\b4\b|\b([245]) ?/ ?\1\b|\bexternal assessor\b|\bqwk\b|\bscores final\b"
)
_PROMISE = re.compile(
    r"(?:^|\| ?|: ?|\()to do\b(?! (?:better|so|with|it|this|that))|\b(?:to be (?:written|defined|decided"
    r"|added|done|completed|determined|agreed|specified|filled in)|tbd|tba|todo"
    r"|coming soon|work in progress|will be (?:described|explained|added|defined|written"
    r"|specified|decided|filled in) (?:later|here|below|in|once|soon|then)"
    r"|will be (?:described|explained|written|specified))\b|_{4,}"
    # A blank where the value should stand: "limit: ...", "... falls below ... for ...", "PSI > <threshold>".
    r"|(?:^|[:|=] ?)\.\.\.(?: ?%| \w+)?(?= ?(?:[,;|)]|$))|(?<!\w)\.\.\. (?:for|below|above)"
    r"|(?:^|[:|>] |\b(?:above|below|exceeds|over|under) )[<\[](?:your |the |insert |enter )?(?:numbers?|values?"
    r"|thresholds?|features?|columns?|names?|dates?|owners?|teams?|limits?|metrics?|months?|xx+|fill in)"
    r"(?: [\w ]{0,20})?[>\]]"
)
_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "the a an of to is are was be we i if in on for and or with by it this that not as at when than no our from "
        "after before should will would must can could has have does do its their which who so then until over under "
        "per each every all any only never nobody where what because since against between within without into up out",
    )
)


def is_word_list(own: str) -> bool:
    """Terms strung together: no figures, and hardly a word that joins them into a statement."""
    if re.search(r"\d|->|qcol", own):
        return False
    words = re.findall(r"[a-z'@/-]+", own)
    joined = sum(word in _FUNCTION_WORDS for word in words)
    items = [part for part in re.split(r"[,;|·•]", own) if part.strip()]
    if len(items) >= 7 and len(words) / len(items) <= 3 and joined * 5 <= len(words):
        return True
    return len(words) >= 9 and not re.search(r"[,:;|]", own) and joined * 5 < len(words)


def own_modality(own: str, said: str, *, quoted: bool) -> Modality:
    """Modality of a normalised sentence looked at alone; ``quoted`` marks a block quotation."""
    if _INSTRUCTION.search(own):
        return "instruction"
    if quoted:
        return "quotation"
    if is_hearsay(own):
        return "hearsay"
    if said.rstrip(" *_|").endswith("?"):
        return "question"
    if _DEFINITION.search(own):
        return "definition"
    if _PROMISE.search(own) and "escalat" not in own:
        return "promise"
    if is_word_list(own):
        return "definition"
    if is_denial(own):
        return "negated"
    if is_delegated(own):
        return "delegated"
    return "asserted"
