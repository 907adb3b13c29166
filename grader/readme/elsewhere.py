"""Other models, other times and worlds that are made up: what is told of them is no plan for this model."""

import re

# A purpose that no model of leaving customers has; "pricing" and "demand" alone are departments here.
_PURPOSE = (
    r"(?:fraud|chargebacks?|demand(?:[- ]forecast\w*)?|pricing|recommend(?:er|ations?)|weather|spam|credit[- ](?:risk"
    r"|default|scoring)|sales[- ]forecast\w*|anti[- ]?money[- ]laundering|image|speech|ad[- ]click)"
)
_MODEL = r"(?:(?:scoring |detection |classifier )?(?:model|project|competition|classifier|engine|detector))"
_OTHER_MODEL = rf"(?:the|our|a|an|my|their|his|her) (?:\w+ )?{_PURPOSE} {_MODEL}\b"
_SOMEBODY = (
    r"(?:another|an other|a different|a neighbou?r\w*|some other|someone else's|somebody else's|a friend's|his|her"
    r"|an unrelated)"
)

OTHER_MODEL = re.compile(
    rf"^(?:for|in|with|at|on|about|of) (?:the data of )?{_OTHER_MODEL}(?!'s team)"
    r"|\bnot (?:for |of |about )?(?:the|our|this) (?:churn|retention|cancellation|switching|leavers?) model\b"
    rf"|^{_OTHER_MODEL}[^.:]{{0,20}}\b(?:a )?(?:different|other|another|separate|side) (?:project|model|thing)\b"
)
# "All this is about the weather model", said behind the plan.
OF_ANOTHER = re.compile(
    r"\b(?:this|that|all this|all of this|all of the above|the above|(?:this|the) (?:paragraph|section|list|text|plan)"
    r"(?: above)?|everything (?:above|here))\b[^.;:]{0,40}\b(?:is about|belongs to|was written for|is written for"
    r"|describes|speaks of|refers to|was copied from|is copied from|comes from|concerns)\b"
    rf"[^.;:]{{0,60}}?(?:\b{_OTHER_MODEL}|\b{_SOMEBODY} (?:\w+(?:'s)? ){{0,2}}(?:project|model|company|team"
    rf"|repository)(?=\W*$|[.,;]| and\b| of\b))"
)
# Openings that make a tale, a dream or a wish of the rest of the paragraph.
MADE_UP = re.compile(
    r"\bonce upon a time\b|\b(?:i|we) (?:once |have )?dream(?:t|ed|s)?\b|\bin (?:my|a|the) (?:dream|fairy[- ]?tale)s?\b"
    r"|^(?:now )?(?:imagine|picture|suppose)\b,?[^.;:]{0,40}?\b(?:(?:an?|some|the) (?:\w+ ){0,2}"
    r"(?:company|firm|bank|team|insurer|country|shop|provider|organi[sz]ation) (?:quite |very |rather )?(?:unlike"
    r"|different|where|in which|without|far away)\b|(?:an?|the) (?:\w+ )?(?:world|kingdom|planet)\b)"
    r"(?![^.:]*\b(?:we|our|us)\b)"
    r"|\b(?:let us|let's) pretend\b|\bin a (?:galaxy|land|kingdom) far away\b"
    r"|\bwere money no object\b|\bmoney were no object\b|\bin a parallel universe\b|\bpure fiction\b"
    r"|\ba (?:parody|short story|fairy[- ]?tale|bedtime story|thought experiment)\b"
    r"|\b(?:present|show|give|quote)s? (?:\w+ )?(?:in order )?to warn\b"
    r"|\b(?:plan|proposal|draft) (?:that|which) (?:once )?(?:lay|was) on the table\b"
)
# Openings that only make a wish of the list they introduce.
WISHED = re.compile(
    r"\b(?:in|for) (?:an?|the|some) (?:ideal|perfect|better|different|dream) world\b"
    r"|\bsome ?day\b[^.;]{0,30}\b(?:perhaps"
    r"|maybe|somebody|someone|we might|one might|one could)\b|\bone day\b[^.;]{0,20}\b(?:perhaps|maybe)\b"
    r"|\b(?:shall|will|may|might|could) (?:then |perhaps |maybe )?(?:consider|discuss|think about|look into|debate"
    r"|explore|ponder) (?:whether (?:to|we should|one should)|the idea of|the possibility of)\W*$"
    r"|\bwonder(?:s|ed)? (?:whether|if)\b|\b(?:exercise|homework) for the reader\b"
    r"|\bin (?:another|a second|my next) life\b"
)
_FORMER_TIME = re.compile(
    r"^(?:in|during|for|throughout) (?:the|our|an?|my|that) (?:\w+ ){0,2}(?:pilot|trial|proof of concept|poc|prototype"
    r"|test phase|predecessor|former system|old system)\b|^back in \d{4}\b|^(?:once|formerly|in the old days"
    r"|in those days"
    r"|years ago|long ago),?\b"
)
_NO_LONGER = re.compile(
    r"^(?:until|till|up to)\b.*\b(?:since then|from then on|after that|since|now|today),? (?:no longer"
    r"|no more|not|never"
    r"|nothing|nobody|none)\b"
)
_DONE = re.compile(
    r"\b(?:was|were) (?:\w+ly )?(?:held|watched|compar\w+|comput\w+|check\w+|measur\w+|monitored|retrained"
    r"|repaired|rescored"
    r"|set|kept|stopped|tracked|scored|rolled|logged|tested)\b|\b(?:stopped|opened|went|got|scored|beat)\b"
)
_PLANNED = re.compile(
    r"\b(?:must|will|shall|should|is|are|has to|have to|goes?|gets?|stays?|we|i|today|now)\b"
)


def is_elsewhere(own: str) -> bool:
    """Whether a normalised sentence tells of another model, of something that has ended or of a wish."""
    if OTHER_MODEL.search(own) or _NO_LONGER.search(own):
        return True
    return bool(_FORMER_TIME.search(own) and _DONE.search(own)) and not _PLANNED.search(own)
