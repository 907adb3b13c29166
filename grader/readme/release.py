"""Level of ``release_and_rollback``: how a new model reaches customers, and how it is taken back."""

import re

from grader.readme.claims import Claim, Reading
from grader.readme.elements import Assessment, Board
from grader.readme.facts import Facts
from grader.readme.ordinal import fitted_level
from grader.readme.topics import about_release
from grader.readme.wording import LIMIT

GATE = re.compile(
    r"\b(?:compar\w*|beat(?:s|en)?|must (?:be|have|find|gain|not|beat|at least|match)|gains?|better"
    r"|not (?:be )?(?:lower|worse|below)|no worse|at least (?:as many|equal)|duel|accepted|higher"
    r"|pass(?:es)?|matches?|match|"
    r"versus|against|outperform\w*|improv\w*|on par|non-inferior|same customers|head to head"
    r"|side-by-side|back-?test\w*|replay\w*|judged|blocks? if|may (?:go on|not lose)|new and old"
    r"|old and new|current and new|new (?:vs|against)|evaluated against|hold at least"
    r"|equal or better|not worse|challenger|not lose|wins?|winner|scored on|lift|has to|loses?"
    r"|behind)\b"
)
GATE_DATA = re.compile(
    r"\b(?:(?:last|latest|newest|most recent|recent|\d)(?: \w+){0,4} (?:months?|quarters?|cohorts?"
    r"|weeks?|period)|finished|closed|ripe|matured?|complete|settled|hold-?out|known months?"
    r"|full labels|with labels?|labelled|test (?:set|months|data))\b"
)
GATE_METRIC = re.compile(
    r"\b(?:pr[- ]?auc|average precision|precision|recall|hits?|leavers|brier|ranking|auc|margin|ece"
    r"|calibration|top 5|top \d+|saves?|customers per|lift|revenue|points|obs/pred|precision@\S*)\b"
)
LIMITED = re.compile(
    r"\b(?:shadow\w*|silent\w*|in parallel|parallel run|mirror\w*|canary|alongside"
    r"|beside (?:the )?(?:old|current)|runs? beside|side by side|background|nobody use[sd]?"
    r"|only you read|unseen|without (?:effect|anybody|anyone)|"
    r"no customer sees|both models|written to a table|blue[- /]?green|gradually|small (?:group"
    r"|share|part)|\d+ ?% (?:of|->|/|for|by)|1/\d+ of (?:the )?(?:customers|regions?|base|list"
    r"|traffic)|1 in \d+|1 customer (?:in|of) \d+|one customer (?:in|of) \d+|"
    r"1/\d+ |one region|pilot\w*|one (?:team|desk|office|city|branch|country|market|channel|group)"
    r"|staged?|stages|phased?|waves?|ramp\w*|slice|subset|dry run|dark|log only|with no effect"
    r"|not acted on|not shown|first (?:group|part|few)|hash(?:ed)? (?:of|on)|by hash|rings?|a fifth"
    r"|both (?:score|lists)|two weeks|mixed|a/b|dark launch|lists? (?:isn't|is not|not) used"
    r"|no one sees|works with it|half of the regions|(?:2|3|one|1) of the regions|one (?:pod"
    r"|operator group|desk)|desk|regions?, then|arm|\d+ ?% ?->|traffic|limited|in steps"
    r"|step by step|tenth|to one customer|lists nobody)\b"
)
BACK = re.compile(
    r"\b(?:roll(?:s|ed|ing)?[- ]?back\w*|back-?out|backs? out|flips?|goes to 0|sends? .{0,30}back"
    r"|previous tag|comes back|older number|bring\w* back|brought back|reinstat\w*|swap(?:s"
    r"|ped)? back|fall(?:s|ing)? back|fallback|reactivat\w*|takes? over again|kill switch|abort\w*"
    r"|stop rule|re-?point\w*|turn(?:s|ed)? off|pull(?:s|ed)? back|step(?:s)? back|old one (?:again"
    r"|returns|is back)|previous (?:image|version|registry)|revert\w*|go(?:es|ing)? back|went back"
    r"|puts? back|put again|set(?:s)? (?:\w+ ){0,3}back|return\w*|back to|switch(?:es|ed)? back"
    r"|undo\w*|unship|withdraw\w*|restore\w*|redeploy\w*|re-?deployed|"
    r"back (?:when|if|by)|points? back|number back|older tag|goes back|taken back|flips? to"
    r"|is set to 0|weight 0|write the previous|previous version|version back|turn back)\b"
)
MECHANISM = re.compile(
    r"\b(?:alias\w*|registry|image\w*|tag\w*|digest\w*|version (?:number|setting|label|stage|back)"
    r"|qversion|kubectl|helm|make (?:rollback|revert|promote)|variable|config\w*|router"
    r"|traffic weight|model ?ref|container|stage|"
    r"pointer|symlink|environment|env|git|commit|manifest|pinned?|hash|sha|bundle|helm|argo\w*|slot"
    r"|toggle|kept warm|stays? (?:deployed|loaded|warm|running)|still (?:running|deployed|warm)"
    r"|one (?:command|line|click)|switch|number before|version before|deployment repo|update|table"
    r"|feature flag|router weight|weight goes|prod\b|number back|redeploy\w*|restart|pods?|mlflow"
    r"|flag|previous version|feature flag|old (?:version|model|file|image))\b"
)
CONDITION_WORDS = re.compile(
    r"\b(?:if|when|condition|outside|leaves?|exceed\w*|above|over|past|below|under|on (?:a )?"
    r"|because|fails?|doubles?|halved?|jumps?|swells?)\b|[<>]"
)
SIGNAL = re.compile(
    r"\b(?:errors?|5xx|p99|latency|list|share|flagged|precision|fail\w*|nan|null|rate|score\w*"
    r"|requests?|complain\w*|leavers|refusal|timeouts?|overlap|volume|count|mean|distribution"
    r"|complaints|agents|differ\w*|outcomes?|hits|names|comparison|slowest|alarm|group|arm|names"
    r"|customers)\b"
)
NUANCE = re.compile(
    r"\b(?:(?:does(?:n't| not)|do not|don't|is (?:pointless|useless|wrong)|useless|wrong|no help"
    r"|not) (?:\w+ ){0,4}(?:cure|help|go back|do it|heal|solve|here|against)|pointless"
    r"|same (?:broken )?(?:feed|file|column|table|megabytes|food)|both (?:read|versions)|"
    r"all versions read|eats? the same|reads? the same|(?:no|without|has no"
    r"|sees scores, not) (?:churn |churn)?labels?|nobody has labels|late verdict|real verdict"
    r"|(?:one|1) artefact|travel together|together with (?:the )?(?:old )?(?:feature|preprocess\w*"
    r"|threshold)|"
    r"(?:calibrat\w*|cut-?off|threshold)(?: file)?(?: and (?:calibrat\w*|threshold"
    r"|cut-?off))? (?:included|travel|matching|live inside|are one|with it)|also restores|one step"
    r"|share one tag|old trees with|never move only|built together|left the new threshold|burned"
    r"|slowly turns|same call agents|same (?:data|input)s?|neither version|feed (?:fault|problem)"
    r"|labels? (?:arrive|come)|arrive too late|can(?:no|')t (?:show|tell|see)|proxy|compatib\w*"
    r"|feature (?:code|definition|list|pipeline)|preprocess\w*|stamped|reissue\w*|already (?:sent"
    r"|exported|handed)|recall the list|both models|moves? together|go(?:es)? together|deliberately"
    r"|plausible nonsense|call list already|does not roll back|not obviously|wrong numbers|too late"
    r"|two traps|one trap|one artefact|image and model|weights and image|cut-off goes back"
    r"|go forward|alone decides|feature view|"
    r"schema before you need|rehears\w*|exercise|drill(?:ed)?|tried|timed|overlap"
    r"|pull the call list|disagreements|cannot trigger|can't trigger|finds crashes"
    r"|not bad predictions|crashes and silly|adds? (?:its )?own|nothing about churn|too early to"
    r"|stale|keep scoring till)\b"
)
WRONG = re.compile(
    r"\b(?:overwrit\w*|replaces? (?:the )?(?:current|old|running|present)(?: one)? (?:for everybody"
    r"|for all|at once|directly|immediately|everywhere)|"
    r"goes (?:straight|directly|at once) to (?:all|everybody|every)|on the day it is trained"
    r"|as soon as it is trained|until it is better|repeated with another seed|"
    r"(?:old|previous) (?:one|version|model|file|image)s? (?:is|are) (?:deleted|removed|overwritten"
    r"|thrown away)|no (?:comparison|way back|need to compare)|"
    r"copes with a broken|cures? (?:the|a) (?:broken|bad)|without (?:a )?compar\w*)\b"
)


