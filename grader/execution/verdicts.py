"""From the facts of how a job ended to its one verdict."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.execution.limits import JobLimits
from grader.types import Verdict

AT_LIMIT = 0.95
"""Share of its limit that a job has used at least where that is what it was killed for."""
SIGKILL_CODES = (137, -9)
FAR_BELOW = 0.5
"""Share of its limit below which a job's known peak says that it was not the one that used up the memory."""
NO_SPACE = re.compile(rb"[Nn]o space left on device|Errno 28\]|Disk quota exceeded|Errno 27\] File too large")
NO_PROCESS = re.compile(
    rb"Resource temporarily unavailable|can't start new thread|Cannot allocate memory: fork"
)


@dataclass(frozen=True)
class Ending:
    """Facts of an ended job; `area_full` is the used share 0..1 of its output area where known.

    `limit_untouched`: the kernel killed for memory while its counters say that the job never was at its limit.
    `peak_exact`: the peak is the kernel's own, read after it had killed.
    `host_short`: the host had next to no memory left while the job ran. `held_up`: a sentence where the host
    left it too little CPU for a clock to say anything.
    """

    exit_code: int | None
    stderr_tail: bytes = b""
    timed_out: bool = False
    flooded: bool = False
    oom_killed: bool = False
    pids_refused: bool = False
    peak_memory: int | None = None
    area_full: float | None = None
    limit_untouched: bool = False
    host_short: bool = False
    held_up: str | None = None
    peak_exact: bool = False


def verdict_of(ending: Ending, limits: JobLimits) -> tuple[Verdict, str]:
    """Return the verdict and a sentence for it.

    The engine's own word goes first (out of memory, whatever the exit code), then what we did to the job,
    then its exit code; standard error only tells one failure from another, never failure from success.
    """
    if memory_of_the_host(ending, limits):
        peak, limit = _mib(ending.peak_memory or 0), _mib(limits.memory)
        return Verdict.INFRA_ERROR, f"the host ran out of memory; this had used {peak} of its {limit}"
    if _out_of_memory(ending, limits):
        return Verdict.OOM, f"used more than its {_mib(limits.memory)} of memory"
    late = f"did not end within {limits.seconds:g} seconds"
    # Before what standard error says: whoever only waited may have printed anything.
    if ending.timed_out and ending.held_up is not None and not (ending.pids_refused or ending.flooded):
        return Verdict.INFRA_ERROR, f"{late}; {ending.held_up}"
    failed = ending.exit_code != 0 or ending.timed_out
    if failed and _out_of_processes(ending):
        return Verdict.PIDS, f"started more than the {limits.pids} processes and threads allowed"
    if ending.flooded:
        return Verdict.OUTPUT_LIMIT, f"printed far more than the {limits.output_bytes} bytes kept"
    if ending.timed_out:
        return Verdict.TIMEOUT_JOB, late
    if failed and NO_SPACE.search(ending.stderr_tail):
        if ending.area_full is not None and ending.area_full > 0.9:
            return Verdict.DISK_LIMIT, f"filled its output area of {_mib(limits.output_area)}"
        return Verdict.DISK_LIMIT, f"filled its temporary files ({_mib(limits.tmp)}) or output area"
    if failed:
        return Verdict.CRASH, f"ended with exit code {ending.exit_code}"
    if ending.pids_refused:
        return Verdict.OK, f"ran into the limit of {limits.pids} processes and threads, and went on"
    return Verdict.OK, ""


def memory_of_the_host(ending: Ending, limits: JobLimits) -> bool:
    """Whether a job was killed for memory that others used.

    A low peak alone does not say so: it is sampled, and a container that goes at once takes its counters along.
    """
    killed = ending.oom_killed or _killed_by_another(ending)
    low = ending.peak_memory is not None and ending.peak_memory < FAR_BELOW * limits.memory
    if ending.peak_exact and ending.oom_killed and (ending.peak_memory or 0) < AT_LIMIT * limits.memory:
        return True
    return killed and low and (ending.limit_untouched or ending.host_short)


def _killed_by_another(ending: Ending) -> bool:
    return ending.exit_code in SIGKILL_CODES and not (ending.timed_out or ending.flooded)


def _out_of_memory(ending: Ending, limits: JobLimits) -> bool:
    if ending.oom_killed:
        return True
    # The engine may miss the event where the whole container goes at once; the peak does not.
    return _killed_by_another(ending) and (ending.peak_memory or 0) > AT_LIMIT * limits.memory


def _out_of_processes(ending: Ending) -> bool:
    return ending.pids_refused or NO_PROCESS.search(ending.stderr_tail) is not None


def _mib(amount: int) -> str:
    return f"{amount / 1024**2:.0f} MiB"
