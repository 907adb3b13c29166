"""The service prober against real processes that keep the contract, bend it, or attack it."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from probe_harness import read_with, run_script, write
from service_variants import chance

from grader.evidence.service import SERVICE_ARRAYS, ServiceEvidence
from grader.probes.service.parity import FreshIds
from grader.probes.service.session import Session
from grader.probes.service.waiting import wait_until_up

COLUMNS = [
    {"name": "unread", "type": "number", "nullable": True, "levels": [], "example": 2.5},
    {"name": "usage", "type": "number", "nullable": True, "levels": [], "example": 1.5},
    {"name": "seats", "type": "integer", "nullable": True, "levels": [], "example": 3},
    {"name": "region", "type": "string", "nullable": True, "levels": ["A", "B"], "example": "A"},
    {"name": "leak", "type": "number", "nullable": True, "levels": [], "example": None},
]


def rows_of(count, month, start=0):
    """Return rows with some nulls."""
    return [
        {
            "customer_id": start + n,
            "snapshot_month": month,
            "unread": n / 2,
            "usage": None if n % 7 == 3 else float(n % 40),
            "seats": n % 5,
            "region": "AB"[n % 2],
            "leak": 1.0 if n % 3 else None,
        }
        for n in range(count)
    ]


@contextlib.contextmanager
def serving(variant):
    """Run a variant on a port that the machine gives it, until the block ends."""
    script = Path(__file__).with_name("service_variants.py")
    command = [sys.executable, str(script), variant]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


def probe(tmp_path, port, *, parity=60, replay=(30, 30), **plan):
    """Run the prober; the replay is shuffled within months as the pipeline does."""
    parts, offset = [], 0
    for place, count in enumerate(replay):
        order = np.random.default_rng(place).permutation(count)
        rows = rows_of(count, f"2025-0{place + 1}", start=1000 * place)
        positions = [offset + int(n) for n in order]
        parts.append(
            {"month": f"2025-0{place + 1}", "rows": [rows[n] for n in order], "positions": positions}
        )
        offset += count
    whole = {
        "ports": [port], "start_seconds": 60, "scan_ports": False,
        "leak_column": "leak", "leak_values": [None, 0.0, 9.0],
        "schema": {"columns": COLUMNS}, "openapi_first": True, "readme_example": None, "load": None, **plan,
    }  # fmt: skip
    requests = tmp_path / "requests"
    for name, content in (("plan", whole), ("parity", rows_of(parity, "2024-09")), ("replay", parts)):
        write(requests / f"{name}.json", content)
    return read_with("service", ServiceEvidence, arrays=SERVICE_ARRAYS, seconds=110, requests_dir=requests)


def replay_chances(replay=(30, 30)):
    """Return what the replay must answer, in order of position."""
    return [chance(row) for count in replay for row in rows_of(count, "")]


def test_a_service_that_keeps_the_contract(tmp_path):
    """Everything is measured: answers by position, invariances, every contract case, wrong requests and load.

    Wrong types go into columns that the service reads: text in one that a careful candidate had left out of the
    model counted against the service in six of twenty variants, and said nothing of those it reads.
    """
    with serving("contract") as port:
        found, arrays = probe(tmp_path, port, parity=1200, load={"rate": 20, "seconds": 1})
    assert (found.started, found.health_status, found.model_version, found.openapi) == (True, 200, "v1", True)
    assert (found.route, found.request_shape, found.answer_path) == (
        "/predict",
        "rows",
        "predictions[*].churn_probability",
    )
    np.testing.assert_allclose(arrays["replay"], replay_chances())
    expected = [chance(row) for row in rows_of(1200, "")]
    np.testing.assert_allclose(arrays["parity"], expected)
    for name in (
        "fresh_id",
        "fresh_id_again",
        "single",
        "reversed",
        "repeated",
        "column_order",
        "leak_changed",
    ):
        np.testing.assert_allclose(arrays[name], expected[:200], err_msg=name)
    assert [case.id for case in found.contract if not case.ok] == []
    assert [(c.id, c.outcome, c.got) for c in found.bad_input if c.outcome not in c.expected] == []
    assert [c.id for c in found.bad_input if c.names_field is False] == []
    assert len(found.bad_input) >= 25
    assert found.latency.answered == 20
    assert found.latency.p99_ms > 0
    assert found.latency.batch_1000_ms > 0
    assert found.replay_rows == 60


@pytest.mark.parametrize(
    ("variant", "route", "shape", "path"),
    [
        ("flat", "/score", "row", "result.probability"),
        ("features", "/api/v1/predict", '{"features": row}', "proba[*][1]"),
        ("bare", "/predict", "[row]", "[*].scores.churn_probability"),
    ],
)
def test_other_shapes_are_driven(tmp_path, variant, route, shape, path):
    """One flat object, wrapped features, a bare list and nested answers are found by trying."""
    with serving(variant) as port:
        found, arrays = probe(tmp_path, port)
    assert (found.route, found.request_shape, found.answer_path) == (route, shape, path)
    np.testing.assert_allclose(arrays["replay"], replay_chances())
    np.testing.assert_allclose(arrays["reversed"], [chance(row) for row in rows_of(60, "")])
    assert {case.id: case.ok for case in found.contract}["request_shape"] is False


def test_one_bad_row_costs_itself_only(tmp_path):
    """A service that answers 500 on a null loses those rows, keeps the others, and the cases show it."""
    with serving("null500") as port:
        found, arrays = probe(tmp_path, port)
    expected = np.array(replay_chances())
    lost = np.array([row["usage"] is None for count in (30, 30) for row in rows_of(count, "")])
    np.testing.assert_array_equal(np.isnan(arrays["replay"]), lost)
    np.testing.assert_allclose(arrays["replay"][~lost], expected[~lost])
    outcomes = {case.id: case.outcome for case in found.bad_input}
    assert outcomes["null_number"] == "server_error"
    assert all(case.healthy_after for case in found.bad_input)


def test_a_service_that_uses_the_leak_moves(tmp_path):
    """The answer that moved most under other values of the leaking column is kept."""
    with serving("leaky") as port:
        _, arrays = probe(tmp_path, port)
    moved = np.abs(arrays["leak_changed"] - arrays["parity"][:200])
    assert (moved > 0.05).all()
    np.testing.assert_allclose(arrays["repeated"], arrays["parity"])


def test_incident_a_cache_by_customer_and_month_hid_the_leak(tmp_path):
    """Every value of the leak was asked under keys that had been answered: 0.30 of movement was measured as none."""
    with serving("leaky_cache") as port:
        _, arrays = probe(tmp_path, port)
    np.testing.assert_allclose(arrays["fresh_id"], arrays["parity"])
    np.testing.assert_allclose(arrays["repeated"], arrays["parity"])
    assert (np.abs(arrays["leak_changed"] - arrays["parity"]) > 0.05).all()


@pytest.mark.parametrize(("variant", "alike"), [("table", True), ("id_feature", False)])
def test_answers_by_key_show_under_identifiers_that_occur_nowhere(tmp_path, variant, alike):
    """A table answers unknown customers by one other model, a model of the identifier every one of them otherwise."""
    with serving(variant) as port:
        _, arrays = probe(tmp_path, port)
    fresh = arrays["fresh_id"]
    assert (np.abs(fresh - arrays["parity"]) > 1e-4).mean() > 0.5
    assert np.allclose(fresh, arrays["fresh_id_again"]) is alike


def test_fresh_identifiers_are_new_and_look_like_the_others():
    """A service may check an identifier's form; one that was asked before would be answered from a cache."""
    known = [10**15 + 977 * n for n in range(3000)]
    rows = [{"customer_id": one, "snapshot_month": "2024-09"} for one in known]
    fresh = FreshIds(Session({}, rows[:2000], [{"rows": rows[2000:]}]))
    given = [row["customer_id"] for _ in range(5) for row in fresh.given(rows[:200])]
    assert len({*given, *known}) == 4000
    assert {len(str(one)) for one in given} == {16}


