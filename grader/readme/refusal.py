"""Plain refusals: a step of a plan denied by grammar, by a lead-in or by a verdict beside it, whatever the step is."""

import re

_WHO = r"(?:we|i|you|one|the team|nobody|anybody)"
_NEVER = (
    r"(?:(?:do|does|did|will|would|shall|should|can|could|am|are|is) ?(?:not|n't|never)"
    r"|won't|can't|cannot|shan't|(?:'ll|'d) (?:not|never)|never)(?: (?:\w+ly|ever|yet|even|going to|have to))*"
)
# Steps whose omission is no decision of its own; "score", "train" and "call" are left to the forms below.
_STEP = (
    r"(?:stop(?!s? (?:at|there))|halt|block|page|hold|repair|mend|rescore|score (?:silently|beside|next to|in"
    r" parallel)|convert|relabel|backfill|reserve|ship|roll|promote|set (?:the|it|a|an|qversion)|open an?"
    r"|raise an? (?:ticket|alarm|alert)|put (?:the|it) (?!limit|threshold|cut)|leave (?:\d|a |some"
    r"|one in)|switch (?:back|the|it))\b"
)
_STEPPING = (
    r"(?:stopping|halting|blocking|paging|holding|repairing|mending|rescoring|computing|checking|watching"
    r"|monitoring|measuring|comparing|tracking|recording|counting|testing|reserving|rolling|opening|setting|putting)\b"
)
# What makes a decision of an omission: a reason or an exception, or the one case that is meant close behind.
_EXCEPT = (
    r"\b(?:until|unless|before|without|because|since|while|so that|as long as|but|though|than waiting)\b"
)
_MEANT = (
    r"\b(?:only|just|alone|simply|merely|by itself|by hand|manually|anybody|again|once|single"
    r"|for (?:a|an|one|this|that|it|every|each|any)\b|on (?:it|this|that|one|such)\b|at (?:night|weekends?)"
    r"|to (?:fill|save|make)|that|which|who|whose|whom|them)\b"
)
_CONCRETE = r"(?:\d|qcol|qmonth|qversion|\b(?:median|share|percent|registry|alias|feed)\b)"
_PERFORMANCE = (
    r"\b(?:precision|pr-?auc|average precision|recall|hit rate|lift|calibration|performance|list)\b"
)
_FAULTY = (
    r"\b(?:broken|faulty?|bad|wrong|damaged|red|corrupt\w*|unfinished|unripe|immature|young\w*|season\w*|december"
    r"|christmas|campaign|price\w*|one|calls?|units?|outage|noise)\b"
)
_RETRAINED = r"(?:re-?train|train|re-?fit|re-?learn|learn again|fit again)"
_RETRAINING = r"(?:re-?training|training|refit\w*|new training|new fit)"
_CLAUSE = r"(?:[^.;:]|(?<=\d)\.(?=\d))*"

