"""Findings copied from another candidate are told from wrong ones, and from those of whoever accuses everything."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest

from grader.checks.case import Case
from grader.checks.copied import at_least, compare_with, copied_from, wrong_here
from grader.evidence.elsewhere import FitsElsewhere, OtherVariants
from grader.evidence.notebook import FindingClaim, StatisticClaim
from grader.flags import raise_flags
from grader.truth import Key, Plant, Truth
from tests.grader.case_builder import DEFAULT_PLANTS, case_of, finding, key_of, plant, with_document, world
from tests.grader.checks.test_matching import GOOD

COLUMNS = ("leak", "usage", "charge", "strong", *(f"plain_{i}" for i in range(30)))
FIGURE = {"name": "auc", "value": 0.78, "null": 0.5}
ELSEWHERE = (
    plant(columns=("survey",), statistics=[FIGURE]),
    plant(id="nightly_score", kind="nightly_score", columns=("plain_1",), statistics=[FIGURE]),
    plant(id="unit_change", family="change", kind="unit_change", columns=("plain_2",),
          months={"from": "2024-02", "to": "2024-12"}, equivalents=("scale_change",)),
    plant(id="missingness_shift", family="quality", kind="missingness_shift", columns=("plain_3",),
          months={"from": "2023-09", "to": "2024-12"}, equivalents=("missing_values",),
          statistics=[{"name": "null_rate", "value": 0.22, "null": 0.0}]),
    plant(id="category_recode", family="change", kind="category_recode", columns=("plain_4",),
          months={"from": "2023-12", "to": "2024-12"}),
    DEFAULT_PLANTS[3],
)  # fmt: skip
"""What another candidate's variant holds; `survey` is a column of that one alone."""
COPIED = (
    finding("post_outcome_column", "survey"),
    finding("nightly_score", "plain_1", statistic=StatisticClaim(name="auc", value=0.77)),
    finding("scale_change", "plain_2", from_month="2024-03"),
    finding("missingness_shift", "plain_3", from_month="2023-09"),
    finding("category_recode", "plain_4", from_month="2023-12"),
    finding("label_immaturity", "churned_90d", from_month="2024-10"),
)


def key(name: str = "ffffffffffff", plants: Sequence[Plant] = ELSEWHERE) -> Key:
    """The key of another variant, which has one column more."""
    return key_of((*COLUMNS, "survey"), 100, plants, "2024-09").model_copy(update={"variant": name})


def case(*findings: FindingClaim) -> Case:
    """A submission for a variant of thirty-four columns with these findings."""
    plain = case_of(findings=findings)
    issued, _ = world()
    rest = pd.DataFrame(0.5, index=issued.index, columns=[c for c in COLUMNS if c not in issued])
    own = plain.truth.key.model_copy(update={"columns": COLUMNS})
    truth = Truth(**{**vars(plain.truth), "key": own, "issued": pd.concat([issued, rest], axis=1)})
    return Case(plain.evidence, truth)


def flagged(found: Case, *keys: Key) -> str:
    """The message of the flag after a comparison with these keys; empty without one."""
    compared = with_document(found, other_variants=compare_with(found, keys or (key(),)))
    flags = [flag for flag in raise_flags(compared, {}) if flag.id == "copied_findings"]
    return flags[0].message if flags else ""


def test_findings_of_another_variant_are_flagged_by_its_name() -> None:
    """The reviewer is told which variant and which findings, and nothing more of the other key."""
    copied = case(*COPIED)
    assert flagged(copied) == "5 of 6 findings fit variant ffffffffffff and not this one."
    compared = with_document(copied, other_variants=compare_with(copied, (key(),)))
    flag = next(flag for flag in raise_flags(compared, {}) if flag.id == "copied_findings")
    (shown,) = flag.evidence
    assert "findings[2]: scale_change plain_2" in shown.said
    assert "2024-02" not in shown.model_dump_json()


def test_a_copy_is_flagged_without_figures_and_with_generic_kinds() -> None:
    """Leaving out what can be recomputed, or saying it in general words, hides no copy."""
    bare = [one.model_copy(update={"statistic": None}) for one in COPIED]
    generic = {"missingness_shift": "missing_values", "post_outcome_column": "target_leakage"}
    bare = [one.model_copy(update={"kind": generic.get(one.kind, one.kind)}) for one in bare]
    assert flagged(case(*bare)).startswith("4 of 6")


