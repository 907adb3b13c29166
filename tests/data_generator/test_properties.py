"""What holds for every seed and number of rows, whatever was drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data_generator.blueprint import load_blueprint
from data_generator.dictionary import render
from data_generator.key import (
    Dummy,
    DummyReplay,
    Key,
    Naive,
    Oracle,
    OracleReplay,
    Reference,
    ReplayFigures,
    months_range,
)
from data_generator.key import TestFigures as FiguresOnTest
from data_generator.months import EXTRACTION_MONTH, FIRST_REPLAY_MONTH, month_name
from data_generator.plants.draft import months_of
from data_generator.release import Release, write_release
from data_generator.schema import KEYS, LABEL, feature_names
from data_generator.validation.bundle import vault_remains
from data_generator.variant import Variant, make_variant
from data_generator.yardstick import Measured

CUSTOMARY = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,  # the same draws for every property, so that each variant is made once
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
DRAWN = {
    "seed": st.integers(0, 2**64),
    "rows": st.integers(5_000, 14_000),
    "blueprint": st.sampled_from(["hiring", "practice", "hard"]),
}
NOT_MEASURED = Measured(
    reference=Reference(
        test=FiguresOnTest(pr_auc=0.3, roc_auc=0.8, months=months_range("2024-07", "2024-09")),
        replay=ReplayFigures(pr_auc=0.3, pr_auc_se=0.01, roc_auc=0.8, expected_pr_auc=0.3),
    ),
    oracle=Oracle(replay=OracleReplay(pr_auc=0.4, roc_auc=0.85)),
    dummy=Dummy(replay=DummyReplay(pr_auc=0.06)),
    naive=Naive(random_split_pr_auc=0.7, replay_pr_auc=0.1),
    blind_cost=0.2,
)
CANARY = "canary-of-the-properties"


@dataclass(frozen=True)
class Made:
    """A variant, and what was written of it."""

    variant: Variant
    release: Release


Make = Callable[[int, int, str], Made]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Return a maker of variants on disk; several properties are looked at on the same one."""

    @lru_cache
    def make(seed: int, rows: int, blueprint: str) -> Made:
        variant = make_variant(seed, rows, blueprint=load_blueprint(blueprint))
        out = tmp_path_factory.mktemp("made") / "out"
        return Made(variant, write_release(variant, NOT_MEASURED, out, canary=CANARY))

    return make


def issued(release: Release) -> pd.DataFrame:
    """Return the rows as a candidate reads them."""
    return pd.read_parquet(release.bundle / "data" / "snapshots.parquet")


@CUSTOMARY
@given(**DRAWN)
def test_rows_and_keys(made: Make, seed: int, rows: int, blueprint: str) -> None:
    """The number of rows is exact; a customer-month occurs once unless copies are declared, and at most twice."""
    v = made(seed, rows, blueprint).variant
    frame = issued(made(seed, rows, blueprint).release)
    assert len(frame) == rows
    surplus = int(frame.duplicated(list(KEYS)).sum())
    declared = next((p for p in v.plants if p.kind == "duplicate_rows"), None)
    assert surplus == (declared.affected_rows.count if declared else 0)
    assert frame.groupby(list(KEYS)).size().max() <= 2
    assert not v.replay.duplicated(list(KEYS)).any()
    assert not v.twin.duplicated(list(KEYS)).any()


@CUSTOMARY
@given(**DRAWN)
def test_nobody_comes_back(made: Make, seed: int, rows: int, blueprint: str) -> None:
    """No row follows a cancellation: in the clean world a label of 1 means gone within three months, and only then."""
    v = made(seed, rows, blueprint).variant
    world = pd.concat([v.truth.twin, v.truth.replay], ignore_index=True)
    world["month"] = months_of(world)
    last = world.groupby("customer_id")["month"].transform("max")
    leaving = world[LABEL] == 1
    assert (last[leaving] <= world["month"][leaving] + 2).all()
    whole = not any(p.kind == "selection_gap" for p in v.plants)  # else some last months were never recorded
    gone = last < world["month"].max()
    assert not whole or (world[LABEL][gone & (world["month"] > last - 3)] == 1).all()
    joined = world.sort_values(["customer_id", "month"])
    follows = (joined["customer_id"].diff() == 0).to_numpy()
    gaps = joined["month"].diff().to_numpy()[follows]
    assert not whole or (gaps == 1).all()
    assert (joined["tenure_months"].diff().to_numpy()[follows] == gaps).all()


