"""Level of ``monitoring_inputs``: which inputs are watched, how, against what, and then what."""

import re

from grader.readme.claims import Claim, Reading
from grader.readme.elements import Assessment, Board, mark
from grader.readme.facts import Facts
from grader.readme.ordinal import fitted_level
from grader.readme.topics import OUTCOME, RETRAIN, SCORE
from grader.readme.wording import CADENCE, LIMIT, REFERENCE, feature_groups_in

STATISTICS = {
    "distribution": re.compile(
        r"\b(?:psi|population stability|stability index|ks|kolmogorov\w*|wasserstein|jensen\w*"
        r"|js(?:d| distance)|kl|chi-?squared?|"
        r"chi2|earth mover\w*|classifier|bands?|bins|total variation|distance|distributions?"
        r"|histograms?|drift)\b"
    ),
    "empty values": re.compile(
        r"\b(?:nulls?|nans?|blanks?|empt(?:y|ies)|missing(?!\s+column)|zeros?|unfilled|not filled"
        r"|gaps|completeness)\b"
    ),
    "schema and range": re.compile(
        r"\b(?:schema|types?|columns? (?:is |are )?(?:missing|gone|present|differ|absent|equal"
        r"|as in)|missing columns?|no column|new (?:value|level|categor)\w*|"
        r"unknown|known (?:words|levels|values)|range|negative|admissible|impossible|allowed values"
        r"|interval|plausib\w+|column (?:missing|gone))\b"
    ),
    "duplicates": re.compile(
        r"\b(?:duplicat\w*|twice|repeated|double rows|unique|once|dedup\w*|one row (?:per|for))\b"
    ),
    "freshness and size": re.compile(
        r"\b(?:stale|fresh\w*|age of|older than|timestamp|late|row counts?|number of rows"
        r"|newest source|arriv\w*|max age|volume)\b"
    ),
    "location": re.compile(
        r"\b(?:medians?|means?|averages?|middle (?:value|customer)|typical value|p50|p90|p95"
        r"|percentiles?|quantiles?|order of magnitude|"
        r"sum of|ratio|magnitude|times last|logarithm|log10)\b"
    ),
    "served against computed": re.compile(
        r"\b(?:recomput\w*|recalculat\w*|mismatch\w*|offline|warehouse|unequal|differ from the"
        r"|same rows|api features|golden)\b"
    ),
}
STRICT = re.compile(
    r"\b(?:psi|population stability|stability index|ks|kolmogorov\w*|wasserstein|jensen\w*"
    r"|js distance|chi-?squared?|nulls?|nans?|blanks?|"
    r"empt(?:y|ies)|missing|schema|types?|unknown|known (?:words|levels)|duplicat\w*|twice|medians?"
    r"|middle (?:value|customer)|typical value|p50|p90|"
    r"recomput\w*|recalculat\w*|mismatch\w*|stale|older than|bands?|range|zeros?|new (?:value|level"
    r"|categor)\w*|unique|average|mean|classifier|"
    r"percentiles?|order of magnitude|negative|row count|timestamp|age of|double rows)\b"
)
WATCH = re.compile(
    r"\b(?:watch\w*|monitor\w*|check\w*|compar\w*|track\w*|look\w*|measur\w*|comput\w*|calculat\w*"
    r"|count\w*|keep an eye|alert\w*|observ\w*)\b"
)
ACTION = re.compile(
    r"(?:->|:)\s*(?:\w+ ){0,3}(?:stop|hold|ticket|look|page|reject|warn|incident|mail|call|ask"
    r"|note)|\b(?:refus\w*|block\w*|stops?|holds?|hold back|"
    r"tickets?|alerts?|alarm\w*|incidents?|reject\w*|warn\w*|quarantin\w*|pauses?|paged?"
    r"|don't score|do not score|not scored|no list goes|"
    r"phone|rung up|ring|call (?:the|data)|ask(?:s|ed)? |tell|mail|looked at|look|note|waits?"
    r"|open(?:s|ed)?|fails?|returned|used? last|"
    r"(?:last|former|old|yesterday's|previous) (?:month's |week's |good |valid )?(?:list|score|one)"
    r"|writes?|wakes?|serve|cause|find out|goes to|reported|bug|stays|investigat\w*|inform\w*|fix\w*)\b"
)
BROAD = re.compile(
    r"\b(?:all|each|every|any|per|top|strongest|most important|important|\d+|remaining"
    r"|numeric)\b(?: of)?(?: the)? ?(?:\w+ ){0,3}(?:columns?|features?|inputs?|numerics?|numbers?"
    r"|variables?|categoricals?)\b"
    r"|\btop ?-?\d+\b|\bnull rate\b"
)
HISTORY = re.compile(
    r"\b(?:removed|dropped|deleted|excluded|rescaled|divided by|harmonised|converted|was found"
    r"|were found|i found|i noticed|turned up|"
    r"became|switched|has been (?:rising|moving)|works differently|behaves differently)\b"
)
NUANCE = re.compile(
    r"\b(?:hid(?:es?|den)?|mask\w*|pooled|lie|sleeps?|stays? silent|silent there|never (?:see|show"
    r"|look)\w*|no (?:input )?(?:check|monitor|watching|distance|one) "
    r"|false alarms?|cry wolf|red for ?ever|permanently red|always red|ring without end"
    r"|alert fatigue|train(?:s|ing) people|by chance|season\w*|summer|"
    r"psi of 0|look(?:s)? (?:\w+ )?(?:stable|fine|calm|healthy)|frozen|contaminat\w*|pollut\w*"
    r"|wrong for \d|for 3 months, not|slow (?:creep|slide|drift)|"
    r"creep|slide|p-?values? (?:is|are)|always 0|not p-?value|fills? (?:\w+ )?(?:blanks?|nulls?"
    r"|them)? ?with (?:0|zero)|zeros? too|zero(?:s|es)? where|"
    r"raw checks|join bugs?|staging|synthetic|monitors? (?:itself|themselves)|job .{0,30}can die"
    r"|holding (?:\w+ )?(?:batch )?is cheap|stale list beats|"
    r"only on the first days|too many|without anything being broken|mix without|one alert instead"
    r"|known noise|moved again|shows? nothing|stay(?:s)? amber|"
    r"same customers, because|agents open|supposes|too late|never looks bad|forgives?"
    r"|reference (?:starts|has been moved|rolls)|own limit|"
    r"half-?life|expect (?:one|1|2) or|escalate a repeat|dead feed|repeats yesterday"
    r"|backfill\w* (?:hides|fools)|loader|wait and see|average(?:s)? hides?|"
    r"by design|escapes?|blind|tolerat\w*|measured -?\d|drown\w*|ignore red)\b"
)
WRONG = re.compile(
    r"\bpsi between .{0,40}qlabel|\b(?:psi|ks|stability index)\b.{0,60}\b(?:with the label"
    r"|correlation|importan\w+|predictive power|confusion matrix)"
    r"|\b(?:psi|ks)\b.{0,30}\b(?:close to|near) 1 means stable|\bhigh(?:er)? (?:psi|value)?\s?(?:="
    r"|means) (?:more )?stable|\bbecomes? the (?:new )?reference"
    r"|\bfill(?:ed)? with (?:zeros?|0) until|\bbest sign\b|\bconcept drift\b\W{0,4}=? ?(?:is "
    r"|means )?(?:\w+ )?distribution of (?:the )?feature"
    r"|\b(?:frozen|unchanged|identical) (?:feed|data|values)s? .{0,30}\b(?:good|best|healthy)\b.{0,10}$"
    r"|\bscored as delivered\b|\bpsi\b.{0,40}\b(?:below|under|lower than"
    r"|<) ?0?\.\d.{0,30}\b(?:alarm|alert|drift|page|retrain)"
)


