"""Measuring a language model is long and costs money: nothing is asked twice, and nothing is passed over in silence."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from grader.readme.facts import Facts
from grader.readme.judgment import MAX_POINTS, ReadmeJudgment, criterion_judgment
from grader.readme.language_model.endpoint import Endpoint, Settings
from grader.readme.language_model.replies import ModelError
from grader.readme.validation.__main__ import PAGE, PAGE_ASKED, main
from grader.readme.validation.asked import UNANSWERED, Asked, KeepingModel
from grader.readme.validation.corpus import base_of, load_corpus, part_of
from grader.readme.validation.crossvalidate import SPLITS
from grader.readme.validation.learn import shuffled
from grader.readme.validation.measure import PENDING, measure
from grader.readme.validation.page import page
from tests.grader.stand_in import StandIn, answer, completion, refusal

QUOTE = "The median of the fare is compared with last month every week; above double we stop."
TEXT = f"# Plan\n\n{QUOTE}\n"


@contextmanager
def asked_of(stand_in: StandIn, folder: Path, said: list[str], **changed: object) -> Iterator[Asked]:
    """A judge at the stand-in that keeps its answers in the folder."""
    settings = Settings.model_validate({"url": stand_in.url, "model": "m", "samples": 1} | changed)
    with closing(Endpoint(settings)) as endpoint:
        yield Asked(KeepingModel(endpoint, settings, folder), settings.samples, texts=2, tell=said.append)


def judged(
    stand_in: StandIn, folder: Path, facts: Facts, text: str = TEXT, **changed: object
) -> tuple[ReadmeJudgment, str]:
    """The judgment of one text by a new run, and what it told."""
    said: list[str] = []
    with asked_of(stand_in, folder, said, **changed) as asked:
        return asked.judge(text, facts), said[-1]


def test_what_was_answered_is_not_asked_again(stand_in: StandIn, facts: Facts, tmp_path: Path) -> None:
    """A second run of the same questions costs nothing; another text, model or length of answer is asked anew."""
    stand_in.reply = lambda number: (200, answer(3, QUOTE), 0.0)
    first, _ = judged(stand_in, tmp_path, facts)
    assert len(stand_in.asked) == len(MAX_POINTS)
    again, said = judged(stand_in, tmp_path, facts)
    assert again == first
    assert len(stand_in.asked) == len(MAX_POINTS)
    assert "kept" in said
    judged(stand_in, tmp_path, facts, TEXT + "\nMore of it is said here.\n")
    judged(stand_in, tmp_path, facts, answer_tokens=70)
    judged(stand_in, tmp_path, facts, model="other")
    assert len(stand_in.asked) == 4 * len(MAX_POINTS)


def test_one_failure_throws_no_other_answer_away(stand_in: StandIn, facts: Facts, tmp_path: Path) -> None:
    """Only what failed is asked again, and then kept; an answer cut off is an answer."""
    cut = completion("{", "length")
    replies = {0: (500, b""), 1: (200, cut)}
    stand_in.reply = lambda number: (*replies.get(number, (200, answer(3, QUOTE))), 0.0)
    _, said = judged(stand_in, tmp_path, facts)
    assert "2 of 6 pending" in said
    _, said = judged(stand_in, tmp_path, facts)
    assert "1 of 6 pending" in said
    assert len(stand_in.asked) == len(MAX_POINTS) + 1
    _, said = judged(stand_in, tmp_path, facts)
    assert len(stand_in.asked) == len(MAX_POINTS) + 1


def test_kept_answers_are_judged_by_the_rules_of_today(
    stand_in: StandIn, facts: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept is what was answered and not what was made of it."""
    stand_in.reply = lambda number: (200, answer(3, QUOTE), 0.0)
    judged(stand_in, tmp_path, facts)
    monkeypatch.setattr("grader.readme.language_model.opinion.unusable", lambda *_: "not any more")
    _, said = judged(stand_in, tmp_path, facts)
    assert "kept, 6 of 6 pending" in said


@pytest.mark.parametrize("found", [b"", b"{}", b"[]", b'{"model": 1}', b"\xff\xfe"])
def test_a_broken_file_is_asked_again(stand_in: StandIn, facts: Facts, tmp_path: Path, found: bytes) -> None:
    """A file that holds no answer is none."""
    stand_in.reply = lambda number: (200, answer(3, QUOTE), 0.0)
    first, _ = judged(stand_in, tmp_path, facts)
    for kept in tmp_path.iterdir():
        kept.write_bytes(found)
    assert judged(stand_in, tmp_path, facts)[0] == first
    assert len(stand_in.asked) == 2 * len(MAX_POINTS)


def test_an_answer_given_without_what_is_taken_now_is_asked_again(
    stand_in: StandIn, facts: Facts, tmp_path: Path
) -> None:
    """A server that has learned of schemas since is asked with one; its free answers of before are no measure of it."""
    refused = refusal("response_format is not supported")
    stand_in.reply = lambda number: (400, refused, 0.0) if number == 0 else (200, answer(2, QUOTE), 0.0)
    judged(stand_in, tmp_path, facts)
    asked = len(stand_in.asked)
    stand_in.reply = lambda number: (200, answer(3, QUOTE), 0.0)
    judgment, _ = judged(stand_in, tmp_path, facts)
    assert len(stand_in.asked) == asked + len(MAX_POINTS)
    assert {item.level for item in judgment.criteria} == {3}


