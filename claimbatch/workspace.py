"""The workspace: the folder that holds a centre's (or a trust's) claims, settings and key.

``claimbatch.toml`` says where the store is; ``claims.db`` is the store; ``claimbatch.key`` seals the templates;
``schemas/`` holds the centre's own or corrected qualification files. ``inbox/``, ``outbox/`` and ``runs/`` are
where workbooks arrive, documents go and runs leave their trace.
"""

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from claimbatch.data import schema_file, schema_folder
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import make_folder, write_atomic
from claimbatch.form.qualification import Catalogue
from claimbatch.form.qualification_file import load_catalogue
from claimbatch.identifiers import is_email_address

if TYPE_CHECKING:
    from claimbatch.claims.register.headings import Kind
    from claimbatch.claims.register.remembered import Remembered
    from claimbatch.claims.scale import Scales
    from claimbatch.claims.store import Store
    from claimbatch.intake.check import Executor
    from claimbatch.intake.engine import FromStore
    from claimbatch.moderation.strategies import Strategy
    from claimbatch.output.letters import Letters
    from claimbatch.output.view.wording import Wording

CONFIG = "claimbatch.toml"
KEY = "claimbatch.key"
KEY_BYTES = 32
FORM, AWARD, SAMPLING, REGISTER = "form.toml", "award.toml", "sampling.toml", "register.toml"
REMEMBERED = "columns.json"
VARIABLE = "CLAIMBATCH_WORKSPACE"
STORE = "sqlite:///claims.db"
OUTBOX = "outbox"
FOLDERS = ("inbox", OUTBOX, "runs", "schemas")
_START = """\
# The settings of this claimbatch workspace.

# Where claims are kept. SQLite wants a disk of this computer, not a network or synced folder.
store = "sqlite:///claims.db"

# After how many months claimbatch purge removes the names and dates of birth of claims that are completed.
retention_months = 12

# Who reads returned workbooks: "serial" is this program alone, "processes" as many programs of its own as workers says
# (0 means one for each processor), "auto" those where there are enough workbooks, or large ones.
executor = "auto"
workers = 0

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
"""


def _checked(text: str) -> str:
    if text and not is_email_address(text):
        raise ValueError(f'"{text}" is no e-mail address')
    return text


Mailbox = Annotated[str, AfterValidator(_checked)]


class Mail(BaseModel):
    """Whom messages about claims go to. *moderators* go by entry code, *centres* by centre number; blank: not known.

    Only where there is a *server* can a message be sent; *port* 0 is the usual one for its *security*.
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

    def moderator_of(self, entry_code: str) -> str:
        """The moderator's address, for claims of *entry_code*; blank where it is not known."""
        return self.moderators.get(entry_code) or self.moderator

    def centre_of(self, number: str) -> str:
        """The address of the centre *number*; blank where it is not known."""
        return self.centres.get(number) or self.centre


