"""The settings of a workspace: what stands in its ``claimbatch.toml``, checked, and the file that it starts with.

All of them have a default that may stay. A setting that is not known is refused rather than ignored: it is mostly one
that is spelt wrongly.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import write_atomic
from claimbatch.files.far import address, is_far, near
from claimbatch.identifiers import is_email_address

SECRETS = {  # of the libraries that reach servers; what lets claimbatch in comes from the environment
    "key", "secret", "token", "password", "passphrase", "pkey", "account_key", "sas_token", "connection_string",
    "client_secret", "credential", "aws_access_key_id", "aws_secret_access_key", "aws_session_token",
}  # fmt: skip
STORE = "sqlite:///claims.db"
_STORE_LINE = re.compile(r"^[ \t]*store[ \t]*=.*$", re.MULTILINE)
TAKEN = ("runs", "schemas", "backups")  # folders of the workspace that have another purpose
START = """\
# The settings of this claimbatch workspace.

# Where claims are kept. SQLite wants a disk of this computer, not a network or synced folder.
store = "sqlite:///claims.db"

# After how many months claimbatch purge removes the names and dates of birth of claims that are completed.
retention_months = 12

# Who reads returned workbooks: "serial" is this program alone, "processes" as many programs of its own as workers says
# (0 means one for each processor), "auto" those where there are enough workbooks, or large ones. "dask" is a cluster of
# computers (docs/scale.md): dask_address is where its scheduler is, "tcp://host:8786", workers how many of its workers
# are used at a time (0 means all). With a blank dask_address the cluster is this computer alone.
executor = "auto"
workers = 0
dask_address = ""

# Whom claimbatch letters writes to. Take the # away from the lines that you fill in.
# [mail]
# sender = "exams@example.ac.uk"        # who writes
# moderator = "moderator@example.org"   # who is told of a submitted claim
# centre = "exams@example.ac.uk"        # who is told of a sample and of completion, unless the claim has an address
# moderators = {"05349" = "other@example.org"}    # the moderator of one entry code
# centres = {"68199" = "exams@example.ac.uk"}     # the address of one centre, where there are several
# Only where a server stands here does claimbatch letters --send send them. The password is not written down: it is
# taken from the environment variable CLAIMBATCH_MAIL_PASSWORD.
# server = "smtp.example.ac.uk"
# security = "starttls"                 # or "tls"
# user = "exams"
# The nightly run writes to nobody, unless a line here says to whom.
# summary = ["exams@example.ac.uk"]     # who is told what the night did
# summary_when = "changes"              # when it did something; "always": every night
# attach_mb = 7                         # so much of marked copies goes with a message at most
# reminders = false                     # whether people are reminded of what has not come back (template --due DATE)
# remind_before = 3                     # from so many days before it is due
# remind_every = 7                      # not more often than in so many days
# remind_after = 28                     # until so many days after it was due
# keep_days = 7                         # how long a message waits that the server did not take; then it is dropped
# [mail.people]                         # a folder of the inbox, or whom a workbook was made for (template --for NAME)
# "Jo Hughes" = "j.hughes@example.ac.uk"
# "Science" = "science@example.ac.uk"

# The nightly run, claimbatch nightly. It goes by what stands here already; take the # away from what you change, and
# from [night]. A folder is one of this workspace, or a whole path such as "//server/exams/inbox".
# [night]
# inbox = "inbox"                # where returned workbooks are put, in folders of their own if you like
# done = "done"                  # where a workbook goes that was taken
# rejected = "rejected"          # where one goes that has errors, with its marked copy and a list of them beside it
# quarantine = "quarantine"      # where one goes that could do harm or cannot be read
# claims = "outbox/claims"       # where each claim that changed is written, over what stood there
# errors = "whole"               # a workbook with errors: "whole" takes nothing of it, "partial" its clean lines
# settle = 5                     # seconds for which a file must not have changed
# export = ["csv"]               # how claims are written: "csv", "xlsx", "json"; [] for none
# report = ["pdf"]               # the report of a claim: "pdf", "html"; [] for none
# error_list = ["pdf"]           # the list of errors of a workbook: "pdf", "html"; [] for none
# keep_runs = 400                # of how many nights everything is kept, of older ones the account alone; 0 for all
# metrics = "runs/claimbatch.prom"   # where the figures for Prometheus are written; no other user may read runs

