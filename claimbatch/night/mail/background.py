"""What the messages of a night are made from, and how things are called in them: nothing by anybody's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath

from claimbatch.claims.sent import Sent
from claimbatch.claims.store.templates import Issued
from claimbatch.claims.term import Course
from claimbatch.clock import long_day
from claimbatch.form.layout import MODERATORS
from claimbatch.form.qualification import Catalogue
from claimbatch.intake.rules import fault_of
from claimbatch.night.account import Account, File
from claimbatch.night.mail.drafts import Facts, found, some
from claimbatch.night.mail.owners import Owner, Owners
from claimbatch.night.mail.unnamed import names_somebody, words_of_names
from claimbatch.night.places import Places
from claimbatch.output.mails import Mails
from claimbatch.settings import Mail
from claimbatch.workspace import Workspace


@dataclass(frozen=True)
class Background:
    """The *account* of a night, and beside it the words of its messages, the settings, and what the store knows.

    *names* are the words of all names in the register; *issued* are the templates of the files by their ids.
    """

    account: Account
    places: Places
    words: Mails
    settings: Mail
    catalogue: Catalogue
    centres: Mapping[str, str]
    owners: Owners
    names: frozenset[str]
    issued: Mapping[str, Issued]

    @classmethod
    def of(cls, workspace: Workspace, account: Account) -> "Background":
        """Looked up once for the whole night."""
        settings = workspace.config.mail
        with workspace.store() as store:
            return cls(
                account,
                Places.of(workspace),
                workspace.mails(),
                settings,
                workspace.catalogue(),
                store.centres(),
                Owners(settings.people, store.assessors()),
                words_of_names(store),
                store.templates({file.template_id for file in account.files if file.template_id}),
            )

    def owner(self, file: File) -> Owner | None:
        """Who is told of a file."""
        return self.owners.of_file(file.name, file.issued_to)

    def named(self, centres: set[str]) -> str:
        """These centres by name; all of the workspace where none is known."""
        known = [self.centres[number] for number in sorted(centres) if number in self.centres]
        return " and ".join(known or self.centres.values())

    @cached_property
    def every_centre(self) -> str:
        """All of the workspace."""
        return self.named(set())

    def title(self, entry_code: str) -> str:
        """A qualification as it is called in a message."""
        found = self.catalogue.find(entry_code) if entry_code else None
        return f"{entry_code} {found.short_title}" if found else entry_code or "no qualification known"

    def facts(self, file: File) -> Facts:
        """What may be said of a file."""
        return {
            "file": self.called(file),
            "qualification": self.title(file.entry_code),
            "form": self._form(file),
            "found": found([file]),
            "copy": self.marked(file) if file.marked else "",
            "why": self._why(file),
        }

    def sent_facts(self, course: Course, sent: Sent) -> Facts:
        """What may be said of a workbook that went out."""
        return {
            "qualification": self.title(course.entry_code),
            "form": f"Unit {sent.unit}" if sent.unit else "all units",
            "due": long_day(date.fromisoformat(sent.due)) if sent.due else "",
            "overdue": f"{some(sent.days_late, 'day')} late" if sent.days_late else "",
            "filled": f"{sent.grades} of {sent.cells}" if sent.cells else str(sent.grades),
        }

    def called(self, file: File) -> str:
        """What a file is called in a message: its name, unless that may be somebody's."""
        return self._unnamed(PurePosixPath(file.name).name, file)

    def marked(self, file: File) -> str:
        """What its marked copy is called there."""
        return self._unnamed(PurePosixPath(file.marked).name, file, "_marked")

    def where(self, path: str) -> str:
        """Where something lies, ``rejected/…``; nothing where that may name somebody."""
        return "" if names_somebody(path, self.names) else f" (it is {path})"

    def _unnamed(self, name: str, file: File, ending: str = "") -> str:
        if name.isprintable() and not names_somebody(PurePosixPath(name).stem, self.names):
            return name
        issued = self.issued.get(file.template_id)
        kind = f"unit-{issued.unit:02}" if issued and issued.unit else issued.form if issued else "workbook"
        parts = (issued.centre_number, issued.entry_code, kind) if issued else (kind,)
        return f"{'_'.join(parts)}{ending}.xlsx"

    def _form(self, file: File) -> str:
        issued = self.issued.get(file.template_id)
        if issued is None or issued.form in MODERATORS:
            return "moderator's workbook" if issued else "workbook"
        return f"Unit {issued.unit}" if issued.unit else "all units"

    def _why(self, file: File) -> str:
        """Why it is where it is, with the file called as in the message; of a faulty one, what its rules find."""
        said = file.why or " ".join(map(fault_of, sorted(file.codes)))
        for name in (file.name, PurePosixPath(file.name).name):
            said = said.replace(name, self.called(file))
        return said or "it could not be read."