class Config(BaseModel):
    """What stands in ``claimbatch.toml``; an unknown key is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    store: str = STORE
    retention_months: int = Field(12, ge=0, le=1200)
    executor: Literal["auto", "serial", "processes"] = "auto"
    workers: int = Field(0, ge=0, le=256)  # 0: as many as there are processors
    mail: Mail = Mail()


@dataclass(frozen=True)
class Workspace:
    """One workspace. Make one with :meth:`find` or :meth:`create`."""

    folder: Path

    @classmethod
    def find(cls, given: Path | None = None) -> "Workspace":
        """The workspace *given*, else the one ``CLAIMBATCH_WORKSPACE`` names, else the nearest folder upwards."""
        named = given or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
        if named:
            if not (named / CONFIG).is_file():
                raise ClaimbatchError(
                    f"{named} is not a claimbatch workspace: it holds no {CONFIG}.",
                    f'Make one with: claimbatch init {named} --centre 68199 --name "Example College"',
                )
            return cls(named)
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / CONFIG).is_file():
                return cls(
                    Path() if folder == here else folder
                )  # so that paths are shown as people type them
        raise ClaimbatchError(
            "There is no claimbatch workspace here.",
            "Go to its folder, name it with --workspace, or make one: "
            'claimbatch init DIR --centre 68199 --name "Example College"',
        )

    @classmethod
    def create(cls, folder: Path, centres: Mapping[str, str] = MappingProxyType({})) -> "Workspace":
        """Make *folder* a workspace that holds *centres*. What is there already (a key, a store) is kept.

        The settings come last: only with them is it a workspace, so that one left half-made can be made again.
        """
        if (folder / CONFIG).exists():
            raise ClaimbatchError(
                f"{folder} is a claimbatch workspace already.",
                f"Use it as it is: claimbatch claims --workspace {folder}",
            )
        make_folder(folder)
        for name in FOLDERS:
            make_folder(folder / name)
        if not (folder / KEY).exists():
            write_atomic(folder / KEY, secrets.token_hex(KEY_BYTES) + "\n")
        with _open_store(STORE, folder) as store:
            for number, name in centres.items():
                store.add_centre(number, name)
        write_atomic(folder / CONFIG, _START)
        return cls(folder)

    @cached_property
    def config(self) -> Config:
        """The settings, checked."""
        path = self.folder / CONFIG
        try:
            return Config.model_validate(tomllib.loads(path.read_text("utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ClaimbatchError(
                f"{path} cannot be read: {error}.", "Put the line right.", Exit.WRONG_SETUP
            ) from None
        except ValidationError as error:
            first = error.errors()[0]
            known = Mail if first["loc"][0] == "mail" and len(first["loc"]) > 1 else Config
            raise ClaimbatchError(
                f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg'].removeprefix('Value error, ')}.",
                f"Known settings{' of [mail]' if known is Mail else ''}: {', '.join(known.model_fields)}.",
                Exit.WRONG_SETUP,
            ) from None

    def outbox(self, given: Path | None = None) -> Path:
        """Where what is made goes: the folder *given*, or else the workspace's own."""
        return given or self.folder / OUTBOX

    def key(self) -> bytes:
        """The key that seals this workspace's templates."""
        path = self.folder / KEY
        try:
            key = bytes.fromhex(path.read_text("ascii").strip())
        except (OSError, ValueError):
            key = b""
        if len(key) != KEY_BYTES:  # whoever seals with half a key, or none, seals nothing
            raise ClaimbatchError(
                f"The workspace's key, {path}, is missing or damaged.",
                "Bring it back from a backup: without it no workbook that was sent out can be recognised.",
                Exit.WRONG_SETUP,
            )
        return key

    def store(self) -> "Store":
        """The store, opened (and brought up to date where an older version made it).

        A SQLite file that is not there is not made anew: the claims would seem to have vanished.
        """
        return _open_store(self.config.store, self.folder, new=False)

    def executor(self, workers: int | None = None) -> "Executor":
        """Who reads workbooks, as the settings have it; else *workers* processes."""
        from claimbatch.intake.engine import executor  # noqa: PLC0415 - pandas is slow to import

        if workers:
            return executor("processes", workers)
        return executor(self.config.executor, self.config.workers)

    def known(self, store: "Store") -> "FromStore":
        """What checking may ask the *store*, or the same one opened by another process."""
        from claimbatch.intake.engine import FromStore  # noqa: PLC0415

        return FromStore(self.config.store, self.folder.absolute(), self.key(), self.catalogue(), store)

    def catalogue(self) -> Catalogue:
        """The shipped qualifications, with this workspace's own files on top."""
        own = self.folder / "schemas"
        if (own / FORM).exists():
            raise ClaimbatchError(
                f"{own / FORM} is there, but the form is the same in every workspace.",
                f"Take it away. A workspace may have its own qualification files, {AWARD}, {REGISTER} and {SAMPLING}.",
                Exit.WRONG_SETUP,
            )
        return load_catalogue(schema_folder(), own)

    def scales(self) -> "Scales":
        """How unit grades become awards: this workspace's own file, else the shipped one."""
        from claimbatch.claims.scale import load_scales  # noqa: PLC0415

        return load_scales(self._schema(AWARD))

    def strategies(self) -> "Mapping[str, Strategy]":
        """The sampling strategies by key: those of this workspace's own file, else the shipped ones."""
        from claimbatch.moderation.strategies import load_strategies  # noqa: PLC0415

        return load_strategies(self._schema(SAMPLING))

    def wording(self) -> "Wording":
        """What candidates declare: in this workspace's own words, else the shipped ones."""
        from claimbatch.output.view.wording import FILE, load_wording  # noqa: PLC0415

        return load_wording(self._schema(FILE))

    def letters(self) -> "Letters":
        """The messages that go out about claims: in this workspace's own words, else the shipped ones."""
        from claimbatch.output.letters import FILE, load_letters  # noqa: PLC0415

        return load_letters(self._schema(FILE))

    def register_kinds(self) -> "Mapping[str, Kind]":
        """What the columns of register files are called: as shipped, with this workspace's own headings before."""
        from claimbatch.claims.register.headings import load_kinds  # noqa: PLC0415

        return load_kinds(self.folder / "schemas" / REGISTER)

    def remembered_columns(self) -> "Remembered":
        """What people said of the columns of register files (``--map``), for the next with the same headings."""
        from claimbatch.claims.register.remembered import Remembered  # noqa: PLC0415

        return Remembered(self.folder / REMEMBERED)

    def _schema(self, name: str) -> Path:
        own = self.folder / "schemas" / name
        return own if own.exists() else schema_file(name)


def _open_store(address: str, folder: Path, *, new: bool = True) -> "Store":
    from claimbatch.claims.store import Store  # noqa: PLC0415 - SQLAlchemy is slow to import

    return Store.open(address, folder, new=new)
