"""Level of ``monitoring_outcomes``: how the team knows that the scores are still right."""

import re

from grader.readme.claims import Claim, Reading
from grader.readme.elements import Assessment, Board
from grader.readme.facts import Facts
from grader.readme.topics import RELEASE, RELEASE_CONTEXT
from grader.readme.wording import CADENCE, LIMIT, REFERENCE

SCORE_SIGNS = re.compile(
    r"\b(?:histogram\w*|deciles?|mean score|score (?:mean|average|psi|distribution|histogram|bands?|ratio)|distribution of (?:the )?(?:scores?|predictions?|probabilities)"
    r"|(?:psi|stability index|ks|average|mean|median|distance|sum|percentiles?) (?:of|for) (?:the )?(?:scores?|predict\w+|probabilit\w+)|scores?: |sum of scores|scores? \(sum"
    r"|share (?:of (?:customers|scores?|people) )?(?:above|over|at|>|≥|>=)|share[ -]?>|% (?:has|have|with|over|above)|flag(?:ged)? share|share flagged"
    r"|list (?:size|length|share|is)|(?:length|size) of the list|normal list|expected (?:number of )?leavers|names exceed|number (?:of \w+ )?(?:above|over)"
    r"|how many (?:are|names|%|of \w+|customers)? ?(?:are )?(?:above|over|exceed|has)|above (?:the )?cut-?off|over (?:the )?threshold|score shift|churn share above threshold"
    r"|usual length|\d-\d (?:of|in) 100|\d to \d (?:of|in) (?:every )?100|mean (?:moves|predicted)|score deciles|decile profile|stable scores|the scores|"
    r"pass the cut-?off|share of high scores|call list is longer|forecast down|score psi)\b"
)
REALISED = re.compile(
    r"\b(?:pr[- ]?auc|average precision|area under the precision|precision-recall|precision|recall|hit rate|hits? (?:per|of|in)|hits per hundred|"
    r"brier|ece|calibration|observed (?:/|against|vs|versus|over|and)|obs/pred|o/e|predicted (?:/|vs|against|versus|and|rate|churn)|predicted/observed|"
    r"real/predicted|real vs|actual (?:over|/|vs|against)|actual leavers|realised|promised|forecast against|foretold|lift|"
    r"how many (?:of|did|on|leavers|went)|of (?:the )?100|(?:has|have|had) (?:really )?(?:gone|left)|who left|really left|real churn\w*|early leavers|truth|"
    r"matured precision|still a customer|called wrongly|ranking)\b"
)
ASK_DELAY = re.compile(
    r"\b(?:90|\d{2,3})[- ]?(?:\+ ?\d+ )?d(?:ays?)?\b|\bday \d{2,3}\b|\b\d{2}th day\b|\b(?:3|3\.5|3 and 1/2|4|14|15|16|13) (?:and a half )?(?:months?|weeks?)\b(?! (?:in a row|running|of data|back))"
    r"|\b1/4 later\b|\ba quarter (?:late|later|of a year)\b|\b90 days\b|\b3 and a half months\b|\bblind quarter\b"
)
DELAY_PLACE = re.compile(
    r"\b(?:label|labels|outcome\w*|truth|know|known|later|after|ago|left|gone|matur\w*|ripe\w*|finished|closed|over|complete\w*|wait|takes?|need|until|earlier|settled|future|answer|when|quarter late|days? \+|\+ ?\d+ (?:d|days|wk|weeks))\b|^\+?\d"
)
SEGMENT = re.compile(
    r"\b(?:per|by|for each|each|every|within|in (?:one|any|a)|for the|for every|split by|cut by|separately (?:for|by)|broken down|also by|of|and)(?: each| every| the)? (?:\w+ )?"
    r"(?:qcol|segments?|regions?|tiers?|plans?|contracts?|price (?:quarter|quartile|band)s?|quartiles?|dearest|fifths?|1/\d|customer groups?|channels?|groups? of customers|customer types?|kind of)\b"
    r"|\bqcol (?:quartile|quarter|third|band|fifth|1/)s?|\bquartiles? of qcol|\bby: \[|\bper (?:qcol|segment)|\b(?:quartile|quarter|fifths?|third) of qcol|\bsegments?\b|\bper qcol"
)
BUSINESS = re.compile(
    r"\b(?:revenue|euros?|eur|margin|profit|money|saved (?:customers?|revenue|euros)|cost (?:per|of (?:the )?calls?)|per 100 calls|business figure|retained customers?|uplift|savings?|finance|value kept)\b|€|\$"
)
CONTROL = re.compile(
    r"\b(?:uncalled|un-called|not called|isn't called|aren't called|never called|never calls?|no call|not call(?:ed)?|don't call|do not call|without call|left alone|left in peace|goes uncalled|gets? no call|"
    r"gets? nothing|get nothing|nobody calls|control(?: group)?|hold-?out|by lot|at random|randomi[sz]\w*|unreached|just under the line|leave \d+ %|witnesses|test group|are not contacted|not contacted|uncontacted)\b"
)
WHY_CONTROL = re.compile(
    r"\b(?:look(?:s)? (?:like|as|exactly|precisely)|counts? as|count as|success|saved customers?|rescued|treated|distort\w*|affected by|changes? what happens|unbiased|fair sample|false alarms?|"
    r"our (?:mistakes?|errors?)|model mistakes?|punish|brilliant retention|because calling|calls? work\w*|influenced|called customers?|misjudged|as (?:a )?(?:miss|error|failure)|weight|bias\w*|change their own label|worse than it is|useless as labels|honest)\b"
)
OTHER_NUANCE = re.compile(
    r"\b(?:depends on the base rate|divided by (?:the )?base rate|/ ?base rate|over base rate|average hides|overall (?:\w+ ){0,3}(?:hides?|fine|hid|dipped)|averages? hid|compensat\w*|"
    r"never acquit|early leavers|direction only|peek\w*|standard error|noise|interval\w*|too small|pool(?:ed)?|dumb rule|base rate (?:falls|moves|changes)|precision falls with it|"
    r"overall .{0,30}comforts|hides it|lower bound|season|bootstrap|lucky|chance|no label|nobody has labels|min churners)\b"
)
WRONG = re.compile(
    r"\baccuracy\b(?![^.;]{0,60}\b(?:useless|mislead\w*|mean\w* (?:little|nothing)|not|hides|no use|never|worthless|would|says (?:little|nothing)|flatter\w*|looks)\b)"
    r"|\bhow often (?:it|the model) is right\b|\b(?:share|%|number) of (?:all )?(?:right|correct) (?:answers|predictions|classifications)|\bcorrectly classified\b"
    r"|\bece above 0\.5\b|\bbrier\b.{0,40}\bshould (?:increase|rise|go up)"
)
DISMISSED = re.compile(
    r"\b(?:not|never|no|n't|ignore|avoid|useless|instead of|rather than|without)\b[^.;]{0,25}\baccuracy\b"
)
EARLY = re.compile(
    r"\b(?:after|within|in|for the customers scored (?:in )?the) (?:1|one|a|the) (?:week|month|day)(?: before)?\b|\bscored (?:in )?the week before\b|"
    r"\bafter (?:30|7|14|28) days\b|\blast week\b|\bthe (?:same|next) (?:week|month|day)\b|\bevery (?:week|day)\b|\bweekly\b|\bin real time\b|\bdaily\b"
)


