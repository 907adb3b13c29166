"""What a probe prints is believed only as far as its form holds."""

from __future__ import annotations

import json

import numpy as np
import pytest

from grader.evidence.decode import decode
from grader.evidence.modelling import PREDICTION_ARRAYS, PredictionsEvidence


def printed(result, arrays=(), tail=b""):
    """Return the bytes a probe would print."""
    return json.dumps({"result": result, "arrays": list(arrays)}).encode() + b"\n" + tail


def test_result_and_arrays_arrive():
    """The line is validated and the bytes after it become the announced arrays, NaN included."""
    values = np.array([1.0, np.nan, 3.0], dtype="<f8")
    line = printed({"path": "p", "rows": 3}, [{"name": "row", "length": 2}, {"name": "p_tuned", "length": 1}])
    found, arrays = decode(line + values.tobytes(), PredictionsEvidence, PREDICTION_ARRAYS)
    assert found.rows == 3
    np.testing.assert_array_equal(arrays["row"], values[:2])
    np.testing.assert_array_equal(arrays["p_tuned"], [3.0])
    assert arrays["row"].flags.writeable


@pytest.mark.parametrize(
    ("stdout", "reason"),
    [
        (b"", "no line end"),
        (b"{}", "no line end"),
        (b" " * (1 << 20) + b'{"result": {}, "arrays": []}\n', "no line end"),
        (b"Traceback\n", "Expecting value"),
        (b"[]\n", "other keys"),
        (b'{"result": {}}\n', "other keys"),
        (b'{"result": {}, "arrays": {}}\n', "no list"),
        (b'{"result": {"rows": NaN}, "arrays": []}\n', "NaN"),
        (b'{"result": {"rows": 1e999}, "arrays": []}\n', "Out of range"),
        (b'{"result": ' + b"[" * 40 + b"]" * 40 + b', "arrays": []}\n', "nested deeper"),
        (b'{"result": {"a": "\xff"}, "arrays": []}\n', "UTF-8"),
        (printed({"surprise": 1}), "Extra inputs"),
        (printed({"rows": "3"}), "integer"),
        (printed({}, [{"name": "row", "length": 2}], b"\0" * 8), "announced 16"),
        (printed({}, [{"name": "row", "length": 0}], b"\0"), "announced 0"),
        (printed({}, [{"name": "secret", "length": 0}]), "secret"),
        (printed({}, [{"name": "row", "length": 0}] * 2), "each once"),
        (printed({}, [{"name": "row", "length": -1}]), "greater than"),
        (printed({}, [{"name": "row", "length": 1e9}]), "integer"),
        (printed({}, [{"name": "row", "length": 1 << 40}]), "less than"),
        (b"\0" * ((64 << 20) + 1), "at most"),
    ],
)
def test_anything_else_is_refused_with_a_reason(stdout, reason):
    """Cut, forged, oversized or strange output never becomes evidence."""
    with pytest.raises(ValueError, match=reason):
        decode(stdout, PredictionsEvidence, PREDICTION_ARRAYS)
