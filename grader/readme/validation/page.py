"""The page ``docs/validation/readme.md``: what the judge agrees with, what moves it, and what that proves."""

from collections import Counter
from collections.abc import Iterable, Sequence

from grader.readme.judgment import MAX_POINTS
from grader.readme.language_model.endpoint import Settings
from grader.readme.validation.corpus import Corpus
from grader.readme.validation.crossvalidate import FOLDS, SPLITS
from grader.readme.validation.edits import by_kind
from grader.readme.validation.measure import Measured

LEAST_KAPPA = 0.80
LEAST_TOTAL = 0.92
MOST_SMD = 0.15
LEAST_PAIRS = 0.90
_INTRODUCTION = """# The README judge, measured

Written by `make validate-readme`. {texts} rated READMEs, {pairs} minimal edits and {attacks} attacks; where they come
from and what they cannot show is said in `grader/readme/validation/README.md`.

**How the folds guard.** {folds} folds of base texts, parted anew {splits} times. Edits and attacks stay in the fold
of the text they were made from, so no judge is asked about a text after it has learned from that text, an edit of
it or an attack on it. Everything that is fitted is fitted anew inside a fold without the held texts: the claim
reader, the weights and cuts of the levels, and the penalty and cuts of the baseline. Figures are means over the
partitions, with the range behind them. **What they do not guard against:** the lists of words, the rules for
denial, hearsay and harmful advice, and the choice of features were written by people who had seen the whole corpus.
On texts of other origin expect less; `grader/readme/validation/README.md` gives figures on sets over other facts.
"""
_INTRODUCTION_ASKED = """# A language model as judge of READMEs, measured

Written by `python -m grader.readme.validation --judge 'language model'`. {texts} rated READMEs, {pairs} minimal edits
and {attacks} attacks; asked was `{model}`, {samples} time(s) about each criterion. It was given the rubric and none of
these texts to learn from, so there are no folds; whether it has met them elsewhere nobody can know. A criterion
without a usable answer counts as level 1, an edit with such a side as wrong and an attack as not settled; where there
is any, no figure of agreement is passed, since silence agrees with the raters wherever they gave level 1.
"""


def page(corpus: Corpus, judges: Sequence[Measured], asked: Settings | None = None) -> str:
    """The whole page; the first judge is ours, the others stand beside it.

    ``asked``: how the language model was asked, where it is the only judge.
    """
    ours = judges[0]
    parts = [
        (_INTRODUCTION_ASKED if asked else _INTRODUCTION).format(
            model=asked.model if asked else "",
            samples=asked.samples if asked else 0,
            texts=len(corpus.bases),
            pairs=len(corpus.pairs),
            attacks=len(corpus.attacks),
            folds=FOLDS,
            splits=len(SPLITS),
        ),
        "## Against what was asked\n",
        _asked(judges, asked=asked is not None),
        "## Agreement with two blind raters\n",
        "Quadratic weighted kappa (QWK), mean over the raters, with a 95 % bootstrap interval over texts; SMD is the\n"
        "mean of the judge minus the mean of the raters in standard deviations; exact is the share of equal levels.\n"
        "The total is in points of 25, rounded to whole ones.\n",
        *(_agreement(judge) for judge in judges),
        "## Minimal pairs by kind of edit\n",
        "Target: the meant criterion moved as it should. Others: all other criteria stayed where they were. In edits\n"
        "that should move nothing both say the same; a shuffle may move communication by one level. Means over the\n"
        "partitions.\n",
        _pairs(judges),
        f"### Edits that {ours.name} gets wrong in any partition\n",
        _wrong_pairs(ours),
        "## Attacks\n",
        _attacks(judges),
        f"## Confusion of {ours.name}\n",
        "Rows: level of the first rater, 1 to 4. Columns: level of the judge. Counts over all partitions.\n",
        _confusion(ours),
        f"## Worst disagreements of {ours.name}\n",
        _worst(ours),
    ]
    return "\n".join(parts).rstrip() + "\n"


def share(values: Sequence[float]) -> str:
    """The mean of shares 0..1 as per cent, with their range where they differ."""
    mean, low, high = (f"{value:.0%}" for value in (_mean(values), min(values), max(values)))
    return mean if low == high else f"{mean} ({low} to {high})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _mark(text: str, good: bool) -> str:
    return text if good else f"**{text}** (missed)"


