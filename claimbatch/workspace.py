"""The workspace: the folder that holds a centre's (or a trust's) claims, settings and key.

``claimbatch.toml`` says where the store is; ``claims.db`` is the store; ``claimbatch.key`` seals the templates;
``schemas/`` holds the centre's own or corrected qualification files. ``inbox/``, ``outbox/`` and ``runs/`` are
where workbooks arrive, documents go and runs leave their trace.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from claimbatch.data import schema_file, schema_folder
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import make_folder, write_atomic
from claimbatch.form.qualification import Catalogue
from claimbatch.form.qualification_file import load_catalogue
from claimbatch.settings import START, STORE, Config, read_settings

if TYPE_CHECKING:
    from claimbatch.claims.register.headings import Kind
    from claimbatch.claims.register.remembered import Remembered
    from claimbatch.claims.scale import Scales
    from claimbatch.claims.store import Store
    from claimbatch.intake.check import Executor
    from claimbatch.intake.engine import FromStore
    from claimbatch.intake.results import Tell
    from claimbatch.moderation.strategies import Strategy
    from claimbatch.output.letters import Letters
    from claimbatch.output.mails import Mails
    from claimbatch.output.view.wording import Wording

CONFIG = "claimbatch.toml"
KEY = "claimbatch.key"
KEY_BYTES = 32
FORM, AWARD, SAMPLING, REGISTER = "form.toml", "award.toml", "sampling.toml", "register.toml"
REMEMBERED = "columns.json"
VARIABLE = "CLAIMBATCH_WORKSPACE"
OUTBOX = "outbox"
FOLDERS = ("inbox", OUTBOX, "runs", "schemas")


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
        write_atomic(folder / CONFIG, START)
        return cls(folder)

    @cached_property
    def config(self) -> Config:
        """The settings, checked."""
        return read_settings(self.folder / CONFIG)

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

    def claim_key(self, text: str) -> str:
        """The key of the claim that people call *text*: an entry code, a claim number, or the key itself.

        A whole key is not looked up. Raises :class:`ClaimbatchError` where several claims are called so, or none.
        """
        if re.fullmatch(r"[0-9]{5}-[0-9]{5}-[0-9]+", text):
            return text
        with self.store() as store:
            return store.claim_key(text.strip())

    def executor(self, workers: int | None = None, tell: "Tell | None" = None) -> "Executor":
        """Who reads workbooks, as the settings have it; else so many *workers*: of the cluster, where there is one.

        *tell* hears what a person may want to know of the cluster.
        """
        from claimbatch.intake.engine import executor  # noqa: PLC0415 - pandas is slow to import
        from claimbatch.intake.results import untold  # noqa: PLC0415

        kind = self.config.executor
        if workers and kind != "dask":
            kind = "processes"
        return executor(kind, workers or self.config.workers, self.config.dask_address, tell or untold)

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

    def mails(self) -> "Mails":
        """The messages of the nightly run: in this workspace's own words, else the shipped ones."""
        from claimbatch.output.mails import FILE, load_mails  # noqa: PLC0415

        return load_mails(self._schema(FILE))

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
