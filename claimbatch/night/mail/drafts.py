"""A message of a night before it is sent, and how things are counted in it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from claimbatch.night.account import Fate, File

SUMMARY, WORKBOOKS, REMINDER = "summary", "workbooks", "reminder"
OFFICE = "exams office"
FAULTY = (Fate.REJECTED, Fate.PART, Fate.QUARANTINED)  # what somebody has to put right
SPREADSHEET = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Facts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to one *address*: its *subject*, *text* and attached files by name. *whom* is no address.

    *key* tells it from all others of its run; *about* are the things that it tells of.
    """

    kind: str
    whom: str
    address: str
    subject: str
    text: str
    attached: tuple[tuple[str, bytes], ...] = ()
    key: str = ""
    about: tuple[str, ...] = ()

    def made(self, sender: str) -> EmailMessage:
        """The message itself: plain text, and marked so that no absence note answers it (RFC 3834)."""
        made = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
        made["Subject"] = self.subject
        made["From"] = Address(addr_spec=sender)
        made["To"] = Address(addr_spec=self.address)
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(self.text)
        for name, content in self.attached:
            made.add_attachment(content, maintype="application", subtype=SPREADSHEET, filename=name)
        return made


def some(number: int, one: str, many: str = "") -> str:
    """So many things, in words.

    >>> some(0, "query", "queries"), some(1, "error"), some(2, "error")
    ('no queries', '1 error', '2 errors')
    """
    return f"{number or 'no'} {one if number == 1 else many or f'{one}s'}"


def found(files: Sequence[File]) -> str:
    """What was found in *files*, in words; of those that could not be read, how many they are."""
    errors, queries = sum(file.errors for file in files), sum(file.queries for file in files)
    counted = [some(errors, "error")] * bool(errors) + [some(queries, "query", "queries")] * bool(queries)
    return " and ".join(counted) or some(len(files), "workbook")


def digest(*parts: str) -> str:
    """A short hash of what tells one thing from another, out of which nobody reads what it was."""
    return hashlib.sha256("|".join(parts).encode("utf-8", "replace")).hexdigest()[:24]