def assess_release(reading: Reading, facts: Facts) -> Assessment:
    """Level 3 needs a gate on a recent period, a limited roll-out, and a rollback with condition and mechanism."""
    board = Board()
    area = [
        claim
        for claim in reading.claims
        if about_release(claim) or (NUANCE.search(claim.own) and BACK.search(claim.near))
    ]
    for claim in area:
        if not claim.pays:
            continue
        own = claim.own
        gated = GATE.search(own) and re.search(
            r"\b(?:new|candidate|challenger|qversion|incumbent|successor|newcomer|current|old|live"
            r"|version|it|/\d+|release|gate|ship|model|running)\b",
            f"{own} {claim.context}",
        )
        if gated and (GATE_DATA.search(own) or GATE_METRIC.search(own)):
            both = GATE_DATA.search(f"{own} {claim.near}") is not None
            board.note("a gate against the current model" if both else "a comparison", claim)
        elif gated:
            board.note("a comparison", claim)
        if LIMITED.search(own):
            board.note("a limited roll-out", claim)
        if (
            BACK.search(own)
            or BACK.search(claim.lead)
            or re.search(r"\b(?:back|undo|revert|wrong|bad)\b", f"{claim.heading} {claim.lead}")
        ):
            if BACK.search(own) or MECHANISM.search(own):
                board.note("a way back", claim)
                if MECHANISM.search(own):
                    board.note("the mechanism", claim)
            if CONDITION_WORDS.search(own) and SIGNAL.search(own):
                board.note(
                    "a rollback condition"
                    if LIMIT.search(own) or re.search(r"\d", own)
                    else "a vague condition",
                    claim,
                )
        if NUANCE.search(own) and (
            BACK.search(f"{own} {claim.near}") or LIMITED.search(f"{own} {claim.near}") or GATE.search(own)
        ):
            board.note("where the obvious way fails", claim)
    _join_gate(board, area)
    wrong = tuple(c for c in area if c.read and c.modality in {"asserted", "negated"} and WRONG.search(c.own))
    return _level(board, wrong)


def _join_gate(board: Board, area: list[Claim]) -> None:
    """A list of conditions under "compared on the last quarter" is one gate, though no line says all of it."""
    for claim in board.found.get("a comparison", []):
        section = [c for c in area if c.pays and c.section == claim.section]
        if any(GATE_DATA.search(c.own) and GATE.search(c.own) for c in section) and any(
            GATE_METRIC.search(c.own) and GATE.search(c.own) for c in section
        ):
            board.note("a gate against the current model", claim)


def _level(board: Board, wrong: tuple[Claim, ...]) -> Assessment:
    back, mechanism, condition = (
        board.has(name) for name in ("a way back", "the mechanism", "a rollback condition")
    )
    level, sure = fitted_level("release_and_rollback", board.evidence())
    if wrong:
        level = min(level, 2 if back and (mechanism or condition) else 1)
    missing = list(board.missing(("a gate against the current model", "a limited roll-out", "the mechanism")))
    if not condition:
        missing.append("a rollback condition with a number")
    return Assessment(
        level, board.elements(), tuple(missing) if level < 3 else (), wrong, sure, evidence=board.evidence()
    )
