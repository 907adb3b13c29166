"""General forms of reporting what others do, say or recommend, whoever they are."""

import re

_TOLD = (
    r"(?:sa(?:y|ys|id)|tells?|told|recommend(?:s|ed)?|suggest(?:s|ed)?|advis(?:e|es|ed)|explain(?:s|ed)?"
    r"|show(?:s|ed)"
    r"|teach(?:es)?|taught|wr(?:ite|ites|ote)|describ(?:e|es|ed)|propos(?:e|es|ed)|argu(?:e|es|ed)"
    r"|claim(?:s|ed)"
    r"|swears? by|present(?:s|ed)|report(?:s|ed) (?:that|how)|advocat(?:e|es|ed)|prescrib(?:e|es|ed)"
    r"|praise[sd]?"
    r"|demonstrat(?:e|es|ed)|likes? to|mention(?:s|ed)|insist(?:s|ed)?|boast(?:s|ed)?|gave as)"
)
_TEXT = (
    r"(?:blogs?|blog posts?|posts?|books?|(?:online |evening |university )?courses?|webinars?|talks?"
    r"|conferences?|(?<!on )papers?"
    r"|articles?|forums?|literature|lectures?|tutorials?|podcasts?|newsletters?|videos?|keynotes?"
    r"|white ?papers?|threads?"
    r"|meet-?ups?|case stud(?:y|ies)|text ?books?|manuals?|magazines?|training days?|seminars?|workshops?"
    r"|interviews?"
    r"|surveys?|slides)"
)
_PEOPLE = (
    r"(?:authors?|speakers?|lecturers?|presenters?|teachers?|trainers?|professors?|consultants?|experts?"
    r"|vendors?|gurus?"
    r"|practitioners|bloggers?|specialists|researchers|influencers?|evangelists?|people at|people from"
    r"|those who know"
    r"|the pros|the giants|the big ones|market leaders|others|the industry|the trade)"
)
_FIRMS = (
    r"(?:teams|compan(?:y|ies)|organi[sz]ations?|providers|banks?|firms?|shops|vendors|insurers?|houses"
    r"|retailers?"
    r"|telcos?|telecoms?|businesses|enterprises|start-?ups|operators|platforms|corporations?|groups|players"
    r"|airlines?"
    r"|utilities|hospitals?|publishers|carriers|networks|employers?|competitors|giants|studios|marketplaces"
    r"|agencies)"
)
_GRAND = (
    r"(?:large|larger|big|bigger|great|well-organi[sz]ed|well-run|mature|serious|modern|leading|successful"
    r"|professional"
    r"|experienced|advanced|good|better|best|top|real|proper|famous|established|ambitious|digital|rich"
    r"|richer|many|most"
    r"|some|several|(?<!the )other|foreign|international|global|american|disciplined|data-driven|high-performing"
    r"|grown-up)"
)
_KIN = (
    r"(?:neighbou?r|friend|cousin|brother|sister|uncle|aunt|wife|husband|flatmate|father|mother"
    r"|acquaintance|mentor"
    r"|classmate|fellow student|former (?:boss|colleague|chief)|old boss|ex-colleague|schoolmate)"
)

# Where customers are firms themselves, "many shops left" and "how many firms are on the list" report of nobody.
OF_CUSTOMERS = (
    r"(?:,? (?:that|who|which))?(?: (?:then|really|have|has|had|now|later))* (?:leav\w*|left|churn\w*"
    r"|cancel\w*|quit\w*|stay\w*"
    r"|went|gone|opened|joined|came|brought|bring|costs?|did|lost|paid|pay|on (?:the|your|our|that)"
    r"|(?:are |is |were )?(?:above|over|under|below|behind|listed|called)|as (?:safe|small|large|risky))\b"
)

