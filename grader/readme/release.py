"""Level of ``release_and_rollback``: how a new model reaches customers, and how it is taken back."""

import re

from grader.readme.claims import Claim, Reading
from grader.readme.elements import Assessment, Board
from grader.readme.facts import Facts
from grader.readme.topics import about_release
from grader.readme.wording import LIMIT

GATE = re.compile(
    r"\b(?:compar\w*|beat(?:s|en)?|must (?:be|have|find|gain|not|beat|at least|match)|gains?|better|not (?:be )?(?:lower|worse|below)|no worse|at least (?:as many|equal)|duel|accepted|higher|pass(?:es)?|matches?|match|"
    r"versus|against|blocks? if|may (?:go on|not lose)|new and old|old and new|current and new|new (?:vs|against)|evaluated against|hold at least|equal or better|not worse|challenger|not lose|wins?|winner)\b"
)
GATE_DATA = re.compile(
    r"\b(?:(?:last|latest|newest|most recent|recent|\d)(?: \w+){0,4} (?:months?|quarters?|cohorts?|weeks?|period)|finished|closed|ripe|matured?|complete|settled|hold-?out|known months?|full labels|with labels?|labelled|test (?:set|months|data))\b"
)
GATE_METRIC = re.compile(
    r"\b(?:pr[- ]?auc|average precision|precision|recall|hits?|leavers|brier|ranking|auc|margin|ece|calibration|top 5|top \d+|saves?|customers per|lift|revenue|points|obs/pred|precision@\S*)\b"
)
LIMITED = re.compile(
    r"\b(?:shadow\w*|silent\w*|in parallel|parallel run|mirror\w*|canary|alongside|beside (?:the )?(?:old|current)|runs? beside|side by side|background|nobody use[sd]?|only you read|unseen|without (?:effect|anybody|anyone)|"
    r"no customer sees|both models|written to a table|blue[- /]?green|gradually|small (?:group|share|part)|\d+ ?% (?:of|->|/|for|by)|1/\d+ of (?:the )?(?:customers|regions?|base|list|traffic)|1 in \d+|1 customer (?:in|of) \d+|one customer (?:in|of) \d+|"
    r"1/\d+ |one region|half of the regions|(?:2|3|one|1) of the regions|one (?:pod|operator group|desk)|desk|regions?, then|arm|\d+ ?% ?->|traffic|limited|in steps|step by step|tenth|to one customer|lists nobody)\b"
)
BACK = re.compile(
    r"\b(?:roll(?:s|ed|ing)?[- ]?back\w*|revert\w*|go(?:es|ing)? back|went back|puts? back|put again|set(?:s)? (?:\w+ ){0,3}back|return\w*|back to|switch(?:es|ed)? back|undo\w*|unship|withdraw\w*|restore\w*|redeploy\w*|re-?deployed|"
    r"back (?:when|if|by)|points? back|number back|older tag|goes back|taken back|flips? to|is set to 0|weight 0|write the previous|previous version|version back|turn back)\b"
)
MECHANISM = re.compile(
    r"\b(?:alias\w*|registry|image\w*|tag\w*|digest\w*|version (?:number|setting|label|stage|back)|qversion|kubectl|helm|make (?:rollback|revert|promote)|variable|config\w*|router|traffic weight|model ?ref|container|stage|"
    r"number back|redeploy\w*|restart|pods?|mlflow|flag|previous version|feature flag|old (?:version|model|file|image))\b"
)
CONDITION_WORDS = re.compile(
    r"\b(?:if|when|condition|outside|leaves?|exceed\w*|above|over|past|below|under|on (?:a )?|because|fails?|doubles?|halved?|jumps?|swells?)\b|[<>]"
)
SIGNAL = re.compile(
    r"\b(?:errors?|5xx|p99|latency|list|share|flagged|precision|fail\w*|nan|null|rate|score\w*|requests?|complain\w*|leavers|refusal|comparison|slowest|alarm|group|arm|names|customers)\b"
)
NUANCE = re.compile(
    r"\b(?:(?:does(?:n't| not)|do not|don't|is (?:pointless|useless|wrong)|useless|wrong|no help|not) (?:\w+ ){0,4}(?:cure|help|go back|do it|heal|solve|here|against)|pointless|same (?:broken )?(?:feed|file|column|table|megabytes|food)|both (?:read|versions)|"
    r"all versions read|eats? the same|reads? the same|(?:no|without|has no|sees scores, not) (?:churn |churn)?labels?|nobody has labels|late verdict|real verdict|(?:one|1) artefact|travel together|together with (?:the )?(?:old )?(?:feature|preprocess\w*|threshold)|"
    r"(?:calibrat\w*|cut-?off|threshold)(?: file)?(?: and (?:calibrat\w*|threshold|cut-?off))? (?:included|travel|matching|live inside|are one|with it)|also restores|one step|share one tag|old trees with|never move only|built together|left the new threshold|burned|slowly turns|same call agents|"
    r"schema before you need|rehears\w*|exercise|drill(?:ed)?|tried|timed|overlap|pull the call list|disagreements|cannot trigger|can't trigger|finds crashes|not bad predictions|crashes and silly|adds? (?:its )?own|nothing about churn|too early to|stale|keep scoring till)\b"
)
WRONG = re.compile(
    r"\b(?:overwrit\w*|replaces? (?:the )?(?:current|old|running|present)(?: one)? (?:for everybody|for all|at once|directly|immediately|everywhere)|"
    r"goes (?:straight|directly|at once) to (?:all|everybody|every)|on the day it is trained|as soon as it is trained|until it is better|repeated with another seed|"
    r"(?:old|previous) (?:one|version|model|file|image)s? (?:is|are) (?:deleted|removed|overwritten|thrown away)|no (?:comparison|way back|need to compare)|"
    r"copes with a broken|cures? (?:the|a) (?:broken|bad)|without (?:a )?compar\w*)\b"
)


