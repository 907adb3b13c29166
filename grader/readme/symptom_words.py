"""The words for defects, by their kind: what somebody says who found one, and what takes such words back."""

import re
from dataclasses import dataclass

_WHO = r"(?:customers?|clients?|members?|accounts?|people|persons?|somebody|someone|subscribers?|users?)"
_GONE = r"(?:leav\w+|left|cancel\w*|clos\w+|quit\w*|gone|go(?:es|ing)?|goodbye|departure|exit|churn\w*|lost)"
_LEAVERS = rf"(?:leavers|churners|{_WHO} (?:who|that) (?:are about to )?{_GONE})"
_MONTHS_AHEAD = (
    r"\b(?:1|one|a) month (?:later|too late|after)\b|\bwith (?:a )?delay\b|\b(?:months?|days?|part|half"
    r"|thirds?|of it) (?:\w+ )?ahead\b|\bahead of the (?:row|snapshot|date)"
    r"|\b(?:next|following|coming|later|future) (?:\d )?months?\b|\bt ?\+ ?[12]\b|\bmonths? (?:after"
    r"|behind) (?:it|the"
    r" (?:snapshot|row))|\bthis month and the (?:next|\d after|following)"
)
_UNKNOWN_THEN = (
    r"\b(?:nobody|no one|noone) (?:has|had|can|could|knows?|knew)\b|\b(?:un|not (?:yet )?)known (?:on|at"
    r"|when|in|yet|then)"
    r"|\bnot (?:yet )?(?:be )?(?:available|there)\b|\b(?:cannot|can't|could not|couldn't) (?:be known|know"
    r"|have had|have known)"
    r"|\bknows? (?:the|too|how|who|what|already)\b|\bfrom (?:the future|later)\b|\bthe future\b|\bforesight\b"
)
_AFTER_THE_FACT = (
    rf"\bafter (?:the|an?|they|he|she|somebody|{_WHO})\b[^.;]{{0,30}}?\b(?:fact|event|{_GONE}|notice|end\w*"
    rf"|account|contract)"
    r"|\bafter you (?:\w+ )?(?:cancel|left|quit)\w*|\bdated back\b|\bmade by the (?:leaving|closing"
    r"|cancellation)|\bafterwards?\b|\bdownstream of\b|\bconsequence of\b|\b(?:hindsight|in retrospect"
    r"|retroactive\w*|back-?dat\w*|backwards?)\b"
    r"|\b(?:re-?writ\w*|re-?wrote|overwrit\w*|overwrote|wip(?:ed|es)|erased?|edited|re-?set(?:s)?|taken back)\b"
    r"|\b(?:set|put|turned|jumps?|goes?|falls?) (?:back )?to 0\b|\bresult of the (?:cancellation|notice"
    r"|closing)"
    rf"|\bwhen (?:the |an? )?(?:{_WHO}|contract|line)? ?(?:is |has |was )?(?:\w+ )?(?:{_GONE}|notice|released?)"
)
_READ_LATE = (
    r"\b(?:day|time|moment|value|date) of the (?:extract\w*|pull|export|dump|query)\b|\bat extraction\b"
    r"|\b(?:when|day) the (?:table|file|extract|data)\w* (?:was|were) (?:made|pulled|cut|built|written|drawn)"
    r"|\b(?:frozen|never (?:changes|moves))\b|\b(?:always )?(?:one|the) (?:and the )?same (?:number|value"
    r"|figure)"
    r"|\btoday's (?:figure|value|number)|\bone reading\b|\bin all (?:their|its|the)? ?(?:months|rows)\b"
)
_GIVES_AWAY = (
    r"\bleak\w*|\bcheat\w*|\btoo good\b|\bred flag\b|\b(?:hand|giv|tell|told|knew"
    r"|encod)\w*(?: \w+){0,3} (?:the )?(?:answer|outcome"
    r"|target|label|away)\b|\bliv(?:es|ing|ed) off\b|\bgo(?:es)? blind\b|\bon its own\b[^.;]{0,60}\bauc\b"
    r"|\b(?:null|empty|blank|nothing there) (?:the moment|in (?:a |every )?(?:live|production)|when (?:you"
    r"|we|it) (?:serve|score)\w*|at scoring)"
    r"|\blive (?:request|traffic|rows?|customers?)[^.;]{0,40}\b(?:null|empty|blank|carry no|have no)"
    r"|\bblind\b|\bpredicts?[^.;]{0,30} (?:as|like)\b"
    r"|\balone (?:reaches|ranks|gives|separates)|\bsuspicious\w*"
    r"|\b(?:arrives?|comes?|delivered|is|carry|carries) (?:empty|null)\b[^.;]{0,30}\b(?:live|production"
    r"|anyway|there|scoring|1st day)"
)
_KEPT_OUT = (
    r"qcol ?: out\b|\bdo(?:es)? not give it to the model|\bignores? it\b|"
    r"\b(?:drop|remov|exclud|discard|bann|block)\w*\b|\b(?:left|leave|leav\w+|kept|keep|took|take|threw"
    r"|throw)\b[^.;,]{0,20}\bout\b"
    r"|\b(?:not|never|neither|nor|no) (?:an? |be |as )?[^.;,]{0,30}\b(?:input|feature|predictor|(?:in"
    r"|into) the model)\b"
    r"|\badvise against\b"
)
_EMPTY = (
    r"\b(?:null\w*|empty|emptiness|blanks?|missing\w*|nans?|gaps?|holes?|no values?|not filled|un-?filled"
    r"|un-?recorded"
    r"|not recorded|absent|is ?null|isna|(?:do|does|did) not know|don't know|don't see|have no number"
    r"|have not got|lacks?)\b"
)
_OF_OVERLAP = re.compile(
    r"\b(?:1|one|single|a|same|each) (?:\w+ )?(?:cancellation|exit|departure|leaver|event|customer)\b"
    r"|\bneighbouring (?:months|rows)\b"
    rf"|\b(?:ones|labels?|outcomes?|qlabel|hits)\b|\b{_GONE}\b"
)
_OF_LABELS = re.compile(rf"\b(?:qlabel|labels?|base rate|churn\w*|cancel\w*|{_LEAVERS}|left)\b")


