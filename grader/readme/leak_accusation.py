"""Whether a sentence says of a column that it knows the outcome: what makes it false where the column does not.

To look for leaks, to guard against them and to say when a field is written are no accusation; only what is written
once the customer leaves is one.
"""

import re

LOOKED_FOR = re.compile(
    r"\bleak\w*[- ](?:tests?|checks?|scans?|audits?|search\w*|prevention)\b|\bleak\w*(?: \w+)? ?\?"
    r"|\b(?:look|search|test|check|screen|scan|hunt)\w*(?: \w+){0,3}? (?:for|against|of)(?: \w+){0,2}? leak\w*"
    r"|\b(?:avoid\w*|prevent\w*|against|rul\w+ out|guard\w* (?:against|from)|safe from)(?: \w+){0,2}? leak\w*"
    r"|\bleak\w*\b[ :|=-]*(?:none|no\b|negative|passed|ok\b|clean|0\b)"
)
"""Who looks for a leak, or keeps one away, has not found one."""
_LEAVING = (
    r"\b(?:leav\w*|left|cancel\w*|quit\w*|gone|goodbye|churn\w*|terminat\w*|notice|decision|decided|departure|exit"
    r"|(?:accounts?|contracts?|customers?|clients?|lines?|members?(?:hips?)?|polic\w+|subscriptions?)(?: \w+){0,3}?"
    r" (?:clos\w*|end(?:ed|s|ing)?)"
    r"|(?:clos\w*|end(?:ed|s|ing)?)(?: of)? (?:the|their|his|her|an?|its) (?:\w+ )?"
    r"(?:account|contract|line|membership|policy|subscription)"
    r")\b"
)
_ACCUSED = re.compile(
    r"\bleak\w*|\bpost-?outcome|\bconfession\b|\bone of them knew\b|\bmust never come back\b"
    r"|\bknows? (?:the (?:answer|future|outcome|label|result)|too much|a little too)"
    r"|\btells? the answer\b|\bcomes? after the (?:end|decision|event|fact|notice)\b"
    r"|\b(?:fill|populat|set|ask|made|make|writ|record|enter|creat|known|issu|gets? a value|appear)\w*(?: in)?"
    r"(?: only)? (?:while|when|once|after)\b"
    rf"(?:(?: the| their)? end\b(?! of (?:the |each |every |a )?(?:day|week|month|quarter|year))"
    rf"|(?:(?!\bsign|\bstart|\buntil|\btill)[^.;]){{0,60}}?{_LEAVING})"
)
# What was thought or may be is no statement that it is so.
_SUSPECTED = re.compile(
    r"\b(?:thought|suspect\w*|suspici\w*|fear\w*|wonder\w*|could|might|may|looks? like|looked like|seem\w*"
    r"|sounds? like|at first|if|encod\w*)\b|\bno leak|(?:\bnot|n't|\bnever|\bcannot) (?:a |really )?leak"
)


def accuses_of_leaking(own: str) -> bool:
    """Whether a normalised sentence says of its column, without a doubt, that it knows the outcome."""
    return bool(_ACCUSED.search(LOOKED_FOR.sub(" ", own))) and not _SUSPECTED.search(own)
