"""Level of ``retraining_triggers``: what makes the team retrain, what does not, and on which data."""

import re

from grader.readme.claims import Claim, Reading
from grader.readme.elements import Assessment, Board
from grader.readme.facts import Facts
from grader.readme.topics import OUTCOME, RELEASE_CONTEXT, RETRAIN, RETRAIN_CONTEXT
from grader.readme.wording import DURATION, LIMIT

METRIC = re.compile(
    r"\b(?:pr[- ]?auc|average precision|ranking|precision(?:@\S+)?|prec@\S*|recall(?:@\S+)?|hit rate|hits?|ece|brier|calibrat\w*|observed\S*|predicted\S*|obs/pred|o/e|real/predicted|actual\S*|forecast|"
    r"lift|leavers?|leave|churn|margin|revenue|of 100|in 100|per 100|score average|psi|ks|uplift|go(?:ne)?|promise\w*|price quarter|quartile|quarter of|figures|error|under \d+)\b"
)
FAULT = re.compile(
    r"\b(?:feeds?|files?|pipelines?|data (?:error|fault|was broken|is broken|broken|bug)|broken (?:feed|file|column|data|month)|inputs? (?:control|check|rule|fault|broken)|source|unit(?:s)? (?:change\w*|flip\w*|jump\w*)?|"
    r"table red|red check|batch (?:incident|held)|hard stop|rejects?|gate failed|a gate|null\w*|missing values|column|megabytes|load|delivery|flow|stop(?:ped)?|points? \d to \d|upstream|fault|feed-\d|p2|"
    r"broken|quarantin\w*|wasn't|if (?:yes|one wasn't)|data was)\b"
)
REPAIR = re.compile(
    r"\b(?:fix\w*|repair\w*|correct\w*|mend\w*|rescor\w*|re-scor\w*|backfill\w*|score[sd]? again|scor(?:ed|ing) again|calculate scores again|convert\w*|divide|for the data engineers|"
    r"not retrain|don't retrain|never retrain|no retrain\w*|no training|not (?:train|if)|without training|never leads? to (?:a )?training|isn't on the list|not required for|hands off|is not touched|isn't touched|model (?:is not|isn't) touched|rerun)\b"
)
NEVER_ON_FAULT = re.compile(r"\b(?:not|never|no|n't|without|hands off|rather|first)\b")
RULE = re.compile(
    r"\b(?:definitions?|redefin\w*|re-defin\w*|meaning|means? (?:something )?(?:else|different)|what (?:counts|churn|is churn)|counts? as|rules?(?: changed?)?|new question|other question|tariff\w*|billing rule|"
    r"cancell\w* rules?|cancelling rules|plan definition|target|another meaning|a new churn)\b"
)
RELABEL = re.compile(
    r"\b(?:re-?label\w*|re-?build\w* (?:the |old |history|label\w*)?|labels? (?:are |is )?(?:first|rebuilt|wants)|new (?:labels?|target)|fix (?:the )?(?:target|labels?)|labels? first|re-?agree|"
    r"target (?:first|before|again)|review the target|redefinition|the labels? (?:back|first)|rebuild (?:history|label|the label|labels)|old labels|put right what|target again|label wants|freeze|stop the line|make new target|history first)\b"
)
TRAIN_DATA = re.compile(
    r"\b(?:(?:last|latest|newest|most recent|trailing|recent|\d+)(?: \w+){0,3} (?:finished|complete\w*|closed|mature\w*|ripe|settled|matured|known) ?(?:\w+)?|"
    r"(?:last|latest|newest|most recent|trailing|recent)(?: the)? \d+ (?:\w+ )?(?:months?|cohorts?|weeks?|quarters?)|\d+ (?:last|latest|newest|most recent|trailing) (?:\w+ )?(?:months?|cohorts?)|"
    r"(?:finished|complete|closed|mature|matured|ripe|settled) (?:months?|cohorts?|data|labels?|outcomes?)|with (?:finished|complete|closed|known) (?:labels?|outcomes?|\d+)|whose (?:\d+|ninety) days|"
    r"(?:older|after|since|post|on (?:the )?(?:data|months)) (?:than |the )?(?:\d+ days|change|break|price)|months (?:after|since)|training window|development sample|known outcome|half-?life|everything ripe|complete data)\b"
)
RECALIBRATE = re.compile(
    r"\b(?:recalibrat\w*|re-calibrat\w*|new calibration|refit (?:the )?calibrat\w*|calibrator only|refit calibrator|isotonic refit|only rescale|rescale|correct the scale|shift the cut-?off|calibration only|scale is corrected|threshold has to move|refit (?:the )?scale)\b"
)
CHANGED_WORLD = re.compile(
    r"\b(?:price effect|prices? (?:changed?|quarter|quartile|began|band|reform)|changed world|world (?:has )?changed|after the (?:change|break)|since the (?:change|break)|post-(?:change|july)|"
    r"(?:qcol) (?:quartile|quarter|third|fifth|band|effect)|(?:quartile|quarter|fifths?|third|band) of qcol|works? differently|behaves? differently|reacts? differently|acted differently|effect (?:of price )?changed|relation\w*|behaviour|concept|regime|charge quartile|high qcol)\b"
)
WAIT = re.compile(
    r"\b(?:too few|fewer than|fewer|at least \d+ (?:ripe|closed|finished)|if (?:4|\d) (?:ripe|closed)|noise|noisy|variance|one (?:bad|odd) (?:cohort|month)|bad once|by chance|chance|wait|leave it alone|do nothing|"
    r"psi alone|drift alone|alone|calendar|on drift|drift never|other people's mistakes|takes? ~?\d+ months|teaches that|second repair|success would|saved customers|easier or harder season|dumb rule|interval|error budget|weather|peeking|rarely deserves|at least \d+ people|half-?life|weighted|costs? (?:about )?\d|also an alarm|"
    r"falls with it|compare lift|before any threshold|before anything above|book a (?:retrain|refit)|seasonal|looks quicker|freeze|announced|commonest cause|false economy|as well|burned|would learn|first match)\b"
)
WRONG = re.compile(
    r"\b(?:the model (?:then )?learns the new|so (?:that )?the model learns the new|learns? the (?:megabytes|new unit|new values?)|more data is always better|including the (?:last one|newest|latest|most recent) ?(?:month|weeks?|one)?|"
    r"all (?:the )?(?:available )?(?:data|history)(?! (?:ripe|finished|closed)))\b"
    r"|\b(?:psi|drift|ks|p-?value)\b[^.;|]{0,40}?(?:->|means|so|then|:|is significant|on any)[^.;|]{0,40}\b(?:must be retrained|retrain(?:ed)?\b(?!-)|start(?:s)? (?:a )?training)"
    r"|\bretrain\w*\b[^.;|]{0,30}\b(?:when|if|as soon as)\b[^.;|]{0,20}\b(?:psi|ks|drift|null rate)\b[^.;|]{0,30}\b(?:any|one|single|significant|at least one)\b"
    r"|\bbroken (?:file|feed|month|column|data)\b[^.;|]{0,40}\b(?:is|as|becomes) (?:also )?(?:a |another )?(?:reason|ground|trigger|cause)"
    r"|\b(?:retrain\w*|train(?:ed)?|refit) (?:at once |immediately |again |directly )?(?:on|with|from|including) (?:the )?(?:broken|new unit|faulty|bad|shifted|megabytes|affected)"
    r"|\bold (?:and|with) new labels (?:are )?(?:mixed|together)|\bmix(?:ing|ed)? (?:the )?old and (?:the )?new labels|\btriggered automatically by (?:the )?drift"
    r"|\bpsi\b.{0,20}(?:on any feature)\b|\bmodel (?:gets|will get) used to\b|\bnew seed|another seed"
)
NOT_WRONG = re.compile(r"\b(?:not|never|n't|no|nightmare|mistake|wrong|instead of|nothing)\b")