def test_right_findings_are_never_copied() -> None:
    """What fits this key fits it, whatever else it fits; the own variant is no other one."""
    assert flagged(case(*GOOD), key(plants=DEFAULT_PLANTS)) == ""
    own = case(*COPIED)
    assert compare_with(own, [key(own.truth.key.variant)]) == OtherVariants()


def test_a_copy_beside_right_findings_is_flagged() -> None:
    """Somebody may add what another told them to what they found themselves."""
    assert flagged(case(*GOOD, *COPIED[:5])).startswith("5 of ")


def test_two_coincidences_are_none() -> None:
    """At least three."""
    assert flagged(case(*GOOD, *COPIED[:2])) == ""


@pytest.mark.parametrize("changed", [{"status": "ask"}, {"status": "note"}, {"from_month": "2023-03"}])
def test_questions_notes_and_other_months_speak_for_nobody(changed: dict[str, str]) -> None:
    """Only what is accused, and dated as there, says that it comes from there."""
    others = [one.model_copy(update={**changed, "statistic": None}) for one in COPIED[1:]]
    assert flagged(case(*others)) == ""


def test_whoever_accuses_everything_copied_from_nobody() -> None:
    """Every kind on every column in a month each, and one kind for every column and month."""
    kinds = {one for p in ELSEWHERE for one in (p.kind, *p.equivalents)}
    months = [f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 13)]
    every = [finding(k, c, from_month=months[(3 * i + j) % 24])
             for i, k in enumerate(sorted(kinds)) for j, c in enumerate(COLUMNS)]  # fmt: skip
    dated = [finding(k, c, from_month=m) for k in ("scale_change", "missing_values", "category_recode")
             for c in COLUMNS for m in months[::2]]  # fmt: skip
    assert flagged(case(*GOOD, *every)) == ""
    assert flagged(case(*GOOD, *dated)) == ""


@pytest.mark.parametrize(("figure", "told"), [(0.5, False), (0.8, True)])
def test_a_figure_that_is_true_here_speaks_for_nobody(figure: float, told: bool) -> None:
    """Somebody measured it on this data, where the plain columns have an AUC of 0.5."""
    columns = [f"plain_{i}" for i in range(6)]
    plants = [plant(id=c, columns=(c,), statistics=[{"name": "auc", "value": figure}]) for c in columns]
    quoted = StatisticClaim(name="auc", value=figure)
    claims = [finding("target_leakage", c, statistic=quoted) for c in columns]
    assert bool(flagged(case(*claims), key(plants=plants))) is told


def test_another_name_for_what_is_wrong_here_is_no_copy() -> None:
    """Whoever sees that `charge` changes in April and calls it a recoding looked at this data."""
    named = finding("category_recode", "charge", from_month="2024-04")
    assert wrong_here(case(named)) == ()
    assert wrong_here(case(finding("category_recode", "charge", from_month="2023-03"))) == (0,)


def test_what_was_compared_is_kept_and_read_again_by_what_counts_now() -> None:
    """Old evidence has no comparison; a place that is no false alarm any more does not count."""
    copied = case(*COPIED)
    assert copied_from(copied) is None
    fits = FitsElsewhere(variant="ffffffffffff", findings=(0, 1, 2, 5, 99), by_chance=0.01)
    kept = with_document(copied, other_variants=OtherVariants(compared=3, fits=(fits,)))
    found = copied_from(kept)
    assert found is not None
    assert found[0].findings == (0, 1, 2)


def test_many_variants_make_a_coincidence_likelier() -> None:
    """The same three fits speak less where a thousand variants were compared."""
    copied = case(*COPIED)
    fits = FitsElsewhere(variant="ffffffffffff", findings=(0, 1, 2), by_chance=0.1)
    for compared, expected in ((10, True), (1000, False)):
        kept = with_document(copied, other_variants=OtherVariants(compared=compared, fits=(fits,)))
        assert (copied_from(kept) is not None) is expected
    assert at_least(3, 0.1) == pytest.approx(1.55e-4, rel=0.01)
