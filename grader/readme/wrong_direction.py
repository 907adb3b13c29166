"""Claims in the wrong direction: what a team would regret doing, criterion by criterion."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from grader.readme.claims import Claim
from grader.readme.facts import Facts

_BOUND = r"(?:limit|range|threshold|bound|window|reference|fence)s?"
_GIVEN_WAY = (
    r"[^.;]{0,40}\b(?:to the new|until (?:it|they|the check|all)|so that (?:it|the check|they)"
    r"|just delivered|to fit)\b"
)
_INPUTS = re.compile(
    r"\bpsi between .{0,40}qlabel|\b(?:psi|ks|stability index)\b.{0,60}\b(?:with the label"
    r"|correlation|feature importance|predictive power|confusion matrix)"
    r"|\b(?:psi|ks)\b.{0,30}\b(?:close to|near) 1 means stable|\bhigh(?:er)? (?:psi|value)?\s?(?:="
    r"|means) (?:more )?stable|\bbecomes? the (?:new )?reference"
    r"|\bfill(?:ed)? with (?:zeros?|0) until|\bbest sign\b|\bconcept drift\b\W{0,4}=? ?(?:is "
    r"|means )?(?:\w+ )?distribution of (?:the )?feature"
    r"|\b(?:frozen|unchanged|identical) (?:feed|data|values)s? .{0,30}\b(?:good|best|healthy)\b.{0,10}$"
    r"|\b(?:broken|bad|faulty|wrong|failed|affected|this|that|shifted) (?:month|batch|file|load"
    r"|week)\b.{0,40}\b(?:as|becomes?|is)"
    r" (?:the |our |a )?(?:new )?(?:reference|baseline|normal|yardstick)|\bnew (?:baseline|reference"
    r"|normal) from then on\b"
    r"|\b(?:nulls?|blanks?|gaps|missing values|null rate)\b.{0,50}\b(?:filled? with|replaced? (?:by"
    r"|with)|set to|turned into) "
    r"(?:zeros?|0)\b(?!.{0,60}\b(?:so we|therefore|hides?|sleeps?|count))"
    r"|\b(?:stale|frozen|older|unchanged|not changed|identical)\b.{0,60}\b(?:best|good|ideal|perfect"
    r"|healthy) (?:possible )?sign"
    r"|\bhigh ?= ?stable\b|\blow ?= ?(?:drift|unstable)|\bso (?:that )?(?:the )?(?:guard|alarm"
    r"|check) (?:is green|stays? green|does not ring)"
    # the limit gives way to what it should have stopped
    rf"|\b(?:rais|widen|loosen|relax|lift|stretch|adjust|mov)\w* (?:the |its |that )?{_BOUND}\b{_GIVEN_WAY}"
    rf"|\b{_BOUND} (?:is|are|gets?|will be) "
    rf"(?:raised|widened|loosened|relaxed|lifted|stretched|adjusted|moved)\b{_GIVEN_WAY}"
    r"|\btakes? the new (?:value|level|scale|normal)\w* (?:as|for) (?:the )?normal"
    r"|\b(?:check|count|test|gate)s? (?:turns?|is|are|goes|closes?) (?:green|fine|quiet) again\b"
    r"|\bmakes? the (?:limit|range|threshold|bound)s? (?:wider|looser|larger|higher) until\b"
    r"|\bcompar\w+ (?:it |the month |each month )?(?:with|to|against) itself\b"
    r"|\breference: the (?:same )?month being scored"
    r"|\bso (?:that )?(?:it|the check|the alarm) is always (?:green|quiet|fine)\b"
    r"|\bcheck turns green\b|\bcall it the (?:largest|biggest|most common) group"
    r"|\bscored as (?:delivered|usual|it is)\b|\bpsi\b.{0,40}\b(?:below|under|lower than"
    r"|<) ?0?\.\d.{0,30}\b(?:alarm|alert|drift|page|retrain)"
)
_OUTCOMES = re.compile(
    r"\baccuracy\b(?![^.;]{0,60}\b(?:useless|mislead\w*|mean\w* (?:little|nothing)|not|hides|no use"
    r"|never|worthless|would|says (?:little|nothing)|flatter\w*|looks)\b)"
    r"|\bhow often (?:it|the model) is right\b|\b(?:share|%|number) of (?:all )?(?:right"
    r"|correct) (?:answers|predictions|classifications)|\bcorrectly classified\b"
    r"|\bece above 0\.5\b|\bbrier\b.{0,40}\bshould (?:increase|rise|go up)"
)
# Who has not left so far is no stayer.
_YOUNG_AS_STAYERS = re.compile(
    r"\b(?:who|whoever|everybody|everyone|customers?|those)\b[^.;]{0,40}\b(?:not|n't|never) (?:yet )?"
    r"(?:left|gone|cancel\w*|leave|quit)\b(?: (?:yet|by then|so far|until then))?[^.;]{0,30}"
    r"\b(?:put down|counted|booked|taken|marked|noted|regarded|treated|counts?)\b[^.;]{0,12}\bas\b"
    r"[^.;]{0,12}\b(?:loyal|stay\w*|retained|kept|good|safe|negative)"
    r"|\bwhoever has not (?:left|gone|cancelled)\b[^.;]{0,20}\bis (?:a stayer|loyal|kept|safe)\b"
)
_DISMISSED = re.compile(
    r"\b(?:not|never|no|n't|ignore|avoid|useless|instead of|rather than|without)\b[^.;]{0,25}\baccuracy\b"
)
# The share of right answers, in its name or in plain words; of the called ones it is precision.
_RIGHT_ANSWERS = re.compile(
    r"(?<!balanced )(?<!calibration )(?<!label )\baccuracy\b"
    r"|\bhow often (?:it|the model|the score) is (?:right|correct)\b"
    r"|\b(?:share|%|number|percentage) of (?:all )?(?:right|correct) (?:answers|predictions|classifications)"
    r"|\b[6-9]\d (?:in|of|out of) (?:a |every )?(?:100|hundred)\b (?:\w+ ){0,2}(?:is|are|were|was) (?:right|correct)\b"
)
_FALLS = re.compile(r"\b(?:under|below|less|fewer|lower|drops?|falls?|fell|sinks?|declines?|worse|bad)\b|<")
_MENTIONED = re.compile(
    r"\baccuracy\b[^.;]{0,40}\b(?:mislead\w*|irrelevant|wrong|only|reported|useless|meaningless|not|confirmed|restor\w*)\b"
    r"|\b(?:would|if we|restor\w*|logs?|logged|reported)\b"
)
_OF_THE_CALLED = re.compile(
    r"\b(?:call\w*|contact\w*|phone\w*|ring|rang|rung|lists?|flag\w*|top|alarms? are|alerts?|warn\w*|tips|suggest\w*"
    r"|hits?|precision|recall|capacity|coverage|complete\w*|rows|labels?)\b"
)
_BELOW_A_SHARE = re.compile(
    r"\b(?:below|under|less than|lower than|fewer than|<) ?(?:[6-9]\d(?:\.\d+)?) ?%(?! (?:of|as)\b)"
)
_RELEASE = re.compile(
    r"\b(?:overwrit\w*|new model over the old|replaces? (?:the )?(?:current|old|running"
    r"|present)(?: one)? (?:for everybody"
    r"|for all|at once|directly|immediately|everywhere|automatically)|"
    r"goes (?:straight|directly|at once) to (?:all|everybody|every)|on the day it is trained"
    r"|as soon as it is trained|until it is better|repeated with another seed|"
    r"(?:old|previous|former) (?:one|version|model|file|image|artefact)s? (?:is|are) (?:deleted|removed"
    r"|overwritten"
    r"|thrown away)|no (?:comparison|way back|need to compare)|"
    r"copes with a broken|cures? (?:the|a) (?:broken|bad)|without (?:a |any )?compar\w*)\b"
    r"|\bcompar\w+\b[^.;]{0,30}\b(?:lost time|waste of time|is not worth|superfluous|unnecessary)\b"
    r"|\bthe newer (?:one|model|version)? ?is always (?:the )?better\b"
    r"|\b(?:gate|better|compared?|judged|tested)\b[^.;]{0,60}\bon (?:the|its own|the same) "
    r"(?:rows|data|months|training)\b[^.;]{0,12}\b(?:it was|was|were)? ?(?:trained|fitted|learned)"
    r"|\bkeep the new (?:one|version|model) (?:live|running|in)\b[^.;]{0,30}\b(?:settles?|calms?|passes)\b"
    r"|\b(?:newer|fresher|more recent) data\b.{0,50}\b(?:therefore|hence|so|thus"
    r"|better)\b.{0,20}\bmodel|\btherefore the better one\b"
    r"|\b(?:stage|model|version) is emptied\b|\bthere is no back\b|\bold(?:er)? (?:version"
    r"|model)s? can only be worse\b"
    r"|\b(?:goes|go|sent|put|released|rolled out) (?:live )?to (?:all|every\w*"
    r"|100 %)\b.{0,40}\b(?:at once|same (?:day|night)|immediately"
    r"|directly)\b|\b(?:red row|broken column|bad feed|faulty (?:file|feed))\b.{0,60}\b(?:alias"
    r"|registry|image|goes back|roll(?:ed)? back)\b"
    r"(?!.{0,80}\b(?:not|n't|useless|never|same)\b)"
)
_RETRAIN = re.compile(
    r"\b(?:re-?train\w*|re-?fit\w*|re-?learn\w*|train(?:s|ed|ing)? (?:again|on|it|the model|run|job"
    r"|at once|immediately|the same)"
    r"|(?:we |is |are )?fit(?:s|ted)? (?:to|on|it|again)|trees? (?:will )?(?:learns?|gets? used)|model (?:will "
    r"|then )?(?:learns?|gets used|adapts?)"
    r"|new fit|training run|starts? train)"
)
_RETRAIN_LIST = re.compile(
    r"\b(?:re-?train|re-?fit|train(?: again)?|new model)\b[^.?!]{0,30}\b(?:when|if|as soon as)\b"
    r"|\bretrain\w*:?$"
)
_FAULT = re.compile(
    r"\b(?:damaged|broken|faulty|bad|corrupt\w*) rows\b|\b(?:broken|faulty|corrupt\w*|wrong|bad|damaged"
    r"|red|failed|mixed|another|other) (?:feed|file"
    r"|data|column|month|batch"
    r"|load|units?|source|delivery|extract|scale|input|check)s?\b|\b(?:feed|file|column|batch|source"
    r"|input check|gate|unit)s?\b"
    r"[^.;|]{0,20}\b(?:red|broken|is broken|fails?|failed|faulty|wrong|arrives? empty"
    r"|changes? (?:its )?unit)\b|\bas delivered\b"
    r"|\bnew (?:units?|scale)\b|\bunit (?:change|switch|flip)\w*|\bmegabytes\b|\boutage\b"
)
_DRIFT_ALONE = re.compile(
    r"\b(?:psi|drift|ks|p-?value|null rate|shift|distance|any alarm)\b[^.;|]{0,50}?(?:->|means|so\b"
    r"|then|:|is significant|are significant|on any"
    r"|starts?|triggers?|, )[^.;|]{0,40}\b(?:must be retrained|retrain(?:ed|s|ing)?\b(?!-)|refit\w*"
    r"|(?:start|trigger)s? (?:a |the )?"
    r"(?:training|retraining|refit|train))|\b(?:retrain|refit)\w*\b[^.;|]{0,30}\b(?:when|if|as soon as"
    r"|once)\b[^.;|]{0,25}\b(?:psi|ks"
    r"|drift|null rate)\b[^.;|]{0,30}\b(?:any|one|single|significant|at least one)\b"
    r"|\bpsi\b.{0,20}on any feature"
    r"|\b(?:any|every|each) alarm\b[^.;|]{0,20}\b(?:starts?|triggers?)\b"
    r"|\btriggered automatically by (?:the )?drift"
)
_BAD_DATA = re.compile(
    r"\bmore data is always better\b|\bincluding the (?:last one|newest|latest|youngest"
    r"|most recent)(?: (?:month|weeks?|one|days?))?\b"
    r"(?!.{0,20}(?:finished|complete|matured|settled))"
    r"|\b(?:on|uses?|with) all (?:the )?(?:available )?(?:data|history)\b(?! (?:ripe|finished|closed"
    r"|whose))|\ball available history\b"
    r"|\bold and (?:the )?new (?:labels?|definitions?|rules?)\b.{0,30}\b(?:together|mixed|averag\w*|both)"
    r"|\bmix(?:ing|ed)? (?:the )?old and (?:the )?new|\b(?:new|another) (?:random )?seed\b"
    r"|\bmodel will average\b"
    r"|\bevery \d[\d,.]*(?:st|nd|rd|th) prediction\b|\bno reason to skip\b"
)
_DENIED = re.compile(
    r"n't\b|\b(?:not|never|no|nightmare|mistake|wrong twice|instead of|nothing|nor|rather than"
    r"|would (?:only |then )?(?:teach|cement|learn|absorb|memori[sz]e)|before|minus|except|excluding"
    r"|first|unless|without|only after|twice: )\b|\b(?:repair|fix|correct|convert|rescor|backfill|mend"
    r"|clean|green|taken out|left out|dropped|excluded|skipped|kept out|stays? out)\w*"
    r"|\b(?:months?|weeks?|days?|rows?|data|batch(?:es)?|deliver(?:y|ies)) out\b"
)
_EARLY = re.compile(
    r"\b(?:every|each|last) (?:week|day|monday|tuesday|wednesday|thursday|friday|night)\b|\bweekly\b"
    r"|\bdaily\b|\bin real time\b"
    r"|\bscored (?:in )?the (?:week|day|month) before\b|\b(?:the )?(?:same|next) (?:week|month|day)\b"
    r"|\bdirectly after each\b"
)
_AFTER = re.compile(
    r"\b(?:after|within|only|in) (\d+) (day|week|month)s?\b|\bafter (?:one|1|a) (week|month|day|fortnight)\b"
)
_IMPATIENT = re.compile(
    r"\b(?:too slow|too long to wait|must not wait|need not wait|no need to wait|without waiting"
    r"|don't (?:have to |want to )?wait"
    r"|do not (?:have to |want to )?wait|waiting .{0,20}is not necessary|count(?:ed)? as (?:stay\w*"
    r"|loyal|retained|non-churn\w*)"
    r"|taken as (?:stay\w*|final|loyal)|quicker feedback|already (?:on|after|in|measur\w*|final|know))\b"
)
_TRUTH = re.compile(
    r"\b(?:precision|pr[- ]?auc|average precision|labels?|recall|hit rate|truth|outcomes?"
    r"|who (?:has )?left|gone|leavers|answers?"
    r"|measure\w*|judge\w*|stay\w*)\b"
)
_TRUTH_NAMED = re.compile(
    r"\b(?:precision|pr[- ]?auc|average precision|recall|hit rate|psi|brier|calibration|lift)\b"
)
_JUDGED = re.compile(
    r"\b(?:calculat\w*|comput\w*|recomput\w*|known?|ready|final|finished|trust\w*|enough|compare\w*"
    r"|judge\w*|complete|measur\w*"
    r"|count\w*|fresh|evaluat\w*|is set|take\w*)\b"
)
_PATIENT = re.compile(
    r"\b(?:cannot|can't|only then|ago|earlier (?:months?|cohorts?)|noisy|psi|null|direction|warn"
    r"|peek\w*|early leavers|early signs?"
    r"|closed|matured?|finished|complete cohorts?|incomplete|part of|some of|a third|1/3|proxy|lie"
    r"|too few|not (?:yet )?(?:known|complete"
    r"|final|enough|trust\w*)|nobody (?:knows|has)|scores?|distribution|share)\b"
)
_TOO_EARLY = re.compile(
    r"\b(?:would|wrong\w*|too early|must not|never|mistake|not be|cannot|lie|noise|so we|therefore)\b|n't\b"
)
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4, "fortnight": 14.0}


def _outcomes_wrong(claim: Claim, facts: Facts) -> bool:
    if _OUTCOMES.search(claim.own) and not _DISMISSED.search(claim.own):
        return True
    if _YOUNG_AS_STAYERS.search(claim.own) and not _TOO_EARLY.search(claim.own):
        return True
    horizon = facts.label.horizon_days or 0
    if horizon < 45 or not _TRUTH.search(claim.own) or not _JUDGED.search(claim.own):
        return False
    if _IMPATIENT.search(claim.own) and not re.search(
        r"\b(?:psi|share above|early leavers|lie|too early|wrong|before th(?:is|at)|still|not earlier"
        r"|unripe|on (?:its|his|her|their|the) way)\b",
        claim.own,
    ):
        return True
    if _PATIENT.search(claim.own) or re.search(rf"\b{horizon}\b", claim.own):
        return False
    spans = [float(m.group(1) or 1) * _DAYS[m.group(2) or m.group(3)] for m in _AFTER.finditer(claim.own)]
    if spans:
        return max(spans) < 0.6 * horizon
    return bool(_EARLY.search(claim.own)) and bool(
        re.search(r"precision|pr[- ]?auc|recall|hit rate", claim.own)
    )


def _training_wrong(claim: Claim, facts: Facts) -> bool:
    own = claim.own
    if _BAD_DATA.search(own):
        return True
    if _DENIED.search(own):
        return False
    if _DRIFT_ALONE.search(own):
        return True
    listed = bool(_RETRAIN_LIST.search(claim.lead) or _RETRAIN_LIST.search(claim.heading))
    listed = listed and not re.search(r"\b(?:not|never|no)\b", f"{claim.lead} {claim.heading}")
    return bool(_FAULT.search(own) and (_RETRAIN.search(own) or (listed and len(own.split()) <= 25)))


def _trained_on_accuracy(claims: Sequence[Claim]) -> Iterator[Claim]:
    """Claims that train anew when the share of right answers falls: where nearly all stay, it falls for no fault.

    "Below 90 %: train again" is one where the section above speaks of that share and of nothing else.
    """
    section, of_accuracy = -1, False
    for claim in claims:
        if claim.section != section:
            section, of_accuracy = claim.section, bool(_RIGHT_ANSWERS.search(claim.heading))
        about = bool(_RIGHT_ANSWERS.search(claim.own)) and not _DISMISSED.search(claim.own)
        of_accuracy = about or (of_accuracy and not _TRUTH_NAMED.search(claim.own))
        limited = (about and _FALLS.search(claim.own)) or (of_accuracy and _BELOW_A_SHARE.search(claim.own))
        apart = _OF_THE_CALLED, _MENTIONED, _TRUTH_NAMED
        if limited and _RETRAIN.search(claim.own) and not any(p.search(claim.own) for p in apart):
            yield claim


def _inputs_wrong(claim: Claim, facts: Facts) -> bool:
    return bool(_INPUTS.search(claim.own))


def _release_wrong(claim: Claim, facts: Facts) -> bool:
    return bool(_RELEASE.search(claim.own)) and not re.search(
        r"(?:n't|\b(?:never|not|instead of|nobody)) (?:\w+ ){0,3}(?:overwrit|replace|delet|cure|cope)",
        claim.own,
    )


_MODEL = re.compile(r"\b(?:models?|version|challenger|candidate|retrained|shadow|silent|stage|trained)\b")

_RULES: Mapping[str, Callable[[Claim, Facts], bool]] = {
    "i": _inputs_wrong,
    "o": _outcomes_wrong,
    "t": _training_wrong,
    "r": _release_wrong,
}


def wrong_claims(topic: str, claims: Sequence[Claim], facts: Facts) -> tuple[Claim, ...]:
    """The claims that would do harm in a topic (i, o, t or r); for releases a denied comparison counts as well."""
    also = (
        {id(c) for c in _trained_on_accuracy(claims) if not _DENIED.search(c.own)} if topic == "t" else set()
    )
    return tuple(
        c
        for c in claims
        if c.read
        and (c.modality == "asserted" or (topic == "r" and c.modality == "negated" and _MODEL.search(c.own)))
        and (id(c) in also or _RULES[topic](c, facts))
    )