@dataclass(frozen=True, slots=True)
class Symptom:
    """How defects of some kinds show: the words of a sentence that tells one."""

    kinds: re.Pattern[str]
    words: re.Pattern[str]
    named: bool
    """Whether the column of the defect must be named with the words."""
    dated: bool = False
    """Whether the words say too little without a month, where the defect has a start."""
    beside: re.Pattern[str] | None = None
    """What the sentence must say as well."""
    shared: bool = False
    """Whether the share of the customers who leave must stand beside the words."""


def _symptom(
    kinds: str,
    words: str,
    *,
    named: bool,
    dated: bool = False,
    beside: re.Pattern[str] | None = None,
    shared: bool = False,
) -> Symptom:
    return Symptom(re.compile(kinds), re.compile(words), named, dated, beside, shared)


SYMPTOMS = (
    _symptom(
        r"label_overlap|overlapping_label",
        r"\b(?:up to )?(?:3|several|2 or 3) (?:consecutive |neighbouring )?(?:rows|ones|1s|snapshots"
        r"|times)\b"
        rf"|\bshares? (?:most of )?(?:its|their) (?:event|outcome|month-?ends)|\brestates?\b"
        rf"|\bsame (?:month-?ends|event|{_GONE})"
        r"|\bwindows? overlap\w*|\boverlap\w* windows?\b",
        named=False,
        beside=_OF_OVERLAP,
    ),
    _symptom(
        r"group|many_rows",
        r"\b(?:(?:not|n't) independent|shared|sharing|together|(?:1|one) side|in (?:1|one) piece"
        r"|disjoint|overstat\w*)\b"
        r"|n't independent",
        named=True,
    ),
    _symptom(
        r"group|many_rows",
        r"\bshares? (?:its|their|the|a|1|one) (?:qcol|customers?|client|person)\b|\bsiblings?\b"
        r"|\bsister rows?\b"
        r"|\b(?:very |same )people\b|\bsame (?:person|people)\b|\bmemori[sz]ed\b|\b(?:customer|client"
        r"|person|member) (?:is|stands?|"
        r"occurs?|appears?) (?:in the (?:table|data|file) )?(?:many|several) times\b"
        r"|\brepeated measurements\b"
        r"|\bsame \w+ (?:appears?|occurs?|stands?|is|comes?) in (?:many|several|all|most|more than)\b"
        r"|\btest (?:\w+ )?(?:also )?(?:occur|appear|are)\w* (?:also )?in (?:the )?train",
        named=False,
    ),
    _symptom(
        r"leaky_missing",
        f"{_EMPTY}|{_AFTER_THE_FACT}|{_GIVES_AWAY}|{_KEPT_OUT}",
        named=True,
    ),
    _symptom(
        r"target_encoded",
        r"\b(?:averages?|means?|avg|rates?) (?:of|over|outcome|qlabel)\b|\b(?:churn|outcome"
        r"|label) (?:average|mean|rate)\b"
        r"|\b(?:includ\w+|contains?|without excluding|no exclusion of) (?:the )?(?:customer|current|own"
        r"|itself|row)"
        rf"|\bown (?:outcome|label|row)\b|{_GIVES_AWAY}|{_KEPT_OUT}|{_UNKNOWN_THEN}",
        named=True,
    ),
    _symptom(
        r"leak|post_outcome|look_?ahead|future|nightly_score|overwritten|extraction_time",
        f"{_MONTHS_AHEAD}|{_UNKNOWN_THEN}|{_AFTER_THE_FACT}|{_READ_LATE}|{_GIVES_AWAY}|{_KEPT_OUT}",
        named=True,
    ),
    _symptom(
        r"missing|null",
        _EMPTY,
        named=True,
    ),
    _symptom(
        r"label_definition|definition_change|redefin",
        r"\b(?:2|two) (?:months?|month-?ends)\b|\b(?:60|61) days\b|\b(?:3rd|third) month\b|\b(?:shorter"
        r"|narrower|longer|wider) (?:window|"
        r"horizon|period)|\bdefin\w*|\b(?:marked|count\w*|treated|labelled) as (?:stay\w*|loyal|0)\b"
        r"|\bnot count\w*|\bdoes not count"
        r"|\bunderstat\w*|\boverstat\w*|\bre-?label\w*|\b(?:another|other|different) rule\b",
        named=True,
    ),
    _symptom(
        r"unit|scale|currency",
        r"\b(?:units?|scale|factor|%|hundredfold|thousandfold|(?:100|1 ?000|60|1024|10) times|x ?10+"
        r"|megabytes?|mb|kb|cents?"
        r"|seconds|minutes|metres|fractions?|shares?|convert\w*|divid\w*|multipl\w*|times (?:as|too|the))\b"
        r"|[/*]= ?\d|[/*] ?(?:10+|60|1024)\b|%|\b0 to 1(?:00)?\b|\binstead of 0?\.\d|\bx ?100\b",
        named=True,
    ),
    _symptom(
        r"recode|respell|spelling|schema",
        r"\b(?:spel\w+|written|writes?|rename\w*|called|names?|caps?|capitals?|upper|lower|case"
        r"|shout\w*|map(?:ped)?|alias"
        r"|levels?|categor\w+|synonym|same (?:product|thing|customers|plan)|replaced?|became|becomes"
        r"|turned into|letters?"
        r"|twins?)\b",
        named=True,
    ),
    _symptom(
        r"sentinel|placeholder",
        r"(?<![\d.])-?9{3,}(?:\.9+)?\b|(?<![\w.])-1\b|(?<![\w.])-9\d*\b|\b(?:placeholders?|sentinel"
        r"|stand-?in|stands? (?:in )?for"
        r"|dummy|magic|code for|disguise|means? unknown|don't know)\b",
        named=True,
    ),
    _symptom(
        r"impossible|invalid|range",
        r"\b(?:impossibl\w*|cannot be|can't be|can not be|makes? no sense|nonsens\w*|negative|below 0"
        r"|above|beyond|off the scale"
        r"|out of (?:range|bounds|scale)|outside|more than|less than|smaller than|lower than"
        r"|larger than|greater than|invalid"
        r"|paid less|not possible|absurd)\b|[<>] ?-?\d",
        named=True,
    ),
    _symptom(
        r"covariate|distribution|feature_drift|data_drift",
        r"\b(?:drift\w*|shift\w*|mov(?:e|es|ed|ing)|slid\w*|slides?|fall\w*|fell|sink\w*|sank|drop\w*"
        r"|declin\w*|shrink\w*|shrank"
        r"|shorter|longer|lower|higher|less|fewer|more|smaller|larger|bigger|ris\w+|rose|grow\w*|grew"
        r"|climb\w*|creep\w*|mix|psi"
        r"|(?:goes|went|going) (?:\w+ )?(?:up|down)|increas\w*|decreas\w*)\b",
        named=True,
        dated=True,
    ),
    _symptom(
        r"concept|relation",
        r"\b(?:effect\w*|relation\w*|coefficients?|slope|sign|protect\w*|matter\w*|meaning"
        r"|means? (?:something|the opposite)|separat\w*"
        r"|predict\w*|works?|stopped working|rule of thumb|importance|weaker|stronger|flips?|flipped"
        r"|revers\w*|opposite|other reasons"
        r"|(?:doesn't|does not|no longer|not) mean\w*|learned|driver|no longer)\b",
        named=True,
        dated=True,
    ),
    _symptom(
        r"selection|coverage",
        r"\b(?:absent|missing|no (?:rows?|customers?|lines?|records?)|not (?:one|a single) (?:row"
        r"|customer|line|record)|nobody|0 rows"
        r"|appears?|pops?|pop up|joins?|joined|begins?|starts?|first (?:month|rows?|seen)|gone|back"
        r"|holiday|not in (?:the|our) (?:table|data"
        r"|file|records?)|not (?:a|one) single|(?:not|never) loaded|walked in|disappears?|only since"
        r"|enters?|partition)\b",
        named=True,
    ),
    _symptom(
        r"row_order|order_leak",
        r"\b(?:rows?|file|line|physical|sort) (?:order|position|number|index)\b|\b(?:order|position"
        r"|place|rank) of (?:a |the )?(?:rows?"
        r"|lines?|file|records?)\b|\b(?:is|are|politely) (?:\w+ )?sorted\b|\bnearer (?:to )?the top\b"
        r"|\bearly positions?\b"
        r"|\b(?:written|stand|come|listed|stored) (?:\w+ )?(?:earl\w+|first|before|nearer|on top)\b",
        named=False,
    ),
    _symptom(
        r"duplicat",
        r"\b(?:surplus|superfluous|too many|too much) (?:rows|records|lines)?"
        r"|\brows (?:are )?too (?:many|much)\b|\bnot unique\b"
        r"|\b(?:2|two) times in the same month\b|\btwice in the same month\b|\b(?:second|2nd|carbon"
        r"|identical|exact) (?:rows?|cop(?:y|ies))\b"
        r"|\bcontradict\w* (?:their|its|the) twin|\bdisagree with (?:their|its) twin",
        named=False,
    ),
    _symptom(
        r"imbalance|rare_",
        r"\b(?:accuracy|rare\w*|scarce|imbalanc\w*|re-?sampl\w*|class weights?|oversampl\w*|smote"
        r"|accurate|(?:nobody|no one) (?:ever )?leaves|every(?:body|one) (?:stays|loves)|of no use"
        r"|weights of classes"
        r"|0\.5|yardstick|no-skill|few|pointless|useless|re-?weight\w*)\b",
        named=False,
        shared=True,
    ),
    _symptom(
        r"label_shift|prior_shift|target_drift|label_drift",
        r"\b(?:hump|peak|spike|wave|bump|jump\w*|rise[sn]?|rising|rose|higher|more|doubl\w*|climb\w*"
        r"|elevated|usual|moves?|moved)\b",
        named=True,
        dated=True,
        beside=_OF_LABELS,
    ),
)
# Words that say of a leak that it may be used; wide, since they only keep a sentence from telling a finding.
ALLOWED = re.compile(
    r"\b(?:safe|fine|fair|honest|legitimate|harmless|innocent|allowed|no (?:future|foresight|danger|risk"
    r"|problem|cheat\w*)|only (?:the )?past"
    r"|all past|nothing from|known (?:at|on|before|up to) (?:the )?(?:month-?end|snapshot|scoring|day|time)"
    r"|before the snapshot"
    r"|(?:best|strongest|top|favourite|useful) (?:\w+ )?(?:feature|input|predictor|column|signal))\b"
    r"|\b(?:stays?|kept|keep|remains?) (?:in\b|as it is|it\b(?! out))|\bcan (?:be )?use[d]?\b"
    r"|\bmay (?:be )?use[d]?\b"
)
SAME_ONE = re.compile(
    r"\bthe same (?=\w+ (?:also )?(?:appears?|occurs?|stands?|comes?|shows? up) in\b)|"
    r"\b(?:\d+ (?:\w+ )?|exact |fully )?identical (?:cop\w*|rows|ones|\w+ in)|\b\d+ (?:\w+ )?identical\b"
    r"|\bnot unique\b|"
    r"\bthe (?:very )?same (?:months?|customers?|client|person|people|number|value|figure|product"
    r"|month-?ends|event|cancellation|departure|exit|leaver)\b"
)
NO_CHANCE = re.compile(
    r"\b(?:not|n't|never|hardly) (?:\w+ )?(?:at random|random|by (?:chance|accident|luck)|evenly)\b"
)
PARTS = re.compile(r"[;:] |\. |, (?:so|and|but|which|hence|therefore|while|we|i) | - ")
# A sentence about the column named before it: its subject is "it" or "the field", and not what "this makes".
OF_IT = re.compile(
    r"^(?:\W*(?:but|and|so|because|then|yes|no|yet)\b\W*)?(?:it|its|they|their|(?:this|that|the) (?:column"
    r"|field|feature|flag|value|average"
    r"|mean|number|score|index|one|rating|level))\b|\bit (?:was|is|had|has|knows?|comes?|gets?|goes"
    r"|arrives?|carries|reads|contains?|includes?)\b"
    r"|^(?:threw|took|left|dropped|removed|kept) (?:it )?out\b"
)
# What will be watched or done tells nothing of what was found.
PLANS = re.compile(
    r"\b(?:alarms?|alerts?|tickets?|pages?|limits?|thresholds?|triggers?|bounds?|floors?|ceilings?|watch\w*"
    r"|monitor\w*|dashboards?"
    r"|weekly|monthly|daily|nightly|quarterly|(?:each|every|per) (?:day|week|month|quarter|batch|run|load)"
    r"|if|when(?:ever)? (?:it|the"
    r" null|the share|more|this)|unless|should|will|shall|must|psi|ks|fires?|hold (?:the )?batch"
    r"|stops? the|retrain\w*|points? (?:above|over|up|more|off)|(?:the|than) usual)\b"
)
DENIED = re.compile(
    r"\b(?:at random|by (?:chance|accident|luck)|evenly|independent of|nothing to do with|(?:not"
    r"|n't) depend|consistent\w*"
    r"|same in all|no (?:rescaling|repair|conversion|need)|tells? (?:you )?(?:precisely |exactly )?nothing"
    r"|without danger|agrees?"
    r" everywhere|(?:1|one) (?:spelling|name|unit) (?:each|only)|clean|stays? under|no (?:\w+ )?handling"
    r"|never had|different kinds|equally"
    r"|as (?:often|frequent\w*) |no information|filled in (?:every|all)|in every row|= ?= ?0|exactly as"
    r"|nothing to"
    r"|nothing odd|nothing unusual|no harm|(?:computed|made|built|averaged) without the)\b"
)
BEGINS = re.compile(
    r"\b(?:since|from|as of|starting|starts?|started|began|begins?|beginning)(?: (?:in|with"
    r"|the))?(?: [a-z]+ of)? $"
)
BEGAN = re.compile(
    r"\b(?:starts?|started|began|begins?|beginning|first|appear\w*|jump\w*|switch\w*|chang(?:ed|es)"
    r"|arrives?|became|turned"
    r"|divid\w*|multipl\w*|convert\w*|renamed|spelled|instead of|x ?10+|seconds|%)"
)
STAYS = re.compile(
    r"\b(?:stays?|level|alone|no longer|still|in every month|any ?more|back|gone|normal|all|none|no|present)\b"
)
HOLDS = re.compile(r"\b(?:in|between|during|of)(?: the months)? $")
COMPARES = re.compile(
    r"\b(?:fit(?:ted)?|fits|back-?test\w*|valid\w*|check\w*|looked|against|versus|vs\.?|reference|baseline"
    r"|compared?|relative to|train(?:ed|ing)?|test|window|until"
    r"|up to|before)\b"
)
CHECKS = re.compile(
    r"\b(?:points?|pts|more than|less than|at most|up by|over|above|usual|hold|stops?|stopped|red|block\w*"
    r"|counts?|counted|looked at"
    r"|unseen|reference|window|outside|median)\b|[<>]"
)
SHORT_DATE = re.compile(r"\b(?:0[1-9]|1[0-2])/[12]\d\b")
SHARE = re.compile(
    r"(?<![\d.])(\d{1,4}(?:\.\d{1,4})?) ?(?:%|(?:customers? |rows? |times |cases )?(?:in|of|out of|per"
    r"|from) (?:a |every )?100\b)"
)
ONE_IN = re.compile(r"\b(?:1|one)(?: \w+)? (?:in|of|out of) (?:every )?(\d{1,6})\b")
EMPTY, KEPT_OUT = re.compile(_EMPTY), re.compile(_KEPT_OUT)
LEAK_SHOWN = re.compile(
    f"{_MONTHS_AHEAD}|{_UNKNOWN_THEN}|{_AFTER_THE_FACT}|{_READ_LATE}|{_GIVES_AWAY}"
    r"|own (?:outcome|label|row)|outcome|current row|extract"
)
"""The words for a leak without those for leaving a column out."""
_OF_A_COLUMN = ("leak", "missing", "target_encoded", "unit", "recode", "sentinel", "impossible", "selection")
ANY_SYMPTOM = re.compile(
    "|".join(shown.words.pattern for shown in SYMPTOMS if any(map(shown.kinds.search, _OF_A_COLUMN)))
)
"""Whatever may be wrong with a column and does not need a month to be said."""
