"""A thesaurus: which notions a normalised sentence touches, in plain words as much as in jargon."""

import re
from functools import lru_cache

# Each notion is one alternation of whole words; the lists name ordinary English for a thing beside its jargon.
_NOTIONS = {
    "input": (
        r"inputs?|features?|columns?|fields?|variables?|attributes?|covariates?|predictors?|records?|rows?"
        r"|files?|extracts?|feeds?|batch(?:es)?|loads?|tables?|deliver(?:y|ies)|requests?|payloads?|sources?"
        r"|upstream|pipelines?|etl|ingest\w*|exports?|imports?|parser|dataset|data"
    ),
    "feed": (
        r"feeds?|upstream|pipelines?|etl|sources?|suppliers?|providers?|producers?|vendors?|files?"
        r"|deliver(?:y|ies)|extracts?|loaders?|exports?|imports?|join(?:s|ed)?|mapping|ingest\w*|warehouse"
    ),
    "score": r"scores?|predictions?|probabilit(?:y|ies)|predicted|outputs?|risk scores?|propensit\w+",
    "list": (
        r"lists?|call list|queue|flagged|names|above the (?:cut|threshold)\w*|over the (?:cut|threshold)\w*"
        r"|cut-?off|thresholds?|contacted|targeted"
    ),
    "distrib": (
        r"distributions?|histograms?|deciles?|quantiles?|percentiles?|bins?|buckets?|bands?|shape|profile"
        r"|mean|average|median|typical|spread|variance|sum"
    ),
    "stat": (
        r"psi|population stability|stability index|ks|kolmogorov\w*|wasserstein|jensen\w*|js|kl|divergence"
        r"|chi-?squared?|chi2|earth mover\w*|hellinger|total variation|two-sample|adversarial|classifier"
        r"|z-?scores?|t-?test|cramer\w*|anderson\w*|mmd|cusum|ewma|control charts?|outliers?"
    ),
    "drift": (
        r"drift\w*|shift\w*|mov(?:e|es|ed|ing|ement)|creep\w*|slid\w*|deviat\w*|depart\w*|wander\w*"
        r"|diverg\w*|skew\w*"
    ),
    "empty": (
        r"nulls?|nans?|blanks?|empt(?:y|ies)|missing|gaps?|unfilled|zeros?|completeness|incomplete|absent"
        r"|holes|n/a"
    ),
    "schema": (
        r"schemas?|types?|dtypes?|data ?types?|columns? (?:present|missing|names?)|unknown|unseen|unexpected"
        r"|new (?:values?|levels?|categor\w+)|categor(?:y|ies)|allowed|admissible|valid\w*|ranges?|bounds?"
        r"|negative|impossible|plausib\w+|sane|contract|constraints?|expectations"
    ),
    "dup": r"duplicat\w*|twice|repeat(?:s|ed)|unique\w*|double|dedup\w*|once|exactly one row|one row per",
    "fresh": (
        r"stale\w*|fresh\w*|older than|timestamps?|late|arriv\w*|row counts?|volumes?|number of rows|age of"
        r"|delayed|up to date|landed"
    ),
    "magnitude": (
        r"median|units?|magnitude|order of|ratio|factor|times|doubled?|halved?|thousand|scale|log10"
        r"|logarithm"
    ),
    "parity": (
        r"recomput\w*|recalculat\w*|mismatch\w*|offline|online|training-serving|parity|warehouse"
        r"|reproduce\w*|golden|identical"
    ),
    "watch": (
        r"watch\w*|monitor\w*|check\w*|compar\w*|track\w*|look\w*|measur\w*|comput\w*|calculat\w*|count\w*"
        r"|inspect\w*|review\w*|follow\w*|observ\w*|verif\w*|validat\w*|assert\w*|test\w*|record\w*|log(?:s"
        r"|ged|ging)?|report\w*|plot\w*|evaluat\w*|assess\w*|audit\w*|keep an eye|scan\w*|examin\w*"
    ),
    "reftrain": (
        r"train(?:ing|ed)(?: (?:set|data|months|period|window|sample|table|distribution))?"
        r"|development sample|baseline|reference|benchmark|fit(?:ted)? on|golden period"
    ),
    "refprev": (
        r"(?:last|previous|preceding|prior|former|earlier|trailing|rolling|past) (?:\w+ )?(?:months?|weeks?"
        r"|days?|runs?|batch(?:es)?|quarters?|loads?|files?|years?|snapshots?|extracts?)|yesterday"
        r"|month before|week before|year ago|same (?:months?|weeks?)|usual|normal|history|historic\w*"
        r"|month-on-month|week-on-week|year-on-year|m/m|rolling"
    ),
    "compare": r"against|versus|vs|compared?|relative to|beside|next to|differ\w*|than|ratio|gap|delta|divided",
    "limitword": (
        r"above|below|under|over|beyond|exceed\w*|outside|within|between|more than|less than|fewer than"
        r"|at (?:least|most)|limits?|threshold|tolerance|maximum|minimum|max|min|drops? (?:by|below|under)"
        r"|falls? (?:by|below|under)|rises? (?:by|above|over)|up to|no more than|ceiling|floor|cap|points?"
        r"|pp|percent\w*|doubles?|halves?|twice|half"
    ),
    "row": (
        r"in a row|consecutive\w*|running|success(?:ive|ion)|straight|back to back|twice|rolling|sustained"
        r"|persist\w*|one after (?:another|the other)|repeated(?:ly)?|together|on end|two cohorts"
        r"|second time|again"
    ),
    "cadence": (
        r"daily|weekly|monthly|quarterly|hourly|nightly|yearly|annual\w*|each (?:\w+ )?(?:day|week|month"
        r"|quarter|run|batch|load|night|morning|cycle|file)|every (?:\w+ )?(?:day|week|month|quarter|run"
        r"|batch|load|night|morning|cycle|monday|tuesday|wednesday|thursday|friday|sunday|file|hour|\d+)"
        r"|(?:on )?(?:mon|tues|wednes|thurs|fri|sun)days?|per (?:day|week|month|run|batch)|before (?:every "
        r"|each |any )?(?:scor\w+|the (?:run|batch))|once an? \w+|same day|at each"
    ),
    "stop": (
        r"send nobody|nobody (?:gets|receives)|kee?pt? back|kept back|no (?:list|names) (?:goes|go|is|are)"
        r"|stop\w*|halt\w*|hold\w*|held|block\w*|refus\w*|reject\w*|suspend\w*|paus\w*|abort\w*|quarantin\w*"
        r"|fail(?:s|ed)?|freez\w*|frozen|skip\w*|cancel\w*|waits?|don't score|do not score|not scored"
        r"|no scoring|discard\w*"
    ),
    "notify": (
        r"alert\w*|alarm\w*|tickets?|pag(?:e|es|ed|er)|notif\w*|mail\w*|e-?mails?|call(?:s"
        r"|ed)? (?:the )?(?:data|owner|team)|phone\w*|ask\w*|tell\w*|told|inform\w*|escalat\w*|slack"
        r"|message\w*|incidents?|warn\w*|contact(?:s|ed)? the|raise[sd]?|on-?call|wakes?|goes to|raise"
    ),
    "who": (
        r"on-?call|owner|analyst|engineers?|data team|team|data scientists?|developer|officer|manager|lead"
        r"|head of|steward|duty|deputy|person|someone|somebody|operator|ops|platform|finance|marketing|sales"
    ),
    "repair": (
        r"repair\w*|fix\w*|correct\w*|convert\w*|backfill\w*|rescor\w*|re-?run\w*|reload\w*|restor\w*"
        r"|mend\w*|clean\w*|patch\w*|score[sd]? (?:it )?again|recomput\w*|revis\w*|source is corrected"
        r"|rescal\w*|impute"
    ),
    "oldlist": r"(?:last|previous|old|former|yesterday's|good) (?:\w+ )?(?:list|scores?)|fall ?back",
    "investigate": (
        r"investigat\w*|look\w*|find out|why|cause|reason|analys\w*|examin\w*|root cause|explain\w*"
        r"|diagnos\w*"
    ),
    "metric": (
        r"pr[- ]?auc|average precision|ap|auprc|precision|recall|hit rate|hits?|lift|gain|brier|log ?loss"
        r"|ece|calibrat\w*|auc|roc[- ]?auc|gini|ranking|f1|kpi|performance|quality|captur\w*|mape|error"
    ),
    "calib": (
        r"calibrat\w*|observed|expected|predicted (?:vs|versus|against|and|over|/|rate|churn)|o/e"
        r"|reliability|brier|ece|forecast\w*|promis\w*|actual\w*|slope|intercept|level|bias"
    ),
    "realised": (
        r"realised|realized|actual\w*|really|observed|true|truth|outcomes?|labels?|matur\w*|ripe\w*|ripen\w*"
        r"|complete\w*|finish\w*|closed?|settled|known|final|left|gone|leavers?|churners?|churned|cancel\w*"
        r"|stayed"
    ),
    "mature": (
        r"matur\w*|ripe\w*|complete\w*|finish\w*|closed?|settled|final|full labels?|labell?ed"
        r"|known outcomes?|with outcomes?|run out|are over"
    ),
    "delay": (
        r"90|ninety|delay\w*|lag\w*|later|after|wait\w*|late|until|day 9\d|day 1\d\d|quarter late"
        r"|three months|14 weeks|13 weeks|15 weeks|fortnight|blind|horizon|window"
    ),
    "accuracy": r"accuracy|correct (?:answers|predictions)|how often (?:it|the model) is right|misclassif\w*",
    "segment": (
        r"segments?|per (?:region|tier|plan|group|channel|contract|qcol)|by (?:region|tier|plan|group"
        r"|channel|contract|qcol|segment|price)|each (?:region|tier|plan|group|channel|contract|qcol"
        r"|segment)|split by|broken down|quartiles?|quintiles?|thirds?|cohort by|sub-?groups?|slices?|strata"
        r"|separately|regions?|tiers?|small and large"
    ),
    "money": (
        r"revenue|euros?|eur|dollars?|usd|margin|profit\w*|money|cost\w*|savings?|saved|worth|roi|finance"
        r"|value|budget|pays? off|break-?even|€|\$|£|campaign result|retained|kept customers?"
    ),
    "control": (
        r"control(?: groups?)?|hold-?outs?|held out|random\w*|by lot|lottery|uncalled|un-called"
        r"|not (?:be )?(?:called|contacted|treated|phoned)|never (?:called|contacted)|left alone|untreated"
        r"|untouched|spared|exempt\w*|withh\w+|no (?:call|treatment|offer)|without (?:a )?call"
        r"|randomi[sz]\w*|not touched|leave \d+"
    ),
    "treated": (
        r"saved|rescued|persuaded|treated|called customers|contacted customers|talked out|calls? work\w*"
        r"|because of (?:the|our) calls?|change their own|retained|win-?back\w*|our (?:mistakes?|errors?"
        r"|success)|false (?:alarms?|positives?)|feedback loop|counts? (?:as|against)|success|stay because"
        r"|uplift|intervention\w*|self-defeating|influenced"
    ),
    "noise": (
        r"noise|noisy|chance|luck|standard errors?|confidence|interval\w*|bootstrap\w*|small (?:sample"
        r"|numbers?)|too few|sample size|random fluct\w*|error bars?|pool\w*|variance|significan\w*|power"
    ),
    "retrain": (
        r"re-?train\w*|re-?fit\w*|re-?build\w*|(?:buil[dt]|ma[dk]e|fit|train|learn)\w* (?:the |a |it )?(?:model |one )?"
        r"(?:again|anew|afresh|new)|re-?develop\w*|re-?estimat\w*|re-?learn\w*|train(?:ed|ing"
        r"|s)?(?: (?:again|anew|on|it|a new|the model|from|with|job|run|data|window|set|only))?"
        r"|fit(?:ting)? again|learn\w*|new (?:model|fit|training|version)|refresh\w*|renew\w*"
    ),
    "recalib": (
        r"recalibrat\w*|refit (?:the )?calibrat\w*|new calibration|re-?scale|adjust (?:the )?(?:threshold"
        r"|cut)|shift the (?:cut|threshold)|isotonic|platt|intercept|keep the trees|offset"
    ),
    "never": (
        r"never|not|no|n't|don't|won't|isn't|without|instead|rather than|nothing|neither|nor|only|except"
        r"|unless|exempt|ignore\w*"
    ),
    "fault": (
        r"broken?|breaks?|fault\w*|bugs?|wrong unit|unit change\w*|corrupt\w*|bad (?:data|file|feed|month)"
        r"|failed|incident|error in|garbage|red|pipeline (?:problem|issue)|technical|jump\w*|switched"
        r"|poison\w*|outage"
    ),
    "world": (
        r"market|competitor\w*|behaviou?r\w*|world|customers? (?:\w+ )?(?:chang\w*|react\w*|behav\w*)"
        r"|price (?:change|rise|increase|reform|effect|list)|prices?|pricing|tariffs?|season\w*|regime"
        r"|relation\w*|effect|macro\w*|reacts?|really (?:chang\w*|different)|campaigns?|concept"
    ),
    "rule": (
        r"definition\w*|defin(?:e|es|ed|ing)|redefin\w*|rules?|policy|policies|what counts|counts as|meaning"
        r"|means|legal|contract terms|billing rule|product change|relabel\w*|re-label\w*|labels? (?:first"
        r"|again|back)|new labels?|target (?:first|again)|rebuild (?:the )?(?:label|target)"
    ),
    "window": (
        r"(?:last|latest|newest|most recent|recent|trailing|preceding|twelve"
        r"|\d+) (?:\w+ )?(?:\w+ )?(?:months?|quarters?|cohorts?|weeks|snapshots?)|window|half weight"
        r"|weight\w*|half-life|everything (?:ripe|finished)|since the (?:break|change)|after the change"
        r"|up to|exclud\w*|leave out|left out|drop"
    ),
    "schedule": (
        r"schedul\w*|cron|every (?:\d+ |six |three |two )?(?:months?|quarters?|weeks?|year)|twice a year"
        r"|once (?:a|per) (?:month|quarter|year)|quarterly|monthly|annually|regular\w*|calendar|periodic\w*"
        r"|from time to time"
    ),
    "vague": (
        r"regular\w*|appropriate\w*|suitabl\w*|significant\w*|noticeabl\w*|as needed|when (?:needed"
        r"|necessary|required)|if necessary|acceptable|unusual|odd|strange|fine|okay|ok|reasonable|better"
        r"|worse|degrad\w*|declin\w*|gets worse|goes down|drops|some|usual (?:stats|checks|process)|standard"
        r"|proper\w*|carefully|closely|tired|deteriorat\w*"
    ),
    "newmodel": (
        r"new (?:model|version|one|release)|candidate|challenger|successor|newcomer|replacement"
        r"|retrained model|next version|both (?:models|versions)|new and old|old and new|fresh model"
        r"|updated model"
    ),
    "oldmodel": (
        r"(?:old|current|live|previous|former|running|present|existing|earlier|incumbent|production"
        r"|predecessor|prior) ?(?:model|version|one|champion|image|tag|list)?|champion|incumbent|predecessor"
        r"|qversion|in service|/\d\b"
    ),
    "beat": (
        r"beat\w*|better|worse|at least as|not lower|no worse|not below|compar\w*|win\w*|outperform\w*"
        r"|improv\w*|match\w*|gain\w*|higher|pass\w*|accept\w*|equal|non-inferior\w*|evaluat\w* against"
        r"|side[- ]by[- ]side|lose\w*|as many"
    ),
    "limited": (
        r"shadow\w*|silent\w*|canary|canaries|mirror\w*|dark|parallel|pilot\w*|staged?|stages|gradual\w*"
        r"|phased?|ramp\w*|in steps|alongside|beside the|a/b|trial|subset|one (?:region|team|desk|market"
        r"|branch|country|city)|small (?:group|share|part)|% of (?:customers|traffic|requests|the list|users"
        r"|base|calls)|tenth|one customer in|1 in \d+|by hash|hash\w*|rings?|blue[- /]green"
        r"|without (?:effect|acting)|nobody (?:uses|sees|acts)|not used|unused|only (?:read|logged)|waves?"
        r"|dry run|side by side"
    ),
    "back": (
        r"roll(?:ed|ing|s)?[- ]?back\w*|revert\w*|undo\w*|undone|(?:go|goes|going|went|put|puts|set|sets"
        r"|switch\w*|flip\w*|bring\w*|point\w*|step\w*|fall\w*|swap\w*|move[sd]?"
        r"|take[ns]?) (?:\w+ ){0,3}back|back to|restor\w*|return\w* to|reinstat\w*|re-?deploy\w*|withdraw\w*"
        r"|back-?out|flips?|unship|previous (?:tag|image|version)|reactivat\w*"
    ),
    "mech": (
        r"alias\w*|registry|registered|images?|tags?|digest\w*|container\w*|kubectl|helm|argo\w*"
        r"|version (?:number|label|setting|pin)|pin(?:ned)?|config\w*|environment|variable|feature flags?"
        r"|toggle|router|routing|traffic|weights?|symlink|pointer|deploy\w*|commit|git|restart\w*|pods?"
        r"|manifest|make \w+|one command|artefacts?|artifacts?|mlflow|bundle|docker\w*|model_version|stage"
    ),
    "service": r"errors?|5xx|500s?|p99|p95|latency|timeouts?|crash\w*|requests? fail\w*|slow|error rate|http|health",
    "minutes": (
        r"minutes?|seconds?|at once|immediately|without (?:asking|approval|meeting)|one command|automatic\w*"
        r"|alone|no approval|permission|right away|instantly"
    ),
    "rehearse": r"rehears\w*|drill\w*|practi[cs]ed|tried|timed|exercise\w*",
    "together": (
        r"together|travel|same (?:file|feed|data|table|columns?|megabytes|food)|both (?:models|versions"
        r"|read)|as one|one artefact|also restores|does(?:n't| not) (?:help|cure)|useless|pointless"
        r"|no (?:churn )?labels?|too late|not bad predictions|hides?|masks?|blind|misses|never (?:see|sees"
        r"|show|shows)|cannot see|can't see|won't show|silent"
    ),
    "leak": (
        r"leak\w*|post-?outcome|known only after|after the (?:fact|customer)|future|knows the answer"
        r"|confession|hindsight|proxy for the (?:label|target)|filled in (?:after|once|when)|set (?:after"
        r"|once|when)"
    ),
    "removed": (
        r"removed?|dropped|excluded|thrown out|threw out|took (?:it )?out|taken out|left out|not used"
        r"|stays? out|deleted|kept out|blocked"
    ),
    "unit": (
        r"units?|gb|mb|kb|gigabytes?|megabytes?|kilobytes?|cents?|euros?|seconds instead|minutes instead"
        r"|scale|thousand|times (?:larger|higher|bigger)|converted|divided by|rescaled"
    ),
    "dated": (
        r"(?:since|from|in|until|after|before) (?:\w+ )?(?:jan\w*|feb\w*|mar\w*|apr\w*|may|jun\w*|jul\w*"
        r"|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|20\d\d|spring|summer|autumn|winter)|20\d\d-\d\d|(?:jan"
        r"|febr)uary|march|april|june|july|august|september|october|november|december"
    ),
    "unfinished": (
        r"unfinished|immature|not (?:yet )?(?:finished|complete\w*|mature\w*|ripe|final|known|closed)"
        r"|incomplete|too young|aren't in yet|half-baked|censored|not have full"
    ),
    "limitation": (
        r"limitation\w*|weak\w*|don't know|do not know|unknown|not sure|guess\w*|too few|only (?:three|3|two"
        r"|2|a few|one|four)|optimistic|caveat|uncertain\w*|little of|season\w*|expect\w*|lower than"
        r"|has seen|cannot separate|disappoint\w*|gap|debt"
    ),
    "same_cust": (
        r"same customers?|customer_?id|whole customers|grouped?|both sides|one side|recur\w*"
        r"|several (?:months|snapshots|rows)|split by|per customer"
    ),
    "pasttest": r"on (?:the )?test|results?|hand-over|handover|launch|at start|currently|today|now|baseline",
    "calls": r"call\w*|contact\w*|phone\w*|outreach|retention team|offers?|campaign|agents?|sales",
}
_PATTERNS = {name: re.compile(rf"(?<![\w])(?:{words})(?![\w])") for name, words in _NOTIONS.items()}


@lru_cache(maxsize=100_000)
def notions_in(text: str) -> frozenset[str]:
    """Names of the notions that a normalised text touches."""
    return frozenset(name for name, pattern in _PATTERNS.items() if pattern.search(text))
