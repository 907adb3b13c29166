"""What lies in an inbox, and which vault each submission is graded against."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import GraderError, UsageError, VaultError
from grader.intake.opening import ARCHIVES
from grader.pipeline.phase_key import file_digest, tree_digest
from grader.truth import DEPTH, load_key, only_vault, vaults_below

OF_SYSTEMS = ("__MACOSX", "desktop.ini", "Thumbs.db")
"""Names that systems and unpackers leave behind; nobody handed them in."""
PSEUDONYM = re.compile(r"c[0-9a-f]{12}")
"""As the generator forms it from the company secret and the candidate's name."""

Stated = Callable[[], frozenset[str]]
"""Opens the submission and returns the variants that it says it was made for; asked only where names do not tell."""


@dataclass(frozen=True)
class Arrived:
    """A submission of the inbox: its path, its name without the ending, and a hash of what it holds.

    The hash is empty where it cannot be read; grading says why, and that stops no other. `trouble` is why it cannot
    be graded at all.
    """

    path: Path
    name: str
    digest: str
    trouble: str = ""


def arrived(inbox: Path) -> tuple[Arrived, ...]:
    """Return archives and folders of an inbox by name; names that collide are one, with the trouble.

    UsageError where it is no folder or empty.
    """
    if not inbox.is_dir():
        raise UsageError(f"{inbox}: expected a folder with submissions")
    found: dict[str, list[Path]] = {}
    for path in filter(_is_submission, _visible(inbox)):
        found.setdefault(stem(path), []).append(path)
    if not found:
        raise UsageError(f"{inbox}: no submission in it; expected folders or {', '.join(ARCHIVES)}")
    return tuple(_one_of(name, paths) for name, paths in found.items())


def _one_of(name: str, paths: list[Path]) -> Arrived:
    if len(paths) == 1:
        return Arrived(paths[0], name, _digest(paths[0]))
    there = ", ".join(path.name for path in paths)
    trouble = f"{name} is there more than once ({there}), for one result; expected one of them"
    return Arrived(paths[0].with_name(name), name, "", trouble)


def passed_over(inbox: Path) -> tuple[str, ...]:
    """Return names of files that are taken for no submission: somebody may have handed one of them in."""
    return tuple(path.name for path in _visible(inbox) if not _is_submission(path))


def _visible(inbox: Path) -> list[Path]:
    return [
        path
        for path in sorted(inbox.iterdir())
        if not path.name.startswith(".") and path.name not in OF_SYSTEMS
    ]


def _is_submission(path: Path) -> bool:
    return path.is_dir() or path.name.lower().endswith(ARCHIVES)


def stem(path: Path) -> str:
    """Return the name without the ending of an archive.

    >>> stem(Path("inbox/ada.tar.gz")), stem(Path("inbox/ada.v2"))
    ('ada', 'ada.v2')
    """
    name = path.name
    ending = next((end for end in ARCHIVES if name.lower().endswith(end)), "")
    return name[: len(name) - len(ending)] if ending and not path.is_dir() else name


def _digest(path: Path) -> str:
    try:
        return tree_digest(path) if path.is_dir() else file_digest(path)
    except OSError:
        return ""


