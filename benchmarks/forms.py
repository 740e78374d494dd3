"""The forms that are measured: who is entered at which centre for what, and which templates go out.

Qualifications are made up, so that a form has exactly the units that its name says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count as from_number
from itertools import islice

from claimbatch.claims.claim import Candidate
from claimbatch.claims.issue import Order
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT

ASSESSORS = (("JH", "Jo Hughes"), ("SA", "Sam Adeyemi"), ("PL", "Pat Lee"))
SURNAMES = ("Ahmed", "Brown", "Clark", "Davies", "Evans", "Farah", "Green", "Khan", "Nowak", "O'Neill")
FORENAMES = ("Sana", "Tom", "Zoe", "Fay", "Ben", "Chloe", "Daniel", "Ella", "Finn", "Kofi", "Lena")
FIRST_CENTRE = 10_001


@dataclass(frozen=True)
class Form:
    """A kind of workbook: *candidates* down and *units* across, or for one unit each (*by_unit*)."""

    name: str
    prefix: str  # of its entry codes
    candidates: int
    units: int
    by_unit: bool = False

    @property
    def codes(self) -> list[str]:
        """Its qualifications: several, as a centre has."""
        return [f"{self.prefix}{number}" for number in range(4)]


PLAIN = {
    form.name: form
    for form in (
        Form("30x1", "9010", 30, 10, by_unit=True),
        Form("30x10", "9020", 30, 10),
        Form("100x20", "9030", 100, 20),
        Form("300x25", "9040", 300, 25),
    )
}
MIXED, RIVALS = "mixed", "rivals"  # all of them, every tenth faulty; many copies of one that disagree
FORMS = (*PLAIN, MIXED, RIVALS)


@dataclass(frozen=True)
class Sheet:
    """A template to issue: of which form, to which centre, for which qualification (and unit)."""

    form: Form
    centre: str
    code: str
    unit: int = 0

    @property
    def order(self) -> Order:
        """The same as the product takes it."""
        return Order(self.centre, self.code, BY_UNIT if self.unit else BY_CANDIDATE, self.unit)


def plan(form: str, count: int) -> list[Sheet]:
    """What is issued for *count* workbooks of *form*."""
    if form == RIVALS:
        return [Sheet(PLAIN["30x10"], str(FIRST_CENTRE), PLAIN["30x10"].codes[0])]
    return list(islice(_sheets(form), count))


def _sheets(form: str) -> Iterator[Sheet]:
    """Centre after centre, what it is sent: of all forms the small ones most, a huge one to every fourth centre."""
    for number in from_number(FIRST_CENTRE):
        for kind, codes in _of_a_centre(form, number):
            for code in kind.codes[:codes]:
                for unit in range(1, kind.units + 1) if kind.by_unit else [0]:
                    yield Sheet(kind, str(number), code, unit)


def _of_a_centre(form: str, number: int) -> list[tuple[Form, int]]:
    """The forms that centre *number* is sent, each for how many qualifications."""
    if form != MIXED:
        return [(PLAIN[form], 4)]
    huge = [(PLAIN["300x25"], 1)] if number % 4 == 0 else []
    return [(PLAIN["30x1"], 1), (PLAIN["30x10"], 4), (PLAIN["100x20"], 1), *huge]


def qualifications(form: Form) -> str:
    """The file of qualifications with exactly the units that *form* has."""
    head = 'subject = "measuring"\nlevel = 3\nsuite = 2012\n\n[unit_defaults]\nverified = true\n'
    for code in form.codes:
        head += (
            f'\n[[qualification]]\nentry_code = "{code}"\ntitle = "OCR Level 3 Cambridge Technical {code}"\n'
        )
        head += "verified = true\nother_awarding_body_units = false\n"
    return head + "".join(
        f'\n[[unit]]\nnumber = {unit}\ntitle = "Unit title {unit}"\ncredits = 10\nassessment = "internal"\n'
        for unit in range(1, form.units + 1)
    )


def register(sheets: Sequence[Sheet]) -> tuple[RegisterFile, list[Assessor]]:
    """Everybody who is entered for what is issued, and who assesses it."""
    codes = sorted({(sheet.centre, sheet.code, sheet.form.candidates) for sheet in sheets})
    entries = tuple(
        Entry(centre, code, _candidate(number))
        for centre, code, candidates in codes
        for number in range(1, candidates + 1)
    )
    centres = {centre: frozenset(c for other, c, _ in codes if other == centre) for centre, *_ in codes}
    people = [Assessor(centre, *who, offered) for centre, offered in centres.items() for who in ASSESSORS]
    return RegisterFile(entries, columns=frozenset({"candidate_name", "date_of_birth"})), people


def _candidate(number: int) -> Candidate:
    name = f"{SURNAMES[number % len(SURNAMES)]}, {FORENAMES[number % len(FORENAMES)]}"
    return Candidate(f"{number:04}", name, date(2007, 9, 1) + timedelta(days=number))
