"""What Python programs of others may rely on: the names, what the page says of them, and that its example runs."""

import ast
import inspect
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import claimbatch
from claimbatch.files import make_folder
from tests.api_page import PAGE, SECTIONS
from tests.centre import ASSESSORS, IT, MEDIA, PEOPLE, fill, put

REGISTER = {
    "entries": "entry_code,candidate_number,candidate_name,date_of_birth\n"
    + "".join(f'{code},{number},"{name}",{born}\n' for code in (IT, MEDIA) for number, name, born in PEOPLE),
    "assessors": "entry_code,initials,name\n"
    + "".join(f"{code},{initials},{name}\n" for code in (IT, MEDIA) for initials, name in ASSESSORS),
}
SAMPLE = "candidate_number,unit\n0042,3\n0043,19\n"


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


def test_the_examples_run(tmp_path: Path) -> None:
    """From an empty folder to a claim; what they print stands on the page (CLAIMBATCH_UPDATE=1 renews it)."""
    for kind, rows in REGISTER.items():
        (tmp_path / f"{kind}.csv").write_text(rows, "utf-8")
    parts = re.split(r"(```[a-z]+\n.*?```)", PAGE.read_text("utf-8"), flags=re.DOTALL)
    begin, made, go_on, came, end, ended = [n for n, part in enumerate(parts) if part.startswith("```")][:6]
    printed = {made: f"```text\n{run(tmp_path, parts[begin])}```"}
    it, media = sorted((tmp_path / "claims" / "outbox").glob("*.xlsx"))
    inbox = make_folder(tmp_path / "returned")
    shutil.copy(fill(it, seed=1), inbox / "it.xlsx")
    shutil.copy(put(fill(media, seed=1), {"Grades!E5": "X"}), inbox / "media.xlsx")
    printed[came] = f"```text\n{run(tmp_path, parts[go_on])}```"
    (tmp_path / "sample.csv").write_text(SAMPLE, "utf-8")
    printed[ended] = f"```text\n{run(tmp_path, parts[end])}```"
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
