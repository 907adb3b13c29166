"""The brief for people and the contract for programs must say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.checks.case import PARITY_TOLERANCE
from grader.checks.matching import FREE_ASKS, FREE_NOTES
from grader.execution.limits import GIB, Limits
from grader.execution.public_bases import is_public_base

ROOT = Path(__file__).parents[2]
ASSIGNMENT = ROOT / "assignment"
DOCKER = ROOT / "docker"
BRIEF = (ASSIGNMENT / "README.md").read_text(encoding="utf-8")
CONTRACT: dict[str, Any] = yaml.safe_load((ASSIGNMENT / "contract.yaml").read_text(encoding="utf-8"))
ONE_LINE = " ".join(BRIEF.split())


def table(heading: str) -> dict[str, str]:
    """Read the two-column table below the line that holds `heading`, its first column without backticks."""
    rows: dict[str, str] = {}
    for line in BRIEF.split(heading, 1)[1].strip().splitlines():
        if not line.startswith("|"):
            break
        first, second = (cell.strip() for cell in line.strip("|").split("|"))
        rows[first.strip("`")] = second.replace("`", "")
    return {k: v for k, v in rows.items() if not set(k) <= {"-"}}


def plain(text: str) -> str:
    """Reduce a definition to its letters and digits, so that line breaks and code marks do not count."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def test_kinds_are_the_same_in_both() -> None:
    """A kind that only one of them names would be refused or never tried; their order is shared too."""
    assert list(table("## Kinds of findings")) == ["kind", *[k["id"] for k in CONTRACT["kinds"]]]
    assert [k["means"] for k in CONTRACT["kinds"]] == list(table("## Kinds of findings").values())[1:]


def test_kinds_are_unique_and_wider_than_any_dataset() -> None:
    """The list must not give the planted defects away."""
    ids = [k["id"] for k in CONTRACT["kinds"]]
    assert len(ids) == len(set(ids)) >= 40


def test_statistics_are_the_same_in_both() -> None:
    """Each statistic is listed in both, in one order, under names in lower case."""
    names = list(table("| name | definition |"))
    assert names == [s["name"] for s in CONTRACT["statistics"]]


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("auc", ["half", "null", "lowest", "leaky_missingness", "row_order", "churn rate"]),
        ("psi", ["10 %", "90 %", "linear interpolation", "merged", "upper end", "0.0001", "ln("]),
        ("ks", ["kolmogorov-smirnov", "nulls left out"]),
        ("null_rate", ["null"]),
        ("rate", ["churned_90d"]),
        ("median_ratio", ["nulls left out", "not defined"]),
        ("count", ["where", "repeat", "earlier row"]),
        ("share", ["matching or not"]),
        ("correlation", ["pearson", "neither is null"]),
        ("match_rate", ["two months before", "0.05 + 0.001", "first row supplies the value"]),
    ],
)
def test_definitions_hold_the_same_facts(name: str, facts: list[str]) -> None:
    """What decides a figure is stated for people as well as for programs."""
    machine = next(s["definition"] for s in CONTRACT["statistics"] if s["name"] == name)
    for fact in facts:
        assert plain(fact) in plain(table("| name | definition |")[name])
        assert plain(fact) in plain(machine)


def test_figures_of_the_business_are_in_the_brief() -> None:
    """Costs, capacity and weights are stated once for people and once for programs, alike."""
    business, weights = CONTRACT["business"], CONTRACT["weights"]
    expected = {"call_cost_eur": 12, "save_rate": 0.25, "kept_value_eur": 240, "capacity_share": 0.10}
    assert business == expected
    costs = table("so ranking and calibration both count.")
    assert costs["One call costs"] == f"{business['call_cost_eur']} EUR"
    assert costs["A call keeps"].startswith(f"{business['save_rate']:.0%}".replace("%", " %"))
    assert costs["A kept customer is worth"] == f"{business['kept_value_eur']} EUR"
    assert costs["Capacity"].startswith(f"{business['capacity_share']:.0%}".replace("%", " %"))
    points = [v for k, v in table("| deliverable | points |").items() if k != "deliverable"]
    assert points[:4] == [str(weights[d]) for d in ("audit", "evaluation", "serving", "readme")]
    assert points[4].startswith(f"+{weights['bonus']}")
    assert sum(int(p) for p in points[:4]) == 100


