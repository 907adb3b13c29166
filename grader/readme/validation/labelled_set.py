"""A folder of rated texts over facts of its own: ``facts.json``, ``t*.md``, ``levels.csv`` and ``pairs.json``."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader.readme.facts import Facts, read_facts
from grader.readme.judge import judge_readme
from grader.readme.judgment import MAX_POINTS, ReadmeJudgment
from grader.readme.validation.agreement import points, weighted_kappa
from grader.readme.validation.corpus import Levels, Pair
from grader.readme.validation.crossvalidate import Judge
from grader.readme.validation.edits import PairOutcome, edits_as_json, others_share, outcome_of, target_share
from grader.readme.validation.measure import levels_of


class LabelledSetError(ValueError):
    """A folder does not hold what it should; the message names file, place, found and expected."""


@dataclass(frozen=True)
class SetMeasured:
    """What a judge says of one set: its judgments, the levels that were expected, and the outcomes of the edits."""

    name: str
    facts: Facts
    judged: Mapping[str, ReadmeJudgment]
    expected: Mapping[str, Levels]
    outcomes: tuple[PairOutcome, ...]

    @property
    def total_kappa(self) -> float:
        """Quadratic weighted kappa of the total, in whole points of 25."""
        mine = np.round([points(levels_of(self.judged[name])) for name in self.expected])
        theirs = np.round([points(levels) for levels in self.expected.values()])
        return float(weighted_kappa(mine, theirs))

    @property
    def exact(self) -> float:
        """Share of levels that are as expected."""
        hits = [
            levels_of(self.judged[n])[c] == want[c] for n, want in self.expected.items() for c in MAX_POINTS
        ]
        return sum(hits) / len(hits)


def measure_set(folder: Path, judge: Judge = judge_readme) -> SetMeasured:
    """Judge the texts of a folder and their edits.

    ``levels.csv``: ``file`` and one column per criterion, levels 1..4. ``pairs.json``: a list of edits with ``base``,
    ``edit``, ``target`` (a criterion or ``all``), ``expected`` (``up``, ``down``, ``same``) and ``replace``, a list of
    passages and what stands in their place. Raises ``LabelledSetError``.
    """
    for name in ("facts.json", "levels.csv", "pairs.json"):
        if not (folder / name).is_file():
            raise LabelledSetError(
                f"{folder / name} is missing; a set holds facts.json, levels.csv and pairs.json"
            )
    facts = read_facts(folder / "facts.json")
    written = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("t*.md"))}
    expected = _expected(folder / "levels.csv", written)
    judged = {name: judge(text, facts) for name, text in written.items()}
    outcomes = []
    for number, row in enumerate(_edits(folder / "pairs.json")):
        where = f"{folder / 'pairs.json'}, edit {number}"
        if row["base"] not in written:
            raise LabelledSetError(f"{where}: no text {row['base']}.md")
        text = _edited(written[row["base"]], row["replace"], where)
        pair = Pair(f"{row['base']} {number}", row["base"], row["edit"], row["target"], row["expected"], "")
        outcomes.append(outcome_of(pair, levels_of(judged[row["base"]]), levels_of(judge(text, facts))))
    return SetMeasured(folder.name, facts, judged, expected, tuple(outcomes))


def _expected(path: Path, written: Mapping[str, str]) -> dict[str, Levels]:
    with path.open(encoding="utf-8", newline="") as handle:
        rows = {row["file"].removesuffix(".md"): row for row in csv.DictReader(handle)}
    if set(rows) != set(written):
        raise LabelledSetError(f"{path} rates {sorted(rows)}, the folder holds {sorted(written)}")
    return {
        name: {c: _level(row.get(c), f"{path}, {name}, {c}") for c in MAX_POINTS}
        for name, row in rows.items()
    }


def _level(said: str | None, where: str) -> int:
    if said not in {"1", "2", "3", "4"}:
        raise LabelledSetError(f"{where}: found {said!r}, expected a level 1 to 4")
    return int(said)


def _edits(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise LabelledSetError(f"{path}: expected a list of edits, found {error}") from error
    for number, row in enumerate(rows):
        missing = {"base", "edit", "target", "expected", "replace"} - set(row)
        if missing:
            raise LabelledSetError(f"{path}, edit {number}: {sorted(missing)[0]} is missing")
    return list(rows)


def _edited(text: str, replacements: Sequence[Sequence[str]], where: str) -> str:
    for old, new in replacements:
        if text.count(old) != 1:
            raise LabelledSetError(f"{where}: {old[:60]!r} is there {text.count(old)} times, expected once")
        text = text.replace(old, new)
    return text


def set_as_json(measured: SetMeasured) -> dict[str, Any]:
    """The figures as plain values for ``--json``."""
    return {
        "set": measured.name,
        "texts": len(measured.expected),
        "qwk_total": round(measured.total_kappa, 4),
        "exact": round(measured.exact, 4),
        "edits": edits_as_json(measured.outcomes),
    }


def set_as_line(measured: SetMeasured) -> str:
    """The figures in one line for people."""
    return (
        f"{measured.name}: {len(measured.expected)} texts, total QWK {measured.total_kappa:.3f}, "
        f"{measured.exact:.0%} of levels as expected; {len(measured.outcomes)} edits: "
        f"{target_share(measured.outcomes):.0%} move their target, "
        f"{others_share(measured.outcomes):.0%} leave all others\n"
    )