_FORMS = (
    rf"(?:^|[,;:] )(?:in|at|from|by|on|during) (?:a|an|one|the|some|my|our|many|most|several"
    rf"|any) (?:\w+[ -]){{0,4}}?"
    rf"{_TEXT}\b(?! (?:value|figure|number|keeping))",
    rf"\b(?:a|an|one|the|some|this|that|many|most|several|every|any|its|their"
    rf"|these) (?:\w+[ -]){{0,3}}?{_TEXT}\b"
    rf"[^.;:]{{0,40}}\b{_TOLD}\b",
    rf"\b{_PEOPLE}\b[^.;:]{{0,40}}\b{_TOLD}\b",
    rf"\b(?:is|are|was|were) (?:\w+ )?(?:{_TOLD}|shown|written|taught|given|described|advocated"
    rf"|praised) (?:in|by|at|on)"
    rf" (?:\w+[ -]){{0,3}}?(?:{_TEXT}|{_PEOPLE}|{_FIRMS})\b",
    rf"(?<!how )\b{_GRAND} (?:\w+[ -]){{0,2}}?(?:teams|{_FIRMS})\b(?! (?:of|in) (?:the"
    rf"|our)\b)(?!{OF_CUSTOMERS})",
    rf"\b(?:my|our|a|an|one|some) (?:\w+ ){{0,2}}?{_KIN}\b(?! (?:of (?:one|a|the|each)|firm|company"
    rf"|account|branch))",
    r"\b(?:colleagues?|somebody|someone|people|engineers?|data scientists?|a woman|a man|guys"
    r"|folks) (?:from|at|in|on)"
    r" (?:a |an |another |other |the |some |one )?(?:\w+ ){0,2}?(?:"
    + _FIRMS
    + r"|forum|conference|company|silicon"
    r" valley|internet|industry)\b(?! (?:is|are) (?:asked|told|informed|called|rung))",
    r"\b(?:usual|common|general|standard|classic(?:al)?|typical|conventional|received"
    r"|popular) (?:recommendations?|advice"
    r"|wisdom|teaching|answer|opinion|view|guidance|doctrine)\b",
    r"\bas the saying goes\b|\bas they say\b|\bas (?:is|it's) (?:often|commonly|usually|so often) (?:said|done"
    r"|recommended|put)\b|\b(?:it is|it's|is|are) (?:often|commonly|generally|widely|usually"
    r"|frequently) (?:said|held"
    r"|recommended|advised|suggested|agreed|argued|advocated)\b",
    r"^elsewhere\b|^abroad\b|\b(?:that|this) is (?:how|what) (?:they|others|the big)"
    r"|\bwhat (?:the )?(?:giants|others"
    r"|big (?:\w+ )?(?:companies|ones|players)|large (?:companies|firms)|professionals|experts|they) (?:do"
    r"|use|say"
    r"|recommend)\b",
    rf"\b(?:at|in|with|for) (?:my|our|an?|the|their|his|her|that|another|some) (?:\w+ ){{0,2}}?(?:former"
    rf"|previous|last|old"
    rf"|earlier|first|other|different|ex|late)[ -](?:\w+ )?(?:job|employer|company|team|position|role|workplace"
    rf"|internship|{_FIRMS})\b",
    r"\b(?:is|are|was|were) (?:often |generally |usually |widely )?(?:said|reported|rumou?red|known|thought"
    r"|believed"
    r"|supposed|understood|reputed) to (?:be |have |use |run |compare|keep|stop|retrain|monitor|roll|watch"
    r"|do|hold|check"
    r"|compute|ship|test|send|measure|promote|go)",
    r"\b(?:i|we) (?:once |recently |also |have )?(?:read|heard|watched|learned|learnt|was told"
    r"|were told|was taught"
    r"|were taught|was shown|were shown) (?:that|how(?! (?:many|much|often))|about|of|in|at|somewhere"
    r"|from (?:a|an|other|others"
    r"|people))\b"
    r"(?!.{0,20}\b(?:dashboards?|reports?|logs?|data|files?|tests?|audit|tables?|model|months?|columns?"
    r"|customers)\b)",
    r"\b(?:they|these people|those people) (?:have|compare|retrain|stop|roll|keep|check|watch|use|compute"
    r"|run|hold|ship"
    r"|go|build|look|mend|repair|measure|train|release|send|do)\b(?=.{0,200}\bthere\b)",
    r"\bin (?:other|many|some|several|most|certain) (?:industries|sectors|branches|trades|countries|places"
    r"|firms)\b",
    r"\b(?:wherever|where) (?:this|it|such a thing) is (?:done|run|handled) (?:well|properly|seriously"
    r"|professionally)\b",
    r"\b(?:my|our|his|her) (?:lecturer|professor|teacher|trainer|instructor|mentor|coach|tutor)\b",
    r"\b(?:handbook|documentation|brochure|guide|manual|white ?paper) of (?:an?|the|some"
    r"|one) (?:[\w-]+ ){0,2}?(?:vendor"
    r"|company|bank|provider|firm|tool|supplier|consultancy|competitor)\b",
    r"\b(?:one is told|one hears|so they say|or so i (?:read|heard)|it is told|we are told by (?:books"
    r"|experts|others))\b",
)
REPORTED = re.compile("|".join(f"(?:{form})" for form in _FORMS))