def _conditions(claim: Claim) -> int:
    """How many retraining conditions with a number a claim states."""
    parts = re.split(
        r"[;]|, or\b|\bor\b(?= (?:pr|precision|recall|hits|ece|observed|predicted|fail|psi|if|a |the |for |when))|\|",
        claim.own,
    )
    count = 0
    for part in parts:
        if METRIC.search(part) and (
            LIMIT.search(part)
            or re.search(r"[<>]|\b\d+ in \d+|\bis a 1/\d|1/\d (?:off|out|above)|\bis off\b|wrong by", part)
        ):
            count += 1
    return count


def _in_place(claim: Claim) -> bool:
    if RETRAIN.search(claim.own):
        return True
    if RELEASE_CONTEXT.search(claim.heading) and not RETRAIN_CONTEXT.search(claim.heading):
        return False
    return bool(
        RETRAIN_CONTEXT.search(f"{claim.heading} {claim.lead}")
        or RETRAIN.search(claim.lead)
        or RETRAIN.search(claim.near)
    )


def assess_retraining(reading: Reading, facts: Facts) -> Assessment:
    """Level 3 needs two conditions with number and duration, fault told from change, and the data to train on."""
    board = Board()
    conditions = 0
    lasting = False
    for claim in reading.paying:
        own = claim.own
        there = _in_place(claim)
        if there and RETRAIN.search(own):
            board.note("retraining named", claim)
        if there or RETRAIN.search(claim.near):
            found = _conditions(claim)
            if found:
                conditions += found
                board.note("a condition with a number", claim)
                if DURATION.search(own):
                    lasting = True
                    board.note("a duration", claim)
            elif DURATION.search(own) and METRIC.search(own) and OUTCOME.search(own):
                lasting = True
                board.note("a duration", claim)
        if (
            FAULT.search(f"{own} {claim.lead}")
            and REPAIR.search(own)
            and (there or NEVER_ON_FAULT.search(own) or re.search(r"scor", own))
        ):
            board.note("a fault is repaired, not learned", claim)
        if RULE.search(own) and RELABEL.search(own):
            board.note("a new rule means new labels", claim)
        if there and TRAIN_DATA.search(own):
            board.note("which data", claim)
        if RECALIBRATE.search(own):
            board.note("recalibrate instead", claim)
        if there and CHANGED_WORLD.search(own):
            board.note("a changed world", claim)
        if there and WAIT.search(own):
            board.note("when the reflex is wrong", claim)
    wrong = tuple(
        c
        for c in reading.paying
        if WRONG.search(c.own) and not NOT_WRONG.search(c.own) and (_in_place(c) or "label" in c.own)
    )
    return _level(board, conditions, lasting, wrong)


def _level(board: Board, conditions: int, lasting: bool, wrong: tuple[Claim, ...]) -> Assessment:
    fault = board.has("a fault is repaired, not learned")
    causes = board.count("a changed world", "a new rule means new labels", "recalibrate instead")
    base = conditions >= 2 and lasting and fault and (board.has("which data") or causes >= 2) and causes >= 1
    nuance = board.count("recalibrate instead", "when the reflex is wrong")
    if base and causes + board.count("which data") >= 2:
        level = 4 if nuance == 2 or (nuance == 1 and causes == 3) else 3
    elif conditions >= 1 or (board.has("retraining named") and (fault or causes >= 1)):
        level = 2
    else:
        level = 1
    if wrong:
        level = min(level, 2 if fault or board.has("a condition with a number", "which data") else 1)
    missing = list(board.missing(("a fault is repaired, not learned", "which data")))
    if conditions < 2:
        missing.append("two conditions with a number")
    if not lasting:
        missing.append("how long it must last")
    if causes == 0:
        missing.append("a changed world or rule told apart")
    return Assessment(level, board.elements(), tuple(missing) if level < 3 else (), wrong)
