"""A connection to a Dask cluster, and what a person is told where there is none.

How the connection is encrypted, and with which certificates, are Dask's own settings; so is where the dashboard is.
"""

import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.intake.remote import differences, made_of

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

ANSWERS = 10  # seconds in which a scheduler must answer
LEAVES = 3  # seconds in which it must hear that nothing more is asked of it
_SAYS_NOTHING = dict.fromkeys(
    ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application"), "critical"
)


@contextmanager
def connected(address: str, workers: int) -> "Iterator[Client]":
    """The cluster at *address*, else the one that Dask's own settings name, else so many *workers* of this computer."""
    settings = _settings()
    address = address or str(settings.get("scheduler-address", None) or "")
    cluster = None if address else _of_this_computer(workers)
    client = None
    try:
        with explained(address):
            client = _client(cluster, address)
            theirs = client.run_on_scheduler(made_of)
        if differences(theirs):
            raise another_program(f"The scheduler at {address}", theirs)
        yield client
    finally:
        if client:
            _take_leave(client)
        if cluster:
            cluster.close()


def dashboard(client: "Client") -> str:
    """Where the cluster shows what it does; empty where it does not, and of a cluster within this process."""
    try:
        return "" if client.cluster else client.dashboard_link or ""
    except (KeyError, ValueError, OSError):
        return ""


def _client(cluster: "LocalCluster | None", address: str) -> "Client":
    from distributed import Client  # noqa: PLC0415

    class OneTry(Client):
        """What could not be reached is not told goodbye."""

        def start(self, **how: Any) -> None:
            try:
                super().start(**how)  # type: ignore[no-untyped-call]
            except BaseException:
                self.status = "closed"
                raise

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions that differ, which is looked into by what is asked next
        try:
            return OneTry(cluster or address, timeout=ANSWERS, set_as_default=False)  # type: ignore[no-untyped-call]
        except (TypeError, ValueError) as error:
            raise ClaimbatchError(
                f"{address!a} does not lead to a cluster: {str(error).partition(chr(10))[0]}.",
                'Write dask_address as "tcp://host:8786", or as "tls://host:8786" where Dask\'s own settings name the '
                "certificates.",
                Exit.WRONG_SETUP,
            ) from None


def _take_leave(client: "Client") -> None:
    """Let the cluster forget what was asked of it; who is gone does not have to hear it."""
    try:
        client.close(timeout=LEAVES)
    except (OSError, TimeoutError):
        client.status = "closed"


def _settings() -> Any:
    """Dask's own settings. What its libraries would say at the terminal is for logs, and is not said here."""
    try:
        import dask  # noqa: PLC0415 - not everybody has it

        with dask.config.set(logging=_SAYS_NOTHING):
            import distributed  # noqa: F401, PLC0415 - which sets up its logging now
    except ModuleNotFoundError:
        raise ClaimbatchError(
            "Workbooks are to be read on a Dask cluster, but the Python package distributed is missing.",
            'Install it where claimbatch was installed from: python -m pip install ".[dask]"; or say '
            'executor = "auto" in claimbatch.toml.',
            Exit.WRONG_SETUP,
        ) from None
    return dask.config


def _of_this_computer(workers: int) -> "LocalCluster":
    """A cluster within this process, which nobody else can reach: its workers are threads, and each has a process."""
    from distributed import LocalCluster  # noqa: PLC0415

    return LocalCluster(
        n_workers=1, threads_per_worker=workers, processes=False, memory_limit=0,
        dashboard_address=None, worker_dashboard_address="127.0.0.1:0",
    )  # fmt: skip


def another_program(who: str, theirs: Mapping[str, str]) -> ClaimbatchError:
    """Another version of claimbatch, of Python or of a library would find other things, or could not be understood."""
    differ = differences(theirs)
    name = next(iter(differ))
    return ClaimbatchError(
        f"{who} has {name} {differ[name][0]}, this computer {differ[name][1]}: results could differ.",
        "Install the same on every computer of the cluster, the scheduler included.",
        Exit.WRONG_SETUP,
    )


@contextmanager
def explained(address: str) -> Iterator[None]:
    """Say in a person's words what went wrong between here and the scheduler at *address*; what is our fault stays."""
    try:
        yield
    except (CancelledError, OSError, TimeoutError) as error:
        raise _out_of_reach(address, error) from None
    except (ImportError, AttributeError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "deserialization" not in str(error):
            raise
        raise ClaimbatchError(
            "A computer of the cluster has no claimbatch, or another one than this computer.",
            'Install the same on all of them, the scheduler included: python -m pip install ".[dask]"',
            Exit.WRONG_SETUP,
        ) from None


def _out_of_reach(address: str, error: Exception) -> ClaimbatchError:
    at = address or "of this computer"
    if isinstance(error, CancelledError):
        return ClaimbatchError(
            f"The cluster {at} has dropped the work: its scheduler was ended or started anew.",
            "Nothing has been changed. Run the command again when the cluster is up.",
            Exit.NOT_FINISHED,
        )
    return ClaimbatchError(
        f"The scheduler at {at} does not answer.",
        "Is the address right (dask_address in claimbatch.toml), and is the scheduler running there? Nothing has been "
        'changed. To read the workbooks without the cluster: executor = "auto".',
        Exit.NOT_FINISHED,
    )
