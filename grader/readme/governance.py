"""How far hearsay, denial and retraction reach beyond the sentence they stand in."""

import re
from collections.abc import Sequence

from grader.readme.denial import is_denial
from grader.readme.hearsay import BY_EXPERIENCE, OURS, THEIRS, is_hearsay, tells_of_the_past
from grader.readme.modality import Modality, is_word_list
from grader.readme.retraction import JEST, NOT_BEGUN, RETRACTED, UNMEANT, takes_back

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
    (
        re.compile(
            r"\byou (?:will|would|'ll|won't)(?: not| never)? (?:find|see|get)(?: not| nothing)?\b.*"
            r"\b(?:here|project|plan)\b"
            r"|\bideas? (?:that )?(?:i|we) (?:threw|have thrown) away\b|\bhow (?:it|things|this) used to be\b"
        ),
        "negated",
    ),
    (re.compile(r"\bto be written\b|\btbd\b|^todo\b|\bcontents\b|\btable of contents\b"), "promise"),
)
_IDEAS = (
    r"(?:ideas?|options?|plans?|alternatives?|approach(?:es)?|proposals?|suggestions?|tickets?|measures?"
    r"|things?|items?)"
)
_REFUSED = (
    r"(?:rejected|discarded|dropped|abandoned|dismissed|turned down|voted down|vetoed|declined|scrapped|shelved"
    r"|won't (?:fix|do)|wontfix|will not (?:fix|do)|(?:had|have) no (?:time|budget|money) for|ran out of time for"
    r"|did(?: not|n't) (?:get (?:to|round to|around to)|manage|finish))"
)
_BY_WHOM = (
    r"(?:(?:that )?(?:i|we|they|(?:the |our )?(?:\w+ )?(?:board|committee|council|management|manager|boss|company"
    r"|client|business|finance))(?: have| has)?|(?:that )?(?:were|was)|closed as)"
)
_HERE = (
    r"(?: (?:here|so far|for now|this time|(?:in|from|of|out of) (?:this|the|my|our) (?:plan|read ?me|submission|work"
    r"|project|scope|solution|set-?up|version|release)))?"
)
# What is not done at all, whatever is listed below; each names the whole of a heading or of one of its parts, so that
# "what is missing in the data" or "what we left out and why" stay what they are.
_NOT_OURS: tuple[tuple[re.Pattern[str], Modality], ...] = (
    (
        re.compile(
            r"^(?:explicit |deliberate |our |my )?(?:non-?|not |no )goals?$"
            r"|^(?:scrapped|shelved|never built|backlog|turned down|voted down|vetoed)$"
            rf"|^what {_BY_WHOM} {_REFUSED}$|^what this (?:plan|read ?me|work) leaves out$"
            r"|^what this (?:service|plan|work) lacks$|\bnot funded$"
            r"|^(?:\w+ )?(?:cut|dropped|skipped|left out) (?:for|because of|due to) (?:the )?(?:lack of )?"
            r"(?:time|deadline|cost|money|budget)$|^(?:things |what )(?:i|we) did(?: not|n't) have (?:the )?time for$"
            r"|^(?:explicit )?non-?goals?$|^(?:the |our |my )?do ?n'?o?t'?s$"
            rf"|^(?:things |what |parts |all )?(?:that )?(?:i|we) (?:have |had to )?(?:left out|leave out|cut|skipped"
            rf"|sacrificed|ran out of time for|had no time for){_HERE}$"
            rf"|^(?:what is|what's|things|parts) (?:still )?missing{_HERE}$"
            r"|^(?:\w+ )?(?:victims?|casualt(?:y|ies)) of (?:the |our |my )?(?:\w+ )?(?:deadline|budget|time)\b"
            r"|^sacrificed (?:to|for) the \w+$"
            r"|^no (?:budget|money|funds|funding)$|\((?:no|without) (?:budget|money|funds|funding)\)$|\bunfunded\b"
            rf"|^(?:the )?{_REFUSED} {_IDEAS}$|^{_IDEAS} {_BY_WHOM} {_REFUSED}$|^(?:closed as )?won't (?:fix|do)$"
            r"|\b(?:change ?log|release notes)\b.*\bremoved\b|^removed (?:in|since) (?:version |v)?[\d.]+$"
            r"|^mirror image\b|\bthe opposite of (?:each|every|all|these|this|the following)\b"
            r"|\bdream (?:set-?up|system|stack|monitoring|world)\b|\bmoney (?:were|was) no object\b|\bideal world\b"
            r"|\bperfect world\b|\bwishful thinking\b"
            r"|^what (?:stays|remains|is left|was left|will stay|(?:i|we) (?:will )?leave)"
            r" un(?:done|built|checked|watched)\W*$"
            r"|\bif (?:somebody|someone|anybody|anyone|i|we) (?:had |ever |only )?(?:built|wrote|written|implemented)\b"
            r"|\bif (?:only )?(?:i|we|there) (?:had|were|was) (?:ever |only )*"
            r"(?:(?:more |enough |some )?(?:time|money|budget)|(?:more|enough) (?:people|staff))\b"
            r"(?! (?:than|for only|series|zones?|stamps?|owed|refunded)\b)"
            r"|\b(?:time|budget) permitting\b"
            r"|^(?:a )?(?:short story|bedtime story|fairy ?tale|fable|science fiction|fiction|satire|parody)$"
            r"|^ideas for (?:whoever|those who|my successor|the next one)\b"
        ),
        "negated",
    ),
    (re.compile(r"^to ?-?do(?:s|'s| list)?$"), "promise"),
    (
        re.compile(
            r"\b(?:template|placeholder|dummy|filler|sample) text\b|\blorem ipsum\b"
            r"|\b(?:replace|delete|fill in|remove) before (?:submi\w+|hand\w*)"
            r"|^(?:copied |quoted |pasted |instructions )?from the (?:assignment|task|exercise)"
            r"(?: (?:sheet|text|description))?$"
            r"|^(?:the )?(?:assignment|task|exercise) sheet$"
            r"|\b(?:sample|specimen|past|old) exam\b|\bexam questions?\b|\b(?:sample|specimen) (?:answer|solution)s?\b"
        ),
        "quotation",
    ),
    (
        re.compile(
            r"^(?:the|an) (?:ideal|perfect) (?:answer|solution)$"
            r"|\bexample of an? (?:\w+ )?(?:answer|read ?me|submission)\b"
            r"|^what (?:a|the) (?:good|perfect|ideal|strong|better|full|best) (?:answer|solution|read ?me|submission"
            r"|candidate|plan|team) (?:would|should|could|contains?|says?|does|has)\b"
            r"|\bjob (?:advert\w*|ad|posting|description)s?\b|^(?:we are|we're) hiring$"
            r"|\b(?:model card|model|plan|monitoring|documentation|manual|read ?me) (?:of|from|by|at) "
            r"(?:the|a|our|another) (?:competitors?|competing|competition|rivals?)\b"
            r"|\bcompetitor's (?:model|plan|monitoring|set-?up)\b"
            r"|\b(?:sales|marketing) (?:brochure|leaflet|text|pitch)\b"
            r"|\b(?:a different|another) (?:project|repository|product|company)(?: of (?:mine|ours))?$"
        ),
        "hearsay",
    ),
)
_ASIDE = re.compile(
    r"^(?:considered|discussed|weighed|debated)$|^(?:open )?questions?$|^(?:open )?points?$|^" + _IDEAS + "$"
)
_NUMBERING = re.compile(r"^[\W\d]+|[\s:.!*_]+$")
# Under such a heading a sentence that denies of itself is a decision ("never retrain by calendar") and stays.
_OWN_DENIAL = re.compile(
    r"^\W*(?:[\w']+ ){0,4}(?:no|not|never|nobody|none|nothing|cannot|can't|don't|doesn't|won't)\b"
)
_ANY_OF_IT = re.compile(
    r"\b(?:do|does|have|has|will) (?:we|i|anybody(?: here)?) (?:really |actually )?"
    r"(?:do|use|run|have|plan|done|built|follow) "
    r"(?:any|all|some|one)? ?(?:of )?(?:this|that|it|these|the (?:following|above))\W*$"
    r"|\b(?:is|are) (?:any|all|some|one) of (?:this|that|it|these|the (?:following|above)) "
    r"(?:really |actually )?(?:done|built|in place|real|true|running|planned|ours)\b"
)
_NO = re.compile(r"^\W*(?:no|nope|never|not at all|none)\W*$")
# "We never do any of these things:", "this is not what we do:": what is not done by us, and not what must not happen.
_WHAT_FOLLOWS = (
    r"(?:(?:any|all|one|some|either|a single one|much) of )?(?:the (?:following|below|(?:\w+ )?(?:list|things|points"
    r"|steps|items|measures|checks) (?:below|here))|what follows|these|those|this|that|it|them|such)"
    r"(?: (?:(?:\w+ )?(?:things?|points?|steps?|items?|measures?|rules?|checks?|plans?|tasks?|list|actions?)"
    r"|below|here|today|yet|now|either|at all))*"
)
_US = r"(?:we|i|the team|our team|nobody|no one|none of us|nobody here|nobody in the team)"
_DO = (
    r"(?:do|does|did|done|have|has|had|plan|planned|use|run|runs|follow|follows|propose|apply|build|built|implement"
    r"|implemented|carry out|perform|watch|check|compute|compare|measure|monitor|intend|offer|got to|get to|manage"
    r"|managed|mean|adopt|adopted|introduce|introduced|arrange|arranged|set up|write|wrote|go through|keep to)"
)
_NEVER = r"(?: (?:do|does|did|will|would|have|has|had))?(?: ?(?:not|n't)| never| hardly| rarely)?"
_DONE = (
    r"(?:done|built|implemented|planned|in place|run|checked|computed|measured|true|real|ours|mine|used|followed"
    r"|adopted|here|there|happens?|exists?|applies|apply)"
)
_DENIES_WHAT_FOLLOWS = re.compile(
    r"(?:^|[,;.] |\b(?:but|and|so) )(?:"
    rf"{_US}(?! (?:has|have|had|needs?) to\b){_NEVER}(?: (?:yet|ever|actually|really|even|to|here|also))*"
    rf"(?:(?: to)? {_DO}){{1,3}}(?: to| any)? {_WHAT_FOLLOWS}"
    rf"|{_US} (?:do|have|run|use|plan|built|did|follow)(?: exactly)? (?:none|nothing|zero|no part|very little) of "
    rf"{_WHAT_FOLLOWS}"
    rf"|(?:none|nothing|not one|zero|no part) of {_WHAT_FOLLOWS} "
    rf"(?:(?:is|are|was|were|has|have|been|will|be|actually|yet) )*{_DONE}"
    r"(?: (?:here|yet|today|so far|at all|now|for us))?"
    r"|(?:this|that|the following|what follows) (?:is|are) not (?:what|how) (?:we|i|this team|the team) "
    r"(?:do|plan|work|run|have|meant|mean|built|want))\W*:$"
)
# What of it denies: a subject that denies, or a verb.
_NO_IN_IT = re.compile(
    r"\b(?:not|never|hardly|rarely|nobody|no one|none|nothing|zero|no part|very little)\b|n't\b"
)
# A lead-in that denies its list; unlike a heading it is a sentence of its own, closed by a colon or a question mark.
_LEADS_TO_NOTHING = re.compile(
    r"^(?!.*\b(?:if|when|unless|until)\b).*\b(?:do|does|did|have|has|will|would) ?(?:not|n't|never) "
    r"(?:(?:do|have|use|plan|run|get to) )?(?:any|one|a single one) of (?:these|this|the following|them)\b"
    r"|\bof (?:these|the following)\b.*\b(?:zero|none|nothing|not one):$|\b(?:look|search) in vain for\b"
    r"|^(?:struck (?:from|off)|cancelled (?:for|because of|due to) (?:lack of )?"
    r"(?:cost|money|budget|time)|scrapped|vetoed|voted down|shelved)\b"
    r"|\blost \d+ to \d+\b|^(?:false|untrue) statements?\b|^true or false\?$|\bis mistaken:$"
    r"|^(?:some ?day|one day),? perhaps\b|^in an (?:ideal|perfect) world\b|\b(?:i|we) do the opposite of:$"
    r"|\b(?:shall|may|might|could) (?:consider|discuss) whether to\b"
    r"|\bwonder whether (?:to|it would)\b|\bexercise for the reader:$|\bstill blank:$"
    r"|\b(?:assignment|task sheet|exercise) (?:tells|asks|wants)\b|\bhope to hire\b"
    r"|\bdo(?: not|n't) believe in (?:it|this|them):$"
    r"|\(not (?:for )?(?:the|this|our) (?:\w+ )?(?:model|project|one)\)"
)
_BARELY_DENIED = re.compile(r"^\W*(?:out of scope|not (?:done|planned|built|implemented)|left undone)\W*$")
# A paragraph that sets a scene none of us is in: what follows in it is told, not planned.
_SCENE = re.compile(
    r"^\W*once upon a time\b|^(?:now )?(?:imagine|picture|suppose|pretend)\b[^.:]{0,40}"
    r"\b(?:an? (?:company|team|firm|bank|provider|world|kingdom)|the world were)\b"
    r"|^(?:last night )?(?:i|we) (?:dreamt|dreamed) (?:of|that)\b"
    r"|^(?:if (?:i|we|there) had (?:been )?|had (?:i|we) |with |given )(?:some more|more|enough|the) "
    r"(?:time|money|budget|hours|people) ?:"
)