# A folder of the nightly run may lie on a server: inbox = "s3://exams/inbox", "abfs://exams/inbox",
# "sftp://exams@files.example.ac.uk/srv/inbox". What that needs besides stands here, never a password or key: those are
# taken from the environment (docs/files.md).
# [files.s3]
# endpoint_url = "https://s3.example.ac.uk"   # another server than Amazon's
# [files.abfs]
# account_name = "exams"
# [files.sftp]
# key_filename = "/etc/claimbatch/id_ed25519"
"""


def _checked(text: str) -> str:
    if text and not is_email_address(text):
        raise ValueError(f'"{text}" is no e-mail address')
    return text


def _leading_somewhere(address: str) -> str:
    """The address of a scheduler: a host and a port, and how to speak to it, which is ``tcp`` unless it says so."""
    if address and not re.fullmatch(
        r"((tcp|tls|ws|wss)://)?(\[[0-9a-fA-F:.]+\]|[\w.-]+):[0-9]{1,5}", address
    ):
        raise ValueError(f'"{address}" is no address of a scheduler, such as "tcp://host:8786"')
    return address


def _once(styles: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(styles))


Mailbox = Annotated[str, AfterValidator(_checked)]
Prints = Annotated[tuple[Literal["pdf", "html"], ...], AfterValidator(_once)]


def _parts(folder: str) -> tuple[str, ...]:
    """The steps of a path or an address, as they are compared: on some systems ``Done`` and ``done`` are one folder."""
    folder = near(folder.strip())
    if is_far(folder):
        return tuple(map(str.casefold, address(folder).parts))
    return PurePosixPath(folder.strip().replace("\\", "/").casefold()).parts


def _nested(folders: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Which of the *folders* lie in another, or are the same."""
    parts = {name: _parts(folder) for name, folder in folders.items()}
    for inner, steps in parts.items():
        for outer, above in parts.items():
            if inner != outer and steps[: len(above)] == above:
                yield inner, outer


class Mail(BaseModel):
    """Whom messages about claims go to. *moderators* go by entry code, *centres* by centre number; blank: not known.

    Only where there is a *server* can a message be sent; *port* 0 is the usual one for its *security*.

    At night the *summary* goes to these addresses, when the run has changed something or always; *people* are told of
    their own workbooks, by the folder of the inbox that is theirs or by the name that a template was made for. They are
    reminded from so many days before the day by which a workbook is due, until so many after it. What the server did
    not take waits for so many days as *keep_days* says.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sender: Mailbox = ""
    moderator: Mailbox = ""
    centre: Mailbox = ""
    moderators: Mapping[str, Mailbox] = Field(default_factory=dict)
    centres: Mapping[str, Mailbox] = Field(default_factory=dict)
    server: str = ""
    port: int = Field(default=0, ge=0, le=65535)
    security: Literal["starttls", "tls"] = "starttls"
    user: str = ""
    summary: tuple[Mailbox, ...] = ()
    summary_when: Literal["changes", "always"] = "changes"
    people: Mapping[str, Mailbox] = Field(default_factory=dict)
    attach_mb: float = Field(default=7, ge=0, le=50)
    reminders: bool = False
    remind_before: int = Field(default=3, ge=0, le=60)  # days
    remind_every: int = Field(default=7, ge=1, le=60)
    remind_after: int = Field(default=28, ge=0, le=366)
    keep_days: int = Field(default=7, ge=1, le=60)

    @property
    def at_night(self) -> bool:
        """Whether the nightly run has anybody to write to."""
        return bool(self.summary or self.people)

    @model_validator(mode="after")
    def _can_be_sent(self) -> Self:
        if self.reminders and not self.people:
            raise ValueError("reminders need addresses: people names none")
        for name in ("server", "sender"):
            if self.at_night and not getattr(self, name):
                raise ValueError(f"summary and people are written to at night, and no {name} is named")
        if blank := [key for key, address in self.people.items() if not key.strip() or not address]:
            raise ValueError(f'people: "{blank[0]}" has no address, or an address has no name')
        return self

    def moderator_of(self, entry_code: str) -> str:
        """The moderator's address, for claims of *entry_code*; blank where it is not known."""
        return self.moderators.get(entry_code) or self.moderator

    def centre_of(self, number: str) -> str:
        """The address of the centre *number*; blank where it is not known."""
        return self.centres.get(number) or self.centre


