"""General forms of saying that something is not there, not done, or was given up, whatever the thing is."""

import re

# Nouns for what a plan is made of; that one of these is missing is a denial, that a customer is missing is not.
_PART = (
    r"(?:checks?|limits?|thresholds?|rules?|gates?|comparisons?|alarms?|alerts?|monitor(?:ing|s)?|plans?"
    r"|procedures?"
    r"|process(?:es)?|mechanisms?|roll-?backs?|roll-?outs?|shadow\w*|canar\w+|control groups?|hold-?outs?"
    r"|tests?"
    r"|reports?|jobs?|counts?|measures?|metrics?|steps?|ways? back|triggers?|conditions?|schedules?|owners?"
    r"|references?|baselines?|histograms?|dashboards?|registry|aliases|alias|criteria|criterion|guards?|dates?"
    r"|statistics?|records?|logs?|scripts?|fallbacks?|pilots?|trials?|review|reviews|silent \w+|follow-ups?)"
)
# Doing words; "unused" and "unfinished" speak of models and months and are not among them.
_UNDONE = (
    r"un(?:checked|recorded|computed|calculated|watched|monitored|limited|defined|measured|tested|specified"
    r"|planned"
    r"|decided|noticed|observed|written|built|enforced|tracked|logged|compared|examined|verified|guarded"
    r"|inspected"
    r"|counted|bounded|supervised|regulated|attended|addressed|controlled|resolved|scheduled|implemented|set)"
)
# What may be "not done" as a decision, or as a plain fact about months, labels and customers.
_DECIDED = (
    r"(?:call|contact|phon|treat|re-?train|train|re-?fit|fitt|learn|scor|sent|send|used?\b|finish|complet"
    r"|matur|ripe"
    r"|clos|settl|know|label|trust|chang|mov|need|allow|mean|touch|promot|includ|show|see|becom|been\b"
    r"|permit|publish"
    r"|requir|provided for|counted|gone|done and|affect|explain|replac|caus|rewritten|shipped|reached|paid"
    r"|broken"
    r"|repeated|taken for|tun|split|written off|hidden|even\b|often\b|given|open|golden|seven|when|then"
    r"|often|return"
    r"|interest|limited to|concern|confus|suppos|expect|good|wait|report|sold|lost|lower|surpris|reli|meant"
    r"|worr)"
)
_PARTICIPLE = (
    r"(?:[a-z]+(?:ed|ught|elt|ept|itten|awn|own|ade|ust)|set|put|run|held|kept|built|done|read|met)\b"
)
_HEDGES = r"(?: (?:yet|even|ever|currently|really|so far|being|been|anywhere|at all|\w+ly))*"

