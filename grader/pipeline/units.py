"""Run the units of a grading: take what is kept, else measure in a bounded number of attempts and keep that."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from grader.errors import SandboxError, SubmissionError
from grader.execution.protocol import Executor
from grader.pipeline.phase_cache import M, Outcome, PhaseCache
from grader.pipeline.progress import Progress
from grader.types import OFFLINE, PhaseRecord, Verdict

T = TypeVar("T")
TO_DO = "run the same command again once that is repaired: finished phases are kept"


@dataclass(frozen=True)
class Retry:
    """How often a unit that failed on our side is tried, the pauses in between, and the wait for an engine."""

    attempts: int = 3
    pauses: tuple[float, ...] = (5.0, 20.0)
    patience: float = 60.0
    sleep: Callable[[float], None] = field(default=time.sleep)


class Units:
    """Runs units one after another; after an engine did not come back, the rest is tried only once each."""

    def __init__(
        self, executor: Executor, progress: Progress, cache: PhaseCache | None, retry: Retry
    ) -> None:
        self._executor = executor
        self._progress = progress
        self._cache = cache
        self._retry = retry
        self._given_up = False

    def run(
        self,
        name: str,
        model: type[M],
        key: str | None,
        measure: Callable[[], Outcome[M]],
        broken: Callable[[PhaseRecord], M],
        key_after: Callable[[], str | None] | None = None,
    ) -> Outcome[M]:
        """Return what a unit measured, now or earlier; `broken` makes its value from a record of our failure.

        With no `key` the outcome is not kept. `key_after` is asked where measuring itself changes what the key
        is made of (a base image that is fetched). Never raises for a failure of the sandbox or a defect of ours.
        """
        self._progress.start(name)
        if self._cache is None or key is None:
            return self._said(name, self._measured(name, measure, broken))
        kept = self._cache.read(key, model)
        if kept is not None:
            return self._said(name, kept)
        note = f"another grading is at the phase {name} of the same submission; waiting for it"
        with self._cache.turn(key, lambda: self._progress.note(note)):
            outcome = self._cache.read(key, model) or self._measured(name, measure, broken)
            if not outcome.reused:
                self.keep(key_after() if key_after else key, outcome)
        return self._said(name, outcome)

    def insist(self, do: Callable[[], T]) -> T:
        """Do what cannot be done without, in as many attempts as a unit has; SandboxError after the last."""
        for attempt in range(1, self._retry.attempts + 1):
            try:
                return do()
            except SandboxError as error:
                self._progress.note(f"{error}; attempt {attempt} of {self._retry.attempts}")
                if attempt == self._retry.attempts or not self._ready_again(attempt):
                    raise
        raise AssertionError("a retry has at least one attempt")

    def known(self, model: type[M], key: str) -> Outcome[M] | None:
        """Return what an earlier grading measured under a key."""
        return self._cache.read(key, model) if self._cache else None

    def keep(self, key: str | None, outcome: Outcome[M]) -> None:
        """Keep an outcome unless something failed on our side."""
        if self._cache is None or key is None or outcome.value.ours:
            return
        try:
            self._cache.write(key, outcome)
        except OSError as error:
            self._progress.note(f"{self._cache.folder}: cannot keep what was measured: {error}")

    def _measured(
        self, name: str, measure: Callable[[], Outcome[M]], broken: Callable[[PhaseRecord], M]
    ) -> Outcome[M]:
        attempts = 1 if self._given_up else self._retry.attempts
        for attempt in range(1, attempts + 1):
            try:
                outcome = measure()
            except (SandboxError, OSError) as error:
                # What the machine refuses (a full disk, too many open files) may pass as an engine's trouble does.
                outcome = Outcome(broken(our_fault(name, str(error))))
            except SubmissionError:
                raise
            except Exception as error:  # noqa: BLE001 -- a defect of ours costs nobody points and loses no phase
                detail = f"a defect of the grader: {type(error).__name__}: {error}"
                self._progress.note(detail)
                return Outcome(broken(our_fault(name, detail)))
            if not outcome.value.ours:
                break
            self._progress.note(f"failed on our side ({_reason(outcome)}); attempt {attempt} of {attempts}")
            if attempt < attempts and not self._ready_again(attempt):
                break
        return told(outcome)

    def _ready_again(self, attempt: int) -> bool:
        """Wait after a failed attempt; return whether the sandbox works again."""
        pauses = self._retry.pauses
        if pauses:
            self._retry.sleep(pauses[min(attempt, len(pauses)) - 1])
        try:
            self._executor.recover(self._retry.patience)
        except SandboxError as error:
            self._given_up = True
            self._progress.note(f"the sandbox does not come back ({error}); what depends on it stays pending")
            return False
        return True

    def _said(self, name: str, outcome: Outcome[M]) -> Outcome[M]:
        records = outcome.value.records
        worst = next((r.verdict for r in records if r.verdict is not Verdict.OK), Verdict.OK)
        if outcome.reused:
            self._progress.note("measured by an earlier grading of the same files; kept")
        self._progress.done(name, worst, 0.0 if outcome.reused else sum(r.seconds for r in records))
        return outcome


def told(outcome: Outcome[M]) -> Outcome[M]:
    """Add to every failure of ours what is to be done about it; an offline build says that itself."""
    if not outcome.value.ours:
        return outcome
    records = tuple(
        r.model_copy(update={"detail": f"{r.detail}; {TO_DO}"})
        if r.verdict is Verdict.INFRA_ERROR and not r.detail.startswith(OFFLINE)
        else r
        for r in outcome.value.records
    )
    return Outcome(outcome.value.model_copy(update={"records": records}), outcome.arrays)


def our_fault(phase: str, detail: str) -> PhaseRecord:
    """Return the record of a phase that failed on our side."""
    return PhaseRecord(id=phase, verdict=Verdict.INFRA_ERROR, detail=detail[:2000], ours=True)


def not_run(phase: str, cause: PhaseRecord) -> PhaseRecord:
    """Return the record of a phase that waited for another one; it inherits whose fault that was."""
    ours = cause.ours or cause.verdict is Verdict.INFRA_ERROR
    return PhaseRecord(
        id=phase, verdict=Verdict.NOT_RUN, detail=f"waits for {cause.id} ({cause.verdict})", ours=ours
    )


def _reason(outcome: Outcome[M]) -> str:
    found = next(r for r in outcome.value.records if r.ours or r.verdict is Verdict.INFRA_ERROR)
    return found.detail[:300] or str(found.verdict)
