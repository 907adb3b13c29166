"""The grader's commands: grade, score, explain, judge-readme."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.batch import cli as batch_cli
from grader.batch.inbox import Stated, find_vaults, stem
from grader.command_line import Json, LimitsPath, OfflineBuild, PhaseCachePath, RubricPath, errors_shown
from grader.contract import cli as contract_cli
from grader.errors import SandboxError, UsageError
from grader.execution.docker import DockerExecutor
from grader.execution.limits import load_limits
from grader.execution.local import LocalExecutor
from grader.execution.protocol import Executor
from grader.interview import cli as interview_cli
from grader.interview.following import with_follow_up
from grader.pipeline.elsewhere import keys_below
from grader.pipeline.grading import Order, grade
from grader.pipeline.phase_cache import PhaseCache, default_cache
from grader.pipeline.progress import Lines, Progress, Silent
from grader.pipeline.stated_variant import stated_variants
from grader.practice import cli as practice_cli
from grader.practice.page import write_practice
from grader.practice.vault import PracticeVault, practice_vault
from grader.readme import cli as readme_cli
from grader.readme.language_model.endpoint import Settings, SettingsError, settings_from
from grader.reports.exports import cli as exports_cli
from grader.reports.terminal import print_scorecard
from grader.rescoring import open_truth, publish_again, remember_vault, score_again
from grader.results import Report
from grader.review import cli as review_cli
from grader.review.moves import print_moves
from grader.rubric import DEFAULT, Rubric, load_rubric
from grader.truth import Truth, vaults_below

BONUS = "bonus"
"""How `explain` calls the line that is no criterion: its points are shown apart."""


class ExecutorChoice(StrEnum):
    """How candidate code is run."""

    docker = "docker"
    local = "local"


def open_executor(choice: ExecutorChoice, progress: Progress, offline_build: bool = False) -> Executor:
    """Start an executor; SandboxError where the sandbox does not work. The local one builds nothing anyway."""
    if choice is ExecutorChoice.local:
        return LocalExecutor()
    return DockerExecutor(progress=progress.note, offline_build=offline_build)


@contextmanager
def closed_whatever_happens(executor: Executor, progress: Progress) -> Iterator[Executor]:
    """Close an executor at the end; what an engine that is gone still holds is removed at the next start."""
    try:
        yield executor
    finally:
        try:
            executor.close()
        except SandboxError as error:
            progress.note(f"{error}; the next grading removes what is left")


@contextmanager
def _opened(local: bool, offline_build: bool, progress: Progress) -> Iterator[Executor]:
    choice = ExecutorChoice.local if local else ExecutorChoice.docker
    with closed_whatever_happens(open_executor(choice, progress, offline_build), progress) as running:
        yield running


def show(report: Report, out: Path, as_json: bool, *, verbose: bool = False) -> None:
    """Print the scorecard, or the report as JSON."""
    if as_json:
        typer.echo(json.dumps(report.model_dump(mode="json"), ensure_ascii=False))
        return
    print_scorecard(report, Console(), verbose=verbose)
    typer.echo(f"report: {out / 'report.html'}")


@contextmanager
def _where(submission: Path, vault: Path | None, out: Path | None, practice: bool) -> Iterator[PracticeVault]:
    """Yield the vault to grade against and the result folder; both are known for a practice folder."""
    if practice:
        if vault is not None:
            raise UsageError("--practice: takes the sealed key beside the submission; leave out --vault")
        with practice_vault(submission) as found:
            yield PracticeVault(found.folder, out or found.result, found.kept)
        return
    if vault is None or out is None:
        missing = "--vault" if vault is None else "--out"
        raise UsageError(f"{missing}: expected a folder, or --practice for a practice folder")
    yield PracticeVault(vault, out, vault)


def _truth_of(submission: Path, vaults: Path, stated: Stated) -> Truth:
    """Load that one of several vaults which fits the submission; VaultError where none does, or more than one."""
    found = find_vaults(vaults, None).find(stem(submission.resolve()), stated)
    return open_truth(vaults if found is None else found)


def _language_model() -> Settings:
    try:
        return settings_from()
    except SettingsError as error:
        raise UsageError(f"--language-model: {error}") from error


def _explain_bonus(rubric: Rubric, as_json: bool) -> None:
    rule = rubric.file.bonus
    text = inspect.getdoc(rubric.checks[rule.check]) or ""
    if as_json:
        typer.echo(json.dumps([{"id": BONUS, **rule.model_dump(), "explanation": text}]))
    else:
        typer.echo(f"{BONUS} ({rule.points:g} points, shown apart)\n\n{text}")


def register(app: typer.Typer) -> None:
    """Add the grader's commands to the one command line."""
    contract_cli.register(app)
    readme_cli.register(app)
    review_cli.register(app, with_follow_up)
    exports_cli.register(app)
    interview_cli.register(app, partial(review_cli.record_defended, remake=with_follow_up))
    practice_cli.register(app)
    batch_cli.register(app, _opened)

    @app.command(
        "grade",
        epilog="Example: takehome grade ada.zip --vault vault/7902699be42c --out results/ada",
    )
    def grade_command(
        submission: Annotated[Path, typer.Argument(help="A folder, .zip, .tar.gz or git checkout.")],
        vault: Annotated[
            Path | None, typer.Option("--vault", help="The folder with key.json, or a folder of vaults.")
        ] = None,
        out: Annotated[
            Path | None, typer.Option("--out", help="Folder for the result; written whole or not at all.")
        ] = None,
        practice: Annotated[
            bool,
            typer.Option(
                "--practice", help="Use the sealed key of `takehome practice`, and open it afterwards."
            ),
        ] = False,
        executor: Annotated[
            ExecutorChoice, typer.Option(help="local is not isolated.")
        ] = ExecutorChoice.docker,
        offline_build: OfflineBuild = False,
        variant: Annotated[
            str | None,
            typer.Option(
                help="Which vault, where --vault holds several; default: by the submission's name, as in `batch`, "
                "else by its contract.yaml."
            ),
        ] = None,
        rubric: RubricPath = DEFAULT,
        limits: LimitsPath = None,
        kept: PhaseCachePath = None,
        fresh: Annotated[
            bool, typer.Option("--fresh", help="Run every phase again, whatever earlier gradings kept.")
        ] = False,
        language_model: Annotated[
            bool,
            typer.Option(
                "--language-model",
                help="Send the README and the facts it is held against to the endpoint of TAKEHOME_LM_URL and "
                "TAKEHOME_LM_MODEL; its levels are suggestions. Without this nothing leaves the machine.",
            ),
        ] = False,
        quiet: Annotated[bool, typer.Option("--quiet", help="No progress lines.")] = False,
        verbose: Annotated[
            bool,
            typer.Option("--verbose", help="Print messages whole, with evidence and what phases printed."),
        ] = False,
        as_json: Json = False,
    ) -> None:
        """Grade a submission in the sandbox: scorecard, reports and evidence."""
        written: list[Path] = []

        def remains() -> str:
            if written:
                return f"the result is in {written[0]}"
            kept_so_far = "no phase is" if executor is ExecutorChoice.local else "finished phases are"
            return f"{kept_so_far} kept; run the same command again"

        with errors_shown(remains):
            if not submission.exists():
                raise UsageError(f"{submission}: no such file or folder")
            asked = _language_model() if language_model else None
            progress: Progress = Silent() if quiet else Lines()
            with _where(submission, vault, out, practice) as place:
                several = variant is None and len({one.name for one in vaults_below(place.folder)}) > 1
                truth = None if several else open_truth(place.folder, variant)
                loaded, limited = load_rubric(rubric), load_limits(limits)
                cache = PhaseCache(kept or default_cache(), fresh=fresh)
                others = keys_below(place.folder, progress.note)
                progress.start("sandbox")
                with closed_whatever_happens(
                    open_executor(executor, progress, offline_build), progress
                ) as running:
                    if truth is None:
                        stated = partial(stated_variants, submission, place.result, running, limited)
                        truth = _truth_of(submission, place.folder, stated)
                        progress.note(f"graded against {truth.folder}")
                    order = Order(
                        submission,
                        truth,
                        loaded,
                        limited,
                        place.result,
                        cache,
                        language_model=asked,
                        others=others,
                    )
                    report = grade(order, running, progress)
                    written.append(place.result)
                if practice:
                    page = write_practice(report, truth, place.result)
                else:
                    page = None
                    remember_vault(place.result, truth.folder)
            if practice:
                remember_vault(place.result, place.kept)  # only now is the key there
            show(report, place.result, as_json, verbose=verbose)
            if page is not None and not as_json:
                typer.echo(f"the key, opened: {page}")

    @app.command(
        "score",
        epilog="Example: takehome score results/*/ --vault issued --rubric changed.yaml --dry-run",
    )
    def score_command(
        results: Annotated[list[Path], typer.Argument(help="Result folders of gradings.")],
        vault: Annotated[
            Path | None,
            typer.Option(
                "--vault",
                help="The folder with key.json, or a folder of vaults; default: where each was graded with.",
            ),
        ] = None,
        rubric: RubricPath = DEFAULT,
        out: Annotated[Path | None, typer.Option("--out", help="Another folder; default: in place.")] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who moves, write nothing.")] = False,
        as_json: Json = False,
    ) -> None:
        """Score again from saved evidence, say who moves and why; starts no container.

        What reviewers decided is applied again. With several folders a table of all is printed.
        """
        with errors_shown():
            if out is not None and len(results) > 1:
                raise UsageError(f"--out {out}: one folder for {len(results)} results; score them in place")
            loaded = load_rubric(rubric)
            scored = [(folder, *score_again(folder, vault, loaded)) for folder in results]
            if not dry_run:
                scored = [(f, publish_again(f, report, out or f), moves) for f, report, moves in scored]
            if len(scored) == 1 and not dry_run:
                show(scored[0][1], out or results[0], as_json)
            moved = [moves for *_, moves in scored if moves is not None]
            if as_json and (dry_run or len(scored) > 1):
                typer.echo(json.dumps([moves.as_json() for moves in moved], ensure_ascii=False))
            elif not as_json:
                print_moves(moved, Console())

    @app.command("explain", epilog="Example: takehome explain evaluation.split")
    def explain_command(
        criterion: Annotated[
            str | None, typer.Argument(help="A criterion; all are listed without one.")
        ] = None,
        rubric: RubricPath = DEFAULT,
        as_json: Json = False,
    ) -> None:
        """Say how a criterion is measured, in the words of the check itself."""
        with errors_shown():
            loaded = load_rubric(rubric)
            lines = loaded.criteria()
            if criterion == BONUS:
                _explain_bonus(loaded, as_json)
                return
            if criterion is not None and criterion not in lines:
                raise UsageError(
                    f"{criterion}: no such criterion; expected one of {', '.join(lines)}, {BONUS}"
                )
            chosen = [lines[criterion]] if criterion else list(lines.values())
            texts = {c.id: inspect.getdoc(loaded.checks[c.check]) or "" for c in chosen}
            if as_json:
                typer.echo(json.dumps([{**c.model_dump(), "explanation": texts[c.id]} for c in chosen]))
                return
            for line in chosen:
                typer.echo(f"{line.id} ({line.points:g} points): {line.title}")
                if criterion:
                    typer.echo(f"\n{texts[line.id]}")