# "At no time is the list sent unchecked" says what is done each time.
_NO_RULE = r"(?!.*\b(?:unchecked|unseen|unwatched|without|before|unless|until|skip\w*)\b)"
_FORMS = (
    # is not examined; are never set against
    rf"\b(?:is|are|was|were|be|been|gets?|being) ?(?:not|n't|never)\b{_HEDGES} (?!{_DECIDED}){_PARTICIPLE}",
    # has not been thought through; have not set
    rf"\b(?:have|has|had) ?(?:not|n't|never)\b{_HEDGES} (?!{_DECIDED}|left|suffered|ended|seen|met|tim|had"
    rf"|arrived|answered|happened)"
    rf"{_PARTICIPLE}",
    # goes unrecorded; stays uncomputed; was left open
    rf"\b(?:goes?|stays?|remains?|is|are|left|leaves?|still|currently|gets?|run) (?:\w+ly )?{_UNDONE}\b",
    r"\b(?:been|was|were|is|are|gets?|be) left (?:open|undone|out of this|aside|to chance|for later"
    r"|for another)\b",
    rf"\b{_PART}\b[^.;:]{{0,40}} (?:is|are) (?:still |yet |so far |entirely |completely )?"
    r"(?:missing|absent|lacking|pending|outstanding|open|off)(?=[.,;: ]*$|[.,;])",
    rf"\b{_PART}(?: \w+){{0,3}} ?[:–-] (?:none|no|n/a|nil|absent|missing|not (?:any|yet|planned|done"
    rf"|foreseen|set|there"
    r"|available|present|in place|used|defined|needed))(?: so far| yet| at present| for now| here)?[.]?$",
    # omission
    r"\b(?:we|i|the team|it|one|job|service|plan|set-?up) (?:\w+ly )?(?:refrains? from|dispenses? with"
    r"|do(?:es)? without"
    r"|goes? without|lacks?|omits?|forgoes?|abstains? from|renounces?|waives?|neglects? to|fails? to"
    r"|steers? clear of"
    r"|passe?[sd]? on|gave up|gives? up|spares? (?:our|my|them)sel\w+)\b",
    # contracts are cancelled by customers, plans by us
    r"(?<!lines )(?<!contracts )(?<!customers )(?<!policies )(?<!accounts )(?<!orders )(?<!subscriptions )"
    r"(?<!that )(?<!who )"
    r"\b(?:was|were|been|is|are|got|and then|then|but) (?:then |later |soon )?(?:dropped again|dropped\.$"
    r"|cancell?ed"
    r"|abandoned|shelved|discarded as|switched off and|given up|turned off and|struck from|scrapped"
    r"|removed from the"
    r" plan|disabled)\b",
    r", but (?:this|that|it) was (?:dropped|cancelled|rejected|given up|not \w+)",
    # decisions against
    r"\b(?:decided|chose|opted|prefer(?:red)?|agreed|elected) (?:not to|against)\b|\b(?:have|had"
    r"|with) no intention\b"
    r"|\b(?:not|n't) (?:going|planning|intending|willing|about) to\b|\bopted out of\b"
    r"|\bdid(?: not|n't) (?:get (?:round |around )?to|manage to|find (?:the )?time to|bother to|set"
    r"|make|write|implement|add|include|define)\b|\bno time (?:to|for|was)\b",
    r"\b(?:is|are|was) not something (?:that )?(?:we|i|the)\b|\bnot (?:part of|among) (?:how|what"
    r"|the things) (?:we|i)\b",
    # no threshold triggers anything; no job does so
    r"(?:^|[,;:] |\b(?:so far|yet|but|and|at present|for now|currently) )no (?!(?:re-?train|more|less|fewer"
    r"|longer"
    r"|scor|list|customer|one\b|month|calls?\b|label|truth|outcome|drift|effect|reason|need|panic|action|change"
    r"|harm|churn|new|matter|alarm in|leak|wonder|doubt|fault|red))"
    r"(?:(?!unless|until|without|before|that|which|who)\w+ ){1,5}?"
    r"(?:is|are|has|have|exists?|triggers?|does|do|runs?|stops?|compares?|looks?|holds?"
    r"|follows?|leads?"
    r"|blocks?|reads?|will|was|were|comes?|goes|tells?|watches|checks?|prevents?)\b"
    r"(?!.{0,60}\b(?:until|unless|before|without|if|when|in the world)\b)",
    # nobody keeps an eye on; "nobody gets a list" is what is done about a fault
    r"\b(?:nobody|no one|no-one|none of us|no person|no team) (?:\w+ly )?(?:keeps?|sits?|takes?|holds?"
    r"|works? out"
    r"|calculat\w+|comput\w+|tests?|examines?|inspects?|verif\w+|records?|plots?|draws?|notices?"
    r"|gets(?! (?:a|an|any|the|that|this|new) (?:\w+ )?(?:list|names?|scores?|call|offer)\b)"
    r"|hears"
    r"|rings"
    r"|phones|is (?:told|informed|alerted|asked|responsible|assigned|rung)|has (?:set|defined|agreed"
    r"|written|built"
    r"|decided|thought|the (?:task|duty|job)))\b(?!.{0,60}\b(?:until|unless|before)\b)",
    rf"\b(?:have|has|had|makes?|keeps?|holds?|computes?|sets?|gives?|follows?|runs?|draws?|compares?"
    rf"|use[sd]?|with"
    rf"|is|are|be) no (?:\w+ )?(?:\w+ )?{_PART}\b(?!.{{0,50}}\b(?:open|red|fired|firing|in (?:it|them"
    rf"|that))\b)",
    r"\bno such \w+|\bneither\b[^.;]{3,60}\bnor\b[^.;]{2,60}\b(?:is|are|was|were|gets?|will be|has been"
    r"|have been)\b"
    r"(?! (?:a reason|enough|final|complete|known|reliable))",
    r"\bthere (?:is|are|was|were|will be)(?: not|n't) (?:an? |any )(?!reason|need|point)",
    r"\b(?:on paper only|only on paper|in name only|wish ?list|nice to have)\b",
    r"\bwould (?:need|require|take|have to|be)\b[^.;]{3,70}\b(?:and|but|which|yet)\b[^.;]{0,20}\b(?:do not"
    r"|don't|have no"
    r"|there is no|is missing|lacks?|is not|isn't|did not|didn't|does not)\b",
    r"\bcould be\b[^.;]{2,60}, (?:but|yet|though)\b|\bwas (?:considered|discussed"
    r"|thought about)\b.{0,80}\b(?:but|not"
    r"|dropped|rejected|without)\b",
    r"\b(?:scored|sent|goes? out|goes? live|released|accepted|used|trained|deployed|taken"
    r"|promoted)\b[^.;]{0,20}"
    r"\b(?:whatever|regardless of|no matter|irrespective of|come what may)\b",
    r"\b(?:is|are|be) (?:simply )?(?:accepted|scored|sent|released|promoted|used|put live"
    r"|deployed)\b[^.;]{0,24}"
    r"\bwithout (?:any|a|an|being|further|looking|having)\b",
    r"\b(?:not|n't|never|nor|no)\b(?! reason| cause| need)[^.;:]{4,80}\b(?:either|or at all|at all)[.]?$",
    r"\b(?:is|are) (?:still |yet )(?:to be|waiting to be) (?:made|done|written|built|agreed|defined|decided"
    r"|set|found"
    r"|named|planned)\b|\bremains? to be (?:made|done|written|built|agreed|defined|decided|set|seen to"
    r"|named|planned)\b",
    r"\bnothing of (?:what|this|that|the kind|the sort|it)\b|\bnone of (?:what|this|that|it"
    r"|the following)\b[^.;]{0,40}"
    r"\b(?:is|are|has|have|exists?|runs?|happens?)\b"
    r"|\b(?:nothing|none)\b[^.;]{0,60}\b(?:exists?|is running|is in place|is set up|has been (?:done|built"
    r"|set up))\b",
    r"\b(?:is|are|was|were) (?:not|n't|no) (?:an? )?(?:topic|subject|priority|concern of ours|matter for"
    r"|part of this)\b",
    rf"\bat no (?:point|time|stage)\b{_NO_RULE}[^.;:]{{0,70}}"
    r"\b(?:do|does|did|is|are|will|would|have|has) (?:we|i|it|the|any\w*)\b",
    # "Do not start the canary before" or "in parallel with another load" is a rule.
    r"^do(?: not|n't) (?:run|serve|start|begin)\b[^.;]{0,24}\b(?:shadow|canary|parallel|beside|%|1/10|first)"
    r"(?!\w| (?:load|run|with (?:an?other|the other)|to an?other))"
    r"(?!.*\b(?:until|unless|before|if|when|while|without|(?:less|more|longer) than)\b)",
    rf"^(?:at no (?:point|time|stage)\b{_NO_RULE}|in no (?:case|way) (?:is|are|do|does|will)|nowhere|under no plan"
    r"|by no means)\b",
    r"\b(?:there (?:is|'s|was) nothing|nothing (?:is|was)) (?:in place|here|yet|planned|set up|prepared"
    r"|arranged|built|to"
    r" (?:tell|show|stop|warn|hold))\b",
    r"\b(?:we|i|it|they|team) (?:will |would |shall |must |have to |can )?(?:go|goes|went|do|does|did"
    r"|manage|live"
    r"|works?) without (?:an? |the |any |such )?(?:\w+ ){0,2}" + _PART + r"\b",
    r"[;,:] none (?:was|were|has been|have been|is|are) (?:made|written|built|set|planned|agreed|kept"
    r"|defined|drawn)\b",
    r"\b(?:have|has|are|is) yet to\b|\b(?:is|are|remains?|was) (?:still )?(?:unclear|unknown"
    r"|an open question|undecided"
    r"|up in the air)(?: to us| to me)? (?:how|who|what|when|whether|which)\b",
    r"\b(?:nobody|no one|no-one) (?:ever )?(?:wrote|built|made|set|defined|drew|agreed|decided|planned"
    r"|implemented|wired"
    r"|connected|finished|started)\b",
)
ABSENT = re.compile("|".join(f"(?:{form})" for form in _FORMS))