def title_modality(heading: str) -> Modality | None:
    """What a heading, or one heading of a path of them, makes of all that stands below it."""
    for level in heading.split(" / "):
        for pattern, state in _NOT_OURS:
            if pattern.search(title := _NUMBERING.sub("", level)):
                return state
            pieces = re.split(r",? and |,? or | & |, | \+ ", title)
            voiding = [bool(_void_piece(piece, pattern)) for piece in pieces]
            if (
                len(pieces) > 1
                and any(voiding)
                and all(voided or _ASIDE.search(piece) for piece, voided in zip(pieces, voiding, strict=True))
            ):
                return state
    return None


def _void_piece(piece: str, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.search(piece) or any(p.search(piece) for p, _ in _VOID_HEADINGS))


def leads_to_nothing(lead: str) -> bool:
    """Whether a paragraph of its own takes back the list or the paragraphs it leads to."""
    if len(lead.split()) <= 6 and (title_modality(lead) or _BARELY_DENIED.search(lead)):
        return True
    if not lead.endswith((":", "?")):
        return False
    if (denial := _DENIES_WHAT_FOLLOWS.search(lead)) and _NO_IN_IT.search(denial.group()):
        return True
    return bool(_LEADS_TO_NOTHING.search(lead) or UNMEANT.search(lead))


