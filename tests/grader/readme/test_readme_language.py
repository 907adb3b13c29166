"""A text in another language is said to be one and is sent to a person."""

from pathlib import Path

import pytest

from grader.readme.facts import Facts
from grader.readme.judge import FOREIGN_CONFIDENCE, judge_readme
from grader.readme.language import looks_english
from grader.readme.validation.corpus import load_corpus

FOREIGN = {
    "German": "# Betrieb\nWir prüfen jede Woche die fehlenden Werte und vergleichen sie mit dem Vormonat. "
    "Wenn der Anteil über 5 % liegt, wird nicht gerechnet und die Datenabteilung gefragt.",
    "French": "Nous comparons chaque mois la moyenne des colonnes avec le mois dernier. Si elle est "
    "deux fois plus grande, nous ne calculons pas les scores et nous appelons le fournisseur.",
    "Spanish": "Cada mes se compara la media de las columnas con la del mes anterior. Si es el doble, "
    "no se calcula nada y se llama a los responsables de los datos.",
    "Chinese": "每月检查缺失值，并与上个月比较。超过百分之五时停止评分，并通知数据团队。",
    "Russian": "Каждый месяц мы сравниваем долю пропусков с прошлым месяцем и останавливаем расчёт, если она выросла.",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_another_language_is_named_and_uncertain(facts: Facts, name: str) -> None:
    """The message says that only English is read, and no level is called sure."""
    judged = judge_readme(FOREIGN[name], facts)
    assert all("English" in c.message and c.confidence <= FOREIGN_CONFIDENCE for c in judged.criteria)


def test_no_english_text_is_taken_for_another_language() -> None:
    """Neither the corpus with its terse notes and settings nor the ordinary READMEs are called foreign."""
    texts = dict(load_corpus().texts)
    texts |= {
        path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "data").rglob("*.md")
    }
    assert [name for name, text in texts.items() if not looks_english(text)] == []
