"""Predictions files in the forms that people hand in."""

from __future__ import annotations

import gzip
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from probe_harness import read_with, write

from grader.evidence.modelling import PREDICTION_ARRAYS, PredictionsEvidence
from grader.probes.predictions.columns import pick_columns

IDS = [9007199254740993, 9007199254740995, -5, 7]


@pytest.fixture
def data(tmp_path):
    """Return a data folder of five rows, one key issued twice."""
    (tmp_path / "data").mkdir()
    (tmp_path / "submission" / "evaluation").mkdir(parents=True)
    months = ["2024-04", "2024-05", "2024-04", "2024-04", "2024-04"]
    frame = pd.DataFrame(
        {"customer_id": [*IDS, -5], "snapshot_month": months, "churned_90d": [0, 1, 0, 0, 0]}
    )
    frame.to_parquet(tmp_path / "data" / "snapshots.parquet")
    return tmp_path


def read(folder):
    """Run the probe on a folder with `submission` and `data`."""
    folders = {"submission_dir": folder / "submission", "data_dir": folder / "data"}
    return read_with("predictions", PredictionsEvidence, arrays=PREDICTION_ARRAYS, **folders)


def frame_of(**changes):
    """Return predictions as the contract has them."""
    columns = {
        "customer_id": IDS,
        "snapshot_month": ["2024-04", "2024-05", "2024-04", "2024-04"],
        "split": ["train", "validation", "calibration", "test"],
        "y_true": [0, 1, 0, 0],
        "p_baseline": [0.1, 0.2, 0.3, 0.4],
        "p_tuned": [0.5, 0.6, 0.7, 0.8],
    }
    return pd.DataFrame({**columns, **changes})


def test_the_contracts_own_form(data):
    """Every value arrives at the row it belongs to, ids beyond the precision of floats included."""
    frame_of().to_parquet(data / "submission" / "evaluation" / "predictions.parquet")
    found, arrays = read(data)
    assert found.problems == ()
    assert (found.path, found.rows, found.matched_rows) == ("evaluation/predictions.parquet", 4, 4)
    np.testing.assert_array_equal(arrays["row"], [0, 1, 2, 3])
    np.testing.assert_array_equal(arrays["split"], [0, 1, 2, 3])
    np.testing.assert_array_equal(arrays["p_tuned"], [0.5, 0.6, 0.7, 0.8])
    assert np.isnan(arrays["y_used"]).all()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("separator", [",", ";"])
def test_delimited_text_with_other_names(data, packed, separator):
    """CSV, packed or not, other separators, dates as days, percentages, synonyms of names and splits."""
    frame = frame_of(
        snapshot_month=["2024-04-30", "2024-05-31 00:00:00", "Apr 2024", "2024/4"],
        split=["TRAIN", "val", "calib_set", "holdout"],
        p_tuned=["50%", "0.6", "nan", "0.8"],
    )
    frame = frame.rename(
        columns={"p_tuned": "prob_lgbm", "p_baseline": "logreg", "y_true": "label", "split": "Set"}
    )
    text = frame.to_csv(index=False, sep=separator).encode()
    name = "predictions.csv.gz" if packed else "predictions.csv"
    write(data / "submission" / "outputs" / name, gzip.compress(text) if packed else text)
    found, arrays = read(data)
    np.testing.assert_array_equal(arrays["row"], [0, 1, 2, 3])
    np.testing.assert_array_equal(arrays["split"], [0, 1, 2, 3])
    np.testing.assert_array_equal(arrays["p_tuned"], [0.5, 0.6, np.nan, 0.8])
    np.testing.assert_array_equal(arrays["p_baseline"], [0.1, 0.2, 0.3, 0.4])
    assert found.non_finite == 1


@pytest.mark.parametrize("above", ["\n", "# scored on 2024-12-31, best; final\n# run 3f2a\n\n"])
def test_incident_lines_above_the_header_hid_a_table(data, above):
    """A blank line or a comment above the header is no header, and a quoted separator in a name parts nothing."""
    frame = frame_of(**{"note, more": ["x"] * 4})
    text = above + frame[["note, more", *frame_of().columns]].to_csv(index=False)
    write(data / "submission" / "evaluation" / "predictions.csv", text)
    found, arrays = read(data)
    assert (found.matched_rows, found.problems) == (4, ())
    np.testing.assert_array_equal(arrays["p_tuned"], [0.5, 0.6, 0.7, 0.8])


def test_a_header_written_as_a_comment_is_the_header(data):
    """As numpy writes it: a line of as many fields as the rows have."""
    write(data / "submission" / "evaluation" / "predictions.csv", "# " + frame_of().to_csv(index=False))
    assert read(data)[0].matched_rows == 4


