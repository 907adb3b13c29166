"""What is reported of others: other companies, books, talks, friends, earlier jobs, and duties handed to others."""

import re

from grader.readme.elsewhere import is_elsewhere
from grader.readme.sources import OF_CUSTOMERS, REPORTED

_OTHERS = (
    r"(?:teams?|compan(?:y|ies)|organi[sz]ations?|providers?|banks?|firms?|shops?|players|vendors"
    r"|practitioners|insurers?|engineers|houses|retailers|telcos|businesses|enterprises|start-?ups"
    r"|operators|platforms|functions|setups|set-ups|departments|institutions|colleagues|professionals)"
)
_MANY = (
    r"(?:teams|companies|organi[sz]ations|providers|banks|firms|shops|vendors|practitioners|insurers"
    r"|houses|retailers"
    r"|telcos|businesses|enterprises|start-?ups|platforms)"
)
_HEARSAY = re.compile(
    r"\b(?:mature|leading|larger?|bigger|big|major|(?<!the )other|successful|modern|serious"
    r"|professional|experienced|well-run"
    rf"|advanced|streaming|tech|famous|well-known|renowned)[- ](?:\w+[- ]){{0,2}}{_OTHERS}\b(?! of (?:the"
    rf"|our))(?!{OF_CUSTOMERS})"
    rf"|(?<!how )\b(?:many|most|some|good|the best|top)[- ](?!of\b)(?:\w+[- ])?{_MANY}\b(?!{OF_CUSTOMERS})"
    rf"|\bsuch {_OTHERS}\b(?!{OF_CUSTOMERS})|\ba (?:more |very )?(?:mature|good|proper|serious|real|professional"
    rf"|modern) (?!retention"
    rf"|call|sales|service)(?:\w+ )?(?:team|set-?up"
    r"|platform|organi[sz]ation|shop|company)\b"
    r"|(?<!isn't a )(?<!not a )(?<!no )\btext ?books?\b(?! (?:figure|value|number))"
    r"|(?<!attention in )(?<!discussed in )(?<!debated in )\bthe literature\b"
    r"|\b(?:best|good|common|standard) practi[cs]es?\b|\bstate[- ]of[- ]the[- ]art\b|\bgold standard\b"
    r"|\b(?:some|many|most|several|other) (?:authors|papers|textbooks|practitioners|data scientists|engineers|experts)"
    r" (?:\w+ )?(?:compute|calculate|check|use|watch|monitor|retrain|refit|compare|run|keep|measure|roll)\b"
    r"(?!.*[;,] (?:but |while )?(?:i|we) )"
    r"|\b(?:experts?|practitioners|consultants|people|authors|books|blogs|guides|papers) (?:\w+ )?(?:say"
    r"|recommend"
    r"|agree|advise|suggest|think|claim|write|argue|propose)\b"
    r"|\b(?:is|are|was|were) (?:often )?(?:written|described|recommended|advised|suggested|taught|shown"
    r"|presented) "
    r"(?:in|by|at) (?:\w+ ){0,2}(?:books?|papers?|blogs?|articles?|literature|courses?|experts?"
    r"|conferences?|talks?"
    r"|vendors?|tutorials?|companies|manuals?)\b"
    r"|\baccording to (?:the |a |my |an |some )?(?!the plan|plan|schedule)(?:\w+ ){0,2}(?:course|book"
    r"|literature"
    r"|paper|talk|blog|article|survey|author|lecture|guide|speaker|google|docs|study|report|vendor|press)"
    r"|\b(?:at|in|from|during) (?:a|the|an|one|some) (?:(?!we\b|i\b|you\b)\w+ ){0,3}(?:conference|meetup"
    r"|podcast|lecture"
    r"|webinar|course|talk|blog|article|books?|workshop|keynote|tutorial|class|training session|whitepaper)\b"
    r"|\b(?:the )?(?:speaker|lecturer|author|presenter|talk|trainer|instructor|professor|teacher"
    r"|host)s? (?:\w+ )?"
    r"(?:explained|said|says|recommend|told|showed|reported|described|suggest|advised|had|notes?|argued|also)"
    r"|\b(?:is|are|was|were) (?:often |generally |commonly |usually |widely )?(?:said (?:to|that)"
    r"|reported (?:that"
    r"|from|to have)|considered (?:good|best|more advanced|standard|a (?:good|best|significant)"
    r"|essential)|regarded as"
    r"|seen as|viewed as|recommended (?:to|that|by)|understood to|rumou?red|supposed to"
    r"|known (?:for|to (?:return|compar|us|run|keep|do|retrain|monitor|roll|shadow|test))|famous for"
    r"|commonly considered|thought to|believed to)\b"
    r"|\b(?:i|we) (?:am|are|was|were) told(?= that|,| of)(?! by (?:the|our))|\btheirs,? not ours\b"
    r"|\btheir \w+ (?:says?|said|tells?|told|reports?|claims?) (?:that |me |us )"
    r"|\b(?:our|a|the) sister (?:bank|company|firm|team|business|organi[sz]ation)(?:'s)?\b"
    r"|\bone (?:hears|reads)\b|\b(?:i|we) (?:have )?(?:once |recently )?(?:read (?:that|about|in"
    r"|somewhere|of)|heard"
    r"|was told (?!by (?:the|our))|were told (?!by (?:the|our))|learned that (?:teams|companies"
    r"|others))\b|\bthere, i read\b|\b(?:he|she|they|somebody|someone) (?:told|explained to) "
    r"(?:me|us)\b|\bthey (?:are known|say|explained|recommend|advise|suggest|write|teach)\b(?! (?:nothing"
    r"|little|something|more|less|the model))|\busual advice\b"
    r"|\b(?:industry|market) leaders\b|\b(?:kaggle|competition) winners\b|\bby the book\b|\bin the talks?\b"
    r"|\b(?:google|uber|netflix|amazon|facebook|meta|airbnb|spotify|microsoft|linkedin|booking\.com"
    r"|twitter|apple"
    r"|zalando|ing)(?:'s)? (?:is|are|has|have|does|do|uses?|compares?|runs?|keeps?|rolls?|monitors?|retrains?"
    r"|michelangelo|\"ml|paper|engineers|team)\b"
    r"|\b(?:friends?|colleagues?|acquaintances?|cousin|brother|sister|uncle|flatmate|wife"
    r"|husband) (?:at (?:a|an|one)"
    r"|of mine|who works|works|is in|from a)\b"
    r"|\b(?:in|at|from|with|for) (?:my|our|a) (?:last|previous|former|old|past|earlier) (?:job|employer"
    r"|company|team"
    r"|position|role|firm|workplace|bank)\b"
    # "Our last job ran at night" speaks of the machine.
    r"|\b(?:my (?:last|previous|former|past|earlier) job|(?:my|our) (?:last|previous|former|past|earlier)"
    r" (?:employer|company|workplace|bank|firm))"
    r" (?:did(?! not finish)|does|do|had(?! (?:failed|finished))|has|used|uses|ran|kept|would|always|never)\b"
    r"|\b(?:did|does|do|had|has|would) (?:my|our) (?:last|previous|former|past|earlier) (?:job|employer|company"
    r"|workplace|bank|firm)\b|\bwhere (?:i|we) (?:once |previously |formerly )?(?:worked (?:before|earlier|until|till"
    r"|previously|last)\b|used to work\W*$)"
    r"|\bas the platform matures\b|\bstage we may reach\b|\bcompanies (?:with|like|that|do|use|retrain)\b"
    r"|\bindustry\b.{0,30}\b(?:is|are) common|\bat (?:that|those) (?:company|companies|bank|firm|place|shop)\b"
    r"|\btheir (?:rules?|on-call|ci|teams?|jobs?|model|gate|threshold|practice|pipeline|engineers|limits?"
    r"|process"
    r"|list|router|registry|data owner|policy)\b(?=.{0,80}\d|:| (?:is|stops?|does|builds?|flips?))"
    r"|\bwhat (?:the )?(?:grown-ups|others|professionals|big \w+|pros) (?:do|does)\b"
    r"|\bas (?:the )?(?:\w+ ){0,3}"
    r"companies do\b|\bsupervisors\b.{0,40}\bexpect|\ban? (?:insurer|bank|airline|telco|retailer) (?:told"
    r"|does|uses)"
)
_DELEGATED = re.compile(
    r"\b(?:owned|handled|covered|taken care of|looked after|provided|done|watched|monitored"
    r"|run) by (?:the )?(?:\w+ )?"
    r"(?:platform|data scientists?|it|devops|infrastructure|central|another|standard tooling|vendor|provider"
    r"|engineering|data engineering)\b(?!.{0,80}\d)"
    r"|\b(?:engineering|it|devops|the platform team|the infrastructure team|another team|data engineering) "
    r"(?:keeps an eye|monitors?|watches|has a|takes care|looks after|is responsible)\b(?!.{0,80}\d)"
)
OURS = re.compile(r"\b(?:we|i|our|my|here we|us|ours|here)\b")
THEIRS = re.compile(
    r"^(?:they|such|these|those|there|their|he|she|it|then|also|in (?:that|the example)|the new)\b"
    r"|\b(?:they|their|such teams|those teams)\b"
)


