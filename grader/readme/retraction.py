"""What takes back more than its own sentence: a section that was not begun, a plan that is retracted."""

import re
from collections.abc import Sequence

NOT_BEGUN = re.compile(
    r"\b(?:have|has)(?: not|n't) (?:built|done|implemented|adopted|introduced|set up) (?:any|this|that"
    r"|these|it|them)\b"
    r"|\bwhat (?:i|we) (?:do|did) not\b(?! (?:know|see|have))"
    # "What do we not do on a broken feed?" asks for a rule.
    r"|\b(?:what|which (?:checks|rules|limits|measures|steps)) (?:do|does|did|will|shall|have)(?: (?:i|we|the team)"
    r" (?:deliberately )?(?:not|never)| ?(?:not|n't) (?:i|we|the team))"
    r" (?:do|done|check\w*|watch\w*|monitor\w*|measure\w*|build|built|implement\w*|run|compute\w*)\b"
    r"(?!.*\b(?:on an?|with an?|when|if|while|during|after|before|until|because|what do)\b)"
    r"|^what (?:is|are)(?: not|n't) (?:checked|watched|monitored|measured|computed|built|done)(?: here| yet)?\W*$"
    r"|\b(?:i|we) leave (?:this|that|it) for\b"
    r"|\bnot (?:yet )?(?:arranged|built|planned|implemented|adopted|in place|recorded|checked|scheduled|done)\b"
    r"|\b(?:is|are) (?:not )?(?:deferred|postponed|put off)\b|, put off\b|: put off\b|^put off\b"
    r"|\bnothing (?:is|was|will be) (?:checked|done|built|compared|monitored|planned|computed|recorded"
    r"|watched)\b"
    r"|\bfor (?:lack of time|a later (?:version|release)|the second version)"
    r"|\bthere is no date\b(?! for (?:the|a) )"
    r"|\bas things stand,? (?:no|not|none|nothing|nobody|there is no|we do not|we don't|i do not)\b"
    r"|\bnothing of (?:this|the following|what follows) (?:is|has|exists)\b|^out of scope\W*$"
    r"|\bnot part of this\b"
    r"|\b(?:have|has|had) no (?:plan|rules?|checks?|process|mechanism) (?:for|of|to)\b|^not done\b"
    r"|\bdeliberately left out\b(?! of )|\bnothing (?:of|that|which)\b[^.;]{0,60}\b(?:exists?|is (?:running"
    r"|in place|set up"
    r"|there|done|built))\b|\b(?:how|what) (?:it|this|one) (?:could|might) (?:look|be done)\b"
)
_PLAN_WORDS = (
    r"(?:above|following|checks?|rules?|limits?|steps?|plans?|measures?|practices?|procedures?|things?"
    r"|points?|items?)"
)
# What takes a whole section back speaks of all of it; a sentence about when, how or of what is about that alone.
RETRACTED = re.compile(
    rf"\b(?:none|nothing|not any|no part) (?:of|in|from) (?:(?:this|that|it|these|those"
    rf"|them)(?: {_PLAN_WORDS})?"
    rf"|the {_PLAN_WORDS})\b(?: (?:here|above|below|yet|so far|list|section|plan|text))* ?"
    r"(?:(?:is|are|was|were|has|have|had|will|would|can)\b.{0,40})?"
    r"\b(?:done|planned|implemented|in place|proposed?|exists?|applied|applies|built|adopted"
    r"|running|run|performed|carried out|mine|ours|happens?|used|set up|here|yet)\b"
    r"(?! (?:by (?:hand|calendar|date)|manually|blindly|automatically|without|at (?:night|weekends?)"
    r"|on (?:a |the )?(?:weekends?|holidays?|\w+days?)\b|(?:in|during|before|after|until|to) ))"
    r"|^none of (?:this|that|these|those|the (?:rows|lines|figures|metrics|checks))(?: (?:rows|lines|figures"
    r"|metrics))?"
    r"(?: (?:above|below|here))? (?:is|are|was|were) (?:computed|measured|tracked|watched|checked)"
    r"(?: (?:today|now|yet|at all|currently|so far))?\W*$"
    r"|\b(?:do|does|did|would) ?(?:not|n't) (?:propose|suggest|intend|plan|adopt|recommend) "
    r"(?:to (?:do|adopt|build|run|implement|introduce|have) )?(?:any|this|that|these|those|it|them)\b"
    r"|\bnot (?:adopted|proposed|ours|part of this (?:work|submission|plan))\b"
    r"|\b(?:we|i|nobody here) (?:do|does|did|run|runs) none of (?:this|that|it|these|those)\b"
    r"|\bno (?:rule|check|step|limit|gate|comparison)s? of (?:this|that) kind (?:is|are|exists?)\b"
    r"|^none of (?:these|this|that|them) (?:is|are) (?:measured|computed|checked|tracked|watched|followed) "
    r"(?:once|when|while|at all)\b"
    r"|\bthe (?:table|list|rules?|plan|section|lines?)(?: (?:above|below))? (?:is|are) not (?:used"
    r"|followed|applied"
    r"|in force)\b(?! (?:for|in|on|before|after))"
    r"|\bhere nobody (?:runs|does|uses|follows) (?:this|that|it|them)\b"
    r"|\bleft it in to show\b|\bhave not (?:been )?adopted\b"
    r"|\b(?:haven't|have not|has not|hasn't) (?:been )?(?:adopted|taken over|introduced"
    r"|implemented)\b(?! (?:yet )?(?:a|the) "
    rf"(?:dashboard|seasonal))|\bwe (?:have|follow|use) none of (?:this|that|these|those|it|them"
    rf"|the {_PLAN_WORDS})\b"
)
# The same of all that was named, where it is no rule for a case: "if the batch is empty we run none of the above".
_NONE_OF_IT = re.compile(
    r"^(?!.*\b(?:if|when|while|until|during|because|since|without|in|on)\b).*"
    r"\b(?:we|i|nobody here) (?:do|does|did|run|runs) none of (?:them|the above|the following|what follows)\b"
)
_UNTRUE = (
    r"(?:(?:pure |plain |mere |only )?(?:fiction(?:al)?|fictitious|invented|made[- ]up(?! of)|make-believe"
    r"|not true(?! (?:if|when|for|of|in|on|during|before|after|until))|untrue|imaginary"
    r"|(?:a|an) (?:bad )?(?:lie|joke|parody|satire|spoof|invention|hoax)|lies|nonsense|satire))"
)
_TEXT = r"(?:paragraph|section|passage|chapter|page|read ?me|text|document)"
_ALL_OF = (
    r"(?:(?:all|everything|every (?:word|line|sentence|item|bullet|point)|each (?:line|sentence|item|bullet))"
    rf"(?: of| in| on)? (?:the (?:above|following|foregoing)|this {_TEXT}|this file|these lines|this|that|it|above"
    rf"|below|here|what (?:stands|is written|follows))"
    rf"|(?:this|the (?:above|next|following|last|previous))(?: whole| entire)? {_TEXT}"
    r"|the (?:plan|text|list|section|paragraph|page) (?:above|below)"
    r"|the above(?= (?:is|are|was|were)\b))"
)
_WORK = r"(?:projects?|repositor(?:y|ies)|repo|compan(?:y|ies)|teams?|products?|read ?me|tasks?)"
_OTHER_WORK = (
    r"(?:(?:an?other|(?:a |some )?different|someone else's|somebody else's|a neighbouring|the wrong|a former)"
    rf" (?:\w+'s )?(?:\w+ ){{0,2}}{_WORK}\b)"
)
_MONEY = (
    r"(?:refused|denied|rejected|declined|turned down|vetoed|cancelled|scrapped|withdrew|withdrawn|did not approve"
    r"|didn't approve|said no to)"
)
# What stands before or behind a plan and says that it is not meant, not true, or of something else.
UNMEANT = re.compile(
    rf"\b{_ALL_OF}\b(?: (?:about|on|in|under|here|above|below)\b(?: [^\s.;:]+){{0,7}})? (?:is|are|was|were|has been)"
    rf"(?: just| only| all| purely| entirely| simply)? {_UNTRUE}\b"
    rf"|\b{_ALL_OF}\b[^.;]{{0,40}}\b(?:belongs? to|describes?|is about|was (?:written|meant) for"
    rf"|(?:copied|pasted|lifted|taken)(?: \w+){{0,3}} from)(?: [\w-]+){{0,5}}? {_OTHER_WORK}"
    rf"|\bthis {_TEXT} (?:is|was) (?:copied|pasted|lifted) from (?:\w+ ){{0,2}}\w+'s {_WORK}\b"
    rf"|\bthis file (?:was (?:written|meant) for|belongs to|was copied from)(?: [\w-]+){{0,3}}? {_OTHER_WORK}"
    r"|\b(?:none|nothing|not (?:a|one|a single) (?:word|line|sentence)) (?:of|in|from|on) "
    rf"(?:(?:this|that|it|these|those|them)\b(?: {_TEXT})?|the (?:above|following)|what (?:follows|stands \w+))"
    r"(?: (?:here|above|below))*(?: is| are| was)?(?: actually| really| in fact)? "
    r"(?:true|real|meant|meant seriously|serious)\b(?! (?:for|of|in|on|during|when|if|after|before) "
    r"(?!(?:us|our|ours|the|this|my) ?(?:model|team|company|project)?\W*$))"
    rf"|\b(?:forget|disregard|strike|ignore) (?:all (?:of )?)?(?:(?:this|the (?:above|whole|last|previous)) {_TEXT}"
    r"|the above|everything above)\b(?! (?:if|unless|when|until|as))"
    rf"|\b(?:i|we) (?:have )?made (?:this {_TEXT}|all (?:of )?(?:this|that|it)|the above|everything above) up\b"
    rf"|\b(?:i|we) (?:have )?(?:invented|dreamt up) (?:this {_TEXT}|all (?:of )?(?:this|that|it)|the above"
    r"|everything above)\b"
    rf"|\b{_MONEY} (?:(?!if\b|when\b|until\b|unless\b)[\w']+ ){{0,4}}(?:all (?:of )?(?:this|that|it|these|the above)"
    r"|any of (?:this|it|these|the above)|this (?:whole )?plan)(?=\W*$|[,;.:)]| and\b)"
    r"|\bthere (?:is|was) no (?:money|budget|time) for (?:any|all|one) of (?:this|it|these|the above)\b"
    r"|\b(?:read|take) (?:each|every|all)\b.{0,40}\bas (?:its|the|their) opposite\b"
    r"|^\W*(?:(?:but|in fact|in truth),? )?(?:we|i|nobody here) (?:do|does|have|will|would)(?: ?(?:not|n't|never))?"
    r"(?: actually| really)? (?:(?:do|done|have|run|use|follow|built) any(?:thing)?|nothing) of "
    r"(?:this|that|it|these|the above)\W*$"
    r"|^\W*(?:the|this) (?:whole )?plan(?: above)? (?:was|has been) "
    rf"{_MONEY} by (?:the )?(?:board|management|(?:steering )?committee|finance|works council)\b"
    r"|^\W*the motion was (?:lost|defeated|voted down)\b"
    r"|\b(?:we|i) do the opposite of (?:each|every|all|what|these|the (?:above|following))\b"
    r"|\bthe (?:section|chapter|paragraph) \W[^.;]{2,40}\W (?:is|was)\b[^.;]{0,60}"
    r"\b(?:void|by mistake|invented|made up)\b"
    rf"|\b(?:under|in|of) the next (?:heading|{_TEXT})\b[^.;]{{0,40}}"
    r"\b(?:predecessor|scrapped|invented|made up|not ours)\b"
    r"|\bit would be a lie to (?:claim|say|write|pretend) (?:(?:any|all) of )?(?:the following|what follows|this)\b"
    r"|\bwhoever believes (?:one|any|a word) of (?:this|these|the above|what follows)\b"
    r"|^\W*(?:but )?all (?:of )?(?:this|that|it) (?:was|has been|got) (?:cut|dropped|cancelled|scrapped|shelved)\W*$"
    r"|\buntil (?:i|we) (?:dropped|cut|cancelled|scrapped) all of (?:it|this|that)\b"
    rf"|\b(?:i|we) copied (?:this|the) (?:{_TEXT}|list|plan) from\b"
    r"|^\W*(?:but )?(?:i am|i'm|we are|we're) not following (?:it|this|that|them)\W*$"
    r"|\bso it (?:stays|remains) a (?:wish|dream)\b"
    r"|\b(?:nichts davon|all das|das alles|dies alles)\b.{0,40}\b(?:nicht|wahr|stimmt|erfunden|gibt es|gelogen)\b"
    r"|\bnichts davon (?:ist|wird|machen|haben|tun|stimmt|existiert|gilt)\b"
    r"|\brien de (?:tout )?(?:cela|ceci|ça) n'|\btout (?:cela|ceci) est (?:inventé|faux)\b"
)
# A whole sentence that speaks of the one before it: "Just kidding.", a footnote "* Invented for this page."
JEST = re.compile(
    r"^\W*(?:all (?:of )?)?(?:that|this) (?:was|had been|used to be) (?:once )?(?:the|our|my) (?:\w+ )?"
    r"(?:plan|idea|intention|aim|routine|scheme|ambition),? (?:until|till)\b(?!.*\b(?:still|again)\b)"
    r"|^\W*(?:(?:i am|i'm|we are|we were|i was) )?(?:just|only) (?:kidding|joking)\b"
    r"|^\W*(?:this|that|it) was (?:just |only |all )?a joke\W*$|^\W*april fools?\b"
    r"|^\W*(?:but )?not (?:us|ours|our team),? (?:though|however|of course|alas|sadly)\W*$"
    r"|^\W*all (?:lies|invented|made up|fiction)\W*$"
    r"|^\W*(?:overkill|too (?:costly|expensive|much)|a waste of time|waste of time|nice in theory|nice idea)"
    r"(?:,? (?:for us|but no|but not (?:for|with) us|(?:so )?(?:we|i) skip it))*\W*$"
    r"|^\W*(?:forget it|leave it|(?:we|i) (?:won't|will not|never will)|not (?:with|for) us|not my job\b.{0,30})\W*$"
    r"|^\W*(?:we|i) can(?:'t|not) be bothered\W*$"
    r"|^\W*so much for (?:wishful thinking|(?:the|my|our) (?:dreams?|wish ?list))\b"
    r"|^\W*in (?:truth|reality),? .{0,80}\b(?:left alone|left running|unattended|unwatched|no plan)\b"
    r"|^\W*(?:purely |entirely )?(?:invented|made up|fictional|fictitious|fiction)(?: (?:for|to fill) "
    r"(?:this|the) \w+)?\W*$"
    r"|^\W*(?:this|that) is what (?:chat ?gpt|gpt|an? (?:llm|chat ?bot|assistant|ai))\b"
)
# "A weather feature was proposed but not adopted" is said of one thing, and the rest of the list stands.
_ONE_THING = re.compile(
    r"^\W*(?:an?|one|only the|just the) (?:[\w-]+ )?(?:feature|column|variable|dashboard|chart|plot|tool"
    r"|library|vendor|metric|second \w+|third \w+|fourth \w+)\b[^,;:.]{0,40}\bnot (?:adopted|proposed|part of this)\b"
)
_ALL_THE_REST = re.compile(r"\b(?:this|these|that|those|such|above|rest|like)\b")
_WHOLE_FILE = re.compile(r"\bthis (?:file|page|read ?me|document|text)\b")
_ALL_BEFORE = re.compile(
    r"\b(?:all|everything|every (?:word|line|sentence)) (?:of |in )?(?:the |what (?:stands|is) )?above\b"
)
_BACK = re.compile(r"\b(?:above|preceding|previous section|last section|foregoing)\b")
_AHEAD = re.compile(r"\b(?:the following|what follows|below|next (?:section|heading|chapter|paragraph))\b")
_NEXT_SECTION = re.compile(r"\bnext (?:section|heading|chapter)\b")
_NAMED = re.compile(r"\bthe (?:section|chapter) [\"'“‘*_`]+([\w ,&-]{2,40}?)[\"'”’*_`]+")


