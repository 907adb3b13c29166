"""Reports with good defaults: a realistic one, an empty one, one with everything pending, a hostile one."""

from __future__ import annotations

from grader.results import (
    Bonus,
    CriterionResult,
    DefendedLevel,
    DimensionResult,
    Figures,
    FollowUp,
    GraderId,
    RedFlag,
    Report,
    RubricId,
    SubmissionId,
)
from grader.types import CellOutput, PhaseRecord, Proof, ReadmeBlock, ReadmeStatement, Verdict, level_of

from .figure_builders import figures, plants

RUBRIC: dict[str, tuple[str, tuple[tuple[str, str, float, float, str], ...]]] = {
    "audit": (
        "Audit depth",
        (
            ("reproducible", "The notebook reproduces its findings", 3, 1.0,
             "The notebook ran clean in 74 s and wrote the findings that were submitted."),
            ("leakage", "Leaking columns found", 6, 0.78,
             "Two of three leaks were found. Recompute rolling means from their monthly column: one of them uses "
             "months after the snapshot."),
            ("drift", "Changes over time found", 5, 0.92,
             "All three changes found; one onset is two months late."),
            ("quality", "Quality and label problems found", 4, 0.61,
             "Immature labels and duplicates found. The sentinel value in the billing block was not reported."),
            ("precision", "Few false alarms", 3, 0.5,
             "One decoy was reported as a defect: a seasonal dip that returns every summer."),
            ("evidence", "Statistics recompute and actions follow", 4, 0.86,
             "Eight of nine statistics recompute within tolerance; every action was carried through."),
        ),
    ),
    "evaluation": (
        "Modelling decisions and evaluation rigor",
        (
            ("tracking", "Baseline and tuned runs tracked", 3, 1.0, "Both runs are in the store, with 24 trials."),
            ("split", "The split respects time and the label horizon", 5, 1.0,
             "Three months lie between the last month used and the first test month."),
            ("metrics", "Figures fit a rare outcome and a call list", 3, 0.8,
             "PR-AUC with the base rate and an interval; no segment was looked at."),
            ("reproduced", "Claimed figures recompute", 4, 1.0, "All six claimed figures recompute."),
            ("calibration", "Probabilities are calibrated", 4, 0.7,
             "The two highest bins promise more churn than came. Calibrate on months apart from the test months."),
            ("curves", "Lift table and PR curve recompute", 2, 1.0, "Both equal the recomputed ones."),
            ("generalises", "Good on the months after the release", 4, 0.88,
             "PR-AUC 0.241 on the replay, 0.93 of the way from the dummy to the yardstick."),
            ("decision", "The decision follows from costs and capacity", 3, 0.9,
             "The call list earns 96 % of what was attainable."),
            ("choices", "What ships has earned it", 2, 0.5,
             "The tuned model wins by less than its own interval; say why it ships all the same."),
        ),
    ),
    "serving": (
        "Serving quality",
        (
            ("starts", "Builds and starts as delivered", 4, 1.0, "Built in 48 s, healthy after 3.4 s."),
            ("contract", "Keeps the contract", 3, 1.0, "Batches of 1 and 1,000 answered as agreed."),
            ("correct", "Serves the evaluated model", 4, 1.0,
             "2,000 of 2,000 rows within 0.0001 of the submitted probability."),
            ("bad_input", "Survives wrong input", 3, 0.2,
             "Seven of eleven wrong requests ended in a 500. Answer 422 and name the field."),
            ("latency", "Fast enough under load", 3, -1.0, "The grading machine was too busy to judge."),
            ("container", "A sound container", 3, 0.75, "Runs as root. Add a USER line."),
        ),
    ),
    "readme": (
        "Production judgment",
        (
            ("monitoring_inputs", "Which inputs are watched and how", 5, 0.67,
             "Names usage and billing features, PSI weekly against 2024-Q2, alert at 0.2."),
            ("monitoring_outcomes", "How it is known that scores are right", 5, 0.67,
             "Waits 90 days for labels and watches the score distribution meanwhile."),
            ("retraining_triggers", "What makes the team retrain", 5, 0.33,
             "Says when to retrain, not when a feed has to be repaired instead."),
            ("release_and_rollback", "How a model is released and taken back", 4, 1.0,
             "Shadow for two weeks, then a tenth of customers; rollback by image tag."),
            ("grounded_in_this_work", "Grounded in this data and model", 4, 0.67,
             "Four claims agree with the files; one column is misspelt."),
            ("communication", "A busy reader could act on it", 2, 0.67, "472 words, the alert table first."),
        ),
    ),
}  # fmt: skip

