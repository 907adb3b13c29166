"""The search for unintended defects: silent on a sound generator, and it names what a broken one does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from data_generator import release, variant
from data_generator.blueprint import Blueprint
from data_generator.key import (
    Dummy,
    DummyReplay,
    Naive,
    Oracle,
    OracleReplay,
    Reference,
    ReplayFigures,
    months_range,
)
from data_generator.key import (
    TestFigures as FiguresOnTest,
)
from data_generator.planner import Plan
from data_generator.plants.draft import Placement, months_of
from data_generator.plants.registry import plants_by_kind
from data_generator.release import Release
from data_generator.schema import LABEL
from data_generator.validation.bundle import bundle_oddities
from data_generator.validation.exhibit import issued_exhibit, world_exhibit
from data_generator.validation.order import copies
from data_generator.validation.reading import Oddity, Reading, beyond_chance, pooled
from data_generator.validation.search import search, search_frame
from data_generator.validation.undeclared import undeclared_cells
from data_generator.variant import Design, Variant, build, make_variant
from data_generator.world.coefficients import draw_coefficients
from data_generator.world.truth import Truth
from data_generator.yardstick import Measured

ROWS = 16_000
SEED = 6
# The seeded leak alone: quick, and nothing that could hide what a test breaks.
SMALL = Blueprint.model_validate({"leakage": {"seeded": 1}, "change": {}, "quality": {}, "decoys": {}})


@pytest.fixture(scope="module")
def sound() -> Variant:
    """Return a variant of the generator as it is."""
    return make_variant(SEED, ROWS, blueprint=SMALL)


def test_a_sound_generator_is_clean(variant: Variant) -> None:
    """Nothing odd in the clean world or the issued rows of a default variant."""
    world, issued = search(variant)
    assert [str(o) for o in (*world.oddities, *issued.oddities)] == []
    assert len(world.readings) > 1_000
    assert len(issued.readings) > 1_000


def test_readings_are_standard_normal(sound: Variant) -> None:
    """The law under which a reading is judged is the one it follows; else the search is blind or cries wolf."""
    z = np.array([r.z for r in search_frame(world_exhibit(sound), False).readings if not r.one_sided])
    assert z.size > 400
    assert abs(z.mean()) < 0.15
    assert 0.9 < z.std() < 1.1


def test_small_effects_add_up_over_seeds() -> None:
    """What no single search can see shows when readings of many are pooled."""
    runs = [[Reading("t", "p", 1.5), Reading("t", "q", -0.1)] for _ in range(30)]
    assert beyond_chance(runs[0]) == []
    assert [o.place for o in beyond_chance(pooled(runs))] == ["p"]


Break = Callable[[Truth, pd.DataFrame], pd.DataFrame]


def ids_by_sign_up(truth: Truth, frame: pd.DataFrame) -> pd.DataFrame:
    """Identifiers are given out in the order of sign-up, so they tell tenure and, through it, churn."""
    pool = truth.panel.dynamics.customers.customer_id
    born = (truth.panel.month - frame_tenure(truth))[np.argsort(truth.panel.customer, kind="stable")]
    first = pd.Series(born).groupby(np.sort(truth.panel.customer)).first()
    order = first.sort_values(kind="stable").index.to_numpy()
    renamed = dict(zip(pool[order].tolist(), np.sort(pool[order]).tolist(), strict=True))
    return frame.assign(customer_id=frame["customer_id"].map(renamed).astype(np.int64))


def frame_tenure(truth: Truth) -> np.ndarray:
    """Return the tenure of every panel row."""
    return pd.concat([truth.twin["tenure_months"], truth.replay["tenure_months"]]).to_numpy()


def finer_for_leavers(truth: Truth, frame: pd.DataFrame) -> pd.DataFrame:
    """A charge keeps a third decimal for those who leave."""
    return frame.assign(monthly_charge=frame["monthly_charge"] + 0.001 * frame[LABEL])


def coarser_for_leavers(truth: Truth, frame: pd.DataFrame) -> pd.DataFrame:
    """Minutes lose their second decimal for those who leave: each value is still a fine value."""
    coarse = frame["session_minutes_avg"].round(1)
    return frame.assign(session_minutes_avg=coarse.where(frame[LABEL] == 1, frame["session_minutes_avg"]))


def drifting(truth: Truth, frame: pd.DataFrame) -> pd.DataFrame:
    """A column that nobody planted anything on rises month by month."""
    moved = (frame["email_open_rate"] * (1 + 0.04 * months_of(frame))).clip(upper=1).round(3)
    return frame.assign(email_open_rate=moved)


def future_in_noise(truth: Truth, frame: pd.DataFrame) -> pd.DataFrame:
    """A noise column knows the next month: it is lower for those who leave soon."""
    return frame.assign(mobile_share=(frame["mobile_share"] * (1 - 0.2 * frame[LABEL])).round(3))


def nulls_for_leavers(truth: Truth, frame: pd.DataFrame) -> pd.DataFrame:
    """Answers of leavers are missing more often; the column has nulls anyway."""
    lost = (frame[LABEL] == 1) & (np.arange(len(frame)) % 2 == 0)
    return frame.assign(nps_score=frame["nps_score"].where(~lost))


def noise_with_risk(truth: Truth, frame: pd.DataFrame) -> pd.DataFrame:
    """A column that is noise by construction goes with tenure."""
    touches = frame["marketing_touches_30d"] + (frame["tenure_months"] < 12)
    return frame.assign(marketing_touches_30d=touches)


def survivors(truth: Truth, frame: pd.DataFrame) -> pd.DataFrame:
    """Part of the leavers' labels were forgotten."""
    forgotten = (frame[LABEL] == 1) & (frame["customer_id"] % 2 == 0)
    return frame.assign(**{LABEL: frame[LABEL].where(~forgotten, 0)})


