"""The whole corpus, by family."""

from __future__ import annotations

from tests.attacks import answers, archives, builds, notebooks, services, texts
from tests.attacks.case import Attack

FAMILIES: dict[str, tuple[Attack, ...]] = {
    "archives and folders": archives.ATTACKS,
    "notebook": notebooks.ATTACKS,
    "build and image": builds.ATTACKS,
    "answers of a service": answers.ATTACKS,
    "inside a service": services.ATTACKS,
    "texts and pages": texts.ATTACKS,
}
ATTACKS = tuple(attack for attacks in FAMILIES.values() for attack in attacks)
