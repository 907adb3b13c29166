"""How far hearsay, denial and retraction reach beyond the sentence they stand in."""

import re
from collections.abc import Sequence

from grader.readme.denial import is_denial
from grader.readme.hearsay import BY_EXPERIENCE, OURS, THEIRS, is_hearsay, tells_of_the_past
from grader.readme.modality import Modality, is_word_list
from grader.readme.retraction import NOT_BEGUN, RETRACTED

_VOID_HEADINGS: tuple[tuple[re.Pattern[str], Modality], ...] = (
    (re.compile(r"\b(?:glossary|definitions?$|terminology|keywords?|types of)\b"), "definition"),
    (re.compile(r"\b(?:references|bibliography|further reading|literature|sources)\s*$"), "quotation"),
    (
        re.compile(
            r"\bwhat others\b|\bothers do\b|\babout me\b|\bprevious (?:job|work|employer)\b|\bbackground reading\b"
            r"|\bmy (?:background|career|experience)\b|\bhow (?:others|the big ones)\b"
        ),
        "hearsay",
    ),
    (re.compile(r"\bopen questions?\s*$|\bquestions? (?:to|for) (?:the )?(?:team|you|us)\b"), "question"),
    (
        re.compile(
            r"\b(?:evaluation \(|reviewers? said|reviews?\s*$|testimonials?|score ?card|self-?assessment)"
        ),
        "instruction",
    ),
    (
        re.compile(
            r"^(?!.*(?:\band\b|&|,|:|\+|\bnot enough\b|instead)).*\b"
            r"(?:(?:rejected|discarded|dropped|abandoned|dismissed) (?:ideas?|options?|plans?|alternatives?"
            r"|approach(?:es)?)\b"
            r"|\b(?:ideas?|options?|plans?|alternatives?|approach(?:es)?) (?:(?:i|we) )?(?:have )?"
            r"(?:rejected|discarded|dropped|abandoned|dismissed|not (?:taken|chosen|pursued|followed))\b"
            r"|\bnot (?:pursued|planned|implemented)\s*$"
            r"|\bwith(?: some)? more time\b|\bif (?:i|we|there) had (?:been )?(?:more )?time\b|\bwish ?list\b"
            r"|\bnice to have\b|\bfuture (?:work|ideas)\b)"
        ),
        "negated",
    ),
    (re.compile(r"\bto be written\b|\btbd\b|^todo\b|\bcontents\b|\btable of contents\b"), "promise"),
)
# A list that goes on about those it was told of: "They also hold ...", "would have been held there too".
_STILL_THEIRS = re.compile(
    r"^(?:they|their|such|these|those|it would|he|she|also there|there,)\b|\bby them\b|\bthere,? too\b"
    r"|\btheirs\b|\bwould have (?:been )?\w+\b"
)
_ASKING = re.compile(r"^(?:which|what|would|should|how|who|is|are|could|do we|does|where|why)\b")


def section_modality(heading: str, sentences: Sequence[str], states: Sequence[Modality]) -> Modality | None:
    """What the heading or a retraction makes of a whole section; None where each sentence stands for itself."""
    for pattern, state in _VOID_HEADINGS:
        if pattern.search(heading):
            return state
    if any(RETRACTED.search(sentence) for sentence in sentences):
        return "negated"
    if NOT_BEGUN.search(heading) or RETRACTED.search(heading):
        return "negated"
    if any(NOT_BEGUN.search(sentence) for sentence in sentences[:1]):
        return "negated"
    if is_hearsay(heading):
        return "hearsay"
    asked = sum(state == "question" for state in states)
    if asked >= 4 and asked * 10 >= 7 * len(states):
        return "question"
    return None


def settled_question(own: str) -> Modality:
    """A question in a list of cases is a condition ("Ranking fine, level off?"); an open question claims nothing."""
    open_question = _ASKING.search(own.lstrip("-> ")) or re.search(r"\bwould\b|\bshould\b", own)
    return "question" if open_question else "asserted"


def spread(
    sentences: Sequence[str], states: Sequence[Modality], lead: str, told: Modality | None = None
) -> list[Modality]:
    """Let hearsay and denial in a lead-in or an earlier sentence govern what follows in the block.

    ``told``: how the block before ended; a report goes on where the next line still speaks of the others.
    """
    carried: Modality | None = None
    goes_on = told == "hearsay" and _STILL_THEIRS.search(sentences[0]) and not OURS.search(sentences[0])
    if is_hearsay(lead) or goes_on:
        carried = "hearsay"
    elif NOT_BEGUN.search(lead) or (is_denial(lead) and lead.endswith((":", " if", " when"))):
        carried = "negated"
    if any(NOT_BEGUN.search(sentence) for sentence in sentences[:1]):
        carried = "negated"
    if sum(is_word_list(sentence) for sentence in sentences) >= 2:
        return ["definition" for _ in states]
    out: list[Modality] = []
    experienced = bool(BY_EXPERIENCE.search(lead))
    for sentence, state in zip(sentences, states, strict=True):
        current = settled_question(sentence) if state == "question" else state
        if current == "asserted" and carried == "negated":
            current = "negated"
        elif (
            current in {"asserted", "negated"}
            and carried == "hearsay"
            and (THEIRS.search(sentence) or not OURS.search(sentence))
        ):
            current = "hearsay"
        if current == "hearsay" and carried == "hearsay" and experienced and not tells_of_the_past(sentence):
            current = state if state != "question" else settled_question(sentence)
        if current == "hearsay":
            carried = "hearsay"
            experienced = experienced or bool(BY_EXPERIENCE.search(sentence))
        elif carried == "hearsay" and OURS.search(sentence):
            carried = None
        out.append(current)
    return out
