"""Imports go one way, and the heavy libraries stay behind their fences."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import claimbatch
from tests.centre import IT, Centre, fill, put

PACKAGE = Path(claimbatch.__file__).parent

# From the top down: a module may import from its own layer and those below it.
LAYERS = [
    {"__main__"},
    {"cli"},
    {"web"},
    {"night"},
    {"office"},
    {"workspace"},
    {"output", "moderation", "intake"},
    {"claims", "migrations"},
    {"form"},
    {"problems", "identifiers", "names", "data", "files", "spool", "clock", "errors", "a1", "settings"},
]
# A library -> the only places (modules or packages, as dotted paths below claimbatch) that may import it.
FENCES = {
    "click": ("cli",),
    "pandera": ("intake.judge",),
    "sqlalchemy": ("claims.store", "migrations"),
    "alembic": ("claims.store", "migrations"),
    "jinja2": ("output.html", "web"),
    "starlette": ("web",),
    "uvicorn": ("web",),
    "typst": ("output.pdf",),
    "python_calamine": ("intake.guard",),
    "rich": ("cli",),
    "dask": ("intake.connected",),
    "distributed": ("intake.cluster", "intake.connected"),
    "filelock": ("night.lock",),
    "pickle": ("claims.taking", "intake.parcel", "intake.serve", "intake.workers"),  # of our own processes
    "tempfile": ("files.disk", "spool", "night.rehearsing", "web.staging"),
    "sqlite3": ("claims.store",),
    "structlog": ("night.log",),
    "fsspec": ("files.server",),
    "paramiko": ("files.known_hosts",),
}
# What makes, writes, renames or removes a file: in claimbatch.files alone, so that nothing is ever there by half.
WRITES = {
    "chmod", "copy", "copy2", "copyfile", "copyfileobj", "copytree", "extract", "extractall", "hardlink_to", "link",
    "makedirs", "mkdir", "mkfifo", "rename", "renames", "rmdir", "rmtree", "symlink", "symlink_to", "touch", "truncate",
    "unlink", "utime", "write_bytes", "write_text", "writelines",
}  # fmt: skip
WRITERS = ("files",)
# What the office does for a command or a page: modules, or single names in them, that none of those imports to run.
OFFICE_DOES = (
    "intake.check", "intake.engine", "intake.guard", "intake.mark", "intake.around", "intake.known",
    "intake.doctor", "intake.refresh", "intake.register_table", "intake.unit_list", "claims.issue",
    "form.added_units", "intake.moderators", "intake.short_lists", "claims.life", "claims.submitted",
    "claims.deciding", "claims.proof", "claims.purge", "claims.for_moderators", "output.work_folders",
    "moderation.sampling", "moderation.seen", "moderation.outcome",
    "intake.receiving.receive", "claims.taking.take", "claims.term.term", "output.many", "output.drawing",
    "output.pdf", "output.html", "output.posting", "output.letters", "output.export.to_csv",
    "output.export.to_xlsx", "output.export.to_json",
)  # fmt: skip
PLAIN = {"claims.life.Submission"}  # values beside what does something with them


def modules() -> list[str]:
    """Every module by its dotted path below claimbatch; a package by its own."""
    return sorted(filter(None, PATHS))


def _paths() -> Iterator[tuple[str, Path]]:
    for path in PACKAGE.rglob("*.py"):
        if "_data" not in path.parts:
            yield (
                ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
                .removesuffix("__init__")
                .rstrip("."),
                path,
            )


PATHS = dict(_paths())


def imports_of(module: str) -> Iterator[str]:
    """What *module* imports, at its top, inside a function or for type checking."""
    for node in ast.walk(ast.parse(PATHS[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def runs_with(module: str) -> Iterator[str]:
    """What *module* imports to run, name by name; not what is there for type checkers alone."""
    tree = ast.parse(PATHS[module].read_text("utf-8"))
    typing = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node not in typing:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(module: str) -> int:
    name = module.split(".", maxsplit=1)[0]
    return next(i for i, names in enumerate(LAYERS) if name in names)


@pytest.mark.parametrize("module", modules())
def test_imports_go_from_the_top_down(module: str) -> None:
    """No module imports, wherever in it, from a layer above its own."""
    upwards = [
        name
        for name in imports_of(module)
        if name.startswith("claimbatch.") and layer(name.removeprefix("claimbatch.")) < layer(module)
    ]
    assert upwards == []


@pytest.mark.parametrize("module", modules())
def test_libraries_stay_behind_their_fences(module: str) -> None:
    """click only in cli, pandera only where rules are judged, SQL only in the store, jinja2 only in reports."""
    outside = [
        name
        for name in imports_of(module)
        if (places := FENCES.get(name.split(".")[0])) and not module.startswith(places)
    ]
    assert outside == []


def writes_of(module: str) -> Iterator[str]:
    """The calls in *module* that write to a disk, with their lines."""
    for node in ast.walk(ast.parse(PATHS[module].read_text("utf-8"))):
        if isinstance(node, ast.Call) and _writes(node):
            yield f"{node.lineno}: {ast.unparse(node)}"


def _writes(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    of = ast.unparse(call.func).removesuffix(f".{name}")
    words = [ast.unparse(node) for node in (*call.args, *(keyword.value for keyword in call.keywords))]
    if name == "replace":  # of a path it has one argument, of a text two, of a date names
        return of == "os" or (len(call.args) == 1 and not call.keywords)
    if name == "open" and of == "os":
        return any(flag in word for word in words for flag in ("O_WRONLY", "O_RDWR", "O_CREAT"))
    if name == "open" and of == "archive":  # a member of one, which is written where the archive is
        return False
    if name in {"open", "ZipFile", "fdopen"}:  # an archive in memory is made of a buffer
        return any(re.fullmatch(r"'[rbt]*[wax+].*'", word) for word in words) and "buffer" not in words
    if name in {"remove", "link", "copy", "truncate"}:  # words of lists, dictionaries and our own, too
        return of in {"os", "shutil"}
    return name in WRITES and (name != "rename" or of != name)  # the bare one is ours


@pytest.mark.parametrize("module", modules())
def test_only_files_writes_files(module: str) -> None:
    """Everything that is written is written in one way, which is whole or not at all."""
    assert module.startswith(WRITERS) or list(writes_of(module)) == []


@pytest.mark.parametrize(
    "code",
    [
        "Path(x).write_text('a')",
        "path.open('w')",
        "open(path, 'ab')",
        "path.open(mode='x')",
        "a.replace(b)",
        "os.replace(a, b)",
        "os.open(path, os.O_WRONLY)",
        "path.unlink(missing_ok=True)",
        "os.remove(a)",
        "shutil.copy(a, b)",
        "shutil.rmtree(a)",
        "ZipFile(path, 'w')",
        "archive.extractall(folder)",
    ],
)
def test_the_fence_around_files_sees(code: str) -> None:
    (call,) = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and node is not None][
        :1
    ]
    assert _writes(call)


@pytest.mark.parametrize("module", [name for name in modules() if name.startswith(("cli.", "web."))])
def test_commands_and_pages_leave_it_to_the_office(module: str) -> None:
    """They open, ask and show; what one of them did by itself, the others could not call.

    A page sends documents as bytes where a command has them written, so it may draw them.
    """
    done = [name for name in OFFICE_DOES if module.startswith("cli.") or not name.startswith("output.")]
    by_itself = [
        name
        for name in runs_with(module)
        if name.removeprefix("claimbatch.") not in PLAIN
        and any(f"{name}.".startswith(f"claimbatch.{one}.") for one in done)
    ]
    assert by_itself == []


@pytest.mark.parametrize("module", [name for name in modules() if name.startswith("office.")])
def test_the_office_says_nothing_asks_nobody_and_ends_nothing(module: str) -> None:
    """It gives back what there is to say: who calls it may be a program, a page, or nobody at night."""
    names = {
        node.id
        for node in ast.walk(ast.parse(PATHS[module].read_text("utf-8")))
        if isinstance(node, ast.Name)
    }
    assert names & {"print", "input", "exit", "quit", "SystemExit", "sys"} == set()


def test_help_imports_nothing_heavy() -> None:
    """``claimbatch --help`` imports click and none of the heavy libraries."""
    heavy = (
        "pandas",
        "pandera",
        "openpyxl",
        "sqlalchemy",
        "alembic",
        "jinja2",
        "typst",
        "pydantic",
        "python_calamine",
        "rich",
        "structlog",
    )
    code = (
        "import sys; from claimbatch.cli.main import cli; from claimbatch.cli.session import run; "
        f"run(cli, ['--help']); print([m for m in {heavy!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


HEAVY = ("pandas", "pandera", "openpyxl", "numpy")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """A small store with a claim, and a clean workbook that comes back to it, ``clean.xlsx``."""
    centre = Centre.make(tmp_path_factory.mktemp("small") / "c")
    path = fill(centre.issue())
    centre.done("merge", path)
    put(path, {"Notes!E5": "later"}, "clean.xlsx")
    return centre


@pytest.mark.parametrize(
    "command",
    [
        ["claims"],
        ["claim", "show", f"68199-{IT}-1"],
        ["claim", "history", f"68199-{IT}-1"],
        ["sample", "show", f"68199-{IT}-1"],
        ["moderation", "show", f"68199-{IT}-1"],
        ["rules"],
        ["check", "outbox/clean.xlsx"],
        ["runs"],
    ],
)
def test_what_is_asked_often_imports_nothing_that_makes_it_wait(small: Centre, command: list[str]) -> None:
    """Nor does checking a workbook in which nothing has to be judged."""
    code = (
        "import sys; from claimbatch.cli.main import cli; from claimbatch.cli.session import run; "
        f"code = run(cli, {command!r}); print(code, [m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=small.workspace.folder, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "0 []", done.stderr


def test_no_module_is_too_large() -> None:
    """A module past 400 lines eats what should be rooms of their own."""
    lengths = {module: len(PATHS[module].read_text("utf-8").splitlines()) for module in modules()}
    assert {module: lines for module, lines in lengths.items() if lines > 400} == {}
