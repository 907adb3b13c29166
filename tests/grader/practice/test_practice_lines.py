"""What an opened key teaches: the printed lines run on the bundle as they are, and show the defect."""

from __future__ import annotations

import contextlib
import io
import math
from pathlib import Path

import pandas as pd
import pytest

from grader.practice.lines import Look, look_at, mask
from grader.practice.running import GROUPS, SERIES, run_look, table_of
from grader.practice.seal import SEALED, unseal
from grader.truth import KeyStatistic, LabelClock, Plant, Truth, load_truth
from tests.end_to_end.tools import takehome

SEEDS = (21, 22)


@pytest.fixture(scope="module", params=SEEDS)
def practised(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """A practice folder with the most kinds of defects, and its key."""
    folder = tmp_path_factory.mktemp("practice") / "p"
    takehome(
        "practice", "--rows", "6000", "--seed", str(request.param), "--blueprint", "hard", "--out", folder
    )
    return folder, load_truth(unseal(folder / SEALED, folder / "key"))


def looks(truth: Truth) -> list[tuple[str, Look]]:
    """A look for every plant."""
    numeric = {str(name): kind.kind in "iufb" for name, kind in truth.issued.dtypes.items()}
    return [(plant.id, look_at(plant, truth.key.label, numeric)) for plant in truth.key.plants]


def test_the_printed_lines_run_in_the_bundles_folder(
    practised: tuple[Path, Truth], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A candidate can paste them: three lines, nothing but pandas, and they print something."""
    folder, truth = practised
    monkeypatch.chdir(folder / "bundle")
    for name, look in looks(truth):
        assert len(look.code.splitlines()) == 3, name
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec("import pandas as pd\n\n" + look.code, {})
        assert len(printed.getvalue().splitlines()) > 1, name


def test_the_plot_is_of_what_the_lines_print(practised: tuple[Path, Truth]) -> None:
    """Every plot has its labels and finite values, and months are those of the data."""
    _, truth = practised
    months = set(truth.issued["snapshot_month"])
    for name, look in looks(truth):
        table = run_look(look, truth.issued_folder / "snapshots.parquet")
        assert table.labels, name
        assert any(math.isfinite(v) for _, values in table.series for v in values), name
        assert len(table.series) <= SERIES
        if look.kind == "months":
            assert set(table.labels) <= months, name
        else:
            assert len(table.labels) <= GROUPS


def test_a_leak_stands_out_in_its_plot(practised: tuple[Path, Truth]) -> None:
    """The seeded leak's groups differ in their churn rate by far more than chance would make them."""
    _, truth = practised
    leak = truth.key.seeded_leak()
    assert leak is not None
    rates = next(values for name, look in looks(truth) if name == leak.id for _, values in _run(look, truth))
    known = [rate for rate in rates if math.isfinite(rate)]
    assert max(known) - min(known) > 0.1


def _run(look: Look, truth: Truth) -> tuple[tuple[str, tuple[float, ...]], ...]:
    return run_look(look, truth.issued_folder / "snapshots.parquet").series


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ({"a": ["1"]}, 2),
        ({"a": ["> 1"]}, 1),
        ({"a": ["null"]}, 1),
        ({"a": ["not null"], "b": ["x"]}, 2),
        ({"a": ["< c"]}, 2),
        ({"b": ['odd"] + evil']}, 0),
    ],
)
def test_rows_that_match_are_the_ones_meant(where: dict[str, list[str]], count: int) -> None:
    """Each form of `where` becomes an expression of pandas; a quote in a value ends nothing."""
    data = pd.DataFrame({"a": [1.0, 1.0, 2.0, None], "b": ["x", "y", "x", "z"], "c": [3.0, 3.0, 1.0, 1.0]})
    assert int(eval(mask(where, list(data.columns)), {"data": data}).sum()) == count


def test_many_levels_are_cut_to_those_that_differ_most() -> None:
    """A plot keeps what a person can tell apart."""
    look = Look(("", ""), "", "Rate", "", kind="groups")
    many = pd.Series([0.1] * 40 + [0.9], index=[f"g{i}" for i in range(41)])
    table = table_of(many, look)
    assert len(table.labels) <= GROUPS
    assert "g40" in table.labels


LABEL = LabelClock(column="churned_90d", horizon_days=90, horizon_months=3, last_mature_month="2024-09")


@pytest.mark.parametrize("column", ["contract_type", "nps_score"])
def test_concept_drift_once_showed_the_shares_of_the_levels(column: str, tmp_path: Path) -> None:
    """What changes is how churn depends on the column, so the plot is of churn by its values and the month."""
    months = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
    rows = [
        (m, high, float(high and m < "2023-09")) for m in months for high in (False, True) for _ in range(4)
    ]
    data = pd.DataFrame(rows, columns=["snapshot_month", column, "churned_90d"])
    data[column] = (
        data[column].astype(float) if column == "nps_score" else data[column].map({False: "a", True: "b"})
    )
    data.to_parquet(tmp_path / "snapshots.parquet")
    plant = Plant(id="d", family="change", kind="concept_drift", columns=(column,), severity=1,
                  statistics=(KeyStatistic(name="auc", column=column, value=0.5, null=0.6),))  # fmt: skip
    table = run_look(look_at(plant, LABEL, {column: column == "nps_score"}), tmp_path / "snapshots.parquet")
    apart = {month: max(v[i] for _, v in table.series) for i, month in enumerate(table.labels)}
    assert max(table.labels) == LABEL.last_mature_month
    assert len(table.series) == 2
    assert all(value == (1.0 if month < "2023-09" else 0.0) for month, value in apart.items())


def test_wrong_labels_were_shown_by_the_share_of_their_slice(tmp_path: Path) -> None:
    """Labels exchanged in one slice leave every rate as it is; the plot is of what a strong column tells of them."""
    rows = [
        (f"2024-0{month}", place, float(high), float(high != (place == "store" and number < 3)))
        for month in range(1, 10) for place in ("store", "web") for high in (False, True) for number in range(8)
    ]  # fmt: skip
    rows += [("2024-12", "store", 1.0, 0.0)] * 500
    data = pd.DataFrame(rows, columns=["snapshot_month", "channel", "strong", "churned_90d"])
    data.to_parquet(tmp_path / "snapshots.parquet")
    plant = Plant(id="n", family="quality", kind="label_noise_slice", columns=("channel",), severity=2,
                  parameters={"where": {"channel": ["store"]}, "statistic_column": "strong"})  # fmt: skip
    look = look_at(plant, LABEL, {"channel": False, "strong": True})
    table = run_look(look, tmp_path / "snapshots.parquet")
    shown = dict(zip(table.labels, table.series[0][1], strict=True))
    assert shown == {"rest, high": 1.0, "rest, low": 0.0, "slice, high": 0.625, "slice, low": 0.375}
    bare = look_at(plant.model_copy(update={"parameters": {}}), LABEL, {"channel": False})
    assert LABEL.column in bare.code
