"""The page ``docs/validation/readme.md``: what the judge agrees with, what moves it, and what that proves."""

from collections.abc import Iterable, Sequence

from grader.readme.judgment import MAX_POINTS
from grader.readme.validation.corpus import Corpus
from grader.readme.validation.crossvalidate import FOLDS
from grader.readme.validation.edits import by_kind
from grader.readme.validation.measure import Measured

LEAST_KAPPA = 0.80
LEAST_TOTAL = 0.92
MOST_SMD = 0.15
LEAST_PAIRS = 0.90
_INTRODUCTION = """# The README judge, measured

Written by `make validate-readme`. {texts} rated READMEs, {pairs} minimal edits and {attacks} attacks; where they come
from and what they cannot show is said in `grader/readme/validation/README.md`.

**How the folds guard.** {folds} folds of base texts. Edits and attacks stay in the fold of the text they were made
from, so no judge is asked about a text after it has learned from that text, an edit of it or an attack on it.
Everything that is fitted is fitted anew inside a fold without the held texts: the claim reader, the weights and cuts of
the levels, and the penalty and cuts of the baseline. **What they do not guard against:** the lists of words, the rules
for denial, hearsay and harmful advice, and the choice of features were written by people who had seen the whole corpus.
On texts of other origin expect less; `grader/readme/validation/README.md` gives figures on eight sets over other facts.
"""


def page(corpus: Corpus, judges: Sequence[Measured]) -> str:
    """The whole page; the first judge is ours, the others stand beside it."""
    ours = judges[0]
    parts = [
        _INTRODUCTION.format(
            texts=len(corpus.bases), pairs=len(corpus.pairs), attacks=len(corpus.attacks), folds=FOLDS
        ),
        "## Against what was asked\n",
        _asked(judges),
        "## Agreement with two blind raters\n",
        "Quadratic weighted kappa (QWK), mean over the raters, with a 95 % bootstrap interval over texts; SMD is the\n"
        "mean of the judge minus the mean of the raters in standard deviations; exact is the share of equal levels.\n"
        "The total is in points of 25, rounded to whole ones.\n",
        *(_agreement(judge) for judge in judges),
        "## Minimal pairs by kind of edit\n",
        "Target: the meant criterion moved as it should. Others: all other criteria stayed where they were. In edits\n"
        "that should move nothing both say the same; a shuffle may move communication by one level.\n",
        _pairs(judges),
        f"### Edits that {ours.name} gets wrong\n",
        _wrong_pairs(ours),
        "## Attacks\n",
        _attacks(judges),
        f"## Confusion of {ours.name}\n",
        "Rows: level of the first rater, 1 to 4. Columns: level of the judge.\n",
        _confusion(ours),
        f"## Worst disagreements of {ours.name}\n",
        _worst(ours),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _mark(text: str, good: bool) -> str:
    return text if good else f"**{text}** (missed)"


def _asked(judges: Sequence[Measured]) -> str:
    rows = [
        [
            f"QWK of the total at least {LEAST_TOTAL}",
            *(
                _mark(f"{j.agreement['total'].kappa:.3f}", j.agreement["total"].kappa >= LEAST_TOTAL)
                for j in judges
            ),
        ],
        [
            f"lowest QWK of a criterion at least {LEAST_KAPPA:.2f}",
            *(
                _mark(f"{low:.3f}", low >= LEAST_KAPPA)
                for low in (min(j.agreement[c].kappa for c in MAX_POINTS) for j in judges)
            ),
        ],
        [
            f"SMD of the total within ±{MOST_SMD}",
            *(
                _mark(f"{j.agreement['total'].smd:+.3f}", abs(j.agreement["total"].smd) <= MOST_SMD)
                for j in judges
            ),
        ],
        [
            "edits: target as expected, at least 90 %",
            *(_mark(f"{j.targets:.0%}", j.targets >= LEAST_PAIRS) for j in judges),
        ],
        [
            "edits: all others unmoved, at least 90 %",
            *(_mark(f"{j.others:.0%}", j.others >= LEAST_PAIRS) for j in judges),
        ],
        [
            "attacks above their base: none",
            *(_mark(f"{j.raised} of {len(j.attacks)}", not j.raised) for j in judges),
        ],
        [
            "quotes that are not verbatim: none",
            *(_mark(f"{j.not_verbatim} of {j.quotes}", not j.not_verbatim) for j in judges),
        ],
        ["seconds for all folds", *(f"{j.seconds:.0f}" for j in judges)],
    ]
    return _table(["asked", *(judge.name for judge in judges)], rows)


def _agreement(judge: Measured) -> str:
    rows = [
        [name, f"{one.kappa:.3f}", f"{one.low:.3f} to {one.high:.3f}", f"{one.smd:+.3f}", f"{one.exact:.0%}"]
        for name, one in judge.agreement.items()
    ]
    return _table([judge.name, "QWK", "95 % interval", "SMD", "exact"], rows)


def _pairs(judges: Sequence[Measured]) -> str:
    tables = [by_kind(judge.pairs) for judge in judges]
    head = ["edit", "number", *(f"{j.name}: target" for j in judges), *(f"{j.name}: others" for j in judges)]
    rows = [
        [
            kind,
            str(count),
            *(str(table[kind][0]) for table in tables),
            *(str(table[kind][1]) for table in tables),
        ]
        for kind, (_, _, count) in tables[0].items()
    ]
    rows.append(
        [
            "all",
            str(len(judges[0].pairs)),
            *(str(sum(o.target for o in judge.pairs)) for judge in judges),
            *(str(sum(o.others for o in judge.pairs)) for judge in judges),
        ]
    )
    return _table(head, rows)


def _wrong_pairs(judge: Measured) -> str:
    rows = [
        [
            outcome.pair.name.removeprefix("pairs/"),
            f"{outcome.pair.target} {outcome.pair.expected}",
            "yes" if outcome.target else "no",
            "yes" if outcome.others else "no",
            ", ".join(f"{criterion} {old} to {new}" for criterion, (old, new) in outcome.moved.items())
            or "nothing",
        ]
        for outcome in judge.pairs
        if not (outcome.target and outcome.others)
    ]
    return _table(["edit", "expected", "target", "others", "moved"], rows) if rows else "None.\n"


def _attacks(judges: Sequence[Measured]) -> str:
    rows = []
    for place, outcome in enumerate(judges[0].attacks):
        raised = [judge.attacks[place].raised for judge in judges]
        cells = [
            ", ".join(f"{criterion} {old} to {new}" for criterion, (old, new) in one.items()) or "not above"
            for one in raised
        ]
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
            str(found.judged),
            _cell(reason),
            _cell(quote) or "none",
        ]
        for found, reason, quote in judge.worst
    ]
    return _table(["text", "criterion", "raters", "judge", "its reason", "its first quote"], rows)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())[:160]
