"""What Python programs of others may rely on: the names, what the page says of them, and that its example runs."""

import ast
import inspect
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import claimbatch
from claimbatch.files import make_folder
from tests.centre import ASSESSORS, IT, MEDIA, PEOPLE, fill, put

PAGE = Path(__file__).parent.parent / "docs" / "api.md"
MADE = "<!-- from here on"
# What the page explains, in the order of a term; what comes back is explained with what gives it.
SECTIONS = {
    "The workspace": ["Workspace", "ClaimbatchError", "Exit"],
    "The register": ["import_register", "Imported", "FileRead", "ChangeRow", "Manner", "Extent"],
    "Templates": ["templates", "Wanted", "Templates", "Made", "refresh", "Refreshed"],
    "Workbooks that come back": [
        "workbooks", "Given", "check", "Looked", "Checked", "FileResult", "Problem", "Place", "mark_all", "Marked",
        "write_error_lists", "merge", "How", "Received", "Taken", "line_changes", "LineChange",
    ],
    "Claims on paper and for other programs": [
        "export", "Exported", "report", "report_several", "Asked", "Written",
    ],
    "The term, and messages": [
        "status", "TermNow", "Course", "Sent", "write_status", "letter", "Letter", "write_draft", "send",
    ],
}  # fmt: skip
# Of a class with more than others may rely on, what they may.
METHODS = {"Workspace": ("find", "create", "outbox")}
ATTRIBUTES = {
    "Workspace": ("folder",),
    "Checked": ("files", "problems", "answers"),
    "Problem": ("rule", "place", "value", "candidate", "unit", "is_error", "message", "hint"),
    "Place": ("workbook", "sheet", "cell", "field"),
    "Asked": ("kind", "sort", "award", "candidates", "units", "sampled", "unsigned", "per", "made_by"),
    "Taken": ("counts", "unchanged"),
    "FileRead": ("name", "problems", "notes", "read_as", "has_errors"),
    "Refreshed": ("left", "kept"),
    "Letter": ("claim", "event", "whom", "message", "address", "attached", "is_too_large"),
}  # fmt: skip

REGISTER = {
    "entries": "entry_code,candidate_number,candidate_name,date_of_birth\n"
    + "".join(f'{code},{number},"{name}",{born}\n' for code in (IT, MEDIA) for number, name, born in PEOPLE),
    "assessors": "entry_code,initials,name\n"
    + "".join(f"{code},{initials},{name}\n" for code in (IT, MEDIA) for initials, name in ASSESSORS),
}


def test_the_names_are_there_and_explained() -> None:
    """Each is found where it is said to be, by name and with a star; and stands on the page."""
    assert sorted(claimbatch.__all__) == claimbatch.__all__
    assert [name for name in claimbatch.__all__ if not getattr(claimbatch, name).__doc__] == []
    assert sorted(name for names in SECTIONS.values() for name in names) == claimbatch.__all__
    assert set(claimbatch.__all__) <= set(dir(claimbatch))
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        _ = claimbatch.chekc


def test_type_checkers_see_the_same_as_python() -> None:
    """What is imported for them is what is imported when it is used."""
    tree = ast.parse(inspect.getsource(claimbatch))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        str(node.module).removeprefix("claimbatch."): tuple(alias.name for alias in node.names)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
    }
    assert seen == claimbatch._MODULES


def test_importing_it_imports_nothing() -> None:
    code = "import sys, claimbatch; print([m for m in sys.modules if m.startswith('claimbatch.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_page_says_what_the_functions_say() -> None:
    """The reference on docs/api.md is made of their docstrings (CLAIMBATCH_UPDATE=1 renews it)."""
    lead = PAGE.read_text("utf-8").partition(MADE)
    line, _, _ = lead[2].partition("\n")
    text = f"{lead[0]}{MADE}{line}\n\n{reference()}"
    if os.environ.get("CLAIMBATCH_UPDATE"):
        PAGE.write_text(text, "utf-8")
    assert PAGE.read_text("utf-8") == text