@CUSTOMARY
@given(**DRAWN)
def test_dictionary_and_data_agree(made: Make, seed: int, rows: int, blueprint: str) -> None:
    """Every column is described, in the order of the data, with the type it has; the text names no secret."""
    v = made(seed, rows, blueprint).variant
    release = made(seed, rows, blueprint).release
    frame, text = issued(release), (release.bundle / "data_dictionary.md").read_text()
    assert text == render(v.columns, v.notes)
    assert list(frame.columns) == [*KEYS, *feature_names(v.columns), LABEL]
    described = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    types = {cells[1].strip(" `"): cells[2].strip() for cells in described}
    assert [name for name in types if name not in (*KEYS, LABEL)] == feature_names(v.columns)
    for name in feature_names(v.columns):
        values = frame[name].dropna()
        if types[name] == "string":
            assert values.map(type).eq(str).all(), name
        elif types[name] in ("integer", "0/1"):
            assert (values == values.round()).all(), name
        else:
            assert types[name] == "float", name
            assert pd.api.types.is_float_dtype(values), name
        if frame[name].isna().any() and not touched(v, name):
            assert "null" in next(c for c in v.columns if c.name == name).meaning.lower(), name


def touched(variant: Variant, name: str) -> bool:
    """Return whether a plant is about a column."""
    return any(name in plant.columns for plant in variant.plants)


@CUSTOMARY
@given(**DRAWN)
def test_the_replay_is_later(made: Make, seed: int, rows: int, blueprint: str) -> None:
    """Public rows end at the extraction; the replay has the three months after it, complete, and no others."""
    v = made(seed, rows, blueprint).variant
    assert issued(made(seed, rows, blueprint).release)["snapshot_month"].max() <= month_name(EXTRACTION_MONTH)
    later = sorted(v.replay["snapshot_month"].astype(str).unique())
    assert later == [month_name(FIRST_REPLAY_MONTH + i) for i in range(3)]
    assert v.replay[LABEL].isin((0, 1)).all()
    assert v.replay["true_probability"].between(0, 1, inclusive="neither").all()
    assert list(v.replay.columns) == [*v.public.columns, "true_probability"]


@CUSTOMARY
@given(**DRAWN)
def test_the_vault_stays_out_of_the_bundle(made: Make, seed: int, rows: int, blueprint: str) -> None:
    """No canary, seed, hash of the key, later row or byte of a true probability is in what goes out."""
    m = made(seed, rows, blueprint)
    assert vault_remains(m.variant, m.release, issued(m.release)) == []
    for path in (p for p in m.release.bundle.rglob("*") if p.is_file()):
        content = path.read_bytes()
        assert CANARY.encode() not in content
        if seed > 10**8:
            assert str(seed).encode() not in content


@CUSTOMARY
@given(**DRAWN)
def test_the_key_is_strict_json(made: Make, seed: int, rows: int, blueprint: str) -> None:
    """The key has no NaN or infinity, reads back as it was written, and every plant's columns are in the data."""
    m = made(seed, rows, blueprint)
    text = (m.release.vault / "key.json").read_text()

    def refuse(constant: str) -> float:
        pytest.fail(f"{constant} in key.json")

    raw = json.loads(text, parse_constant=refuse)
    assert Key.model_validate(raw).to_json() == text
    names = {*m.variant.public.columns}
    for plant in raw["plants"]:
        assert set(plant["columns"]) <= names, plant["kind"]
        for statistic in plant["statistics"]:
            assert np.isfinite(statistic["value"]), plant["kind"]
    assert m.variant.rows == raw["rows"] == rows
