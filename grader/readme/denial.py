"""What is said not to be done: a denied check is not a check, a denied retraining is a decision."""

import re

from grader.readme.absence import ABSENT
from grader.readme.refusal import REFUSED, VERDICT

# What a team does to watch, compare, release and take back; "retrain", "stop" or "page" are left out, since not doing
# them is a decision of its own ("we do not retrain on a broken feed").
_DOING = (
    r"(?:comput|check|watch|monitor|measur|compar|track|record|calculat|log|evaluat|arrang|plann"
    r"|built|build\b(?! (?:again|anew|it again|a new|new)|,)|implement|schedul|set up|adopt|decid|settl"
    r"|solv|beat|put back|in place|exist|foreseen"
    r"|automat|plot|wired|written|collect|enforc|inspect|verif|validat|replay|undo|switch back|revert|restor"
    r"|specif|assign|drawn up|agreed|defined|counted|count\b(?! yet)|divid|taken|take |draw|observ"
    r"|review|assess|analy[sz]"
    r"|sav(?:e|ed) (?:percent|the|any|a )|read the version|go back|follow(?:ed)?\b(?! a broken)"
    r"|look(?:ed)? (?:at|whether|if|into|after)|joined"
    r"|lay\b|laid\b|held against|set against|held beside|held next|done\b|any (?:such|rule|check|plan"
    r"|gate|limit)"
    r"|test(?:ed)?\b"
    r"|broken down|introduced|keep\b|possible (?:to go back|to roll back|with)|run (?:silently|beside"
    r"|in|alongside|any|a |the )|kept|distinguish|reserve)"
)
_DENIED = re.compile(
    r"^no (?:\w+ ){1,3}(?:works? out|computes?|checks?|compares?|looks?|measures?|counts?|reads?"
    r"|tracks?|records?|watches)\b"
    r"|^nothing (?:is|gets|will be) (?:\w+ )?(?:divided|compared|checked|computed|counted|measured"
    r"|held|watched|recorded|tested|set)"
    r"|\b(?:not|n't) (?:be )?(?:noticed|seen by anybody|spotted|stopped by)\b|^nobody would (?:notice|see"
    r"|know)\b"
    r"|\b(?:does not|doesn't|do not|don't|need not) (?:have to |need to )?(?:find as many"
    r"|find at least|beat|win|pass|match)\b"
    r"|\b(?:does not|doesn't|won't|will not) run (?:unseen|quietly|silently|first|beside|along|next|in)\b"
    r"|\bno (?:registry|alias|image|earlier|former|old) (?:\w+ )?(?:name |number |version "
    r"|model )?(?:to (?:set|put|go|fall|move)|is kept|is left)\b|"
    rf"\b(?:do|does|did|will|wo|would|can|ca|could|need|have|has|is|are|was|were) ?(?:not|n't"
    rf"|never)\b(?: (?:yet|even|been|be"
    rf"|so far|currently|ever|really))* (?:\w+ly )?{_DOING}"
    r"|\b(?:can't|cannot|can not) (?:put back|go back|return|restore|roll back|revert|undo)\b"
    r"|\b(?:need not|must not|does not need to|doesn't have to|don't have to) (?:beat|have|be better"
    r"|win|pass|match|be "
    r"compared|be tested)\b"
    rf"|(?:^|: |- |, |; |\| )not (?:yet |been |so far )*{_DOING}"
    r"|\bnot (?:yet )?(?:been )?(?:built|arranged|planned|scheduled|implemented|adopted|in place"
    r"|decided|solved|set up"
    r"|foreseen|automated|done yet|computed|calculated|counted|recorded|followed|measured|monitored"
    r"|tracked|plotted)\b"
    r"|\b(?:nobody|no one|no-one|none of us) (?:\w+ )?(?:looks?|checks?|watch\w*|compares?|monitors?"
    r"|follows?|measures?"
    r"|counts?|will|has|is going|asks?|reads?|reacts?|calls? (?:the )?data)\b(?! (?:at"
    r"|to) .{0,12}(?:dashboards?) after)"
    r"|^no \w+(?: \w+){0,6} (?:is|are|has|have|goes|gets) (?:\w+ )?(?:left|kept|done|made|checked|compared"
    r"|computed"
    r"|watched|reserved|uncalled|written|drawn|set|defined|recorded|a )|\bno (?:count|deciles?"
    r"|histogram|record) (?:of|for)\b"
    r"|\bthere(?:'s| is| are| was| will be| would be)(?:n't| not)? (?:no|neither|not any"
    r"|any)\b(?!.{0,12}(?:cron|retrain|calendar|automat|schedule|need|reason|alarm"
    r"|labels?|truth|outcomes?|answers?|leak|difference|change|point|meeting|magic|finish|clean))|\bno such\b"
    r"|\bneed not\b"
    r"|(?:^|: )no (?:limit|check|rule|gate|comparison|alarm|threshold|monitoring"
    r"|report)\b(?!.{0,30}(?:fail|red|fired|open))"
    r"|\bnor (?:has|have|is|are|do|does|will|any|would)\b|^neither (?:would|does|do|is|are|will|has|have)\b"
    r"|\bwithout (?:any )?(?:compar\w+|gate|silent month|check\w*)|\bleads? to no\b"
    r"|\bnot (?:part of|covered by|in the scope|in scope)\b|\bout of scope\b"
    r"|\b(?:left undecided|undecided|put off|postponed|deferred|leads? to nothing|unwatched"
    r"|unmonitored|go(?:es)? unnoticed"
    r"|go unseen|stays? unseen|left for (?:a )?later|for a later version|was skipped|were skipped|skips the"
    r"|off the table|not on the (?:plan|roadmap))\b"
    r"|\b(?:have|has|had|with) (?:no|neither) (?:plan|rule|check|monitor|intention|process|mechanism"
    r"|gate|way back|limit"
    r"|procedure|fallback|schedule|date)\b"
    r"|\bmakes? no (?:comparison|check)|\b(?:we|i) do nothing (?:with|about)\b(?!.*\d)"
    r"|\bit (?:is|would be) (?:not (?:the case|true|so)|untrue|wrong to (?:say|think|assume)"
    r"|false) that\b(?!.*[:;])"
    r"|(?:^|\| )(?:(?:done|built|implemented|in place|exists)\??: (?:no|none|never|not)"
    r"|(?:status|state|done|built|implemented|live)\??: (?:not (?:yet|started|begun|built|done|implemented"
    r"|planned|in place)"
    r"|open|todo|to do|planned|idea|backlog|missing|pending))(?: yet)?\W*(?=\||$)"
    r"|\bhad there been (?:more )?time|\b(?:had (?:i|we)|if (?:i|we) had) (?:more|the|enough) time\b(?!.*;)"
    r"|\b(?:with (?:some )?more|given (?:more|enough)) time,? (?:i|we|one)\b(?= (?:would|could|might|'d))"
    r"|\bwith (?:some )?more time ?:"
    r"|\bwould have (?:liked|loved) to\b(?!.*\b(?:but|so|until|instead)\b)"
    r"|(?:^|: |; )no (?:psi|ks|alerts?) (?:for|on|of) (?!.*\d)"
    r"|(?:^|: |; )no (?:test|statistic)s? (?:for|on|of)\b(?!.*\d)"
    r"|(?:^|; )nothing (?:stops|holds|blocks) (?:it|the (?:load|run|batch|release|job))\W*$"
    r"|^(?:(?! not\b)[^,;])*\balso not\W*$|\bwithout (?:any )?limits?\W*$"
    r"|\b(?:we|i) (?:neither|never (?:check|look|compar|measur|comput"
    r"|watch|monitor"
    r"|track|record|count|store))|\bwould (?:still )?have to be (?:built|written|added|set up|defined)\b"
    r"|\b(?<!must )(?<!may )(?<!should )(?<!shall )(?<!can )(?:not|n't)(?! (?:be )?(?:below|lower|worse|less"
    r"|more|over|above)) .{3,60}\bnor\b|\bhas yet to be\b|\bmissing so far\b|\bnot so far\b|^not done\b"
    r"|\bnone of (?:these|the) (?:limits|checks|rules|steps|thresholds|alarms)\b|\b(?:we"
    r"|i) skip (?:the|any|all)\b|\b(?:going back|rolling back|a rollback|return) is (?:impossible"
    r"|not possible)\b"
    r"|\b(?:does not|doesn't|will not|won't) stop and nobody|\bno date\b|\bnot a single \w+ is\b"
    r"|\bwould not stop any"
    r"|\bis not (?:yellow|red)\b|\bno (?:\w+ ){1,2}(?:is|are) (?:foreseen|intended|envisaged)\b"
)
# Inside these, a denial is a condition, a decision or a reason and not a confession.
_CONDITION = re.compile(
    r"\b(?:if|when|unless|where|should|once|whether|until|because|since|so that|as)\b[^,;:.|]*$"
)
_DECISION = re.compile(
    r"\bso (?:it|they|this|there) (?:has|have|gets?|needs?|is|are) no\b|^without\b[^.;]*\b(?:could|would"
    r"|can)\b|"
    r"\baccuracy (?:is|will) not\b|\bnot (?:look(?:ed)? at|use[d]?|trust|watch|monitor|track"
    r"|follow) (?:\w+ )?(?:accuracy|roc|auc)\b|\bnot used\b"
    r"|\bnot (?:be )?(?:called|contacted|retrained|trained)|\bnot complete\b|\bnot taken for"
    r"|\bnot compared across\b"
)
_COMMAND = re.compile(
    r"(?:^|[:;.>] ?)(?:please |so |and |but |then )?(?:do not|don't|never) (?!have|need|know)"
)
_AFTERWARDS = re.compile(r"^[^,;:.]*[,;:] ?(?:so|therefore|hence|which is why|that is why)\b|\bby itself\b")