def assess_release(reading: Reading, facts: Facts) -> Assessment:
    """Level 3 needs a gate on a recent period, a limited roll-out, and a rollback with condition and mechanism."""
    board = Board()
    area = [
        claim
        for claim in reading.claims
        if about_release(claim) or NUANCE.search(claim.own) and BACK.search(claim.near)
    ]
    for claim in area:
        if not claim.pays:
            continue
        own = claim.own
        gated = GATE.search(own) and re.search(
            r"\b(?:new|candidate|challenger|qversion|incumbent|successor|newcomer|current|old|live|version|it|/\d+|release|gate|ship|model|running)\b",
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
    wrong = tuple(c for c in area if c.read and c.modality in {"asserted", "negated"} and WRONG.search(c.own))
    return _level(board, wrong)


def _level(board: Board, wrong: tuple[Claim, ...]) -> Assessment:
    gate, limited, back = (
        board.has("a gate against the current model"),
        board.has("a limited roll-out"),
        board.has("a way back"),
    )
    condition = board.has("a rollback condition")
    mechanism = board.has("the mechanism")
    undo = (
        back
        and mechanism
        and (condition or board.has("a vague condition") or len(board.found["the mechanism"]) >= 2)
    )
    some = board.count("a gate against the current model", "a comparison")
    if gate and limited and undo:
        level = 4 if board.has("where the obvious way fails") and condition else 3
    elif board.count(
        "a gate against the current model", "a limited roll-out", "a rollback condition"
    ) >= 1 or (some and back and mechanism):
        level = 2
    elif back and mechanism and (some or board.has("a vague condition")):
        level = 2
    else:
        level = 1
    if wrong:
        level = min(level, 2 if back and (mechanism or condition) else 1)
    missing = list(board.missing(("a gate against the current model", "a limited roll-out", "the mechanism")))
    if not condition:
        missing.append("a rollback condition with a number")
    return Assessment(level, board.elements(), tuple(missing) if level < 3 else (), wrong)