def own_decision(sentence: str) -> bool:
    """Whether a sentence below a heading that voids denies of itself, and so is a decision of its own."""
    return bool(_OWN_DENIAL.search(sentence))


def jested_blocks(blocks: Sequence[Sequence[str]]) -> set[int]:
    """Which blocks of a section a sentence like "Just kidding." takes back: its own, or alone in it all before it."""
    found: set[int] = set()
    for place, sentences in enumerate(blocks):
        if any(JEST.search(sentence) for sentence in sentences):
            found.update(range(place + 1) if len(sentences) == 1 else [place])
    return found


# A list that goes on about those it was told of: "They also hold ...", "would have been held there too".
_STILL_THEIRS = re.compile(
    r"^(?:they|their|such|these|those|it would|he|she|also there|there,)\b|\bby them\b|\bthere,? too\b"
    r"|\btheirs\b|\bwould have (?:been )?\w+\b"
)
# "Out of scope. ..." and "In scope. ..." at the heads of paragraphs are labels, each of its own paragraph.
_OTHER_PART = re.compile(
    r"^\W*(?:in scope|in place|what (?:we|i) (?:do|have|run)|what is (?:done|built))\W*$"
)
_ASKING = re.compile(r"^(?:which|what|would|should|how|who|is|are|could|do we|does|where|why)\b")