def test_two_runs_share_a_folder(stand_in: StandIn, facts: Facts, tmp_path: Path) -> None:
    """Runs at the same time in the same folder disturb each other in nothing."""
    stand_in.reply = lambda number: (200, answer(3, QUOTE), 0.0)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: judged(stand_in, tmp_path, facts)[0], range(8)))
    assert all(one == found[0] for one in found)
    assert len(list(tmp_path.iterdir())) == len(MAX_POINTS)


def test_no_answer_is_marked_and_not_kept(stand_in: StandIn, facts: Facts, tmp_path: Path) -> None:
    """A criterion without a usable answer says so in its message, and a failing endpoint is asked again."""
    stand_in.reply = lambda number: (500, b"", 0.0)
    judgment, said = judged(stand_in, tmp_path, facts)
    assert all(item.message.startswith(PENDING) and item.level == 1 for item in judgment.criteria)
    assert "6 of 6 pending" in said
    assert not list(tmp_path.iterdir())


def test_an_endpoint_that_is_gone_ends_the_run(stand_in: StandIn, facts: Facts, tmp_path: Path) -> None:
    """Nobody gets a page of level 1 because a server was down."""
    stand_in.reply = lambda number: (500, b"", 0.0)
    with asked_of(stand_in, tmp_path, []) as asked:
        for _ in range(UNANSWERED - 1):
            asked.judge(TEXT, facts)
        with pytest.raises(ModelError, match="status 500"):
            asked.judge(TEXT, facts)


def test_silence_proves_nothing(stand_in: StandIn, facts: Facts, tmp_path: Path) -> None:
    """An edit or attack with a criterion that got no answer is no success, though level 1 is below any other."""
    corpus = load_corpus()
    part = part_of(corpus, ["r21", "r81"])
    criteria = tuple(criterion_judgment(c, 1, confidence=0.5, message=f"{PENDING}late") for c in MAX_POINTS)
    silent = {name: ReadmeJudgment(criteria=criteria, total=0.0) for name in part.texts}
    found = measure("silent", part, [silent], 0.0)
    assert found.targets == found.others == (0.0,)
    assert set(found.unsettled) == set(part.attacks) != set()
    written = page(part, [found])
    assert "not settled** (missed)" in written
    assert "| r81__term_list | not settled |" in written
    perfect = {name: replace(rated, kappa=1.0, smd=0.0) for name, rated in found.agreement.items()}
    assert "QWK of the total at least 0.92 | **1.000** (missed)" in page(
        part, [replace(found, agreement=perfect)]
    )


def test_a_part_of_the_corpus_is_whole_in_itself() -> None:
    """Every edit and attack of a part has its base in it, and nothing else is left."""
    corpus = load_corpus()
    part = part_of(corpus, corpus.bases[:30])
    assert part.bases == corpus.bases[:30]
    assert {base_of(name) for name in part.texts} == set(part.bases)
    assert {pair.name for pair in part.pairs} | set(part.attacks) | set(part.bases) == set(part.texts)


def test_the_command_measures_a_part_and_counts_what_is_pending(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page says how many texts, and how many criteria got no usable answer; a second run asks nothing."""
    stand_in.reply = lambda number: (200, answer(1) if number % 6 else completion("{}"), 0.0)
    for name, value in {"URL": stand_in.url, "MODEL": "m", "SAMPLES": "1"}.items():
        monkeypatch.setenv(f"TAKEHOME_LM_{name}", value)
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "page.md"
    given = ["--judge", "language model", "--texts", "2"]
    assert main([*given, "--out", str(out)]) == 0
    corpus = load_corpus()
    texts = len(part_of(corpus, shuffled(corpus.bases, seed=SPLITS[0])[:2]).texts)
    assert len(stand_in.asked) == 6 * texts
    written = out.read_text(encoding="utf-8")
    assert "2 rated READMEs" in written
    assert f"| criteria without a usable answer | **{texts} of {6 * texts}** (missed) |" in written
    assert f"{texts} of {6 * texts} criteria without a usable answer" in capsys.readouterr().out
    assert main(given) == 0
    assert len(stand_in.asked) == 6 * texts
    assert (tmp_path / PAGE_ASKED).is_file()
    assert not (tmp_path / PAGE).exists()


def test_a_part_is_for_the_language_model_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Judges that learn would learn from less, and their figures would be others."""
    with pytest.raises(SystemExit):
        main(["--texts", "5", "--judge", "bag of words"])
    assert "the others learn from all texts" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--texts", "1", "--judge", "language model"])
    assert "found 1, expected 2 to 116" in capsys.readouterr().err


def test_a_server_that_is_down_ends_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command fails with the reason and writes no page."""
    for name in list(os.environ):
        if name.startswith("TAKEHOME_LM_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TAKEHOME_LM_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("TAKEHOME_LM_MODEL", "none")
    monkeypatch.chdir(tmp_path)
    assert main(["--judge", "language model", "--texts", "4", "--out", "page.md"]) == 1
    assert "cannot be reached" in capsys.readouterr().err
    assert not (tmp_path / "page.md").exists()
