"""Whether a sentence claims that something is done here: asserted, or negated, hearsay, definition ...?"""

import re
from collections.abc import Sequence
from typing import Literal

Modality = Literal[
    "asserted",
    "negated",
    "hearsay",
    "definition",
    "quotation",
    "question",
    "instruction",
    "promise",
    "repeated",
]

_DO = (
    r"(?:comput|check|look|watch|monitor|measur|compar|track|follow|record|calculat|log|run|test"
    r"|evaluat|review|arrang|plan|"
    r"built|build|implement|schedul|set up|adopt|decid|settl|solv|beat|put back|go back|roll"
    r"|read the version|in place|exist|"
    r"foreseen|happen|done|agreed|defined|automat|kept|keep|plot|wired|written|collect|act|anything|have"
    r"|enforc|alert|inspect|verif|validat|replay|undo|switch back|revert|restor|save|store|specif|assign"
    r"|known how|written down|use any|apply)"
)
_NEGATED = re.compile(
    rf"(?:\b(?:we|i|it|one|they|that|this|these|which|there|nobody|service|team|model|system|\w+s"
    rf"|\w+ing)\b[^.;:|]{{0,40}}?)"
    rf"\b(?:do|does|did|will|would|can|could|need|have|has|is|are|was|were)(?: ?not|n't)\b(?: \w+){{0,3}} {_DO}\w*"
    r"|^(?:can't|cannot|doesn't|isn't|need not|does not|is not|no longer|not) (?:\w+ ){0,2}(?:run"
    r"|beat|go back|check|compar|monitor|watch|roll)"
    r"|\b(?:nobody|no one|no-one) (?:\w+ )?(?:looks?|checks?|watch\w*|compares?|monitors?|follows?"
    r"|measures?|counts|will|has|is going)"
    r"|^no \d|^no (?:\w+ ){1,4}(?:is|are) (?:left|kept|done|made|checked|compared|computed|watched"
    r"|reserved)\b"
    r"|\bthere (?:is|are|was|will be) (?:no|neither|not)\b(?! need)|\bno such\b|\bneed not\b"
    r"|\bnor (?:has|have|is|are|do|does|will|any)\b"
    r"|\bno (?:comparison|gate|silent month|rollback|roll-back|way back|shadow|canary|pilot|check"
    r"|monitoring|limit|statistic|reference|rule|procedure)s?\b(?! (?:fail|alarm|fired|is red|red)\w*)"
    r"|\bnot (?:yet )?(?:been )?(?:done|built|arranged|planned|scheduled|implemented|adopted"
    r"|in place|decided|solved|set up|foreseen|automated|done yet)\b"
    r"|\b(?:left undecided|undecided|put off|postponed|deferred|lead to nothing|leads to nothing"
    r"|out of scope|not part of|skipped|skips)\b"
    r"|\b(?:have|has|had) (?:no|neither) (?:plan|rule|check|monitor|intention|process|mechanism)"
    r"|\b(?:without|instead of) (?:comparing|checking|looking|testing|measuring)"
    r"|\b(?:makes?|has|have|takes?) no (?:comparison|check|difference)|stays? unseen|(?:is"
    r"|are) not (?:yellow|red|checked|calculated|stopped)|(?:we|i) (?:neither|never (?:check|look"
    r"|compar|measur|comput|watch|monitor|track))"
)
_HEARSAY = re.compile(
    r"\b(?:mature|leading|large|larger|big|bigger|major|other|many|most|such|successful|modern"
    r"|serious|professional|experienced|"
    r"best|advanced|streaming|tech|bank'?s?|top)[- ](?:\w+ ){0,2}(?:teams?|compan(?:y|ies)"
    r"|organi[sz]ations?|providers?|banks?|firms?|shops?|"
    r"players|vendors|practitioners|functions?|insurers?|people|engineers|houses|retailers|telcos)\b"
    r"|\btext ?books?\b|\bliterature\b|\b(?:best|good|common|standard) practi[cs]es?\b"
    r"|\bstate[- ]of[- ]the[- ]art\b"
    r"|\bexperts? (?:say|recommend|agree|advise|suggest|think)|\bpractitioners\b|\bis written in\b"
    r"|\baccording to (?:the |a |my |an )?(?!the plan)(?:\w+ ){0,2}(?:course|book|literature|paper"
    r"|talk|blog|article|survey|author|lecture|guide|speaker|google|docs)"
    r"|\b(?:at|in|from|during) (?:a|the|an|one|some) (?:\w+ ){0,3}(?:conference|meetup|podcast"
    r"|lecture|webinar|course|talk|blog|article|book|workshop|keynote)\b"
    r"|\b(?:the )?(?:speaker|lecturer|author|presenter|talk)s? (?:\w+ )?(?:explained|said|says"
    r"|recommend|told|showed|reported|described|suggest|advised|had)"
    r"|\b(?:is|are|was|were) (?:often |generally |commonly |usually |widely )?(?:said (?:to|that)"
    r"|reported (?:that|from|to have)|considered (?:as |a |an |to |best|good|more|the)|regarded"
    r"|recommended (?:to|that|by)|advised|"
    r"generally|commonly|understood to|rumou?red|supposed to)\b|\b(?:seen|viewed|considered"
    r"|recommended) as\b|\bby the book\b|\bin the talks\b"
    r"|\bone (?:hears|reads)\b|\bi (?:have )?(?:once )?(?:read|heard|was told|saw)\b"
    r"|\bthey (?:are known|say|told|explained|recommend|also)\b"
    r"|\b(?:google|uber|netflix|amazon|facebook|airbnb|spotify|microsoft|linkedin"
    r"|booking\.com)\b(?!.*taxonomy)"
    r"|\b(?:friends?|colleagues?|acquaintances?|cousin|brother|sister) (?:at|of mine|in|from|who|works)"
    r"|\b(?:my|our|a) (?:last|previous|former|old|past|earlier) (?:job|employer|company|team"
    r"|position|role|project|firm)"
    r"|\ba (?:mature|good|proper|serious|real|professional) (?:ml |data )?(?:team|set-?up|platform"
    r"|organi[sz]ation) (?:would|does|has|will|compares|keeps)"
    r"|\bas the platform matures\b|\bstage we may reach\b|\belsewhere\b(?! in)|\bcompanies (?:with"
    r"|like|that|do|use|retrain)\b|\bindustry\b.{0,30}\b(?:is|are) common"
)
_OURS = re.compile(r"\b(?:we|i|our|my|here we|us)\b")
_THEIRS = re.compile(
    r"^(?:they|such|these|those|there|their|he|she|it|then|also|in (?:that|the example)|the new|for)\b"
)
_ABANDON = re.compile(
    r"\b(?:have|has)(?: not|n't) (?:built|done|implemented|adopted|introduced|set up) (?:any|this"
    r"|that|these|it|them)\b|\bwhat i (?:do|did) not\b"
    r"|\bi leave (?:this|that|it) for\b|\bnot (?:yet )?(?:arranged|built|planned|implemented|done"
    r"|adopted|in place)\b|\bfor (?:lack of time|a later|the second version)"
    r"|\bthere is no date\b|\bone does not,? as things stand\b|\bno such\b"
)
_RETRACTION = re.compile(
    r"\b(?:none|nothing|not any|no part) (?:of|in|from) (?:this|that|it|the|these|those|them)\b.{0,60}"
    r"\b(?:done|planned|implemented|in place|proposed?|exists?|applied|applies|built|adopted"
    r"|running|mine|ours|happens?|used|set up|here|yet)\b"
    r"|\b(?:do|does|did|would) ?(?:not|n't) (?:propose|suggest|intend|plan|adopt|recommend) (?:any"
    r"|this|that|these|those|it|to|them)"
    r"|\bnot (?:adopted|proposed|ours|part of this (?:work|submission|plan))\b"
    r"|\bleft it in to show\b|\bhave not (?:been )?adopted\b"
    r"|\b(?:haven't|have not|has not|hasn't) (?:been )?(?:adopted|taken over|decided|introduced"
    r"|implemented)"
    r"|\bwe (?:have|follow|use) none of\b"
)
_DEFINITION = re.compile(
    r"\b(?:is|are) (?:usually |commonly )?(?:defined as|the (?:sum|supremum|absolute|weighted mean"
    r"|mean squared|ratio of|probability that|"
    r"distribution of|process of|practice of))|\bby convention\b|^(?:the )?[\w -]{3,40} (?:means"
    r"|denotes|refers to|describes) (?:that|a|an|the)\b"
)
_INSTRUCTION = re.compile(
    r"\b(?:automated|ai|human|hiring|llm)[- ](?:evaluator|grader|reviewer|judge|assessor|panel|exercise)\b"
    r"|\bnote (?:for|to) (?:the )?(?:\w+ )?(?:evaluator|grader|reviewer|judge|assessor|reader)\b"
    r"|\b(?:dear|hey|attention) (?:evaluator|grader|reviewer|judge|assessor)\b|\b(?:evaluator"
    r"|grader|assessor)s?\b.{0,60}\b(?:must|should|please|is asked)"
    r"|\bfull marks\b|\btop marks\b|\b(?:highest|maximum) (?:level|score|mark)|\blevel [1-4]\b"
    r"|\brubric\b|\bignore (?:the|all|any|previous|your)\b"
    r"|</?(?:system|assistant|document|user|instructions?)>|\bgrading\b"
    r"|\bmonitoring inputs\b.*\b4\b|\b[45] ?/ ?[45]\b|\bexternal assessor\b"
)
_PROMISE = re.compile(
    r"\b(?:to be (?:written|defined|decided|added|done|completed|determined|agreed)|tbd|tba|todo"
    r"|to do|coming soon|work in progress|"
    r"is going to be|will be (?:described|explained|added|defined|written|specified|decided))\b|_{4,}|…\s*$"
)
_VOID_HEADINGS: tuple[tuple[re.Pattern[str], Modality], ...] = (
    (re.compile(r"\b(?:glossary|definitions?|terminology|keywords?|types of)\b"), "definition"),
    (re.compile(r"\b(?:references|bibliography|further reading|literature|sources)\s*$"), "quotation"),
    (
        re.compile(
            r"\bwhat others\b|\bothers do\b|\babout me\b|\bprevious (?:job|work|employer)\b"
            r"|\bbackground reading\b"
        ),
        "hearsay",
    ),
    (re.compile(r"\bopen questions?\s*$"), "question"),
    (
        re.compile(r"\b(?:evaluation \(|reviewers? said|reviews?\s*$|testimonials?|score ?card)"),
        "instruction",
    ),
    (re.compile(r"\bto be written\b|\btbd\b|^todo\b|\bcontents\b|\btable of contents\b"), "promise"),
)