@pytest.mark.parametrize("place", ["evaluation/predictions.parquet", "scores/final.parquet"])
@pytest.mark.parametrize("by", [None, "split"])
def test_incident_of_a_table_in_parts_one_was_read(data, by, place):
    """A folder of parts is one table, as it is for whoever reads Parquet; folders that spell a column give it."""
    folder = data / "submission" / place
    if by:
        frame_of().to_parquet(folder, partition_cols=[by])
    else:
        folder.mkdir(parents=True)
        for name, part in (("part-0", frame_of()[:1]), ("part-1", frame_of()[1:])):
            part.to_parquet(folder / f"{name}.parquet")
        write(folder / "_SUCCESS", "")
    write(data / "submission" / "submission.yaml", f"predictions: {place}\n")
    found, arrays = read(data)
    assert (found.path, found.rows, found.matched_rows, found.problems) == (place, 4, 4, ())
    order = np.argsort(arrays["row"])
    np.testing.assert_array_equal(arrays["split"][order], [0, 1, 2, 3])
    np.testing.assert_array_equal(arrays["p_tuned"][order], [0.5, 0.6, 0.7, 0.8])
    np.testing.assert_array_equal(arrays["y_true"][order], [0, 1, 0, 0])


def test_dates_in_parquet_and_one_probability(data):
    """Timestamps are months, one probability column is the tuned model's, without a split all rows are test."""
    frame = frame_of(snapshot_month=pd.to_datetime(["2024-04-30", "2024-05-31", "2024-04-01", "2024-04-02"]))
    frame = frame.rename(columns={"p_tuned": "score"}).drop(columns=["p_baseline", "split"])
    frame.to_parquet(data / "submission" / "scored.parquet")
    found, arrays = read(data)
    assert found.path == "scored.parquet"
    np.testing.assert_array_equal(arrays["p_tuned"], [0.5, 0.6, 0.7, 0.8])
    np.testing.assert_array_equal(arrays["split"], [3, 3, 3, 3])
    assert sum("expected one" in problem for problem in found.problems) == 2


def test_periods_in_parquet(data):
    """pandas tells Arrow of its periods only once it wrote or read Parquet itself, which the probe never does."""
    months = pd.PeriodIndex(["2024-04", "2024-05", "2024-04", None], freq="M")
    frame_of(snapshot_month=months).to_parquet(data / "submission" / "evaluation" / "predictions.parquet")
    found, arrays = read(data)
    assert (found.rows, found.matched_rows) == (4, 3)
    np.testing.assert_array_equal(arrays["row"], [0, 1, 2])


@pytest.mark.parametrize("said", [b"", b"{}", b"[1", b'{"freq": "no such"}', b'{"freq": 7}', b"[" * 60_000])
def test_what_only_claims_to_be_periods_is_not_matched(data, said):
    """A stranger's metadata that say nothing usable cost the rows, never the probe."""
    table = pa.Table.from_pandas(frame_of().drop(columns="snapshot_month"), preserve_index=False)
    marks = {b"ARROW:extension:name": b"pandas.period", b"ARROW:extension:metadata": said}
    table = table.append_column(pa.field("snapshot_month", pa.int64(), metadata=marks), [[651] * 4])
    parquet.write_table(table, data / "submission" / "evaluation" / "predictions.parquet")
    assert read(data)[0].matched_rows == 0


@pytest.mark.parametrize(
    "months",
    [
        ["April 2024", "May 2024", "april, 2024", "Apr 2024"],
        ["Apr-24", "May-24", "30-Apr-24", "Apr '24"],
        ["04/2024", "5-2024", "30.04.2024", "2024M04"],
    ],
)
def test_months_by_name_and_decimal_commas(data, months):
    """What a spreadsheet saves elsewhere is read: months by name, day before month, commas in numbers."""
    text = frame_of(snapshot_month=months).to_csv(index=False, sep=";", decimal=",")
    write(data / "submission" / "evaluation" / "predictions.csv", text)
    found, arrays = read(data)
    assert (found.matched_rows, found.non_finite, found.problems) == (4, 0, ())
    np.testing.assert_array_equal(arrays["row"], [0, 1, 2, 3])
    np.testing.assert_array_equal(arrays["p_tuned"], [0.5, 0.6, 0.7, 0.8])


@pytest.mark.parametrize("month", ["03/04/2024", "Mai 2024", "24", "April", "2024-13"])
def test_an_ambiguous_month_is_no_month(data, month):
    """Where the order of day and month is anybody's guess, the row is left out."""
    frame_of(snapshot_month=month).to_csv(data / "submission" / "evaluation" / "predictions.csv", index=False)
    assert read(data)[0].matched_rows == 0


@pytest.mark.parametrize(
    ("names", "baseline", "tuned"),
    [
        (["p_champion", "p_challenger"], None, None),
        (["champion_probability", "incumbent_model_probability"], None, None),
        (["p_champion", "p_challenger_lgbm"], None, "p_challenger_lgbm"),
        (["p_champion_logreg", "p_challenger_lgbm"], "p_champion_logreg", "p_challenger_lgbm"),
        (["p_champion", "p_challenger", "p_baseline"], "p_baseline", "p_champion"),
        (["p_champion", "p_challenger", "p_tuned"], None, "p_tuned"),
        (["p_champion"], None, "p_champion"),
    ],
)
def test_incident_a_champion_beside_its_challenger_was_the_tuned_probability(names, baseline, tuned):
    """Whose probabilities these are is read as in the metrics: of a bare champion and challenger neither."""
    found = pick_columns(["customer_id", *names])
    assert (found.get("p_baseline"), found.get("p_tuned")) == (baseline, tuned)