# What follows a denial and stands on its own: "...; then I compare it with 0.33", "automatic training is out of scope:
# when ...". It says who does it or that it comes instead, or else it may be a typical set-up or somebody's wish.
_GOES_ON = re.compile(
    r"(?:; (?:then|but|instead|rather|afterwards),? |; (?=[^;]*\b(?:we|i)\b)"
    r"|\bautomat\w* [^,;:]{0,40}\b(?:is|are) (?:out of scope|not planned|not foreseen): (?=(?:when|if|once|instead)\b))"
    r"([^;]{20,}\d[^;]*)$"
)
_NO_PROMISE = re.compile(
    r"\b(?:would|might|could|may|did|were|perhaps|maybe|on paper|in theory|as well|even|anyway|whatever"
    r"|some(?:one|body)|goes (?:live|in|out|to all)|nobody|no one)\b"
)
_OF_THE_REST = re.compile(r"\b(?:this|that|these|those|it|them|any|so|following|such)\W*$|^[^a-z]*no\W*$")
_PERMISSION = re.compile(
    r"\b(?:nobody|no one|no-one) (?:else )?(?:has|needs) to (?:approve|sign|confirm|agree to) (?:a|the) "
    r"(?:roll-?back|return|halt|stop|hold)\b"
)
_SET_OFF = re.compile(r", (?:which|who|whose)\s*$")
# "alerts that nobody has seen" speaks of some alerts; "I admit that nobody looks" denies.
_RELATIVE = re.compile(
    r"(?<!say)(?<!says)(?<!said)(?<!admit)(?<!confess)(?<!means)(?<!note)(?<!mention)(?<!state)(?<!fact)(?<!is)"
    r"(?<!know)(?<!true)(?<!clear)(?<!sure) that\s*$|\b(?:which|who|whose)\s*$"
)


