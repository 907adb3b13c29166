"""Level of ``monitoring_outcomes``: how the team knows that the scores are still right."""

import re

from grader.readme.claims import Claim, Reading
from grader.readme.elements import Assessment, Board
from grader.readme.facts import Facts
from grader.readme.ordinal import fitted_level
from grader.readme.topics import RELEASE, RELEASE_CONTEXT, in_retraining_place
from grader.readme.wording import CADENCE, LIMIT, REFERENCE

SCORE_SIGNS = re.compile(
    r"\b(?:histogram\w*|twentieth|bands|number of flagged|flagged customers|score report"
    r"|score distribution|list outside|above the cut|deciles?|mean score|score (?:mean|average|psi"
    r"|distribution|histogram|bands?|ratio)|distribution of (?:the )?(?:scores?|predictions?"
    r"|probabilities)"
    r"|(?:psi|stability index|ks|average|mean|median|distance|sum|percentiles?) (?:of"
    r"|for) (?:the )?(?:scores?|predict\w+|probabilit\w+)|scores?: |sum of scores|scores? \(sum"
    r"|share (?:of (?:customers|scores?|people) )?(?:above|over|at|>|≥|>=)|share[ -]?>|% (?:has"
    r"|have|with|over|above)|flag(?:ged)? share|share flagged"
    r"|list (?:size|length|share|is)|(?:length|size) of the list|normal list"
    r"|expected (?:number of )?leavers|names exceed|number (?:of \w+ )?(?:above|over)"
    r"|how many (?:are|names|%|of \w+|customers)? ?(?:are )?(?:above|over|exceed|has)"
    r"|above (?:the )?cut-?off|over (?:the )?threshold|score shift|churn share above threshold"
    r"|usual length|flag(?:ged)? (?:count|volume|rate)|volume of the list|names on the list"
    r"|average (?:prediction|probability|score)|(?:output|prediction) (?:distribution|drift|shift)"
    r"|(?:proportion|percentage|fraction|part) (?:of (?:customers|scores) )?(?:above|over|at)"
    r"|score (?:quantiles|percentiles|levels?|stability|drift|shift|report|check)|positive rate"
    r"|mean (?:probability|prediction|of (?:the )?scores)|predicted (?:churn|rate|leavers|number)"
    r"|number of names|\d-\d (?:of|in) 100|\d to \d (?:of|in) (?:every )?100|mean (?:moves"
    r"|predicted)|score deciles|decile profile|stable scores|the scores|"
    r"pass the cut-?off|share of high scores|call list is longer|forecast down|score psi)\b"
)
REALISED = re.compile(
    r"\b(?:pr[- ]?auc|average precision|area under the precision|precision-recall|precision|recall"
    r"|hit rate|hits? (?:per|of|in)|hits per hundred|"
    r"brier|ece|calibration|observed (?:/|against|vs|versus|over|and)|obs/pred|o/e|predicted (?:/"
    r"|vs|against|versus|and|rate|churn)|predicted/observed|"
    r"real/predicted|real vs|actual (?:over|/|vs|against)|actual leavers|realised|promised"
    r"|forecast against|foretold|lift|"
    r"how many (?:of|did|on|leavers|went)|of (?:the )?100|(?:has|have|had) (?:really )?(?:gone"
    r"|left)|who left|p@\S+|r@\S+|real/\w+|real over|mean score (?:vs|against)|expected vs"
    r"|expected/|forecast|order|top twentieth|really left|real churn\w*|early leavers|truth|"
    r"matured precision|still a customer|called wrongly|ranking)\b"
)
ASK_DELAY = re.compile(
    r"\b(?:90|\d{2,3})[- ]?(?:\+ ?\d+ )?d(?:ays?)?\b|\bday \d{2,3}\b|\b\d{2}th day\b|\b(?:3|3\.5"
    r"|3 and 1/2|4|14|15|16|13) (?:and a half )?(?:months?|weeks?)\b(?! (?:in a row|running|of data"
    r"|back))"
    r"|\b1/4 later\b|\ba quarter (?:late|later|of a year)\b|\b90 days\b|\b3 and a half months\b"
    r"|\bblind quarter\b"
)
DELAY_PLACE = re.compile(
    r"\b(?:label|labels|outcome\w*|truth|know|known|later|after|ago|left|gone|matur\w*|ripe\w*"
    r"|finished|closed|over|complete\w*|wait|takes?|need|until|earlier|settled|future|answer|when"
    r"|quarter late|days? \+|\+ ?\d+ (?:d|days|wk|weeks))\b|^\+?\d"
)
SEGMENT = re.compile(
    r"\b(?:per|by|for each|each|every|within|in (?:one|any|a)|for the|for every|split by|cut by"
    r"|separately (?:for|by)|broken down|also by|of|and)(?: each| every| the)? (?:\w+ )?"
    r"(?:qcol|segments?|regions?|tiers?|plans?|contracts?|price (?:quarter|quartile|band)s?"
    r"|quartiles?|dearest|fifths?|1/\d|customer groups?|channels?|groups? of customers"
    r"|customer types?|kind of)\b"
    r"|\bqcol (?:quartile|quarter|third|band|fifth|1/)s?|\bquartiles? of qcol|\bby: \["
    r"|\bper (?:qcol|segment)|\b(?:quartile|quarter|fifths?|third) of qcol|\bsegments?\b|\bper qcol"
)
BUSINESS = re.compile(
    r"\b(?:revenue|euros?|eur|margin|profit|money|saved (?:customers?|revenue|euros)|cost (?:per"
    r"|of (?:the )?calls?)|per 100 calls|business figure|roi|worth|net gain|campaign result"
    r"|customers kept|kept customers|retained customers?|uplift|savings?|finance|value kept)\b|€|\$"
)
CONTROL = re.compile(
    r"\b(?:uncalled|un-called|spared|held (?:out|back)|withheld|exempt\w*|untouched|untreated"
    r"|kept aside|set aside|not (?:be |been |being )?(?:rung|phoned|dialled|approached|treated"
    r"|reached)|comparison group|without being called|(?:don't|do not|never|nobody) (?:contact|ring"
    r"|phone|dial|rings|phones)\w*|randomly (?:left|kept|chosen|selected|excluded|picked)"
    r"|random (?:slice|share|part|sample|group|\d+ %|1/\d+|\d+ in \d+|twentieth|tenth|subset"
    r"|fraction)|silent group|no treatment|left (?:off|out of) the (?:calls|phone|list)"
    r"|nobody (?:rings|phones)|not called|isn't called|aren't called|never called|never calls?"
    r"|no call|not call(?:ed)?|don't call|do not call|without call|left alone|left in peace"
    r"|goes uncalled|gets? no call|"
    r"gets? nothing|get nothing|nobody calls|control(?: group)?|hold-?out|by lot|at random"
    r"|randomi[sz]\w*|unreached|just under the line|leave \d+ %|witnesses|test group"
    r"|are not contacted|not contacted|uncontacted)\b"
)
WHY_CONTROL = re.compile(
    r"\b(?:look(?:s)? (?:like|as|exactly|precisely|wrong|worse)|talked out of|persuaded"
    r"|because of (?:the|our) calls?|stay(?:s|ed)? because|false positives?|wrong predictions?"
    r"|counts? against|feedback loop|self-defeating|contaminat\w*|the better (?:the|our)|treatment"
    r"|our own (?:action|calls|success)|penalis\w*|penaliz\w*|read as|stored as|saves?\b"
    r"|win-?backs?|change the (?:outcome|label)s?|kept customers?|counts? as|count as|success"
    r"|saved customers?|rescued|treated|distort\w*|affected by|changes? what happens|unbiased"
    r"|fair sample|false alarms?|"
    r"our (?:mistakes?|errors?)|model mistakes?|punish|brilliant retention|because calling"
    r"|calls? work\w*|influenced|called customers?|misjudged|as (?:a )?(?:miss|error|failure)"
    r"|weight|bias\w*|change their own label|worse than it is|useless as labels|honest)\b"
)
OTHER_NUANCE = re.compile(
    r"\b(?:depends on the base rate|divided by (?:the )?base rate|/ ?base rate|over base rate"
    r"|average hides|overall (?:\w+ ){0,3}(?:hides?|fine|hid|dipped)|averages? hid|compensat\w*|"
    r"never acquit|early leavers|direction only|peek\w*|standard error|noise|interval\w*|too small"
    r"|pool(?:ed)?|dumb rule|base rate (?:falls|moves|changes)|precision falls with it|"
    r"overall .{0,30}comforts|hides it|lower bound|season|bootstrap|lucky|luck|error bars?"
    r"|confidence|sampling|small numbers|weak evidence|different, not wrong|quiet|only different"
    r"|chance|no label|nobody has labels|min churners)\b"
)
WRONG = re.compile(
    r"\baccuracy\b(?![^.;]{0,60}\b(?:useless|mislead\w*|mean\w* (?:little|nothing)|not|hides|no use"
    r"|never|worthless|would|says (?:little|nothing)|flatter\w*|looks)\b)"
    r"|\bhow often (?:it|the model) is right\b|\b(?:share|%|number) of (?:all )?(?:right"
    r"|correct) (?:answers|predictions|classifications)|\bcorrectly classified\b"
    r"|\bece above 0\.5\b|\bbrier\b.{0,40}\bshould (?:increase|rise|go up)"
)
DISMISSED = re.compile(
    r"\b(?:not|never|no|n't|ignore|avoid|useless|instead of|rather than|without)\b[^.;]{0,25}\baccuracy\b"
)
EARLY = re.compile(
    r"\b(?:after|within|in|for the customers scored (?:in )?the) (?:1|one|a|the) (?:week|month"
    r"|day)(?: before)?\b|\bscored (?:in )?the week before\b|"
    r"\bafter (?:30|7|14|28) days\b|\blast week\b|\bthe (?:same|next) (?:week|month|day)\b"
    r"|\bevery (?:week|day)\b|\bweekly\b|\bin real time\b|\bdaily\b"
)