def _asked(judges: Sequence[Measured], *, asked: bool) -> str:
    rows = [
        [
            f"QWK of the total at least {LEAST_TOTAL}",
            *(
                _mark(
                    f"{j.agreement['total'].kappa:.3f}",
                    not j.pending and j.agreement["total"].kappa >= LEAST_TOTAL,
                )
                for j in judges
            ),
        ],
        [
            f"lowest QWK of a criterion at least {LEAST_KAPPA:.2f}",
            *(
                _mark(f"{low:.3f}", not j.pending and low >= LEAST_KAPPA)
                for j, low in ((j, min(j.agreement[c].kappa for c in MAX_POINTS)) for j in judges)
            ),
        ],
        [
            f"SMD of the total within ±{MOST_SMD}",
            *(
                _mark(
                    f"{j.agreement['total'].smd:+.3f}",
                    not j.pending and abs(j.agreement["total"].smd) <= MOST_SMD,
                )
                for j in judges
            ),
        ],
        [
            "edits: target as expected, at least 90 %",
            *(_mark(share(j.targets), _mean(j.targets) >= LEAST_PAIRS) for j in judges),
        ],
        [
            "edits: all others unmoved, at least 90 %",
            *(_mark(share(j.others), _mean(j.others) >= LEAST_PAIRS) for j in judges),
        ],
        [
            "attacks above their base: none",
            *(_mark(_raised(j), not (j.raised or j.unsettled)) for j in judges),
        ],
        [
            "quotes that are not verbatim: none",
            *(_mark(f"{j.not_verbatim} of {j.quotes}", not j.not_verbatim) for j in judges),
        ],
        *(
            [
                [
                    "criteria without a usable answer",
                    *(_mark(f"{j.pending} of {j.criteria}", not j.pending) for j in judges),
                ]
            ]
            if any(j.pending for j in judges)
            else []
        ),
        *([] if asked else [["seconds for all folds of a partition", *(f"{j.seconds:.0f}" for j in judges)]]),
    ]
    return _table(["asked", *(judge.name for judge in judges)], rows)


def _raised(judge: Measured) -> str:
    said = f"{judge.raised} of {len(judge.attacks[0])}"
    return f"{said}, {len(judge.unsettled)} not settled" if judge.unsettled else said


def _agreement(judge: Measured) -> str:
    rows = [
        [name, f"{one.kappa:.3f}", f"{one.low:.3f} to {one.high:.3f}", f"{one.smd:+.3f}", f"{one.exact:.0%}"]
        for name, one in judge.agreement.items()
    ]
    return _table([judge.name, "QWK", "95 % interval", "SMD", "exact"], rows)


def _pairs(judges: Sequence[Measured]) -> str:
    head = ["edit", "number", *(f"{j.name}: target" for j in judges), *(f"{j.name}: others" for j in judges)]
    tables = [[by_kind(split) for split in judge.pairs] for judge in judges]
    sizes = {kind: count for kind, (_, _, count) in tables[0][0].items()}
    rows = [
        [
            kind,
            str(count),
            *(
                f"{_mean([split[kind][place] for split in splits]):.1f}"
                for place in (0, 1)
                for splits in tables
            ),
        ]
        for kind, count in sizes.items()
    ]
    count = sum(sizes.values())
    whole = [
        f"{_mean(shares) * count:.1f}" for shares in [j.targets for j in judges] + [j.others for j in judges]
    ]
    return _table(head, [*rows, ["all", str(count), *whole]])


def _wrong_pairs(judge: Measured) -> str:
    rows = []
    for outcomes in zip(*judge.pairs, strict=True):
        target, others = (sum(not getattr(o, of) for o in outcomes) for of in ("target", "others"))
        if not (target or others):
            continue
        moved = Counter(
            f"{criterion} {old} to {new}" for o in outcomes for criterion, (old, new) in o.moved.items()
        )
        pair = outcomes[0].pair
        rows.append([
            pair.name.removeprefix("pairs/"),
            f"{pair.target} {pair.expected}",
            str(target),
            str(others),
            ", ".join(f"{what} ({times})" for what, times in moved.most_common()) or "nothing",
        ])  # fmt: skip
    head = ["edit", "expected", "target wrong in", "others moved in", "moved (partitions)"]
    return _table(head, rows) if rows else "None.\n"


def _attacks(judges: Sequence[Measured]) -> str:
    rows = []
    for place, outcome in enumerate(judges[0].attacks[0]):
        cells = []
        for judge in judges:
            raised = Counter(
                f"{criterion} {old} to {new}"
                for split in judge.attacks
                for criterion, (old, new) in split[place].raised.items()
            )
            quiet = "not settled" if outcome.name in judge.unsettled else "not above"
            cells.append(", ".join(f"{what} ({times})" for what, times in raised.items()) or quiet)
        rows.append([outcome.name.removeprefix("attacks/"), *cells])
    return _table(["attacked text", *(judge.name for judge in judges)], rows)


def _confusion(judge: Measured) -> str:
    parts = []
    for criterion, table in judge.confusion.items():
        rows = [[str(level + 1), *(str(count) for count in row)] for level, row in enumerate(table)]
        parts.append(_table([criterion, "1", "2", "3", "4"], rows))
    return "\n".join(parts)


def _worst(judge: Measured) -> str:
    rows = [
        [
            found.name,
            found.criterion,
            " and ".join(map(str, found.rated)),
            ", ".join(map(str, found.judged)),
            _cell(reason),
            _cell(quote) or "none",
        ]
        for found, reason, quote in judge.worst
    ]
    return _table(["text", "criterion", "raters", "judge", "its reason", "its first quote"], rows)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())[:160]
