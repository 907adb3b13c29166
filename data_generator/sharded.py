"""Large data sets: parts of independent customers, made by any number of processes with the same result."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from data_generator.blueprint import Blueprint
from data_generator.errors import OutputError, SpecError
from data_generator.merged_key import merged_decoys, merged_plants
from data_generator.parts import PART_ROWS, Part, Task, make_part, part_sizes, write_part
from data_generator.release import ASSIGNMENT, Release, check_assignment, write_documents, write_records
from data_generator.staging import staged
from data_generator.streams import variant_id
from data_generator.variant import Variant, build, make_design
from data_generator.yardstick import measure

Say = Callable[[str], None]


@dataclass(frozen=True)
class Large:
    """A data set in parts: where it is, what the first part left unmeasurable, and what it took to make.

    `seconds` is the time until all rows were written, the yardstick's measuring not included; `peak_mib` the
    largest resident memory of any process that made parts.
    """

    release: Release
    unmeasurable: tuple[str, ...]
    parts: int
    seconds: float
    peak_mib: float


def write_large(
    seed: int,
    rows: int,
    blueprint: Blueprint,
    out: Path,
    workers: int,
    *,
    part_rows: int = PART_ROWS,
    assignment: Path = ASSIGNMENT,
    say: Say = lambda line: None,
) -> Large:
    """Write `out/bundle` and `out/vault/<variant>` whose `snapshots.parquet`, `holdout.parquet` and `twin.parquet` are
    folders.

    The rows are those of the seed, row count and blueprint, whatever the number of workers. Strengths are set and
    the yardstick is measured on the first part. Without success nothing stays. Raises SpecError for fewer than
    one worker, OutputError where a worker is killed, and the errors of the parts.
    """
    if workers < 1:
        raise SpecError(f"workers: found {workers}, expected at least 1")
    check_assignment(assignment)
    started = time.perf_counter()
    sizes = part_sizes(rows, part_rows)
    with staged(out) as stage:
        task = Task(seed, blueprint, 0, sizes[0], {}, stage.folder)
        first = build(make_design(seed, blueprint), sizes[0])
        parts = [write_part(first, task)]
        tasks = [
            replace(task, index=index, rows=size, strengths=dict(first.strengths))
            for index, size in enumerate(sizes)
            if index
        ]
        written = sizes[0]
        for part in _made(tasks, min(workers, max(len(tasks), 1))):
            parts.append(part)
            written += part.rows
            rate = written / (time.perf_counter() - started)
            say(f"part {len(parts)} of {len(sizes)}: {written} rows, {rate:,.0f} rows/s")
        parts.sort(key=lambda part: part.index)
        seconds = time.perf_counter() - started
        whole = _whole(first, parts)
        measured = measure(first)
        say("yardstick measured on the first part")
        bundle, vault = stage.folder / "bundle", stage.folder / "vault" / variant_id(seed)
        write_documents(whole, bundle, assignment)
        known = {path: digest for part in parts for path, digest in part.hashes.items()}
        write_records(whole, measured, bundle, vault, known=known)
        stage.commit()
    release = Release(variant_id(seed), rows, out / "bundle", out / "vault" / variant_id(seed))
    peak = max(part.peak_mib for part in parts)
    return Large(release, first.unmeasurable, len(parts), seconds, peak)


def _whole(first: Variant, parts: list[Part]) -> Variant:
    rows = [part.rows for part in parts]
    return replace(
        first,
        rows=sum(rows),
        plants=merged_plants([part.plants for part in parts], rows),
        decoys=merged_decoys([part.decoys for part in parts], rows),
    )


def _made(tasks: list[Task], workers: int) -> Iterator[Part]:
    """Make parts in as many processes, and yield them as they end; the first error ends all."""
    if workers == 1:
        yield from map(make_part, tasks)
        return
    # Processes are started afresh: a fork would copy the memory, and the threads' locks, of the first part.
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_leave_interrupts_to_parent
    )
    try:
        for future in as_completed([pool.submit(make_part, task) for task in tasks]):
            yield future.result()
    except BrokenProcessPool as error:
        raise OutputError(
            "workers: one was killed, probably for lack of memory; expected fewer workers"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