def test_batches_are_split_for_a_smaller_limit(tmp_path):
    """A service that takes fewer rows than the contract still gets every row answered."""
    with serving("small") as port:
        found, arrays = probe(tmp_path, port, parity=130, replay=(120, 10))
    np.testing.assert_allclose(arrays["replay"], replay_chances((120, 10)))
    assert not np.isnan(arrays["parity"]).any()
    assert {case.id: case.ok for case in found.contract}["batch_of_1000"] is False


def test_labels_and_errors_with_status_200_are_no_probabilities(tmp_path):
    """A service without a probability gives no array, and what it said is told."""
    with serving("labels") as port:
        found, arrays = probe(tmp_path, port)
    assert (found.started, found.route, arrays) == (True, "", {})
    assert "no model" in " ".join(found.problems)


@pytest.mark.parametrize("variant", ["redirect", "endless"])
def test_hostile_answers_are_bounded(tmp_path, variant):
    """A redirect is not followed, an endless body is cut; the prober ends and says that nothing was answered."""
    with serving(variant) as port:
        begin = time.monotonic()
        found, arrays = probe(tmp_path, port, budget_seconds=15)
    assert (found.started, arrays) == (True, {})
    assert time.monotonic() - begin < 100
    assert found.problems


def test_a_trickle_cannot_hold_the_prober(tmp_path):
    """An answer that comes byte by byte is given up after the time of one request, not of one byte."""
    with serving("trickle") as port:
        begin = time.monotonic()
        found, _ = probe(tmp_path, port, budget_seconds=5)
    assert found.started
    assert time.monotonic() - begin < 100
    assert "found no request" in " ".join(found.problems)


