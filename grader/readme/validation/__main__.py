"""Measure judges on the rated corpus: ``python -m grader.readme.validation``."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from grader.readme.facts import FactsError
from grader.readme.judgment import ReadmeJudgment
from grader.readme.language_model.endpoint import SettingsError, settings_from
from grader.readme.language_model.replies import ModelError
from grader.readme.validation.asked import language_model_judge
from grader.readme.validation.bag_of_words import bag_of_words_judge
from grader.readme.validation.corpus import Corpus, load_corpus, part_of
from grader.readme.validation.crossvalidate import (
    SPLITS,
    JudgeMaker,
    claim_reading_judge,
    crossvalidate,
)
from grader.readme.validation.frames import frames_as_json, frames_as_line, measure_frames
from grader.readme.validation.labelled_set import (
    LabelledSetError,
    measure_set,
    set_as_json,
    set_as_line,
)
from grader.readme.validation.learn import shuffled
from grader.readme.validation.lines import LinesError
from grader.readme.validation.measure import Measured, as_json, measure
from grader.readme.validation.page import page, share
from grader.readme.validation.statements import measure_statements, statements_as_json, statements_as_line

PAGE = Path("docs/validation/readme.md")
PAGE_ASKED = Path("build/language-model.md")


# One entry per judge: given the corpus, a maker that gets the texts it may learn from and returns the judge.
JUDGES: Mapping[str, Callable[[Corpus], JudgeMaker]] = {
    "claim reading": claim_reading_judge,
    "bag of words": bag_of_words_judge,
    "language model": language_model_judge,
}
OFFLINE = ("claim reading", "bag of words")
LEARNING = OFFLINE
"""Judges that learn from the texts of a fold, so that another partition into folds is another judge."""


def _one_split(
    task: tuple[str, int], corpus: Corpus | None = None
) -> tuple[dict[str, ReadmeJudgment], float]:
    name, split = task
    corpus = corpus or load_corpus()
    maker = JUDGES[name](corpus)
    started = time.monotonic()
    return crossvalidate(corpus, maker, split), time.monotonic() - started


def measured(names: Sequence[str], corpus: Corpus, splits: Sequence[int]) -> list[Measured]:
    """Cross-validate judges and measure them; those that learn once per partition, on all cores."""
    tasks = [(name, split) for name in names for split in (splits if name in LEARNING else splits[:1])]
    fitted = [task for task in tasks if task[0] in LEARNING]
    done = {task: _one_split(task, corpus) for task in tasks if task not in fitted}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for task, result in zip(fitted, pool.map(_one_split, fitted), strict=True):
            done[task] = result
            sys.stderr.write(f"{len(done)} of {len(tasks)}: {task[0]}, {result[1]:.0f} s\n")
    out = []
    for name in names:
        own = [done[task] for task in tasks if task[0] == name]
        out.append(measure(name, corpus, [judged for judged, _ in own], sum(s for _, s in own) / len(own)))
    return out


def _unanswered(one: Measured) -> str:
    if not one.pending:
        return ""
    silent = f"{one.pending} of {one.criteria} criteria without a usable answer"
    return f"; {silent}, {len(one.unsettled)} attacks not settled"


def main(arguments: list[str] | None = None) -> int:
    """Measure the chosen judges; write the page, or print the figures as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m grader.readme.validation",
        description="Cross-validated agreement, minimal pairs and attacks of the README judges.",
        epilog="Example: python -m grader.readme.validation --json --judge 'bag of words'; "
        "on texts of your own: python -m grader.readme.validation --set tests/grader/readme/data/heldout_bank",
    )
    parser.add_argument(
        "--judge",
        action="append",
        choices=sorted(JUDGES),
        help="may be repeated; default: both that work offline",
    )
    parser.add_argument(
        "--splits",
        type=int,
        choices=range(1, len(SPLITS) + 1),
        default=len(SPLITS),
        help="partitions into folds; one alone is quick and says little (default: all)",
    )
    parser.add_argument(
        "--texts",
        type=int,
        metavar="N",
        help="with the language model alone: N of the rated texts, their edits and attacks, to try one that costs",
    )
    parser.add_argument("--json", action="store_true", help="print the figures and write no page")
    parser.add_argument(
        "--out",
        type=Path,
        help=f"where the page goes; default {PAGE}, with the language model {PAGE_ASKED}",
    )
    parser.add_argument(
        "--set",
        action="append",
        type=Path,
        metavar="FOLDER",
        help="judge a folder of rated texts over facts of its own with the judge as it ships; may be repeated",
    )
    parser.add_argument(
        "--frames",
        action="append",
        type=Path,
        metavar="FILE",
        help="sections whose plan is meant or not, one a line of JSON: how many of each pay; may be repeated",
    )
    parser.add_argument(
        "--statements",
        action="append",
        type=Path,
        metavar="FOLDER",
        help="facts.json and statements.jsonl, honest and false ones: how many are called false; may be repeated",
    )
    chosen = parser.parse_args(arguments)
    if chosen.set or chosen.frames or chosen.statements:
        try:
            sets = [measure_set(folder) for folder in chosen.set or ()]
            frames = [measure_frames(path) for path in chosen.frames or ()]
            statements = [measure_statements(folder) for folder in chosen.statements or ()]
        except (FactsError, LinesError, LabelledSetError) as error:
            parser.error(str(error))
        values = [
            *map(set_as_json, sets),
            *map(frames_as_json, frames),
            *map(statements_as_json, statements),
        ]
        lines = [
            *map(set_as_line, sets),
            *map(frames_as_line, frames),
            *map(statements_as_line, statements),
        ]
        sys.stdout.write(json.dumps(values, indent=1) + "\n" if chosen.json else "".join(lines))
        return 0
    corpus = load_corpus()
    judges = chosen.judge or OFFLINE
    if chosen.texts is not None:
        if any(name in LEARNING for name in judges):
            parser.error("--texts needs --judge 'language model' alone: the others learn from all texts")
        if not 2 <= chosen.texts <= len(corpus.bases):
            parser.error(f"--texts: found {chosen.texts}, expected 2 to {len(corpus.bases)}")
        corpus = part_of(corpus, shuffled(corpus.bases, seed=SPLITS[0])[: chosen.texts])
    try:
        found = measured(judges, corpus, SPLITS[: chosen.splits])
    except SettingsError as error:
        parser.error(str(error))
    except (ModelError, OSError) as error:
        sys.stderr.write(f"{parser.prog}: {error}\n")
        return 1
    if chosen.json:
        json.dump([as_json(one) for one in found], sys.stdout, indent=1)
        sys.stdout.write("\n")
        return 0
    alone = not any(name in LEARNING for name in judges)
    out = chosen.out or (PAGE if set(judges) <= set(LEARNING) else PAGE_ASKED)
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    draft.write_text(page(corpus, found, settings_from() if alone else None), encoding="utf-8")
    draft.replace(out)
    for one in found:
        total = one.agreement["total"]
        sys.stdout.write(
            f"{one.name}: total QWK {total.kappa:.3f}, pairs {share(one.targets)} and {share(one.others)}, "
            f"{one.raised} attacks above their base, {one.seconds:.0f} s a split{_unanswered(one)}\n"
        )
    sys.stdout.write(f"{out} written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