def assess_outcomes(reading: Reading, facts: Facts) -> Assessment:
    """Level 3 needs early score checks, realised performance, the label delay, and a segment or a business figure."""
    board = Board()
    for claim in reading.paying:
        own = claim.own
        if in_retraining_place(claim) and not (CONTROL.search(own) or ASK_DELAY.search(own)):
            continue
        release = bool(RELEASE_CONTEXT.search(claim.context)) or len(RELEASE.findall(own)) >= 2
        features = bool(re.search(r"\b(?:psi|ks|null\w*|median|blanks?)\b", own)) and not re.search(
            r"\bscores?\b|share", own
        )
        if SCORE_SIGNS.search(own) and not release and not features and not _mere_figure(claim):
            firm = LIMIT.search(own) or REFERENCE.search(own) or CADENCE.search(f"{own} {claim.lead}")
            board.note("scores before labels" if firm else "scores mentioned", claim)
        if REALISED.search(own) and not release and not _mere_figure(claim):
            board.note("realised performance", claim)
            if LIMIT.search(own) or re.search(r"0\.\d", own):
                board.note("figures", claim)
        if _states_delay(claim, facts):
            board.note("label delay", claim)
        if (
            SEGMENT.search(own)
            and (REALISED.search(f"{own} {claim.lead} {claim.near}") or SCORE_SIGNS.search(claim.near))
        ) and not features:
            board.note("segment", claim)
        if BUSINESS.search(own) and not release:
            board.note("business figure", claim)
        if CONTROL.search(own) and re.search(
            r"\bcall\w*|list\w*|contact\w*|customers?|flag\w*|lot\b|sample|arm|line", f"{own} {claim.near}"
        ):
            board.note("control group", claim)
        if WHY_CONTROL.search(own) and re.search(
            r"\bcall\w*|saved|rescued|contact\w*|retention|reached", own
        ):
            board.note("effect of the calls", claim)
        if OTHER_NUANCE.search(own) and (REALISED.search(f"{own} {claim.near}")) and not release:
            board.note("a figure that misleads", claim)
    wrong = tuple(c for c in reading.paying if _wrong(c, facts))
    return _level(board, wrong)


