"""What a claim is about: inputs, scores and outcomes, retraining, or the release of a version."""

import re

from grader.readme.claims import Claim

RETRAIN = re.compile(
    r"\b(?:re-?train\w*|re-?fit\w*|re-?develop\w*|train(?:ed|ing)? (?:it |the model )?(?:again|anew"
    r"|on|only|run|set|data|window|material|job|starts?)"
    r"|(?:fit|fitting|learn|learning|train|training) (?:it |again|anew|from|once more)"
    r"|re-?build(?:s|ing)?(?: (?:it|the model|a model|if|when))?"
    r"|new (?:training|fit|model (?:if|when|is (?:trained|built)))|no new model"
    r"|a new model\b(?! (?:is )?(?:must|compared|registered))"
    r"|learning again|new calibration|recalibrat\w*|re-?label\w*|invest in a new)\b"
)
RETRAIN_CONTEXT = re.compile(
    r"\b(?:re-?train\w*|re-?fit\w*|re-?develop\w*|re-?build\w*|train(?:ing)? again|fitting again"
    r"|learning again|new model(?: if)?$|"
    r"train(?:ing)? (?:if|when|run)|new fit|remedy|diagnosis|decision|what follows|follow-?up"
    r"|when (?:do )?we act|invest in a new|"
    r"learn(?:ing)? (?:again|anew)|re-?estimation|train (?:again|anew)|alarms? that look"
    r"|step \d: decide|decide|decisions?|renew\w*|refresh\w*|relearn\w*|fresh model|judge)\b"
)
RELEASE = re.compile(
    r"\b(?:roll(?:ed|ing|s)?[- ]?(?:back|out)|deploy\w*|canary|shadow\w*|champion|challenger"
    r"|releas\w*|go(?:es|ing)? live|blue[- /]green|"
    r"mirror\w*|revert\w*|registry|alias|undo\w*|promot\w*|ship\w*|swap\w*|successor|newcomer"
    r"|candidate|incumbent|"
    r"(?:new|next|old|previous|former|current|earlier|running|present|older) (?:model|version|one"
    r"|list|image|container|tag|digest|number)s?|"
    r"side by side|in parallel|runs? (?:silently|alongside|beside)|silent(?:ly)?|(?:back"
    r"|return) to (?:the )?(?:old|previous|former|qversion|earlier)|"
    r"go(?:es|ing)? back|back-?out|backs? out|goes to 100|put back|puts? back|set back|switch(?:es"
    r"|ed)? back|qversion|image|digest|traffic|change-?over|a/b)\b"
)
RELEASE_CONTEXT = re.compile(
    r"\b(?:releas\w*|deploy\w*|roll-?(?:out|back)\w*|go(?:es|ing)? (?:live|forward|back)|ship\w*"
    r"|swap\w*|replac\w*|publish\w*|new (?:version|model|one)"
    r"|chang(?:e|ing) (?:it|models?|of (?:model|version|the model))|change-?over|getting it out"
    r"|new model to production|bring\w* (?:it )?out|withdrawal|"
    r"getting (?:in|out)|going live|un-?ship\w*|back-?out|back$|promoting|introduction|rings?"
    r"|success(?:or|ion)|switch\w*|rollout|undo|back if|back to|experiment 2|model in production"
    r"|live)\b"
)
OUTCOME = re.compile(
    r"\b(?:pr[- ]?auc|roc[- ]?auc|auc|precision\w*|recall|hit rate|hits?|brier|ece|calibrat\w*|lift"
    r"|observed|o/e|obs/pred|predicted (?:vs|against|versus|and|/)"
    r"|predicted/\w+|expected churn|real churn\w*|actual\w*|outcomes?|matured?|who (?:has "
    r"|have )?(?:really |actually )?left|leavers|truth|realised|accuracy|f1|average precision|"
    r"ranking|score bands?|(?:has|have|had) (?:really )?(?:gone|left)|of 100|on the list|forecast"
    r"|promised)\b"
)
SCORE = re.compile(
    r"\b(?:scores?|predictions?|probabilit\w+|flagged|share (?:of customers |of scores )?(?:above"
    r"|over|of customers|>)|share [>≥]|list (?:size|length|share|is)"
    r"|(?:size|length|len) of the list|flag share|call list|expected leavers|(?:above"
    r"|over) (?:the )?(?:threshold|cut-?off)|cut-?off|"
    r"names? exceed|mean score|normal list|share over|share above|histogram|\d-\d of 100"
    r"|usual length|deciles?)\b"
)


def in_retraining_place(claim: Claim) -> bool:
    """The claim itself, or the place it stands in, speaks of training again."""
    if RETRAIN.search(claim.own):
        return True
    if RELEASE_CONTEXT.search(claim.heading) and not RETRAIN_CONTEXT.search(claim.heading):
        return False
    return bool(
        RETRAIN_CONTEXT.search(f"{claim.heading} {claim.lead}")
        or RETRAIN.search(claim.lead)
        or RETRAIN.search(claim.near)
    )


def about_release(claim: Claim) -> bool:
    """The claim itself, or the place it stands in, speaks of versions going live or back."""
    return bool(RELEASE.search(claim.own) or RELEASE_CONTEXT.search(claim.context))