class Night(BaseModel):
    """How the nightly run goes about it: its folders, what it takes, and what it writes.

    Folders are paths from the workspace, whole ones, or addresses on a server; none lies in another, because what is
    put away must not come in again. Nobody's words are ever overruled at night: that is for somebody to decide.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    inbox: str = "inbox"
    done: str = "done"
    rejected: str = "rejected"
    quarantine: str = "quarantine"
    claims: str = "outbox/claims"
    errors: Literal["whole", "partial"] = "whole"
    settle: float = Field(default=5, ge=0, le=3600)  # seconds
    export: Annotated[tuple[Literal["csv", "xlsx", "json"], ...], AfterValidator(_once)] = ("csv",)
    report: Prints = ("pdf",)
    error_list: Prints = ("pdf",)
    keep_runs: int = Field(default=400, ge=0)
    metrics: str = Field(default="runs/claimbatch.prom", min_length=1)

    @property
    def folders(self) -> Mapping[str, str]:
        """The folders by the names of their settings."""
        return {name: getattr(self, name) for name in ("inbox", "done", "rejected", "quarantine", "claims")}

    @model_validator(mode="after")
    def _apart(self) -> Self:
        for name, folder in self.folders.items():
            try:
                _parts(folder)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
            if not folder.strip() or not _parts(folder):
                raise ValueError(f'{name} = "{folder}" is no folder within the workspace')
            if ".." in _parts(folder):
                raise ValueError(f'{name} = "{folder}" leads upwards; name the whole path')
            if _parts(folder)[0] in TAKEN:
                raise ValueError(
                    f'{name} = "{folder}" lies in {_parts(folder)[0]}, which has another purpose'
                )
        for inner, outer in _nested(self.folders):
            raise ValueError(f"{inner} lies in {outer}; folders of the night lie beside each other")
        return self


class Config(BaseModel):
    """What stands in ``claimbatch.toml``; an unknown key is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    store: str = STORE
    retention_months: int = Field(12, ge=0, le=1200)
    executor: Literal["auto", "serial", "processes", "dask"] = "auto"
    workers: int = Field(0, ge=0, le=256)  # 0: as many as there are processors, or as the cluster has
    dask_address: Annotated[str, AfterValidator(_leading_somewhere)] = ""
    mail: Mail = Mail()
    night: Night = Night()
    files: Mapping[Literal["s3", "abfs", "sftp"], Mapping[str, Any]] = Field(default_factory=dict)

    @field_validator("files")
    @classmethod
    def _no_secrets(cls, files: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
        for kind, options in files.items():
            for name in _named(options):
                if name.casefold() in SECRETS:
                    raise ValueError(
                        f"[files.{kind}] {name} does not belong in a file that is copied and backed up; "
                        f"give it in the environment, as FSSPEC_{kind.upper()}_{name.upper()}"
                    )
        return files


def _named(options: Mapping[str, Any]) -> Iterator[str]:
    """The names of the *options*, with those in tables of their own."""
    for name, value in options.items():
        yield name
        if isinstance(value, Mapping):
            yield from _named(value)


_TABLES: Mapping[str, type[BaseModel]] = {"mail": Mail, "night": Night}


def read_settings(path: Path) -> Config:
    """The settings in the file at *path*, checked."""
    return _read(path, None)


def _read(path: Path, text: str | None) -> Config:
    """The settings in *text*, or in what the file at *path* says now."""
    try:
        return Config.model_validate(tomllib.loads(path.read_text("utf-8") if text is None else text))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ClaimbatchError(
            f"{path} cannot be read: {error}.", "Put the line right.", Exit.WRONG_SETUP
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where, said = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
        table = str(first["loc"][0]) if first["loc"] else ""
        known = (
            _TABLES.get(table, Config) if len(first["loc"]) > 1 or first["type"] == "value_error" else Config
        )
        raise ClaimbatchError(
            f"{path}: {where}: {said}.",
            f"Known settings{f' of [{table}]' if known is not Config else ''}: {', '.join(known.model_fields)}.",
            Exit.WRONG_SETUP,
        ) from None


def store_line(address: str) -> str:
    """The line of ``claimbatch.toml`` that says where the store is."""
    return f"store = {json.dumps(address, ensure_ascii=False)}"  # TOML quotes as JSON does


def set_store(path: Path, address: str) -> None:
    """Let the settings in the file at *path* say that the store is at *address*; all else in it stays as it is."""
    line, text = store_line(address), path.read_text("utf-8")
    with_it = (
        _STORE_LINE.sub(lambda _: line, text, count=1) if _STORE_LINE.search(text) else f"{line}\n{text}"
    )
    if _read(path, with_it).store != address:
        raise ClaimbatchError(
            f"In {path} the line of the store cannot be put right.",
            'It should stand alone on a line: store = "..."',
            Exit.WRONG_SETUP,
        )
    write_atomic(path, with_it)
