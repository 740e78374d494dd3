"""A college whose people nobody could take for anybody else, and what its teachers sent back.

Names and dates of birth are such that each can be looked for in any text and stands there for nothing else.
"""

import random
import shutil
import subprocess
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from benchmarks.faults.parts import CLAIMED, Base
from claimbatch.form.layout import BY_UNIT
from claimbatch.workspace import CONFIG
from tests.centre import IT, Centre
from tests.damages import assessor_cell, grade_cell
from tests.workbooks import Spot, spots

PEOPLE = (
    ("0042", "Quillfeather, Marigold", date(2007, 2, 13)),
    ("0043", "Zwartendijk, Caspian", date(2007, 4, 17)),
    ("0044", "Öztürkoğlu, Zoëline", date(2007, 7, 19)),
    ("0051", "O’Dreadnought, Faylinn", date(2007, 8, 23)),
    ("0052", "Featherstonehaugh, Peregrine", date(2007, 9, 29)),
    ("0060", "Llanfairbryn, Angharad", date(2007, 10, 31)),
)
ASSESSORS = (("JH", "Jocasta Hugglescote"), ("SA", "Sixtus Adebambo"))


SETTINGS = "\n[night]\nsettle = 0\n"  # nobody else is at work here
QUICK = f'{SETTINGS}report = ["html"]\nerror_list = ["html"]\n'  # drawing PDFs takes longer than all the rest


def found(
    folder: Path, codes: Sequence[str] = (IT,), settings: str = QUICK, *, serial: bool = False
) -> Centre:
    """The college, its workspace in *folder*, with candidates entered for the qualifications *codes*.

    *serial*: workbooks are read in one process, which is quicker where there are few.
    """
    centre = Centre.make(folder, codes, people=PEOPLE, assessors=ASSESSORS)
    config = (folder / CONFIG).read_text("utf-8")
    if serial:
        config = config.replace('executor = "auto"', 'executor = "serial"')
    (folder / CONFIG).write_text(config + settings, "utf-8")
    return centre


def bases(centre: Centre) -> list[Base]:
    """Two workbooks that came back whole: by candidate from LibreOffice, and of one unit as openpyxl saves."""
    one = filled(centre.issue().read_bytes(), seed=1)
    other = filled(centre.issue(form=BY_UNIT, unit=3).read_bytes(), seed=2)
    (saved,) = resaved([one])
    return [Base("by candidate", saved), Base("by unit", other)]


def filled(template: bytes, seed: int, share: float = 1) -> bytes:
    """A template with grades, and who assessed them; *share* of the cells are filled in."""
    book, dice = openpyxl.load_workbook(BytesIO(template)), random.Random(seed)
    for spot in spots(book):
        if dice.random() < share:
            put(book, spot, dice.choice(CLAIMED), dice.choice(ASSESSORS)[0])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def put(book: openpyxl.Workbook, spot: Spot, grade: str | None, initials: str | None) -> None:
    """Enter a grade, and who assessed it."""
    grade_cell(book, spot).value, assessor_cell(book, spot).value = grade, initials


def resaved(books: Sequence[bytes]) -> list[bytes]:
    """The workbooks as LibreOffice saves them."""
    program = shutil.which("soffice")
    if not program:
        raise SystemExit("LibreOffice (soffice) is needed here: real workbooks are damaged.")
    with TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"{number:03}.xlsx" for number, _ in enumerate(books)]
        for path, data in zip(paths, books, strict=True):
            path.write_bytes(data)
        command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
        command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "saved")]
        subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, timeout=300)
        return [(folder / "saved" / path.name).read_bytes() for path in paths]
