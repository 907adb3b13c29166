"""Level of ``retraining_triggers``: what makes the team retrain, what does not, and on which data."""

import re

from grader.readme.claims import Claim, Reading
from grader.readme.elements import Assessment, Board
from grader.readme.facts import Facts
from grader.readme.ordinal import fitted_level
from grader.readme.topics import OUTCOME, RETRAIN, in_retraining_place
from grader.readme.wording import DURATION, LIMIT

METRIC = re.compile(
    r"\b(?:pr[- ]?auc|average precision|ranking|precision(?:@\S+)?|prec@\S*|recall(?:@\S+)?"
    r"|hit rate|hits?|ece|brier|calibrat\w*|observed\S*|predicted\S*|obs/pred|o/e|real/predicted"
    r"|actual\S*|forecast|"
    r"lift|twin|expected/\S+|real\b|level off|p@\S+|r@\S+|leavers?|leave|churn|margin|revenue"
    r"|of 100|in 100|per 100|churners|log ?loss|gini|slope|gap|captur\w*|catch\w*|caught|ratio|auc"
    r"|score average|psi|ks|uplift|go(?:ne)?|promise\w*|price quarter|quartile|quarter of|figures"
    r"|error|under \d+)\b"
)
FAULT = re.compile(
    r"\b(?:feeds?|files?|pipelines?|data (?:error|fault|was broken|is broken|broken|bug)"
    r"|broken (?:feed|file|column|data|month)|inputs? (?:control|check|rule|fault|broken)|source"
    r"|unit(?:s)? (?:change\w*|flip\w*|jump\w*)?|"
    r"table red|red check|batch (?:incident|held)|hard stop|rejects?|gate failed|a gate|null\w*"
    r"|missing values|column|megabytes|load|delivery|flow|stop(?:ped)?|points? \d to \d|upstream"
    r"|faults?|feed-\d|p2|poisoned|ingest\w*|etl|join|import|parser|export|garbage|corrupt\w*|broke"
    r"|mapping|join|delivery problem|supplier|step \d failed|checks? failed|value check|failed|"
    r"broken|quarantin\w*|wasn't|if (?:yes|one wasn't)|data was)\b"
)
REPAIR = re.compile(
    r"\b(?:fix\w*|repair\w*|correct\w*|mend\w*|rescor\w*|re-scor\w*|backfill\w*|score[sd]? again"
    r"|scor(?:ed|ing) again|calculate scores again|convert\w*|divide|for the data engineers|"
    r"not retrain|don't retrain|never retrain|no retrain\w*|no training|not (?:train|if)"
    r"|without training|never leads? to (?:a )?training|isn't on the list|not required for"
    r"|reprocess\w*|patch\w*|clean(?:ed)? (?:it|the)|no new model|not a reason|no reason"
    r"|isn't a reason|replay\w*|hold, repair|reload\w*|recompute\w*|never absorbed|revised in"
    r"|the repair was|no refit|it repair\w*|teach(?:es)? (?:it |the model )?the (?:wrong|mistake)"
    r"|no (?:re)?train\w*|hands off|is not touched|isn't touched|model (?:is not|isn't) touched"
    r"|rerun)\b"
)
NEVER_ON_FAULT = re.compile(r"\b(?:not|never|no|n't|without|hands off|rather|first)\b")
RULE = re.compile(
    r"\b(?:definitions?|redefin\w*|re-defin\w*|meaning|means? (?:something )?(?:else|different)"
    r"|what (?:counts|churn|is churn)|counts? as|rules?(?: changed?)?|who counts|counting rule"
    r"|billing clos\w*|policy|legal|what we call|rename\w*|new question|other question|tariff\w*"
    r"|billing rule|"
    r"cancell\w* rules?|cancelling rules|plan definition|structure|\"?leaving\"?|target"
    r"|another meaning|a new churn)\b"
)
RELABEL = re.compile(
    r"\b(?:re-?label\w*|back-?cast\w*|new project|recode|re-derive\w*|label\w* .{0,20}again"
    r"|history .{0,25}(?:again|first|anew)|re-?creat\w*|recompute (?:the )?(?:label|target)s?"
    r"|old (?:months|answers|labels) .{0,20}(?:new|again)|redo|rebuilt|made (?:new|again)|remake"
    r"|redefine|re-?build\w* (?:the |old |history|label\w*)?|labels? (?:are |is )?(?:first|rebuilt"
    r"|wants)|new (?:labels?|target)|fix (?:the )?(?:target|labels?)|labels? first|re-?agree|"
    r"target (?:first|before|again)|review the target|redefinition|the labels? (?:back|first)"
    r"|rebuild (?:history|label|the label|labels)|old labels|put right what|target again"
    r"|label wants|freeze|stop the line|make new target|history first)\b"
)
TRAIN_DATA = re.compile(
    r"\b(?:(?:last|latest|newest|most recent|trailing|recent|\d+)(?: \w+){0,3} (?:finished"
    r"|complete\w*|closed|mature\w*|ripe|settled|matured|known) ?(?:\w+)?|"
    r"(?:last|latest|newest|most recent|trailing|recent)(?: the)? \d+ (?:\w+ )?(?:months?|cohorts?"
    r"|weeks?|quarters?)|\d+ (?:last|latest|newest|most recent|trailing) (?:\w+ )?(?:months?|cohorts?)|"
    r"(?:finished|complete|closed|mature|matured|ripe|settled) (?:months?|cohorts?|data|labels?"
    r"|outcomes?)|with (?:finished|complete|closed|known) (?:labels?|outcomes?|\d+)|whose (?:\d+"
    r"|ninety) days|"
    r"(?:older|after|since|post|on (?:the )?(?:data|months)) (?:than |the )?(?:\d+ days|change"
    r"|break|price)|months (?:after|since)|training window|development sample|known outcome"
    r"|half-?life|everything ripe|complete data)\b"
)
RECALIBRATE = re.compile(
    r"\b(?:recalibrat\w*|re-calibrat\w*|refit (?:the )?calibrat\w*|intercept|logit offset"
    r"|calibration, (?:keep|leave)|leave the trees|keep (?:the )?trees|new calibration"
    r"|refit (?:the )?calibrat\w*|calibrator only|refit calibrator|isotonic refit|only rescale"
    r"|rescale|correct the scale|shift the cut-?off|calibration only|scale is corrected"
    r"|threshold has to move|refit (?:the )?scale)\b"
)
CHANGED_WORLD = re.compile(
    r"\b(?:price effect|prices? (?:changed?|quarter|quartile|began|band|reform)|changed world"
    r"|world (?:has )?changed|after the (?:change|break)|since the (?:change|break)|post-(?:change"
    r"|july)|"
    r"(?:qcol) (?:quartile|quarter|third|fifth|band|effect)|(?:quartile|quarter|fifths?|third"
    r"|band) of qcol|works? differently|behaves? differently|reacts? differently|acted differently"
    r"|effect (?:of price )?changed|relation\w*|behaviour|concept|regime|charge quartile|high qcol"
    r"|segment'?s?|reasons? for|structural break|price (?:change|list)|high-charge|regime|sharp)\b"
)
WAIT = re.compile(
    r"\b(?:too few|luck|own results|for no gain|wrong twice|not wait|n't wait|offer is stale|mix-up"
    r"|informational?|would have cemented|different, not|gap sleeps|not stale|as a precaution"
    r"|react (?:almost|about)|fewer than|fewer|at least \d+ (?:ripe|closed|finished)|if (?:4"
    r"|\d) (?:ripe|closed)|noise|noisy|variance|one (?:bad|odd) (?:cohort|month)|bad once|by chance"
    r"|chance|wait|leave it alone|do nothing|"
    r"psi alone|drift alone|alone|calendar|on drift|drift never|other people's mistakes"
    r"|takes? ~?\d+ months|teaches that|second repair|success would|saved customers"
    r"|easier or harder season|dumb rule|interval|error budget|weather|peeking|rarely deserves"
    r"|at least \d+ people|half-?life|weighted|costs? (?:about )?\d|also an alarm|"
    r"falls with it|compare lift|before any threshold|before anything above|book a (?:retrain"
    r"|refit)|seasonal|looks quicker|freeze|announced|commonest cause|false economy|as well|burned"
    r"|would learn|first match)\b"
)
TRAIN_CUE = re.compile(
    r"\b(?:which data|on what|on which|data:|training (?:data|set|material|window)|train(?:s"
    r"|ed)? on|sample:?|learns? from|window:|on:|takes? the|uses? the)"
)
WRONG = re.compile(
    r"\b(?:the model (?:then )?learns the new|so (?:that )?the model learns the new"
    r"|learns? the (?:megabytes|new unit|new values?)|more data is always better"
    r"|including the (?:last one|newest|latest|most recent) ?(?:month|weeks?|one)?|"
    r"all (?:the )?(?:available )?(?:data|history)(?! (?:ripe|finished|closed)))\b"
    r"|\b(?:psi|drift|ks|p-?value)\b[^.;|]{0,40}?(?:->|means|so|then|:|is significant|on any)[^.;"
    r"|]{0,40}\b(?:must be retrained|retrain(?:ed)?\b(?!-)|start(?:s)? (?:a )?training)"
    r"|\bretrain\w*\b[^.;|]{0,30}\b(?:when|if|as soon as)\b[^.;|]{0,20}\b(?:psi|ks|drift"
    r"|null rate)\b[^.;|]{0,30}\b(?:any|one|single|significant|at least one)\b"
    r"|\bbroken (?:file|feed|month|column|data)\b[^.;|]{0,40}\b(?:is|as|becomes) (?:also )?(?:a "
    r"|another )?(?:reason|ground|trigger|cause)"
    r"|\b(?:retrain\w*|train(?:ed)?|refit) (?:at once |immediately |again |directly )?(?:on|with"
    r"|from|including) (?:the )?(?:broken|new unit|faulty|bad|shifted|megabytes|affected)"
    r"|\bold (?:and|with) new labels (?:are )?(?:mixed|together)|\bmix(?:ing"
    r"|ed)? (?:the )?old and (?:the )?new labels|\btriggered automatically by (?:the )?drift"
    r"|\bpsi\b.{0,20}(?:on any feature)\b|\bmodel (?:gets|will get) used to\b|\bnew seed|another seed"
)
NOT_WRONG = re.compile(r"\b(?:not|never|n't|no|nightmare|mistake|wrong|instead of|nothing)\b")