def test_the_examples_run(tmp_path: Path) -> None:
    """From an empty folder to a claim; what they print stands on the page (CLAIMBATCH_UPDATE=1 renews it)."""
    for kind, rows in REGISTER.items():
        (tmp_path / f"{kind}.csv").write_text(rows, "utf-8")
    parts = re.split(r"(```[a-z]+\n.*?```)", PAGE.read_text("utf-8"), flags=re.DOTALL)
    begin, made, go_on, came = [n for n, part in enumerate(parts) if part.startswith("```")][:4]
    printed = {made: f"```text\n{run(tmp_path, parts[begin])}```"}
    it, media = sorted((tmp_path / "claims" / "outbox").glob("*.xlsx"))
    inbox = make_folder(tmp_path / "returned")
    shutil.copy(fill(it, seed=1), inbox / "it.xlsx")
    shutil.copy(put(fill(media, seed=1), {"Grades!E5": "X"}), inbox / "media.xlsx")
    printed[came] = f"```text\n{run(tmp_path, parts[go_on])}```"
    if os.environ.get("CLAIMBATCH_UPDATE"):
        PAGE.write_text("".join(printed.get(n, part) for n, part in enumerate(parts)), "utf-8")
    else:
        assert printed == {n: parts[n] for n in printed}
    files = re.findall(r"^(?:claims|marked|exports|prints)/\S+$", "\n".join(printed.values()), re.MULTILINE)
    assert len(files) == 4
    assert [file for file in files if not (tmp_path / file).is_file()] == []


def run(folder: Path, block: str) -> str:
    """Run the Python of a block as a program in *folder*; what it prints."""
    (folder / "program.py").write_text(block.removeprefix("```python\n").removesuffix("```"), "utf-8")
    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1790000000"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def reference() -> str:
    """All names, each with how it is written and what its docstring says."""
    parts = [
        f"## {title}\n\n" + "\n".join(_entry(name) for name in names) for title, names in SECTIONS.items()
    ]
    return "\n".join(parts)


def _entry(name: str) -> str:
    thing = getattr(claimbatch, name)
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(thing))).body
    words = _words(thing)
    if isinstance(node, ast.FunctionDef):
        return f"### {name}\n\n```python\n{_written(node)}\n```\n\n{words}\n"
    assert isinstance(node, ast.ClassDef)
    lines = "\n".join(f"- {line}" for line in _attributes(node))
    told = f"{lines}\n\n" if lines else ""
    methods = "".join(
        f"```python\n{name}.{_written(item)}\n```\n\n{_words(getattr(thing, item.name))}\n\n"
        for item in node.body
        if isinstance(item, ast.FunctionDef) and item.name in METHODS.get(name, ())
    )
    return f"### {name}\n\n{words}\n\n{told}{methods}".rstrip() + "\n"


def _attributes(node: ast.ClassDef) -> Iterator[str]:
    """The fields of a class, then its properties, a line each."""
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and _is_told(node.name, ast.unparse(item.target)):
            default = (
                "" if item.value is None or isinstance(item.value, ast.Call) else f" = {_code(item.value)}"
            )
            yield f"`{ast.unparse(item.target)}: {_code(item.annotation)}{default}`"
        elif isinstance(item, ast.Assign) and node.name in {"Exit", "Extent"}:
            yield f"`{ast.unparse(item)}`"
        elif isinstance(item, ast.FunctionDef) and _is_property(item) and _is_told(node.name, item.name):
            first = (ast.get_docstring(item) or "").splitlines()[0].replace("``", "`")
            yield f"`{item.name}: {_code(item.returns)}` – {first[0].lower()}{first[1:].removesuffix('.')}"


def _is_told(of: str, name: str) -> bool:
    return name in ATTRIBUTES.get(of, (name,))


def _is_property(item: ast.FunctionDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "property" for each in item.decorator_list)


def _written(node: ast.FunctionDef) -> str:
    """How a function is called, a parameter a line where one line does not hold it."""
    given, kept = node.args, node.args.kwonlyargs
    defaults = [None] * (len(given.args) - len(given.defaults)) + list(given.defaults)
    parts = [_parameter(*pair) for pair in zip(given.args, defaults, strict=True)]
    parts += ["*"] * bool(kept) + [_parameter(*pair) for pair in zip(kept, given.kw_defaults, strict=True)]
    parts = [part for part in parts if part not in {"self", "cls"}]
    line = f"{node.name}({', '.join(parts)}) -> {_code(node.returns)}"
    if len(line) <= 110:
        return line
    return "\n".join([f"{node.name}(", *(f"    {part}," for part in parts), f") -> {_code(node.returns)}"])


def _parameter(name: ast.arg, default: ast.expr | None) -> str:
    if name.annotation is None:
        return name.arg
    return f"{name.arg}: {_code(name.annotation)}" + (f" = {_code(default)}" if default else "")


def _code(node: ast.expr | None) -> str:
    """A piece of code as people write it: a type without quotes, a text in double ones."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if node.value and node.value[0].isupper() else f'"{node.value}"'
    return ast.unparse(node) if node else ""


def _words(thing: object) -> str:
    """A docstring as Markdown."""
    words = inspect.cleandoc(thing.__doc__ or "")
    words = re.sub(r":[a-z]+:`~?(?:[a-z_.]+\.)?([^`]+)`", r"`\1`", words)
    return words.replace("``", "`")