def _mere_figure(claim: Claim) -> bool:
    """A result of the past ("PR-AUC is 0.27 on the test months") that nobody will look at again."""
    test = re.search(
        r"\b(?:on (?:the )?(?:\w+ )?test|results?|i (?:removed|tried|got)|quality on|fell to"
        r"|baselines?|tuned)\b",
        f"{claim.own} {claim.heading}",
    )
    live = re.search(
        r"\b(?:after|when|then|each|every|per|if|under|below|monthly|weekly|cohort|now|monitor\w*"
        r"|track\w*|compar\w*|later)\b|[<>≥≤]",
        claim.own,
    )
    return bool(test and not live)


def _states_delay(claim: Claim, facts: Facts) -> bool:
    if not ASK_DELAY.search(claim.own):
        return False
    if not DELAY_PLACE.search(f"{claim.own}"):
        return False
    if re.search(r"\b(?:next|within the next|in the next|leave(?:s)? in) 90 days\b", claim.own):
        return False
    days = {
        int(number) for number in re.findall(r"\b(\d{2,3})(?:th)?[- ]?(?:\+ ?\d+ )?d(?:ays?)?\b", claim.own)
    }
    days |= {int(number) for number in re.findall(r"\bday (\d{2,3})\b", claim.own)}
    days |= {
        int(float(number) * 30.4)
        for number in re.findall(r"\b(\d(?:\.\d)?) (?:and a half )?months?\b", claim.own)
    }
    days |= {int(number) * 7 for number in re.findall(r"\b(\d{1,2}) weeks?\b", claim.own)}
    horizon = facts.label.horizon_days
    if horizon is None or not days:
        return bool(days) or bool(re.search(r"quarter", claim.own))
    return any(horizon * 0.9 <= d <= horizon * 1.5 for d in days)