def section_modality(
    heading: str, blocks: Sequence[Sequence[str]], states: Sequence[Modality]
) -> Modality | None:
    """What the heading or a retraction makes of a whole section; None where each sentence stands for itself."""
    sentences = [sentence for block in blocks for sentence in block]
    for pattern, state in _VOID_HEADINGS:
        if pattern.search(heading):
            return state
    if any(takes_back(sentence) for sentence in sentences):
        return "negated"
    asks = _ANY_OF_IT.search(heading) or any(_ANY_OF_IT.search(s) for s in sentences if s.endswith("?"))
    if asks and any(_NO.search(sentence) for sentence in sentences):
        return "negated"
    if NOT_BEGUN.search(heading) or RETRACTED.search(heading):
        return "negated"
    other_part = any(len(block) > 1 and _OTHER_PART.search(block[0]) for block in blocks[1:])
    if NOT_BEGUN.search(sentences[0]) and not (_BARELY_DENIED.search(sentences[0]) and other_part):
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
    sentences: Sequence[str],
    states: Sequence[Modality],
    lead: str,
    told: Modality | None = None,
    *,
    listed: bool = False,
) -> list[Modality]:
    """Let hearsay and denial in a lead-in or an earlier sentence govern what follows in the block.

    ``told``: how the block before ended; a report goes on where the next line still speaks of the others.
    ``listed``: whether the lead-in has had its list already, so that this block is no longer what it leads to.
    """
    carried: Modality | None = None
    goes_on = told == "hearsay" and _STILL_THEIRS.search(sentences[0]) and not OURS.search(sentences[0])
    if is_hearsay(lead) or goes_on:
        carried = "hearsay"
    elif (
        NOT_BEGUN.search(lead)
        or (leads_to_nothing(lead) and not listed)
        or (is_denial(lead) and lead.endswith((":", " if", " when")))
    ):
        carried = "negated"
    if any(NOT_BEGUN.search(sentence) for sentence in sentences[:1]):
        carried = "negated"
    if sum(is_word_list(sentence) for sentence in sentences) >= 2:
        return ["definition" for _ in states]
    out: list[Modality] = []
    experienced = bool(BY_EXPERIENCE.search(lead))
    for sentence, state in zip(sentences, states, strict=True):
        if carried is None and _SCENE.search(sentence):
            carried = "negated"
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