def folded(name: str) -> str:
    """Return a name as names are compared: without case, and one form for letters that Macs write as two signs.

    >>> folded("Zoe\u0308") == folded("ZO\u00cb")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


@dataclass(frozen=True)
class Line:
    """A line of the list: where it stands, the submission as it is written there, and its variant."""

    where: str
    submission: str
    variant: str


@dataclass(frozen=True)
class Vaults:
    """The vaults below a folder, each with the names it goes by, and what a list says about submissions."""

    root: Path
    names: dict[Path, frozenset[str]]
    listed: dict[str, Line]

    def find(self, name: str, stated: Stated = frozenset) -> Path | None:
        """Return the vault of a submission; None where nothing, or more than one, fits.

        As listed, by a name it shares, or the only one. Where the name fits none or several, the variant counts
        that the submission's own contract names: a name that fits goes before it, for it was not copied along
        with somebody else's work.
        """
        key = folded(name)
        if key in self.listed:
            wanted = folded(self.listed[key].variant)
            found = [vault for vault, names in self.names.items() if wanted in names]
        elif len(self.names) == 1:
            found = list(self.names)
        else:
            words = {key, *re.split(r"[\W_]+", key)}
            found = [vault for vault, names in self.names.items() if words & names]
        vault = only_vault(found)
        if vault is not None or key in self.listed:
            return vault
        said = stated()
        return only_vault([one for one in found or self.names if one.name in said])

    def of(self, name: str, stated: Stated = frozenset) -> Path:
        """Return the vault of a submission; VaultError where none can be found."""
        vault = self.find(name, stated)
        line = self.listed.get(folded(name))
        if vault is None and line is not None:
            raise VaultError(
                f"--list {line.where}: {name}: not one of the {len(self.names)} vaults below {self.root} alone goes "
                f"by {line.variant!r}; correct this line"
            )
        if vault is None:
            raise VaultError(
                f"{name}: not one of the {len(self.names)} vaults below {self.root} alone fits this name; name the "
                "submission like its variant, the folder it was issued into, or its pseudonym (known while "
                "<pseudonym>.zip lies beside the vault), leave the bundle's contract.yaml in it, or give --list "
                "FILE with submission,variant"
            )
        return vault

    def of_nobody(self, names: Iterable[str]) -> list[str]:
        """Return what to say of lines of the list that name no submission, of this inbox or an earlier one."""
        there = set(map(folded, names))
        return [
            f"--list {line.where}: {line.submission}: no submission of the inbox goes by this name"
            for name, line in self.listed.items()
            if name not in there
        ]

    def advice(self, name: str, wrong: str, stated: Stated) -> str:
        """Return what to do about a submission whose rows are not of the variant that was chosen for it."""
        line = self.listed.get(folded(name))
        todo = "give --list FILE with its variant" if line is None else f"correct {line.where} of --list"
        try:
            by_name, said = replace(self, listed={}).find(name), stated()
            by_contract = only_vault([one for one in self.names if one.name in said])
        except GraderError:
            return todo
        for what, vault in (("name", by_name), ("contract.yaml", by_contract)):
            if vault is not None and vault.name != wrong:
                return f"{todo}; its {what} speaks for variant {vault.name}"
        return todo

    def may_be(self, name: str, variant: str) -> bool:
        """Return whether list and names still mean this variant, or leave it to what the submission says."""
        try:
            vault = self.find(name)
            return folded(name) not in self.listed if vault is None else load_key(vault).variant == variant
        except VaultError:
            return False


def find_vaults(root: Path, listed: Path | None) -> Vaults:
    """Find every key.json below a folder; VaultError where there is none, UsageError for a list that is none."""
    if not root.is_dir():
        raise VaultError(f"{root}: no such folder; expected a folder with vaults")
    vaults = vaults_below(root)
    if not vaults:
        raise VaultError(f"{root}: no key.json in it or {DEPTH} levels below; expected vaults")
    names = {vault: frozenset(map(folded, _names_of(vault, root))) for vault in vaults}
    return Vaults(root, names, {} if listed is None else read_list(listed))


def _names_of(vault: Path, root: Path) -> list[str]:
    """Return what a submission for this vault may be called.

    The vault holds no pseudonym; the zip that was made to be sent, OUT/<pseudonym>.zip beside OUT/vault, does.
    """
    names = [part for part in (*vault.relative_to(root).parts, vault.name) if part != "vault"]
    kept = vault.resolve().parent
    if kept.name == "vault":
        names += [parcel.stem for parcel in kept.parent.glob("*.zip") if PSEUDONYM.fullmatch(parcel.stem)]
    return names


def read_list(path: Path) -> dict[str, Line]:
    """Return the lines of a CSV file with the columns submission and variant; UsageError names what is wrong.

    Semicolons are taken for commas where the header has no comma: spreadsheets write them where numbers have one.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        head = text.partition("\n")[0]
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if "," not in head else ",")
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path}: not written as UTF-8; save it as UTF-8 (CSV UTF-8 in a spreadsheet)"
        ) from error
    except (OSError, csv.Error) as error:
        raise UsageError(f"{path}: not readable as CSV: {error}") from error
    columns = rows[0][1] if rows else []
    if len(rows) < 2 or not {"submission", "variant"} <= set(columns):
        raise UsageError(f"{path}: expected the columns submission and variant, and a line each")
    listed: dict[str, Line] = {}
    for number, cells in rows[1:]:
        row = dict(zip(columns, cells, strict=False))
        written, variant = row.get("submission", ""), row.get("variant", "")
        if not any(cells):
            continue
        if not written:
            raise UsageError(f"{path}, line {number}: names no submission; expected its name and its variant")
        line = Line(f"{path}, line {number}", written, variant)
        name = folded(stem(Path(written)))
        if listed.setdefault(name, line).variant != variant:
            raise UsageError(f"{path}: {name}: two variants; expected one line for each submission")
    return listed