def is_denial(own: str) -> bool:
    """Whether the main clause of a normalised sentence denies that a check, comparison or procedure is done."""
    own = _PERMISSION.sub("anybody may take the", own)
    return _denies(own) and not _goes_on(own)


def _goes_on(own: str) -> bool:
    """Whether a clause of its own, with a figure, follows what is denied."""
    rest = _GOES_ON.search(own)
    if rest is None:
        return False
    said = rest.group(1)
    if _NO_PROMISE.search(said) or _denies(said):
        return False
    return not _OF_THE_REST.search(own[: rest.start()])


def _denies(own: str) -> bool:
    if any(
        not _within_condition(own[: m.start()])
        and not _DECISION.search(own[max(m.start() - 14, 0) : m.end() + 30])
        for m in ABSENT.finditer(own)
    ):
        return True
    if VERDICT.search(own) or any(not _within_condition(own[: m.start()]) for m in REFUSED.finditer(own)):
        return True
    match = next((m for m in _DENIED.finditer(own) if not _meant_ones(own[: m.start()])), None)
    if match is None:
        return False
    around = own[max(match.start() - 14, 0) : match.end() + 30]
    command = _COMMAND.search(own)
    if command and command.start() <= match.start() <= command.end():
        return False  # "do not go back for a broken feed" tells the reader what to do
    return not (_DECISION.search(around) or _AFTERWARDS.search(own[match.start() :]))


def _meant_ones(before: str) -> bool:
    """The same, but what a comma sets off ("alarms, which nobody reads") is said of all of them."""
    return bool(_CONDITION.search(before) or (_RELATIVE.search(before) and not _SET_OFF.search(before)))


def _within_condition(before: str) -> bool:
    """Whether what follows is part of a condition, or of a relative clause that says which things are meant."""
    before = before.removeprefix("whether ")
    return bool(_CONDITION.search(before) or _RELATIVE.search(before))