_FORMS = (
    # "we do not stop the load when the median is twice last month's"
    rf"\b{_WHO} {_NEVER} {_STEP}(?!{_CLAUSE}{_EXCEPT})(?!.{{0,24}}{_MEANT})(?={_CLAUSE}{_CONCRETE})",
    rf"\b{_WHO} {_NEVER} (?:repair|mend|rescore|backfill)\b(?!{_CLAUSE}{_EXCEPT})(?!.{{0,24}}{_MEANT})",
    # "we never retrain when precision is below 0.26 for two months": the trigger itself is denied, no fault named
    rf"(?:\b{_WHO} {_NEVER} {_RETRAINED}|(?:^|: |; |\bthere (?:is|will be) )no {_RETRAINING}"
    rf"|\b{_WHO} (?:avoid|(?:are|am) against|see no point in"
    rf"|(?:have )?(?:stopped|quit|ceased|given up|gave up)) {_RETRAINING}"
    rf"|\bnot worth {_RETRAINING}|^(?:rather than|absent:|without) {_RETRAINING}"
    rf"|\b(?:under no circumstances|on no account) (?:do|would|will|shall|should) {_WHO} {_RETRAINED})\b"
    rf"(?!{_CLAUSE}(?:{_EXCEPT}|{_MEANT}|{_FAULTY}))"
    rf"(?={_CLAUSE}(?:{_PERFORMANCE}{_CLAUSE}\b(?:below|under|falls?|drops?|worse|lower|off)\b{_CLAUSE}\d"
    r"|\blast \d+ (?:matured?|finished|ripe|closed|complete|settled)))",
    # "no weekly PSI of these columns against June"; "no PSI above 0.2" is a condition of a gate
    r"^no (?:(?:monthly|weekly|daily|nightly|quarterly|silent|limited|regular|numeric) )?"
    r"(?:stop|halt|precision|psi|ks|null rate|check|gate|comparison|canary|shadow|repair|roll-?back|alarm|alert"
    r"|ticket|calibration)s?\b(?!(?: of)?(?: [\w',]+){0,6} (?:above|over|below|under|beyond|outside|worse)\b[^,]*$)"
    rf"(?!{_CLAUSE}(?:{_EXCEPT}|:))(?={_CLAUSE}\b(?:when|against|after|if|beside|on|with"
    rf"|by)\b)(?={_CLAUSE}{_CONCRETE})",
    r"^(?:zero plans for|farewell to|absent:|goodbye to) ",
    # unwilling or unable
    rf"\b{_WHO}(?:'d|'re|'m| would| will| do| am| are)? (?:\w+ly )?(?:(?:decline|refuse|hate)s? to|rather not"
    r"|(?:can't|cannot) be bothered to|too (?:lazy|busy) to|only pretend to|pretend to"
    r"|have better things to do than|by no stretch of the imagination"
    rf"|dislike the (?:thought|idea) of|(?:against|avoid) {_STEPPING}"
    rf"|see (?:no|little) (?:point|sense|use|value) in (?:having to|{_STEPPING})"
    rf"|(?:have )?(?:stopped|quit|ceased|given up|gave up) (?:to (?!be)|{_STEPPING})|get (?:by|along) without"
    r"|unable to (?!tell|say|know|see|judge|separate|distinguish|measure|estimate|prove|call))\b",
    rf"\b(?:under no circumstances|on no account)\b(?![^.;]*(?:{_FAULTY}|{_RETRAINED}|\buse|\btouch"
    r"|\bbefore|\bwithout|\buntil|\bunless))",
    r"\bwould be (?:a lie|dishonest|an exaggeration) to (?:say|claim|pretend|state|write)\b",
    r"\bthe (?:idea|thought|notion|claim|rumour|rumor) that (?:we|i|our|anybody|somebody)\b(?:[^.;]|\.\d)*\b(?:is|was)"
    r" (?:laughable|absurd|wrong|false|untrue|ridiculous|mistaken|a joke|nonsense|fiction)\b",
    r"^if only (?:we|i|there)\b|\b(?:we|i) wish(?: that)? (?:we|there|the|somebody)\b"
    r"|\bthe last thing (?:we|i) (?:want|would|do)\b|^who on earth\b|\bgiven another life\b"
    rf"|\bnot worth {_STEPPING}|\bforbids? us to\b|\bstop asking us\b|\b(?:would|'d) sooner\b",
    rf"^(?:rather than|instead of) {_STEPPING}.*, (?:we|i) (?:trust|rely|hope|believe|count on|do nothing)\b",
    # who or what stands in the way
    rf"^nobody (?:here|in (?:the|our|this) (?:team|company|house)) (?:\w+ly )?\w+s\b(?={_CLAUSE}{_CONCRETE})",
    r"\bnever (?:got|get|found|came) (?:round|around|time|the time) to\b|^what(?: is"
    r"|'s) (?:still )?missing(?: here)? is\b"
    r"|\bdo(?: not|n't) expect (?:us|me|anybody|anyone) to\b|\blying if (?:i|we) (?:said|claimed|wrote)\b"
    r"|\btoo much (?:work|effort|trouble) to\b|^it is (?:not true|untrue|false) that\b(?!.*:)",
    rf"^(?!.*(?:{_FAULTY}|{_RETRAINED}|\brandom|\baccuracy)).*\b(?:is|are) out of the question\b",
    rf"^{_RETRAINING}\b(?!{_CLAUSE}(?:{_EXCEPT}|{_FAULTY})).*\b\d.*\bis out of the question\b",
    r"^(?:anyone|anybody|whoever|everyone|everybody) (?:who )?(?:thinks|believes|expects|assumes|hopes)\b"
    r".*\b(?:mistaken|wrong|disappointed)\b",
    rf"^(?:rather than|instead of) \w+ing\b(?={_CLAUSE}{_CONCRETE}).*, (?:we|i) (?:simply |just )?"
    r"(?:take whatever|look at nothing|do nothing|leave|let|trust|rely on|hope|believe|guess|wait and see)\b",
    r"^(?:one|some) day\b.*\b(?:may|might|could)\b|\b(?:promise|intend|want|hope) to think about (?:whether|if)\b",
    # lead-ins of a list
    r"\b(?:look|search) in vain for\b|\bdo(?:ing)? (?:exactly )?(?:the opposite|the reverse|zero|none) of\b[^.]*:$"
    r"|\bof these (?:\w+ ){0,2}(?:things|points|steps|checks|items),? (?:we|i) (?:do|have|run) (?:exactly )?"
    r"(?:zero|none|nothing)\b|\bwhoever (?:believes|thinks)\b[^.]*\bmistaken\b"
    r"|\b(?:a long way|far) from (?:these|this|any of|having|doing)\b[^.]*:$"
    r"|^(?:struck|removed|deleted|cut) from the (?:plan|list|scope|roadmap|backlog)\b"
    r"|^(?:cancell?ed|dropped|scrapped|shelved|vetoed|abandoned)\b[^.:|]*:$"
    r"|\b(?:unwise|foolish|pointless|overkill)\b[^.]* to:$|^false statements\b|\b(?:still|left) blank:$"
    r"|\b(?:lost|rejected|voted down)\b[^.]*\b\d+ to \d+:$|^i wonder (?:whether|if)\b[^.]*:$"
    r"|\bwe (?:hope|want|would like) to hire\b[^.]*:$|^the (?:tool|product|platform|suite)\b[^.:]*"
    r"\b(?:able to|offers?|can):$"
    r"|^things to skip\b[^.]*:$|\b(?:over-?engineered|overkill)\b[^.]*:$|\bdo(?: not|n't) believe in (?:it|this|them):$"
    r"|\bstopped being valid\b|^exercise for\b[^.]*:$|^prompt (?:i|we) used\b|\bslides?\b[^.:]*\blost\b[^.]*:$"
    r"|\bhad the deadline\b|\bi should have (?:proposed|built|added)\b",
)
REFUSED = re.compile("|".join(f"(?:{form})" for form in _FORMS))
_TURNED_DOWN = (
    r"(?:rejected|scrapped|cancell?ed|declined|vetoed|withdrawn|abandoned|shelved|turned down|voted down|dropped|struck"
    r"|discarded|never built|not (?:planned|wanted|ours|adopted)|nobody wants it|too (?:expensive|costly))"
)
_VERDICTS = (
    # a verdict behind or before an item
    r"(?: [–—-]|\.\.\.|\() ?(?:others, not us|not (?:us|here)|dropped|(?:just )?(?:an )?idea"
    r"|maybe, one day|skipped|abandoned(?: half-?way)?"
    r"|cancell?ed|vetoed(?: by [\w ]+)?|not with us|0 ?% done)\)?[.! ]*$|\bhere,? never[.! ]*$"
    r"|^(?:an? |the )?(?:stop|check|monthly|weekly|daily|psi|canary|gate|roll-?back|silent)\b[^|:]*"
    r": (?:no|none|never)[.! ]*$"
    r"|[✗✘❌] ?[.|]?$|^(?:- )?(?:❌|✗|✘|\[(?:rejected|dropped|cancelled)\]|\S+ \[(?:rejected|dropped|cancelled)\]"
    r"|revert \")"
    r"|\((?:scrapped|shelved|voted down|turned down)(?: by [\w ]+)?\)[.! ]*$"
    r"|: (?:far |much |way )?too (?:much (?:work|effort|trouble)|expensive|costly|complicated) for me[.! ]*$",
    # a column of a table that says no
    r"(?:^|\| )(?:here|we|us|ours|our (?:team|model|set-?up)|with us|vote|progress|adopted|approved|mark|in use"
    r"|running)\??: (?:no|none|never|-|–|✗|✘|❌|0 ?%|against|wrong|rejected)\W*(?=\||$)|(?:^|\| )when\??: never\b"
    r"|^what nobody (?:does|has|runs)\b|(?:^|\| )do (?:we|i)(?: do| have| run)?(?: it| this| that"
    r"| so)?\??: (?:no|never|none)\W*(?=\||$)"
    r"|^(?:rejected|discarded|abandoned|dropped|declined) (?:proposals?|ideas?|plans?|measures?): "
    r"|(?:^|\| )(?:status|state): (?:dropped|too (?:expensive|costly)|nobody wants it|abandoned|declined|never built"
    r"|rejected|cancell?ed|not (?:planned|wanted|ours))\W*(?=\||$)"
    rf"|^(?:idea|proposal|practice|suggestion|wish)s?: [^|]*\|(?: [^|]*\|)* ?[\w' ]{{2,30}}: {_TURNED_DOWN}\W*(?=\||$)"
    r"|(?:^|\| )(?:in (?:this|our) (?:service|project|work|repo)|planned|implemented|built)\??: "
    r"(?:no|none|never|absent|missing)\W*(?=\||$)"
    r"|^no: (?:hold|compute|calculate|watch|check|compare|measure|test|score|put)\b",
)
VERDICT = re.compile("|".join(f"(?:{form})" for form in _VERDICTS))
