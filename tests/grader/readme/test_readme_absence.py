"""Denial and hearsay are noticed in forms that no text of the corpus uses; decisions with a "not" in them are not."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts

DENIED = (
    "We have not set any limit for the null rate of the columns.",
    "The distribution of the scores goes unrecorded.",
    "No one keeps an eye on the columns once the service is up.",
    "At present the feed is accepted without any comparison with last month.",
    "PSI would be a candidate, but it isn't wired into the job.",
    "We refrain from comparing the new model with the old one.",
    "The precision of the list after 90 days is something we do not look into.",
    "There will be no shadow phase and no canary.",
    "Rolling back has not been thought through.",
    "Input checks: none.",
    "Monitoring of the score distribution: not planned.",
    "We dispense with a control group.",
    "The median of usage is not held against any earlier month.",
    "Whether the labels have matured is not examined by anyone.",
    "A gate against the current model is still missing.",
    "I did not get round to defining thresholds for the alarm.",
    "What happens if precision falls below 0.3 has been left open.",
    "None of the following checks is running.",
    "Nobody would notice if half of the column were empty.",
    "Neither the null share nor the median is measured.",
    "The old image is not kept.",
    "No limit is attached to any of these figures.",
    "We decided not to watch the inputs in this version.",
    "It was considered to compare the deciles with training, but this was dropped.",
    "Retraining on two bad months is not something we have agreed on.",
    "The alias is never set back; there is no procedure for it.",
    "Calibration per segment stays uncomputed.",
    "The checks listed here were planned and then cancelled.",
    "We lack any rule for when to retrain.",
    "There isn't a step in which old and new are compared.",
    "The weekly PSI job was switched off and will not return.",
    "So far no threshold triggers anything.",
    "These limits exist on paper only.",
    "Precision after 60 days could be computed, yet no job does so.",
    "The batch is scored whatever the null rate.",
    "Ranges are not enforced, and values outside them are scored like any other.",
    "A silent run is not part of how we work.",
    "We would need a control group for that and do not have one.",
    "Stability of the columns is not a topic for this release.",
    "At no point are the deciles put beside those of training.",
    "Drift detection: will not be built.",
    "There is nothing in place that would tell us the null share.",
    "The precision figure is never revisited after launch.",
    "We will go without a staged roll-out.",
    "Whoever expects a rollback plan will be disappointed; none was made.",
    "A limit for the list length does not exist.",
    "The new version is not tried on a part of the customers first.",
    "We have yet to agree on when a retrain is due.",
    "No one has been given the task of looking at the scores.",
    "Matured labels are collected but nothing is computed from them.",
    "The comparison with the previous month was left for another day.",
    "It is unclear to us how one would go back.",
    "Thresholds were discussed, but nobody wrote them down.",
)
REPORTED = (
    "Spotify is said to compare PSI per feature against the training months.",
    "My neighbour, who works at an insurer, gets an alert when nulls pass 5 %.",
    "In the book on reliable machine learning the authors stop the batch when the schema changes.",
    "A blog post I liked suggests a control group of 10 % and precision after 90 days.",
    "Large telecoms run the new model in shadow for two weeks.",
    "The usual recommendation is PSI above 0.2.",
    "In a webinar a vendor showed how precision is computed per segment once labels are in.",
    "According to a paper, one should recalibrate before retraining.",
    "Netflix engineers roll back by the registry alias within five minutes.",
    "Well-organised teams have a gate against the champion.",
    "At my former bank they retrained after two bad quarters in a row.",
    "A colleague from another company swears by comparing the median of each column with last month.",
    "In an online course we were shown to retrain on the last twelve months.",
    "The consultants who visited us recommended a canary of 5 %.",
    "As the saying goes in the trade, you roll back when errors exceed 1 %.",
    "Somebody on a forum wrote that nulls above 3 % should stop the load.",
    "What the giants do: 1 % of traffic, then 10 %, then all.",
    "Elsewhere the list is compared with the one of the month before.",
    "In the literature two consecutive months below the limit count as a trigger.",
    "Airlines I have read about hold a batch when nulls exceed 3 %.",
    "A speaker at a summit insisted on a hold-out group of ten per cent.",
    "Good shops, one is told, ship to 5 % first.",
    "The handbook of a well-known vendor lists PSI, KS and null rates against training.",
    "My sister's firm retrains after two weak months.",
    "Experts tend to advise recalibration before retraining.",
    "The famous teams have an alias that flips back in seconds.",
    "Our lecturer used to compare deciles with the training months each week.",
    "In other industries the champion is only replaced after a duel on the last quarter.",
    "Wherever this is done well, precision is measured per segment after 90 days.",
)
DECIDED = (
    "We do not retrain when the feed is broken; it is repaired and scored again.",
    "One month below 0.35 is not enough, two in a row are.",
    "If nobody answers within an hour, the batch is not sent.",
    "Outcomes are not known before 60 days are over, so precision waits until then.",
    "Nothing is scored until the null share is back under 5 %.",
    "A tenth of the list is not called, so that we see what would have happened.",
    "The new model is not used for two weeks; its scores are only logged.",
    "No retraining on months with a red check.",
    "Without the control group a saved customer looks like a false alarm.",
    "We never judge by accuracy, since 93 % stay anyway.",
    "PSI does not see a change in what the column means, therefore the effect per quartile is compared too.",
    "The list is not sent if its length is outside 5 to 7 %.",
    "I do not trust the last two months, they are unfinished.",
    "An alarm that is not answered in a day goes to the head of data.",
    "If the candidate is not better by 0.01 PR-AUC, nothing changes.",
    "Months that are not complete are left out of training.",
    "The limit must not adapt to the broken month, so the reference stays fixed at training.",
    "A drop in one segment is no reason to retrain unless it holds for two months.",
    "No more than 2 % of rows may have an unknown tariff.",
    "Going back does not repair a bad feed, because both models read it.",
    "Never retrain on a month whose input check failed.",
    "The list is held until nobody has an open question about the feed.",
    "We don't roll back for a bad file; the old model would read it too.",
    "Until the labels are complete no precision is reported.",
    "No new model goes out in the week before Christmas.",
    "If PSI is high but precision has not moved, we do nothing.",
    "Accuracy is not used as an alert.",
    "Nothing goes to the call desk before the duty analyst has seen the share above the cut-off.",
    "The control customers are not phoned for one cycle, then they return.",
)


def modalities(sentence: str) -> set[str]:
    """How the claims of one list item are taken."""
    return {claim.modality for claim in read_claims(f"# Plan\n\n- {sentence}\n", Facts()).claims}


@pytest.mark.parametrize("sentence", DENIED)
def test_what_is_not_there_is_no_claim(sentence: str) -> None:
    """A check that is missing, given up or postponed earns nothing, however it is said."""
    assert modalities(sentence) != {"asserted"}


@pytest.mark.parametrize("sentence", REPORTED)
def test_what_others_do_is_no_claim(sentence: str) -> None:
    """What a book, a friend or another company does earns nothing."""
    assert modalities(sentence) != {"asserted"}


@pytest.mark.parametrize("sentence", DECIDED)
def test_a_rule_with_a_not_in_it_is_a_claim(sentence: str) -> None:
    """Not retraining, not sending or not trusting something is a rule like any other."""
    assert modalities(sentence) == {"asserted"}
