"""The whole corpus, by family."""

from __future__ import annotations

from tests.attacks import answers, archives, builds, files, notebooks, services, texts, tracking
from tests.attacks.case import Attack

FAMILIES: dict[str, tuple[Attack, ...]] = {
    "archives and folders": archives.ATTACKS,
    "notebook": notebooks.ATTACKS,
    "files that are read": files.ATTACKS,
    "tracking store and stated paths": tracking.ATTACKS,
    "build and image": builds.ATTACKS,
    "answers of a service": answers.ATTACKS,
    "inside a service": services.ATTACKS,
    "texts and pages": texts.ATTACKS,
}
ATTACKS = tuple(attack for attacks in FAMILIES.values() for attack in attacks)
