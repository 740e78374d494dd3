"""The loop that a user would write: one workbook after the other through pandas.read_excel and a pandera schema.

Written as a careful user would: the schema is made once, a workbook is opened once for all its sheets, grades and
assessors are made long and judged together. It knows no register and no claim, and takes every file that it is given.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.corpus import Place
from benchmarks.forms import ASSESSORS, PLAIN

HEADER = 3  # the row of the headings, from 0
WHO = ["Candidate number", "Candidate name", "Date of birth", "OCR candidate number"]


def loop(place: Place, count: int) -> Callable[[], int]:
    """The loop over *count* workbooks of one form."""
    import pandas as pd  # noqa: PLC0415
    import pandera.pandas as pa  # noqa: PLC0415

    paths = [path for path, _ in place.workbooks][:count]
    read = _by_unit if PLAIN[place.form].by_unit else _by_candidate
    schema = pa.DataFrameSchema(
        {
            "Candidate number": pa.Column(str, pa.Check.str_matches(r"^\d{4}$")),
            "Candidate name": pa.Column(str, pa.Check.str_length(min_value=1)),
            "unit": pa.Column(str),
            "grade": pa.Column(object, pa.Check.isin(["P", "M", "D", "Not claiming"]), nullable=True),
            "assessor": pa.Column(object, pa.Check.isin([who for who, _ in ASSESSORS]), nullable=True),
        },
        checks=pa.Check(
            lambda lines: lines["grade"].isna() | lines["assessor"].notna(), name="grade without assessor"
        ),
        unique=["Candidate number", "unit"],
    )

    def work(some: list[Path] = paths) -> int:
        for path in some:
            schema.validate(read(pd, path), lazy=True)
        return len(some)

    work(paths[:1])
    return work


def _by_unit(pd: Any, path: Path) -> Any:
    """The lines of a form by unit."""
    lines = pd.read_excel(path, sheet_name="Claim", header=HEADER, engine="openpyxl", dtype={WHO[0]: str})
    lines = lines.dropna(subset=[WHO[0]]).rename(columns={"Grade": "grade", "Assessor": "assessor"})
    return lines.assign(unit=path.stem).astype({"grade": object, "assessor": object})


def _by_candidate(pd: Any, path: Path) -> Any:
    """The lines of a form by candidate, each with its own assessor or the one of its unit."""
    wanted = ["Grades", "Assessed by", "Units"]
    sheets = pd.read_excel(path, sheet_name=wanted, header=HEADER, engine="openpyxl", dtype={WHO[0]: str})
    grades, assessed = (
        sheets[name].dropna(subset=[WHO[0]]).melt(id_vars=WHO, var_name="unit", value_name=column)
        for name, column in (("Grades", "grade"), ("Assessed by", "assessor"))
    )
    default = sheets["Units"].set_index("Unit")["Default assessor"]
    lines = grades.assign(
        assessor=assessed["assessor"].where(assessed["assessor"].notna(), grades["unit"].map(default))
    )
    return lines.astype({"grade": object, "assessor": object})
