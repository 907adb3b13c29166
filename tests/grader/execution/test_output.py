"""Output is kept to a measure: head and tail in memory, or whole in a file, and a flood is stopped."""

import time
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.execution.capture import Spool
from grader.execution.limits import MIB
from grader.execution.protocol import Saved
from grader.types import Verdict


def test_output_keeps_head_and_tail(executor, job):
    """Of too much output the first and last half of the limit are kept, and the loss is told."""
    text = "print('HEAD'); print('x' * 20000); print('TAIL')"
    done = executor.run(job(text, limits={"output_bytes": 1000}))
    assert (done.verdict, done.truncated) == (Verdict.OK, True)
    assert done.stdout.startswith(b"HEAD")
    assert done.stdout.endswith(b"TAIL\n")
    assert len(done.stdout) < 1100


@pytest.mark.parametrize("line", ["'y' * 65536 + '\\n'", "'y' * 65536"], ids=["lines", "one endless line"])
def test_flood_is_stopped(executor, job, line):
    """Endless output neither hangs nor fills our memory: the job is ended with OUTPUT_LIMIT."""
    begun = time.monotonic()
    done = executor.run(
        job(
            f"import sys\nwhile True: sys.stdout.write({line})",
            limits={"output_bytes": 20000, "seconds": 300},
        )
    )
    assert done.verdict is Verdict.OUTPUT_LIMIT
    assert len(done.stdout) < 21000
    assert time.monotonic() - begun < 90


def test_saved_output_is_whole(executor, job, tmp_path):
    """Output that is to be kept whole is in its file to the last byte, and not in memory."""
    saved = Saved(tmp_path / "saved", 10 * MIB)
    done = executor.run(job("import sys; sys.stdout.buffer.write(bytes(range(256)) * 20_000)", saved=saved))
    assert (done.verdict, done.stdout, done.truncated) == (Verdict.OK, b"", False)
    assert saved.path.read_bytes() == bytes(range(256)) * 20_000


def test_saved_output_has_a_limit(executor, job, tmp_path):
    """One byte more than may be kept is OUTPUT_LIMIT, and an endless stream ends soon and fills no disk."""
    begun = time.monotonic()
    for name, text in (("one", "print('x' * 1000)"), ("endless", "while True: print('x' * 99999)")):
        done = executor.run(job(text, saved=Saved(tmp_path / name, 1000), limits={"seconds": 300}))
        assert done.verdict is Verdict.OUTPUT_LIMIT
        assert (tmp_path / name).stat().st_size <= 1000
    assert time.monotonic() - begun < 180


def test_saved_output_never_overwrites(executor, job, tmp_path):
    """A file that is there already is a mistake of ours."""
    (tmp_path / "there").write_text("mine")
    with pytest.raises(SandboxError, match="there: cannot be made"):
        executor.run(job("print(1)", saved=Saved(tmp_path / "there", 10)))
    assert (tmp_path / "there").read_text() == "mine"


def test_a_full_disk_of_ours_is_told(tmp_path):
    """Output that this machine cannot keep is our failure, never a verdict on the job."""
    spool = Spool(tmp_path / "saved", 99)
    spool._file.close()
    spool._file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 - closed by the spool
    spool.write(b"x" * 10)
    with pytest.raises(SandboxError, match="cannot be written"), spool:
        spool.write(b"more")