def test_whose_probabilities_a_champions_are_is_asked(data):
    """A table of which nothing was read for that reason says what to name."""
    names = {"p_baseline": "p_champion", "p_tuned": "p_challenger"}
    frame_of().rename(columns=names).to_parquet(data / "submission" / "evaluation" / "predictions.parquet")
    told = " ".join(read(data)[0].problems)
    assert "expected `p_baseline` and `p_tuned` to tell a champion and a challenger apart" in told


def test_a_column_without_any_number_is_named(data):
    """Chances that are all unreadable used to pass for missing ones without a word."""
    frame_of(p_tuned="high").to_csv(data / "submission" / "evaluation" / "predictions.csv", index=False)
    assert any("p_tuned: found no number, such as 'high'" in told for told in read(data)[0].problems)


def test_bad_values_are_counted(data):
    """Unknown keys are left out, repeats beyond the issued ones, infinities and impossible chances are counted."""
    frame = pd.concat([frame_of(), frame_of().iloc[[0, 2]], frame_of(customer_id=[1, 2, 3, 4])])
    frame["p_tuned"] = [1.5, np.inf, -0.1, 0.2, 0.3, 0.4, 0, 0, 0, 0]
    frame.to_parquet(data / "submission" / "evaluation" / "predictions.parquet")
    found, arrays = read(data)
    assert (found.rows, found.matched_rows, found.duplicate_keys) == (10, 6, 1)
    assert (found.non_finite, found.out_of_range) == (1, 2)
    assert np.isnan(arrays["p_tuned"][1])


@pytest.mark.parametrize(
    "content",
    [
        b"PAR1 nonsense PAR1",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        b"customer_id,snapshot_month\n1,2024-01\n",
        b"\x1f\x8bbroken",
        b"",
        b'customer_id,snapshot_month,p_tuned\n"1,2024',
        b"\xff\xfe\x00\x00",
    ],
)
def test_damage_is_a_problem_of_the_file(data, content):
    """Broken, empty and pointer files are named with what was found."""
    write(data / "submission" / "evaluation" / "predictions.parquet", content)
    found, arrays = read(data)
    assert found.matched_rows == 0
    assert "evaluation/predictions.parquet" in " ".join(found.problems)
    assert all(values.size == 0 for values in arrays.values())


def test_a_gzip_bomb_is_not_unpacked(data):
    """What unfolds beyond the cap is refused."""
    bomb = gzip.compress(b"customer_id,p_tuned\n" + b"0" * (600 << 20), compresslevel=1)
    write(data / "submission" / "predictions.csv.gz", bomb)
    found, _ = read(data)
    assert "unpacked" in " ".join(found.problems)


def test_two_hundred_thousand_rows_are_quick(tmp_path):
    """A full dataset as text is matched within seconds."""
    rng = np.random.default_rng(0)
    months = [f"2023-{m:02d}" for m in range(1, 11)]
    frame = pd.DataFrame({"customer_id": rng.integers(-(2**62), 2**62, 20_000).repeat(10)})
    frame["snapshot_month"] = months * 20_000
    for name in ("data", "submission"):
        (tmp_path / name).mkdir()
    frame.to_parquet(tmp_path / "data" / "snapshots.parquet")
    shuffled = frame.sample(frac=1, random_state=1)
    shuffled.assign(split="test", p_tuned=rng.random(200_000)).to_csv(
        tmp_path / "submission" / "predictions.csv", index=False
    )
    begin = time.monotonic()
    found, arrays = read(tmp_path)
    assert found.matched_rows == 200_000
    np.testing.assert_array_equal(arrays["row"], shuffled.index.to_numpy())
    assert time.monotonic() - begin < 60


def test_large_data_are_a_folder_of_parts(data):
    """Rows are counted through all parts in their order, as the host counts them."""
    frame_of().to_parquet(data / "submission" / "evaluation" / "predictions.parquet")
    path = data / "data" / "snapshots.parquet"
    whole = pd.read_parquet(path)
    path.unlink()
    path.mkdir()
    for part in range(len(whole)):
        whole.iloc[[part]].to_parquet(path / f"part-{part:05d}.parquet", index=False)
    found, arrays = read(data)
    assert (found.matched_rows, found.data_trouble) == (4, "")
    np.testing.assert_array_equal(arrays["row"], [0, 1, 2, 3])


@pytest.mark.parametrize("content", [None, b"PAR1 cut short"])
def test_issued_data_that_cannot_be_read_are_no_fault_of_the_table(data, content):
    """Missing or damaged, they are told apart from what is wrong with the predictions."""
    frame_of().to_parquet(data / "submission" / "evaluation" / "predictions.parquet")
    path = data / "data" / "snapshots.parquet"
    path.unlink()
    if content:
        path.write_bytes(content)
    found, arrays = read(data)
    assert found.data_trouble.startswith("snapshots.parquet: ")
    assert (found.problems, dict(arrays)) == ((), {})