def test_nothing_listening_is_said(tmp_path):
    """Without a service the evidence says that it did not start."""
    found, arrays = probe(tmp_path, 1, start_seconds=1)
    assert (found.started, found.port, arrays) == (False, None, {})


def test_the_floor_and_the_health_wait(tmp_path):
    """The do-nothing service is measured, and waiting for a port ends either way."""
    floor = json.loads(run_script("floor", "1").stdout)["result"]["latency"]
    assert (floor["sent"], floor["answered"]) == (20, 20)
    assert 0 < floor["p50_ms"] <= floor["p99_ms"]
    down = json.loads(run_script("health", "1", "0.5").stdout)["result"]
    assert down["started"] is False
    with serving("flat") as port:
        up = json.loads(run_script("health", str(port), "60").stdout)["result"]
    assert up["started"] is True


def test_attack_service_many_ports():
    """Ports that are open and never answer hold the prober no longer than twice the time to start."""
    with contextlib.ExitStack() as held:
        ports = []
        for _ in range(60):
            listener = held.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            ports.append(listener.getsockname()[1])
        session = Session({"ports": ports, "start_seconds": 0.5, "scan_ports": False}, [], [])
        begin = time.monotonic()
        assert wait_until_up(session) is None
        assert time.monotonic() - begin < 30


@pytest.mark.parametrize(("variant", "scored"), [("bare", True), ("labels", False)])
def test_incident_a_read_only_start_was_asked_for_its_health_alone(tmp_path, variant, scored):
    """A service that is healthy and answers no row does not serve: one that writes beside its code passed."""
    plan = {"schema": {"columns": COLUMNS}, "readme_example": None}
    for name, content in (("plan", plan), ("parity", rows_of(3, "2024-09")), ("replay", [])):
        write(tmp_path / f"{name}.json", content)
    with serving(variant) as port:
        done = run_script("service", "--one-row", str(port), requests_dir=tmp_path)
    assert json.loads(done.stdout)["result"] == {"scored": scored}