def _wrong(claim: Claim, facts: Facts) -> bool:
    if WRONG.search(claim.own) and not DISMISSED.search(claim.own):
        return True
    horizon = facts.label.horizon_days or 0
    early = EARLY.search(claim.own)
    return bool(
        horizon >= 45
        and early
        and re.search(r"\b(?:precision|pr[- ]?auc|labels?|recall|hit rate|truth|outcome)\b", claim.own)
        and re.search(
            r"\b(?:calculat\w*|comput\w*|recomput\w*|known|ready|final|finished|trust\w*|enough"
            r"|compare|judge\w*|complete|measure\w*)\b",
            claim.own,
        )
        and not ASK_DELAY.search(claim.own)
        and not re.search(
            r"\b(?:not|never|cannot|can't|only|n't|ago|earlier|noisy|psi|null|direction"
            r"|early leavers|closed|finished \w+|matured)\b",
            claim.own,
        )
    )


def _level(board: Board, wrong: tuple[Claim, ...]) -> Assessment:
    realised, delay = board.has("realised performance"), board.has("label delay")
    cut = board.count("segment", "business figure") >= 1
    level, sure = fitted_level("monitoring_outcomes", board.evidence())
    if wrong:
        level = min(level, 2 if realised and (delay or board.has("figures")) else 1)
    missing = list(board.missing(("scores before labels", "realised performance", "label delay")))
    if not cut:
        missing.append("a segment or a business figure")
    return Assessment(
        level, board.elements(), tuple(missing) if level < 3 else (), wrong, sure, evidence=board.evidence()
    )
