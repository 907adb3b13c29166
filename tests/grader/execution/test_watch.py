"""Whose memory ran out is read from the counters of the job's own control group."""

from types import SimpleNamespace

import pytest

from grader.execution import watch as module
from grader.execution.watch import Watch

V2 = "low 0\nhigh 0\nmax {limit}\noom {limit}\noom_kill 1\n"


def sampled(folder, monkeypatch, files, available=900):
    """What is seen of a control group with these files, on a host with so much of 1000 kB available."""
    for name, text in files.items():
        (folder / name).write_text(text)
    meminfo = folder / "meminfo"
    meminfo.write_text(f"MemTotal:       1000 kB\nMemAvailable:   {available} kB\n")
    monkeypatch.setattr(module, "MEMINFO", meminfo)
    watch = Watch(SimpleNamespace(client=None, root_dir=None), "job", "id", 0, 2.0)
    watch._folders = {"memory": [folder]}
    watch.sample()
    return watch


@pytest.mark.parametrize(
    ("files", "untouched"),
    [
        ({"memory.events": V2.format(limit=0), "memory.peak": "700"}, True),
        ({"memory.events": V2.format(limit=1), "memory.peak": "700"}, False),
        ({"memory.oom_control": "oom_kill 1\n", "memory.failcnt": "0\n"}, True),
        ({"memory.oom_control": "oom_kill 1\n", "memory.failcnt": "7\n"}, False),
        ({"memory.oom_control": "oom_kill 1\n"}, False),
    ],
)
def test_incident_a_kill_by_the_hosts_kernel_was_the_candidates(tmp_path, monkeypatch, files, untouched):
    """The kernel counts a kill for the host's memory in the job's group too; the limit's own counter tells them apart.

    Where that counter is absent nothing is said, so the job's own limit stays the reason.
    """
    seen = sampled(tmp_path, monkeypatch, files)
    assert (seen.oom_killed, seen.limit_untouched, seen.host_short) == (True, untouched, False)


def test_a_host_without_memory_is_seen(tmp_path, monkeypatch):
    """A container that goes at once leaves no counters, but the host was short before."""
    assert sampled(tmp_path, monkeypatch, {}, available=20).host_short


def test_incident_a_kill_on_a_small_host_was_the_candidates(tmp_path, monkeypatch):
    """What is read before the kernel kills is less than what it killed for, so the peak is read after the kill."""
    real = module._text

    def text(path):
        said = real(path)
        if path.name == "memory.events":
            (tmp_path / "memory.peak").write_text("900")
        return said

    monkeypatch.setattr(module, "_text", text)
    seen = sampled(tmp_path, monkeypatch, {"memory.events": V2.format(limit=1), "memory.peak": "10"})
    assert (seen.peak_memory, seen.peak_exact) == (900, True)
    assert not sampled(tmp_path, monkeypatch, {"memory.events": "oom_kill 0\n"}).peak_exact


def test_a_kill_that_has_no_count_of_its_own_stays_the_jobs(tmp_path, monkeypatch):
    """Older kernels tell no peak of a group: then nothing is exact."""
    assert not sampled(tmp_path, monkeypatch, {"memory.events": V2.format(limit=1)}).peak_exact