_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "the a an of to is are was be we i if in on for and or with by it this that not as at when than no our from "
        "after before",
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
    if said.rstrip(" *_|").endswith("?"):
        return "question"
    if _HEARSAY.search(own):
        return "hearsay"
    if _DEFINITION.search(own):
        return "definition"
    if _PROMISE.search(own) and "escalat" not in own:
        return "promise"
    if is_word_list(own):
        return "definition"
    if _NEGATED.search(own):
        return "negated"
    return "asserted"


def section_modality(heading: str, sentences: Sequence[str]) -> Modality | None:
    """What the heading or a retraction makes of a whole section; None where each sentence stands for itself."""
    for pattern, state in _VOID_HEADINGS:
        if pattern.search(heading):
            return state
    if any(_RETRACTION.search(sentence) for sentence in sentences):
        return "negated"
    if sentences and (
        _ABANDON.search(heading) or any(_ABANDON.search(sentence) for sentence in sentences[:2])
    ):
        return "negated"
    if _HEARSAY.search(heading):
        return "hearsay"
    return None


def spread(sentences: Sequence[str], states: Sequence[Modality], lead: str) -> list[Modality]:
    """Let hearsay and denial in a lead-in or an earlier sentence govern what follows in the block."""
    out: list[Modality] = []
    carried: Modality | None = None
    if _HEARSAY.search(lead):
        carried = "hearsay"
    elif _NEGATED.search(lead) and not lead.endswith("?"):
        carried = (
            "negated"
            if re.search(
                r"\bnot (?:arranged|planned|built|done|in place|implemented)|\bwithout much"
                r"|\bwe do not\b|out of scope",
                lead,
            )
            else None
        )
    if _ABANDON.search(lead) or any(_ABANDON.search(sentence) for sentence in sentences[:2]):
        carried = "negated"
    if sum(is_word_list(sentence) for sentence in sentences) >= 2:
        return ["definition" for _ in states]
    for sentence, state in zip(sentences, states, strict=True):
        current = state
        if (
            state == "asserted"
            and carried
            and not (_OURS.search(sentence) and carried == "hearsay" and not _THEIRS.search(sentence))
        ):
            current = carried
        if state == "hearsay":
            carried = "hearsay"
        elif state == "asserted" and current == "asserted":
            carried = None if carried == "hearsay" else carried
        out.append(current)
    return out
