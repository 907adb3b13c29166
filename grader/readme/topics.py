"""What a claim is about: inputs, scores and outcomes, retraining, or the release of a version."""

import re

from grader.readme.claims import Claim

RETRAIN = re.compile(
    r"\b(?:re-?train\w*|re-?fit\w*|re-?develop\w*|train(?:ed|ing)? (?:it |the model )?(?:again|anew|on|only|run|set|data|window|material|job|starts?)"
    r"|(?:fit|fitting|learn|learning|train|training) (?:it |again|anew|from|once more)|re-?build(?:s|ing)?(?: (?:it|the model|a model|if|when))?"
    r"|new (?:training|fit|model (?:if|when|is (?:trained|built)))|no new model|a new model\b(?! (?:is )?(?:must|compared|registered))"
    r"|learning again|new calibration|recalibrat\w*|re-?label\w*|invest in a new)\b"
)
RETRAIN_CONTEXT = re.compile(
    r"\b(?:re-?train\w*|re-?fit\w*|re-?develop\w*|re-?build\w*|train(?:ing)? again|fitting again|learning again|new model(?: if)?$|"
    r"train(?:ing)? (?:if|when|run)|new fit|remedy|diagnosis|decision|what follows|follow-?up|when (?:do )?we act|invest in a new|"
    r"learn(?:ing)? (?:again|anew)|renew\w*|refresh\w*|relearn\w*|fresh model|judge)\b"
)
RELEASE = re.compile(
    r"\b(?:roll(?:ed|ing|s)?[- ]?(?:back|out)|deploy\w*|canary|shadow\w*|champion|challenger|releas\w*|go(?:es|ing)? live|blue[- /]green|"
    r"mirror\w*|revert\w*|registry|alias|undo\w*|promot\w*|ship\w*|swap\w*|successor|newcomer|candidate|incumbent|"
    r"(?:new|next|old|previous|former|current|earlier|running|present|older) (?:model|version|one|list|image|container|tag|digest|number)s?|"
    r"side by side|in parallel|runs? (?:silently|alongside|beside)|silent(?:ly)?|(?:back|return) to (?:the )?(?:old|previous|former|qversion|earlier)|"
    r"go(?:es|ing)? back|put back|puts? back|set back|switch(?:es|ed)? back|qversion|image|digest|traffic|change-?over|a/b)\b"
)
RELEASE_CONTEXT = re.compile(
    r"\b(?:releas\w*|deploy\w*|roll-?(?:out|back)\w*|go(?:es|ing)? (?:live|forward|back)|ship\w*|swap\w*|replac\w*|publish\w*|new (?:version|model|one)"
    r"|chang(?:e|ing) (?:it|models?|of (?:model|version|the model))|change-?over|getting it out|new model to production|bring\w* (?:it )?out|withdrawal|"
    r"success(?:or|ion)|switch\w*|rollout|undo|back if|back to|experiment 2|model in production|live)\b"
)
OUTCOME = re.compile(
    r"\b(?:pr[- ]?auc|roc[- ]?auc|auc|precision\w*|recall|hit rate|hits?|brier|ece|calibrat\w*|lift|observed|o/e|obs/pred|predicted (?:vs|against|versus|and|/)"
    r"|predicted/\w+|expected churn|real churn\w*|actual\w*|outcomes?|matured?|who (?:has |have )?(?:really |actually )?left|leavers|truth|realised|accuracy|f1|average precision|"
    r"ranking|score bands?|(?:has|have|had) (?:really )?(?:gone|left)|of 100|on the list|forecast|promised)\b"
)
SCORE = re.compile(
    r"\b(?:scores?|predictions?|probabilit\w+|flagged|share (?:of customers |of scores )?(?:above|over|of customers|>)|share [>≥]|list (?:size|length|share|is)"
    r"|(?:size|length|len) of the list|flag share|call list|expected leavers|(?:above|over) (?:the )?(?:threshold|cut-?off)|cut-?off|"
    r"names? exceed|mean score|normal list|share over|share above|histogram|\d-\d of 100|usual length|deciles?)\b"
)
INPUT = re.compile(
    r"\b(?:qcol|inputs?|features?|columns?|feeds?|file|schema|null\w*|blanks?|empt(?:y|ies)|missing|duplicate\w*|sources?|extract|load|"
    r"data (?:quality|drift|check)|unit|twice|numerics?|categor\w+|rows?|psi|ks|kolmogorov|wasserstein|batch|stability index|drift)\b"
)


def about_retraining(claim: Claim) -> bool:
    """The claim itself, or the place it stands in, speaks of training again."""
    return bool(
        RETRAIN.search(claim.own) or RETRAIN_CONTEXT.search(claim.context) or RETRAIN.search(claim.lead)
    )


def about_release(claim: Claim) -> bool:
    """The claim itself, or the place it stands in, speaks of versions going live or back."""
    return bool(RELEASE.search(claim.own) or RELEASE_CONTEXT.search(claim.context))