# "I know this from my last job: ..." tells where somebody learned it; what was done there stands in the past.
BY_EXPERIENCE = re.compile(
    r"\b(?:i|we) (?:have|had|know|learned|learnt|thought|made|bring|say)\b[^.;]{0,80}"
    r"\b(?:in|from|at) (?:my|our|a) (?:last|previous|former|old|past|earlier) (?:job|employer|company"
    r"|team|position|role)"
)
# "In my last job X broke, and this is what I do since, here as well: ..." goes on with what is done here.
_APPLIED_HERE = re.compile(
    r"^[^.;:]{0,40}\b(?:in|from|at|with) (?:my|our|a) (?:last|previous|former|old|past|earlier) (?:job"
    r"|employer|company|team"
    r"|position|role|workplace|bank)\b[^.]{0,120}?\b(?:what (?:i|we) do(?: ever)? since|here,? (?:as well|too)|so here"
    r"|(?:so|therefore|which is why|that is why),? (?:here,? |now,? )(?:i|we)|here (?:i|we) (?=(?!\w+ed\b)\w)"
    r"|(?:i|we) (?:now )?do the same here)\b"
)
# "As the textbooks recommend, we refit ..." says why we do it; "we are not yet a mature team" speaks of us.
_ADVICE = r"(?:recommend|suggest|advis|propos|teach|taught|prescrib)"
_ADVISED = rf"(?:is |are )?[^,;:.()]{{0,50}}?\b{_ADVICE}\w*\b[^,;:.()]{{0,30}}"
_OF_US = re.compile(
    rf"^(?:so,? |and,? )?as {_ADVISED}, ?(?=(?:we|i) (?!considered|thought|read|should|would|could|might|may|wish)\w+)"
    rf"|, as {_ADVISED}(?=, (?:and|so|since|with|though) [^.;]*\b(?:we|i|our|my)\b)"
    r"|\b(?:we|i) (?:are|am|have) (?:not|n't|hardly|no)(?: yet)? an? [^,;:.]{0,40}?\b(?:team|company|shop|bank|firm)\b"
)
_OTHER_PEOPLE = re.compile(
    r"^last (?:year|month|season)'s (?:winner|candidate|intern|applicant)\b|\banother (?:applicant|candidate)\b"
    r"|^(?:a|every|each|any) (?:bank|insurer|hospital|airline|utility) (?:has to|must|is obliged)\b"
    r"|\b(?:course ?book|text ?book|handbook)\b.{0,40}\b(?:says|reads|writes|has a chapter)\b|^it (?:says|reads):"
)
_STILL_THERE = re.compile(r"^(?:they|their|there(?! (?:is|are|will)))\b|\bthere,|\btheirs\b")
_PAST = re.compile(r"\b(?:was|were|had|did|used to|\w{3,}ed|kept|held|put|went|ran|built|sent)\b")
_PLANNED = re.compile(
    r"\b(?:must|will|shall|should|would|has to|have to|is|are|goes?|gets?|scores?|runs?|stays?|we|i)\b"
)


def tells_of_the_past(own: str) -> bool:
    """Whether a sentence behind such an opening is still about the former place, and not about this work."""
    return bool(_STILL_THERE.search(own)) or (bool(_PAST.search(own)) and not _PLANNED.search(own))


def is_hearsay(own: str) -> bool:
    """Whether a normalised sentence reports what others do, say or recommend."""
    if experience := _APPLIED_HERE.search(own):
        own = own[experience.end() :]
    if OURS.search(_OF_US.sub(" ", own)):
        own = _OF_US.sub(" ", own)
    return bool(_HEARSAY.search(own) or _OTHER_PEOPLE.search(own) or REPORTED.search(own)) or is_elsewhere(
        own
    )


def is_delegated(own: str) -> bool:
    """Whether a normalised sentence leaves the matter to somebody else without saying the signal and the limit."""
    return bool(_DELEGATED.search(own))