def test_limits_are_in_the_brief() -> None:
    """A limit that is enforced is a limit that was announced."""
    limits, load = CONTRACT["limits"], CONTRACT["service"]["load"]
    shown = table("| limit | |\n|---|---|")
    assert shown["Notebook"] == f"{limits['notebook_minutes']} minutes, {limits['notebook_memory_gib']} GiB"
    assert shown["Build"] == f"{limits['build_minutes']} minutes"
    assert shown["Image"] == f"{limits['image_gib']} GiB"
    assert shown["Start until healthy"] == f"{limits['start_seconds']} s"
    memory, cpus = limits["service_memory_gib"], limits["service_cpus"]
    assert shown["Service"] == f"{memory} GiB, {cpus} CPU, no network"
    assert len(shown) == 5
    assert f"{load['single_row_rate']} single-row requests a second for {load['seconds']} seconds" in ONE_LINE
    assert f"p99 below {load['p99_ms']} ms" in ONE_LINE
    assert f"{load['batch_rows']:,} rows below {load['batch_ms'] // 1000} seconds" in ONE_LINE
    service = CONTRACT["service"]
    assert f"{service['min_rows']} to {service['max_rows']} rows" in ONE_LINE
    assert f"Port {service['port']}" in ONE_LINE


def test_limits_are_those_of_the_grader() -> None:
    """Nobody is held to less than the brief grants."""
    limits, enforced = CONTRACT["limits"], Limits()
    assert enforced.notebook.seconds == limits["notebook_minutes"] * 60
    assert f"{enforced.notebook_cell_seconds / 60:g} minutes a cell" in ONE_LINE
    held = enforced.entries
    assert f"at most {held.total_bytes >> 20} MiB and {held.file_bytes >> 20} MiB a file" in ONE_LINE
    assert enforced.notebook.memory == limits["notebook_memory_gib"] * GIB
    assert enforced.build_seconds == limits["build_minutes"] * 60
    assert enforced.image_bytes == limits["image_gib"] * GIB
    assert enforced.start_seconds == limits["start_seconds"]
    assert enforced.service.memory == limits["service_memory_gib"] * GIB
    assert enforced.service.cpus == limits["service_cpus"]


def test_listed_base_images_are_accepted() -> None:
    """Whoever builds from a listed image is not turned away."""
    images = CONTRACT["docker"]["base_images"]
    assert images[0] == "python:3.11-slim"
    assert [image for image in images if not is_public_base(image)] == []


def test_clock_is_in_the_brief() -> None:
    """The label's clock and the embargo are the same in both."""
    label, split = CONTRACT["label"], CONTRACT["split"]
    assert label["extracted_on"] == "2024-12-31"
    assert label["horizon_months"] == split["embargo_months"] == 3
    assert label["column"] in BRIEF
    assert f"extracted on {label['extracted_on']}" in ONE_LINE.replace("*", "")
    assert f"in any other split >= {split['embargo_months']}*" in ONE_LINE
    assert f"the last test month is {split['last_test_month']} or earlier" in ONE_LINE
    assert all(f"`{name}`" in BRIEF for name in split["names"])


def test_files_packages_and_fields_are_in_the_brief() -> None:
    """Whoever reads the brief alone hands in every file and field under its right name."""
    names = [f["path"] for f in CONTRACT["files"]] + list(CONTRACT["notebook"]["packages"])
    names += [*CONTRACT["findings"]["fields"], *CONTRACT["findings"]["statuses"]]
    names += [*CONTRACT["predictions"]["columns"], *CONTRACT["metrics"]["required"]]
    names += [
        *CONTRACT["metrics"]["optional"],
        *CONTRACT["metrics"]["decision"],
        *CONTRACT["lift"]["columns"],
    ]
    names += [*CONTRACT["service"]["response_keys"], *CONTRACT["service"]["prediction_keys"]]
    names += CONTRACT["submission_yaml"]["keys"]
    assert [name for name in names if name not in BRIEF] == []