def _is_input(claim: Claim, facts: Facts) -> bool:
    own = claim.own
    if RETRAIN.search(own) and not STRICT.search(own):
        return False
    strict = bool(STRICT.search(own))
    features = bool(claim.columns) or bool(
        re.search(
            r"\b(?:inputs?|features?|columns?|feeds?|files?|schema|batch|source|extract|load|rows?"
            r"|categor\w+|numerics?)\b",
            own,
        )
    )
    if SCORE.search(own) or OUTCOME.search(own):
        return (
            features
            and bool(
                re.search(
                    r"\b(?:psi|ks|kolmogorov|stability index|null|blank|empt|missing|unknown"
                    r"|duplicat|median|middle value|wasserstein|js distance|bands?)\w*\b",
                    own,
                )
            )
            and not re.search(
                r"\b(?:psi|bands?) (?:of|for) (?:the )?scores?\b|\bscore bands?\b|calibrat|observed"
                r"|predicted",
                own,
            )
        )
    grouped = len(feature_groups_in(own, facts)) >= 2
    watched = bool(WATCH.search(own))
    return (
        strict
        and (features or grouped or bool(LIMIT.search(own) or CADENCE.search(own) or REFERENCE.search(own)))
    ) or (
        watched
        and (
            bool(claim.columns)
            or bool(re.search(r"\b(?:inputs?|features?|columns?|feeds?|data quality)\b", own))
        )
    )