def assess_outcomes(reading: Reading, facts: Facts) -> Assessment:
    """Level 3 needs early score checks, realised performance, the label delay, and a segment or a business figure."""
    board = Board()
    for claim in reading.paying:
        own = claim.own
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
        r"\b(?:on (?:the )?(?:\w+ )?test|results?|i (?:removed|tried|got)|quality on|fell to|baselines?|tuned)\b",
        f"{claim.own} {claim.heading}",
    )
    live = re.search(
        r"\b(?:after|when|then|each|every|per|if|under|below|monthly|weekly|cohort|now|monitor\w*|track\w*|compar\w*|later)\b|[<>≥≤]",
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
            r"\b(?:calculat\w*|comput\w*|recomput\w*|known|ready|final|finished|trust\w*|enough|compare|judge\w*|complete|measure\w*)\b",
            claim.own,
        )
        and not ASK_DELAY.search(claim.own)
        and not re.search(
            r"\b(?:not|never|cannot|can't|only|n't|ago|earlier|noisy|psi|null|direction|early leavers|closed|finished \w+|matured)\b",
            claim.own,
        )
    )


def _level(board: Board, wrong: tuple[Claim, ...]) -> Assessment:
    early, realised, delay = (
        board.has("scores before labels"),
        board.has("realised performance"),
        board.has("label delay"),
    )
    controlled = board.has("control group", "effect of the calls")
    cut = board.count("segment", "business figure") >= 1
    nuance = board.count("a figure that misleads", "effect of the calls") >= 1 and (
        controlled or board.count("a figure that misleads", "effect of the calls") == 2
    )
    figures = board.has("figures")
    base = realised and delay and figures and ((early and cut) or (controlled and (early or cut)))
    if base:
        level = 4 if nuance and (controlled or board.has("a figure that misleads")) else 3
    elif realised and (figures or delay or early or board.has("scores mentioned")):
        level = 2
    elif early and (delay or board.count("segment", "business figure", "control group")):
        level = 2
    elif (
        board.count("scores mentioned", "scores before labels", "realised performance", "label delay") >= 2
        and delay
    ):
        level = 2
    else:
        level = 1
    if wrong:
        level = min(level, 2 if realised and (delay or figures) else 1)
    missing = list(board.missing(("scores before labels", "realised performance", "label delay")))
    if not cut:
        missing.append("a segment or a business figure")
    return Assessment(level, board.elements(), tuple(missing) if level < 3 else (), wrong)