def signed_zeros(truth: Truth, frame: pd.DataFrame) -> pd.DataFrame:
    """Zeros keep the sign of what was rounded away."""
    trend = frame["usage_trend_3m"]
    return frame.assign(usage_trend_3m=trend.where(trend != 0, -0.0))


BREAKS: list[tuple[Break, str, str]] = [
    (ids_by_sign_up, "identifier tells", "customer_id, rank with"),
    (finer_for_leavers, "precision", "monthly_charge"),
    (coarser_for_leavers, "predicts the label", "session_minutes_avg, last digit 0"),
    (drifting, "moves in time", "email_open_rate"),
    (future_in_noise, "predicts the label", "mobile_share"),
    (nulls_for_leavers, "predicts the label", "nps_score, null"),
    (nulls_for_leavers, "null pattern", "nps_score"),
    (noise_with_risk, "noise column", "marketing_touches_30d with"),
    (signed_zeros, "numbers", "usage_trend_3m"),
]


@pytest.mark.parametrize(("wrong", "test", "place"), BREAKS, ids=lambda x: getattr(x, "__name__", None))
def test_a_broken_world_is_named(
    wrong: Break, test: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A generator whose world is made wrongly is caught, with the test and the column in the first words."""
    make_truth = variant.make_truth

    def broken(*given: Any, **named: Any) -> Truth:
        truth = make_truth(*given, **named)
        return replace(truth, twin=wrong(truth, truth.twin), replay=wrong(truth, truth.replay))

    monkeypatch.setattr(variant, "make_truth", broken)
    made = make_variant(SEED, ROWS, blueprint=SMALL)
    found = search_frame(world_exhibit(made), in_file_order=False).oddities
    assert any(o.test == test and place in o.place for o in found), list(map(str, found))


def test_forgotten_labels_are_named(sound: Variant) -> None:
    """Labels that lack part of the leavers fall short of the true probability in every month."""
    exhibit = world_exhibit(sound)
    label = survivors(sound.truth, sound.truth.twin)[LABEL].to_numpy()
    broken = replace(exhibit, residual=label - exhibit.probability)
    found = search_frame(broken, in_file_order=False).oddities
    assert any(o.test == "label's level" for o in found), list(map(str, found))


@pytest.mark.parametrize(
    ("within", "test"),
    [
        (LABEL, "file order predicts the label"),
        ("data_usage_gb", "file order tells"),
    ],
)
def test_a_telling_order_is_named(sound: Variant, within: str, test: str) -> None:
    """Rows sorted by the label or by any column inside a month are caught, and so is any unexplained order."""
    ordered = sound.public.sort_values(["snapshot_month", within], kind="stable", ignore_index=True)
    found = search_frame(issued_exhibit(replace(sound, public=ordered)), in_file_order=True).oddities
    assert any(o.test == test for o in found), list(map(str, found))
    assert any(o.test == "file order" and o.place == "customer_id" for o in found)


def test_copies_sorted_by_label_are_named() -> None:
    """Where a customer-month is issued twice, the first of the two must not be the truer one."""
    made = with_copies()
    public = made.public.sort_values(
        ["snapshot_month", "customer_id", LABEL], kind="stable", ignore_index=True
    )
    found = search_frame(issued_exhibit(replace(made, public=public)), in_file_order=True).oddities
    assert any(o.test == "order of copies" and o.place == LABEL for o in found), list(map(str, found))


def test_copies_in_random_order_are_no_oddity() -> None:
    """The generator's own copies say nothing by their place."""
    readings = copies(issued_exhibit(with_copies()))
    assert {r.place for r in readings} >= {LABEL, "outages_30d"}
    assert beyond_chance(readings) == []


def test_changed_identifiers_and_copies_are_traced_to_their_rows() -> None:
    """Where accounts were re-keyed and rows copied, every issued row is still compared with its clean one."""
    kinds = plants_by_kind()
    leak = kinds["identifier_leak"]
    placements = {
        "identifier_leak": Placement(choice=leak.choices[0]),
        "duplicate_rows": Placement("outages_30d"),
        "label_immaturity": Placement(),
    }
    made = build(Design(SEED, draw_coefficients(SEED), Plan(placements, {}), kinds), ROWS)
    assert undeclared_cells(made) == []
    assert list(map(str, search_frame(issued_exhibit(made), in_file_order=True).oddities)) == []


@lru_cache
def with_copies() -> Variant:
    """Return a variant whose only searched-for plant is copied rows."""
    placements = {"duplicate_rows": Placement("outages_30d"), "label_immaturity": Placement()}
    return build(Design(SEED, draw_coefficients(SEED), Plan(placements, {}), plants_by_kind()), ROWS)


def test_undeclared_cells_and_labels_are_named(sound: Variant) -> None:
    """A plant that touches more than it declares is caught by comparing every cell with the clean world."""
    assert undeclared_cells(sound) == []
    touched = sound.public.assign(outages_30d=sound.public["outages_30d"] + (np.arange(ROWS) == 77))
    flipped = sound.public.assign(
        **{LABEL: np.where(np.arange(ROWS) == 77, 1 - touched[LABEL], touched[LABEL])}
    )
    later = sound.replay.assign(nps_score=sound.replay["nps_score"].fillna(5.0))
    assert [o.place for o in undeclared_cells(replace(sound, public=touched))] == ["outages_30d"]
    assert [o.test for o in undeclared_cells(replace(sound, public=flipped))] == ["undeclared labels"]
    assert [(o.test, o.place) for o in undeclared_cells(replace(sound, replay=later))] == [
        ("replay", "nps_score")
    ]


@pytest.fixture(scope="module")
def written(sound: Variant, assignment: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Return the sound variant on disk."""
    return write(sound, assignment, tmp_path_factory.mktemp("written") / "out")


def write(made: Variant, assignment: Path, out: Path) -> Release:
    """Write a variant with a canary and made-up yardstick figures, which no test here reads."""
    return release.write_release(made, FIGURES, out, csv=True, canary="canary-5771", assignment=assignment)


FIGURES = Measured(
    reference=Reference(
        test=FiguresOnTest(pr_auc=0.3, roc_auc=0.8, months=months_range("2024-07", "2024-09")),
        replay=ReplayFigures(pr_auc=0.3, pr_auc_se=0.01, roc_auc=0.8, expected_pr_auc=0.3),
    ),
    oracle=Oracle(replay=OracleReplay(pr_auc=0.4, roc_auc=0.85)),
    dummy=Dummy(replay=DummyReplay(pr_auc=0.06)),
    naive=Naive(random_split_pr_auc=0.7, replay_pr_auc=0.1),
    blind_cost=0.2,
)


def test_a_sound_bundle_is_clean(sound: Variant, written: Release, assignment: Path) -> None:
    """Metadata, row groups, statistics, values, the other files: nothing beyond what they should hold."""
    assert [str(o) for o in bundle_oddities(sound, written, assignment)] == []


def metadata(table: Any, path: Path) -> None:
    """Write the seed into the schema's metadata."""
    pq.write_table(table.replace_schema_metadata({"seed": "5"}), path)


def label_groups(table: Any, path: Path) -> None:
    """Cut the row groups where the label changes."""
    with pq.ParquetWriter(path, table.schema) as writer:
        for start, stop in ((0, 900), (900, 5000), (5000, table.num_rows)):
            writer.write_table(table.slice(start, stop - start))


def other_types(table: Any, path: Path) -> None:
    """Write a whole-number column as 32 bits."""
    at = table.column_names.index("seats_active")
    pq.write_table(table.set_column(at, "seats_active", table["seats_active"].cast("int32")), path)


def other_values(table: Any, path: Path) -> None:
    """Write one row twice and another not at all."""
    rows = np.arange(table.num_rows)
    rows[7] = 8
    pq.write_table(table.take(rows), path)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [(metadata, "metadata"), (label_groups, "row groups"), (other_types, "type of seats_active"),
     (other_values, "data/snapshots.parquet, customer_id")],
)  # fmt: skip
def test_a_telling_file_is_named(
    wrong: Callable[[Any, Path], None], place: str, sound: Variant, assignment: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """What a Parquet file says beside its table is caught."""
    monkeypatch.setattr(release, "write_parquet", wrong)
    found = bundle_oddities(sound, write(sound, assignment, tmp_path / "out"), assignment)
    assert any(place in o.place for o in found), list(map(str, found))


def leak_seed(bundle: Path, vault: Path) -> None:
    """Add a line to the contract."""
    with (bundle / "contract.yaml").open("a") as file:
        file.write("seed: 5\n")


def leak_key(bundle: Path, vault: Path) -> None:
    """Append the key to the dictionary."""
    with (bundle / "data_dictionary.md").open("a") as file:
        file.write((vault / "key.json").read_text())


def leak_canary(bundle: Path, vault: Path) -> None:
    """Write the canary into the brief."""
    (bundle / "README.md").write_text("canary-5771")


def leak_holdout(bundle: Path, vault: Path) -> None:
    """Leave the replay between the starter's files."""
    shutil.copy(vault / "holdout.parquet", bundle / "starter" / "old.parquet")


@pytest.mark.parametrize(
    ("leak", "expected"),
    [
        (leak_seed, {("bundle", "contract.yaml")}),
        (leak_key, {("bundle", "data_dictionary.md"), ("vault in the bundle", "data_dictionary.md")}),
        (leak_canary, {("bundle", "README.md"), ("vault in the bundle", "README.md")}),
        (leak_holdout, {("bundle", "starter/old.parquet"), ("vault in the bundle", "starter/old.parquet")}),
    ],
)
def test_a_leaking_bundle_is_named(
    leak: Callable[[Path, Path], None], expected: set[tuple[str, str]], sound: Variant, written: Release,
    assignment: Path, tmp_path: Path,
) -> None:  # fmt: skip
    """Seed, key, canary or later rows in what goes out are caught, and in which file."""
    shutil.copytree(written.bundle.parent, tmp_path / "out")
    bundle = tmp_path / "out" / "bundle"
    leak(bundle, written.vault)
    copy = replace(written, bundle=bundle)
    found: list[Oddity] = bundle_oddities(sound, copy, assignment)
    assert {(o.test, o.place) for o in found} == expected