EVIDENCE: dict[str, tuple[Proof, ...]] = {
    "audit.leakage": (
        Proof(file="findings.json", where="findings[0]", said="post_outcome_column: save_desk_minutes, AUC 0.78",
              measured="AUC 0.776 on mature rows"),
        Proof(file="findings.json", where="no finding", said="nothing",
              measured="usage_avg_3m equals the mean of the month and the two after it in 97 % of rows"),
    ),
    "audit.precision": (
        Proof(file="findings.json", where="findings[6]", said="covariate_drift: logins_30d, PSI 0.12 in July",
              measured="PSI 0.004 against the same months of the year before"),
    ),
    "evaluation.calibration": (
        Proof(file="evaluation/predictions.parquet", where="split = test, 24,812 rows", said="isotonic on validation",
              measured="ECE 0.0094, bootstrap null 0.0031 to 0.0078"),
    ),
    "evaluation.reproduced": (
        Proof(file="evaluation/metrics.json", where="tuned.pr_auc", said="0.2630", measured="0.2629"),
        Proof(file="evaluation/metrics.json", where="tuned.brier", said="0.0512", measured="0.0512"),
    ),
    "serving.bad_input": (
        Proof(file="POST /predict", where="plan_tier = 7", said="500 Internal Server Error", measured="expected 422"),
        Proof(file="POST /predict", where="rows = []", said="500 Internal Server Error", measured="expected 422"),
    ),
    "readme.retraining_triggers": (
        Proof(file="README.md", where="line 41", said="We retrain when PSI passes 0.2 for two weeks.",
              measured="one condition with a number; no fault of a feed told apart"),
    ),
}  # fmt: skip


def criterion(
    dimension: str, name: str, title: str, most: float, credit: float, message: str
) -> CriterionResult:
    """A criterion from its credit; a negative credit makes it pending."""
    pending = credit < 0
    return CriterionResult(
        id=f"{dimension}.{name}",
        title=title,
        points=0.0 if pending else round(most * credit, 2),
        max=most,
        level=None if pending else level_of(credit),
        status="pending" if pending else "scored",
        message=message,
        evidence=EVIDENCE.get(f"{dimension}.{name}", ()),
        confidence=0.8 if dimension == "readme" else 1.0,
    )


def dimensions() -> tuple[DimensionResult, ...]:
    """The four dimensions of a good but not perfect submission."""
    made = []
    for key, (title, lines) in RUBRIC.items():
        criteria = tuple(criterion(key, *line) for line in lines)
        most = sum(one.max for one in criteria)
        reached = sum(one.points for one in criteria)
        assessable = sum(one.max for one in criteria if one.status == "scored")
        made.append(
            DimensionResult.model_validate(
                {"id": key, "title": title, "points": round(reached, 2), "max": most,
                 "level": level_of(reached / assessable), "criteria": criteria}
            )
        )  # fmt: skip
    return tuple(made)


PHASES = (
    ("intake", 0.4),
    ("notebook", 74.2),
    ("probe", 11.8),
    ("build", 48.1),
    ("service", 62.5),
    ("latency", 41.0),
)


def follow_up(
    because: str = "serving.bad_input: level 2: an empty batch answers 500",
) -> tuple[FollowUp, ...]:
    """A question for the talk."""
    question = FollowUp(
        id="bad_input",
        title="What the service does with nonsense",
        ask="A client sends an empty batch at night. What happens?",
        because=(because,),
        listen_for="Who is woken, and what the client sees.",
        levels=("It crashes.", "It answers 500.", "It answers 422.", "It answers 422 and is counted."),
    )
    return (question,)


def phases() -> tuple[PhaseRecord, ...]:
    """Phases that ended well but for the last, which failed through our fault."""
    ended = [
        PhaseRecord(id=name, verdict=Verdict.OK, seconds=seconds, peak_memory=310_000_000)
        for name, seconds in PHASES
    ]
    ended[-1] = PhaseRecord(
        id="latency",
        verdict=Verdict.INFRA_ERROR,
        seconds=41.0,
        ours=True,
        detail="the do-nothing service was too slow",
    )
    return tuple(ended)


def report(**changes: object) -> Report:
    """A realistic report of a good submission; `changes` replace its fields."""
    parts = dimensions()
    fields: dict[str, object] = {
        "submission": SubmissionId(name="candidate-7f3c21", sha256="9d3f5b" * 10 + "a1b2"),
        "variant": "c41e09ab77d2",
        "rubric": RubricId(version="1", sha256="51aa" * 16),
        "grader": GraderId(version="0.1.0"),
        "executor": "docker",
        "isolated": True,
        "total": round(sum(part.points for part in parts), 2),
        "max": 100.0,
        "pending": 3.0,
        "not_assessed": 0.0,
        "bonus": 5.0,
        "bonus_detail": Bonus(
            points=5.0, max=5.0, message="save_desk_minutes was reported; changing it moves no prediction."
        ),
        "level": 3,
        "verdict": "pass",
        "dimensions": parts,
        "phases": phases(),
        "red_flags": (
            RedFlag(
                id="flag.errors_on_input",
                state="raised",
                message="The service answers 500 to an empty batch; it would fail in the first night.",
                evidence=EVIDENCE["serving.bad_input"],
            ),
        ),
        "figures": figures(),
        "follow_up": follow_up(),
        "environment": {"Engine": "20.10.24", "Runner image": "takehome-runner:0.1.0", "CPUs": "2"},
        "limits": {"Notebook": "15 min, 4 GiB", "Build": "15 min", "Service": "2 GiB, 1 CPU"},
        "notes": ("The notebook was found at notebooks/audit.ipynb.",),
    }
    return Report.model_validate(fields | changes)