def _conditions(claim: Claim) -> int:
    """How many retraining conditions with a number a claim states."""
    parts = re.split(
        r"[;]|, or\b|\bor\b(?= (?:pr|precision|recall|hits|ece|observed|predicted|fail|psi|if|a "
        r"|the |for |when))|\|",
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


def assess_retraining(reading: Reading, facts: Facts) -> Assessment:
    """Level 3 needs two conditions with number and duration, fault told from change, and the data to train on."""
    board = Board()
    conditions = 0
    lasting = False
    for claim in reading.paying:
        own = claim.own
        there = in_retraining_place(claim)
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
            FAULT.search(f"{own} {claim.lead} {claim.near} {claim.heading}")
            and REPAIR.search(own)
            and (there or NEVER_ON_FAULT.search(own) or re.search(r"scor", own))
        ):
            board.note("a fault is repaired, not learned", claim)
        if RULE.search(own) and RELABEL.search(own):
            board.note("a new rule means new labels", claim)
        if (there or TRAIN_CUE.search(f"{claim.lead[-60:]} {own}")) and TRAIN_DATA.search(own):
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
        if WRONG.search(c.own)
        and not NOT_WRONG.search(c.own)
        and (in_retraining_place(c) or "label" in c.own)
    )
    board.extra = {"conditions": float(min(conditions, 4))}
    return _level(board, conditions, lasting, wrong)


def _level(board: Board, conditions: int, lasting: bool, wrong: tuple[Claim, ...]) -> Assessment:
    fault = board.has("a fault is repaired, not learned")
    causes = board.count("a changed world", "a new rule means new labels", "recalibrate instead")
    level, sure = fitted_level("retraining_triggers", board.evidence())
    if wrong:
        level = min(level, 2 if fault or board.has("a condition with a number", "which data") else 1)
    missing = list(board.missing(("a fault is repaired, not learned", "which data")))
    if conditions < 2:
        missing.append("two conditions with a number")
    if not lasting:
        missing.append("how long it must last")
    if causes == 0:
        missing.append("a changed world or rule told apart")
    return Assessment(
        level, board.elements(), tuple(missing) if level < 3 else (), wrong, sure, evidence=board.evidence()
    )