def assess_inputs(reading: Reading, facts: Facts) -> Assessment:
    """Level 3 needs named features, a statistic, a reference, and a cadence or a limit, in checks that will run."""
    board = Board()
    checks = [
        c
        for c in reading.paying
        if _is_input(c, facts) and not (HISTORY.search(c.own) and not LIMIT.search(c.own))
    ]
    blocks = {c.block for c in checks}
    sections = {(c.section, c.lead) for c in checks}
    kinds: set[str] = set()
    named: set[str] = set()
    for claim in checks:
        found = {name for name, pattern in STATISTICS.items() if pattern.search(claim.own)}
        kinds |= found
        if found:
            board.note("a statistic", claim)
        if claim.columns or len(feature_groups_in(claim.own, facts)) >= 2:
            named |= set(claim.columns) | feature_groups_in(claim.own, facts)
            board.note("named features", claim)
        elif BROAD.search(claim.own):
            board.note("all or the strongest features", claim)
    for claim in reading.paying:
        inside = claim in checks
        beside = claim.block in blocks or (claim.section, claim.lead) in sections
        if not (inside or beside) or (
            not inside and (SCORE.search(claim.own) or OUTCOME.search(claim.own) or RETRAIN.search(claim.own))
        ):
            continue
        mark(board, claim, {"a reference": REFERENCE, "a limit": LIMIT, "an action": ACTION})
        if CADENCE.search(claim.own) or CADENCE.search(claim.lead) or CADENCE.search(claim.heading):
            board.note("a cadence", claim)
    for claim in reading.paying:
        near_input = (
            claim in checks
            or claim.block in blocks
            or INPUT_PLACE.search(claim.context)
            or MONITOR.search(claim.own)
        )
        if near_input and NUANCE.search(claim.own) and not OUTCOME.search(claim.own):
            board.note("a failure of the check itself", claim)
    wrong = tuple(c for c in reading.paying if WRONG.search(c.own))
    board.extra = {
        "kinds": float(min(len(kinds), 5)),
        "names": float(min(len(named), 4)),
        "checks": float(min(len(checks), 6)),
    }
    return _level(board, kinds, named, wrong)


INPUT_PLACE = re.compile(
    r"\b(?:inputs?|features?|feeds?|files?|data|batch|extract|columns?|before scor\w*|gate)\b"
)
MONITOR = re.compile(r"\b(?:psi|nulls?|blanks?|monitor\w*|reference|alarm\w*|alert\w*|checks?|feed)\b")
NEEDED = ("named features", "a statistic", "a reference")


def _level(board: Board, kinds: set[str], named: set[str], wrong: tuple[Claim, ...]) -> Assessment:
    level, sure = fitted_level("monitoring_inputs", board.evidence())
    if wrong:
        level = min(level, 2)
    missing = list(board.missing(NEEDED))
    if board.count("a limit", "a cadence") == 0:
        missing.append("a limit or a cadence")
    return Assessment(
        level, board.elements(), tuple(missing) if level < 3 else (), wrong, sure, evidence=board.evidence()
    )
