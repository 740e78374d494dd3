"""The candidates and assessors of the sample college: all invented, and the same every time.

Two lists become two register files: ``entries.csv`` and ``assessors.csv``.
"""

import csv
import io
import random
from collections.abc import Iterator
from datetime import date, timedelta

from claimbatch.identifiers import uci_letter, uln_problem

CENTRE = "68199"
IT, MEDIA, BUSINESS = "05349", "05844", "05878"
CORE = (1, 2, 7, 9, 12, 19)  # the IT units that most of the course takes

# (entry code, the number of the first candidate, their names in the order of their numbers)
COURSES = (
    (
        IT,
        101,
        (
            "Abara, Chidi", "Ahmed, Sana", "Begum, Nasima", "Bowen, Carys", "Brown, Tom", "Clarke, Zoë",
            "Da Silva, Inês", "Douglas-Home, Freya", "Evans, Rhys", "Fernandes, Leandro", "Grant, Shanice",
            "Hussain, Bilal", "Ito, Haruka", "Jones, Megan", "Jones, Megan Elin", "Kowalska, Zuzanna",
            "Łukasik, Piotr", "MacDonald, Iona", "Mensah, Kwabena", "Nguyen, Thi Mai", "O'Dowd, Ann",
            "O'Neill, Fay", "Patel, Krish", "Quinn, Saoirse",
        ),
    ),
    (
        MEDIA,
        201,
        (
            "Rahman, Tahmid", "Roberts, Siân", "Rossi, Giulia", "Sahota, Jasleen Kaur", "Ševčík, Adam",
            "Singh, Arjan", "Smith, Alfie", "Smith-Barnes, Ottilie", "St John, Rowan", "Tanaka, Emi",
            "Taylor, Jade", "Thomas, Ffion", "Uddin, Rafi", "Van der Berg, Lotte", "Walker, Tyrone",
            "Williams, Aaliyah", "Yusuf, Hodan", "Zając, Oliwia",
        ),
    ),
    (
        BUSINESS,
        301,
        (
            "Adeleke, Temi", "Akhtar, Zara", "Baker, Josh", "Bell, Poppy", "Campbell, Dwayne", "Chowdhury, Ayesha",
            "D'Angelo, Marco", "Edwards, Gethin", "Fitzgerald, Niamh", "García López, Lucía", "Hall, Ethan",
            "Ibrahim, Maryam", "Kaur, Simran", "Lewis, Elliot", "Müller, Jonas", "Okafor, Adaeze",
            "Popescu, Andreea", "Wright, Lily-Mae",
        ),
    ),
)  # fmt: skip
TWO_COURSES = {"0105": MEDIA, "0108": MEDIA, "0116": MEDIA, "0122": MEDIA} | {
    "0202": BUSINESS, "0209": BUSINESS, "0217": BUSINESS,
}  # fmt: skip
ASSESSORS = (
    (IT, "JH", "Jo Hughes"), (IT, "SA", "Sam Adeyemi"),
    (MEDIA, "RC", "Rosa Castellanos"), (MEDIA, "PN", "Petr Novák"), (MEDIA, "JH", "Jo Hughes"),
    (BUSINESS, "MW", "Maureen Whitfield"), (BUSINESS, "DO", "Dele Okonkwo"),
)  # fmt: skip
COLUMNS = ("entry_code", "candidate_number", "candidate_name", "date_of_birth", "uci", "uln", "units")


def entries_csv() -> str:
    """The register: sixty candidates, seven of them on two courses."""
    return _csv(COLUMNS, sorted(_entries()))


def assessors_csv() -> str:
    """Who assesses what."""
    return _csv(("entry_code", "initials", "name"), ASSESSORS)


def _entries() -> Iterator[tuple[str, ...]]:
    dice = random.Random(68199)
    for code, first, names in COURSES:
        for place, name in enumerate(names):
            number = f"{first + place:04}"
            born = date(2007, 9, 1) + timedelta(days=dice.randrange(730))
            # One in five came without a ULN, one in six without a UCI: the awarding body wants those blank.
            uci = _uci(number, 24 + born.year - 2007) if place % 6 != 5 else ""
            uln = _uln(dice) if place % 5 != 3 else ""
            person = (number, name, born.strftime("%d/%m/%Y"), uci, uln)
            yield code, *person, _units(place) if code == IT else ""
            if number in TWO_COURSES:
                yield TWO_COURSES[number], *person, ""


def _units(place: int) -> str:
    """Unit entries of the 2012 suite: most of the group take the core units, some leave the last of them out."""
    if place >= 18:
        return ""  # no unit entries: any unit of the qualification can be claimed
    return " ".join(map(str, CORE if place % 6 else CORE[:-1]))


def _uci(number: str, year: int) -> str:
    digits = f"{CENTRE}0{year}{number}"
    return digits + uci_letter(digits)


def _uln(dice: random.Random) -> str:
    while True:
        nine = str(dice.randrange(100_000_000, 1_000_000_000))
        for digit in "0123456789":
            if not uln_problem(nine + digit):
                return nine + digit


def _csv(columns: tuple[str, ...], rows: object) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()