def unscored(status: str, message: str) -> tuple[DimensionResult, ...]:
    """The dimensions with every criterion in a status without points."""
    return tuple(
        part.model_copy(
            update={
                "points": 0.0,
                "level": None,
                "criteria": tuple(
                    one.model_copy(
                        update={
                            "points": 0.0,
                            "level": None,
                            "status": status,
                            "message": message,
                            "evidence": (),
                        }
                    )
                    for one in part.criteria
                ),
            }
        )
        for part in dimensions()
    )


def defended_report() -> Report:
    """A report whose candidate was heard on every part, with weak criteria that no question takes up."""
    heard = DefendedLevel(
        level=2, reviewer="Grace", time="2025-01-07T10:00:00+00:00", reason="panel: leakage 2.0"
    )
    parts = tuple(part.model_copy(update={"defended": heard}) for part in dimensions())
    return report(dimensions=parts, without_question=("serving.container",))


def pending_report() -> Report:
    """A grading in which our engine stopped: everything is pending, nothing was drawn."""
    return report(
        total=0.0, pending=100.0, bonus=0.0, level=1, verdict="incomplete", red_flags=(), figures=Figures(), phases=(),
        dimensions=unscored("pending", "Our engine stopped; this will be graded again."),
        bonus_detail=Bonus(points=0.0, max=5.0, status="pending", message="pending"),
    )  # fmt: skip


def local_report() -> Report:
    """A practice grading without containers."""
    return report(executor="local", isolated=False, verdict="incomplete", not_assessed=20.0, pending=0.0)


def empty_report() -> Report:
    """An empty submission: scored throughout, nothing earned, nothing measured."""
    nothing = tuple(
        part.model_copy(
            update={
                "points": 0.0,
                "level": 1,
                "criteria": tuple(
                    one.model_copy(
                        update={
                            "points": 0.0,
                            "level": 1,
                            "status": "scored",
                            "message": "Missing.",
                            "evidence": (),
                        }
                    )
                    for one in part.criteria
                ),
            }
        )
        for part in dimensions()
    )
    return report(
        total=0.0, pending=0.0, bonus=0.0, level=1, verdict="fail", dimensions=nothing, red_flags=(), figures=Figures(),
        bonus_detail=Bonus(points=0.0, max=5.0, message="The seeded leak was not reported."), notes=(), limits={},
        environment={}, phases=(PhaseRecord(id="intake", verdict=Verdict.OK),),
    )  # fmt: skip


HOSTILE = (
    "<script>window.top.location='x'</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(2)>"
    "</style></title></textarea>{{ 7*7 }}{% raw %}[bold red]markup[/bold red] [link=javascript:x]go[/link]"
    "\x1b[31m\x1b]8;;file:///etc/passwd\x07link\x1b]8;;\x07\x1b[2J\x9b1m\x00\x08\x0b\ufffe\uffff\u202egnp.exe\u202c"
    "]]>&unknown;<![CDATA[ \ud800 e\u0301\u0301\u0301\u0301\u0301\u0301"
)


def hostile_report() -> Report:
    """Every text a candidate can reach holds markup, terminal codes and control characters, at great length."""
    flood = HOSTILE + "W" * 5000 + "\n" * 300 + "end"
    proof = Proof(file=HOSTILE, where=HOSTILE, said=flood, measured=HOSTILE)
    parts = tuple(
        part.model_copy(
            update={
                "criteria": tuple(
                    one.model_copy(update={"message": flood, "evidence": (proof,) * 3})
                    for one in part.criteria
                )
            }
        )
        for part in dimensions()
    )
    key = tuple(line.model_copy(update={"said": flood}) for line in plants())
    flag = RedFlag(id="flag", state="raised", message=flood, evidence=(proof,))
    run = PhaseRecord(
        id="notebook", verdict=Verdict.CRASH, seconds=3.0, detail=flood, output_head=flood, output_tail=flood
    )
    cell = CellOutput(cell=1, heading=HOSTILE, code=flood, text=flood, lines=400, figures=2)
    said = (
        ReadmeStatement(text=flood, counted_for=("monitoring_inputs",)),
        ReadmeStatement(text=HOSTILE, not_counted=flood),
    )
    text = tuple(
        ReadmeBlock(kind=kind, depth=2, statements=said)
        for kind in ("heading", "paragraph", "item", "row", "code")
    )
    base = report()
    return base.model_copy(
        update={
            "submission": SubmissionId(name=HOSTILE * 3, sha256="0" * 64),
            "dimensions": parts,
            "red_flags": (flag,) * 25,
            "phases": (run,),
            "follow_up": follow_up(flood),
            "bonus_detail": Bonus(points=0.0, max=5.0, message=flood, evidence=(proof,)),
            "figures": base.figures.model_copy(
                update={"plants": key, "notebook": (cell,) * 3, "readme": text}
            ),
            "notes": (flood,),
            "environment": {"Python": HOSTILE},
        }
    )