def takes_back(sentence: str) -> bool:
    """Whether a sentence says of a whole text that it is not done, not meant or not true."""
    ahead = _NEXT_SECTION.search(sentence) or _NAMED.search(sentence)
    one = _ONE_THING.search(sentence)
    alone = one is not None and not _ALL_THE_REST.search(one.group())
    retracted = _NONE_OF_IT.search(sentence) or (RETRACTED.search(sentence) and not alone)
    return bool(retracted or (UNMEANT.search(sentence) and not ahead))


def taken_back_elsewhere(sections: Sequence[tuple[str, Sequence[str]]]) -> set[int]:
    """Which sections, given as heading and sentences, are taken back by what stands in another one."""
    found: set[int] = set()
    for place, (_, sentences) in enumerate(sections):
        said = [s for s in sentences if RETRACTED.search(s) or UNMEANT.search(s) or JEST.search(s)]
        # In a section of its own it can only mean another one; next to a plan it means that plan.
        alone = bool(said) and len(said) == len(sentences) <= 2
        for sentence in said:
            unmeant = bool(UNMEANT.search(sentence))
            if named := _NAMED.search(sentence):
                found.update(
                    n for n, (h, _) in enumerate(sections) if h.split(" / ")[-1] == named.group(1).strip()
                )
            elif (unmeant and _NEXT_SECTION.search(sentence)) or (alone and _AHEAD.search(sentence)):
                found.update(_branch(sections, place, 1))
            elif unmeant and _WHOLE_FILE.search(sentence):
                found.update(range(len(sections)))
            elif (alone or unmeant) and _ALL_BEFORE.search(sentence):
                found.update(range(place))
            elif alone and (unmeant or _BACK.search(sentence) or JEST.search(sentence)):
                found.update(_branch(sections, place, -1))
    return found


def _branch(sections: Sequence[tuple[str, Sequence[str]]], place: int, step: int) -> list[int]:
    """The next section in a direction, with all that stand under the same heading as it, but not the one itself."""
    own = sections[place][0].split(" / ")[0]
    first = place + step
    if not 0 <= first < len(sections):
        return []
    top = sections[first][0].split(" / ")[0]
    out = [first]
    while top != own and 0 <= out[-1] + step < len(sections):
        if sections[out[-1] + step][0].split(" / ")[0] != top:
            break
        out.append(out[-1] + step)
    return out