def test_versions_of_the_runner_image_are_handed_out() -> None:
    """The brief named packages only: a notebook written with pandas 2 met pandas 3 in the grader's image."""
    installed = re.findall(
        r"^(\S+)==([^\s\\]+) \\$", (DOCKER / "sandbox-requirements.lock").read_text(), re.MULTILINE
    )
    path = CONTRACT["notebook"]["versions"]
    lines = (ASSIGNMENT / path).read_text(encoding="utf-8").splitlines()
    handed_out = [tuple(line.split("==")) for line in lines if not line.startswith("#")]
    assert handed_out == installed
    assert f"`{path}`" in BRIEF
    assert set(CONTRACT["notebook"]["packages"]) <= {name for name, _ in installed}
    image = (DOCKER / "sandbox.Dockerfile").read_text(encoding="utf-8")
    assert "COPY sandbox-requirements.lock /tmp/requirements.lock" in image
    assert re.findall(r"pip install|--requirement \S+", image) == [
        "pip install",
        "--requirement /tmp/requirements.lock",
    ]
    assert f"FROM python:{CONTRACT['notebook']['python']}-slim" in image


def test_the_example_finding_is_valid_and_cannot_be_a_hint() -> None:
    """The example parses, uses listed names, and shows a kind that no dataset plants."""
    block = BRIEF.split('    {"findings": [', 1)[1].split("\n\n", 1)[0]
    finding = json.loads('{"findings": [' + block)["findings"][0]
    assert set(finding) == set(CONTRACT["findings"]["fields"])
    assert finding["kind"] in {k["id"] for k in CONTRACT["kinds"]}
    assert finding["kind"] == "rounding_change"
    assert finding["statistic"]["name"] in {s["name"] for s in CONTRACT["statistics"]}


def test_what_is_scored_of_the_container_is_announced() -> None:
    """A health check and a read-only root were worth half a point each and stood nowhere."""
    for page in (ONE_LINE, (ASSIGNMENT / "starter" / "Dockerfile").read_text(encoding="utf-8")):
        for name in ("HEALTHCHECK", "SIGTERM", "read-only root"):
            assert name in page


def test_incident_a_description_of_the_service_was_scored_and_never_asked_for() -> None:
    """The brief asks for every expectation of the service, so for its OpenAPI document as well."""
    assert "`/openapi.json` describes the body" in ONE_LINE
    assert CONTRACT["service"]["openapi"]["path"] == "/openapi.json"


def test_notes_were_said_never_to_cost_and_the_sixteenth_did() -> None:
    """Brief and rubric name the number of columns from which notes, and questions, earn less."""
    assert f"beyond {FREE_NOTES} columns they earn less, as questions do beyond {FREE_ASKS}." in ONE_LINE
    assert FREE_NOTES == 15, "audit.precision says from the sixteenth column on"


@pytest.mark.parametrize(
    "said",
    [
        "Each one named is accused. One finding pays for one defect.",
        "Where more than a quarter are false alarms, all audit points shrink.",
        "a figure that we recompute and that shows the defect",
        "metrics (also the test PR-AUC)",
        "more than a few of a test month cost",
        "but `base_rate`, `pr_auc_ci` and segments earn points",
        "`call` follows `decision`; `model_version` is that of `/health`.",
    ],
)
def test_incident_what_cost_points_stood_in_the_rubric_alone(said: str) -> None:
    """Rules that a careful candidate cannot guess cost points and were not in the brief."""
    assert said in ONE_LINE


def test_length_and_language_of_the_brief() -> None:
    """The brief can be read in ten minutes and as plain text."""
    prose = [line for line in BRIEF.splitlines() if not line.startswith("|")]
    assert len(" ".join(prose).split()) <= 1800
    assert max(len(line) for line in prose) <= 115
    assert "<" not in re.sub(r"`[^`]*`|[<>]=?", "", "\n".join(prose))
    assert "](" not in BRIEF


def test_incident_the_example_of_an_answer_was_rounded_beyond_what_counts_as_equal() -> None:
    """Three decimals, as the example showed, cost three of four points by a tolerance that stood nowhere."""
    assert f"equal `p_tuned` within {PARITY_TOLERANCE:.4f}" in ONE_LINE
    assert f"within {PARITY_TOLERANCE:.4f}" in CONTRACT["predictions"]["columns"]["p_tuned"]["meaning"]
    shown = re.search(r'"churn_probability": 0\.(\d+)', BRIEF)
    assert shown is not None
    assert len(shown[1]) >= 6
