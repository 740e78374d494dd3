"""Workspaces with templates that went out and came back filled in: made once, kept in a folder, used by all methods.

Each template is issued by the product, to a centre and for a claim of its own, and filled in at random. A quarter of
the workbooks have been through LibreOffice, the others are as Excel saves them (:mod:`benchmarks.filling`).
"""

import atexit
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory, gettempdir, mkdtemp

import claimbatch
from benchmarks.filling import answers, broken, every_tenth, fill, spoil
from benchmarks.forms import ASSESSORS, MIXED, RIVALS, Sheet, plan, qualifications, register
from claimbatch.claims.issue import issue_template
from claimbatch.form.layout import BY_CANDIDATE, lay_out
from claimbatch.workspace import Workspace

READY = "corpus.json"
IN_ONE_CALL = 100  # workbooks that LibreOffice is given
EVERY = 4  # one of so many has been through it
FILLINGS = 8  # ways in which rivals are filled in


@dataclass(frozen=True)
class Place:
    """A workspace made for measuring, and its workbooks in the order in which they are used."""

    folder: Path
    form: str
    count: int
    libreoffice: bool

    @property
    def workbooks(self) -> list[tuple[Path, str]]:
        """The workbooks, each with the name to call it by."""
        return [(path, path.name) for path in sorted((self.folder / "inbox").iterdir())]

    def without_inbox(self, target: Path) -> Workspace:
        """A copy of the workspace as it is before anything was merged, for whoever changes it."""
        shutil.copytree(self.folder, target, ignore=shutil.ignore_patterns("inbox"), dirs_exist_ok=True)
        return Workspace(target)

    def for_now(self) -> Workspace:
        """Such a copy that is gone when this process ends."""
        folder = Path(mkdtemp(prefix="claimbatch-benchmark-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return self.without_inbox(folder)


def default_folder() -> Path:
    """Where workspaces for measuring are kept unless somebody says otherwise."""
    return Path(gettempdir()) / "claimbatch-benchmarks"


def make(kept: Path, form: str, count: int) -> Place:
    """The workspace of *count* workbooks of *form*, made now or long ago below *kept*."""
    folder = kept / f"{form}-{count}-{_version()}"
    if not (folder / READY).exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        libreoffice = _make(folder, form, count)
        facts = {"form": form, "count": count, "libreoffice": libreoffice}
        (folder / READY).write_text(json.dumps(facts), "utf-8")
    return reopen(folder)


def reopen(folder: Path) -> Place:
    """The workspace that was made in *folder*."""
    return Place(folder, **json.loads((folder / READY).read_text("utf-8")))


def _version() -> str:
    """Changes where a template, or a corpus, is made in another way."""
    package = Path(claimbatch.__file__).parent
    sources = [
        *sorted((package / "form").glob("*.py")),
        *(Path(__file__).with_name(name) for name in ("corpus.py", "filling.py", "forms.py")),
    ]
    sources += sorted((package / "migrations" / "versions").glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]


def _make(folder: Path, form: str, count: int) -> bool:
    """Make the workspace and its workbooks; whether LibreOffice has saved some of them."""
    sheets = plan(form, count)
    workspace = Workspace.create(folder, {sheet.centre: f"College {sheet.centre}" for sheet in sheets})
    for kind in {sheet.form for sheet in sheets}:
        (folder / "schemas" / f"bench-{kind.name}.toml").write_text(qualifications(kind), "utf-8")
    filled = _rivals(workspace, sheets[0], count) if form == RIVALS else _filled(workspace, sheets, form)
    for number, (name, content) in enumerate(filled):
        (folder / "inbox" / f"{number:05}_{name}").write_bytes(content)
    return _through_libreoffice(
        [path for path, _ in Place(folder, form, count, False).workbooks][EVERY - 1 :: EVERY]
    )


def _issued(workspace: Workspace, sheets: list[Sheet]) -> Iterator[tuple[Sheet, str, bytes]]:
    """Each of the *sheets* as the product issues it."""
    catalogue, key = workspace.catalogue(), workspace.key()
    with workspace.store() as store:
        entered, people = register(sheets)
        store.save_register(entered)
        store.save_assessors(people)
        for sheet in sheets:
            yield sheet, *issue_template(store, catalogue, key, sheet.order)


def _filled(workspace: Workspace, sheets: list[Sheet], form: str) -> Iterator[tuple[str, bytes]]:
    catalogue, initials = workspace.catalogue(), tuple(who for who, _ in ASSESSORS)
    faults = every_tenth(len(sheets)) if form == MIXED else iter([""] * len(sheets))
    for number, ((sheet, name, template), fault) in enumerate(
        zip(_issued(workspace, sheets), faults, strict=True)
    ):
        layout = lay_out(sheet.order.form, catalogue.get(sheet.code), sheet.unit)
        cells = answers(layout, sheet.form.candidates, initials, Random(number))
        spoil(cells, layout, fault)
        yield name, broken(fill(template, cells), fault)


def _rivals(workspace: Workspace, sheet: Sheet, count: int) -> Iterator[tuple[str, bytes]]:
    """*count* workbooks of one template, filled in in a few ways that disagree wherever they can."""
    _, name, template = next(_issued(workspace, [sheet]))
    layout = lay_out(BY_CANDIDATE, workspace.catalogue().get(sheet.code))
    ways = [answers(layout, sheet.form.candidates, ("JH", "SA"), Random(way)) for way in range(FILLINGS)]
    for number in range(count):
        yield name, fill(template, ways[number % FILLINGS], f"copy {number}")


def _through_libreoffice(paths: list[Path]) -> bool:
    """Open these workbooks in LibreOffice and save them; whether there is one to do that."""
    program = shutil.which("soffice")
    whole = [path for path in paths if path.read_bytes()[:2] == b"PK"]
    if not program:
        return False
    with TemporaryDirectory() as aside:
        for start in range(0, len(whole), IN_ONE_CALL):
            some = [str(path) for path in whole[start : start + IN_ONE_CALL]]
            profile = f"-env:UserInstallation=file://{aside}/profile"
            to = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", f"{aside}/out"]
            command = [program, profile, "--headless", *to]
            subprocess.run([*command, *some], check=True, capture_output=True)
        for path in whole:
            saved = Path(aside) / "out" / path.name
            if saved.exists():  # it makes nothing of a file that is cut short
                shutil.move(saved, path)
    return True
