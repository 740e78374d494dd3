"""What a form brought: fields and files, read as they come, within limits.

Files go to disk past a few kilobytes each, so that memory stays bounded whatever is sent. The temporary files have no
name, and are gone with the request.
"""

import hmac
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from claimbatch.errors import ClaimbatchError
from claimbatch.files import write_atomic
from claimbatch.web.door import TooMuchError
from claimbatch.web.settings import MIB, Limits

IN_MEMORY = 64 * 1024  # bytes of a file before it goes to disk


@dataclass(frozen=True)
class Upload:
    """A file that was sent: its *name* without folders, its size in bytes, and its content to be read."""

    name: str
    size: int
    file: BinaryIO = field(repr=False)

    def read(self) -> bytes:
        """All of it: no more than the limit of a file."""
        self.file.seek(0)
        return self.file.read()

    def save(self, path: Path) -> Path:
        """Write it to *path*, which only its owner can read."""
        return write_atomic(path, self.read())


@dataclass(frozen=True)
class Form:
    """The fields and files of a form. A field that is not there is blank."""

    fields: Sequence[tuple[str, str]] = ()
    files: Sequence[tuple[str, Upload]] = ()

    def __getitem__(self, name: str) -> str:
        """The field *name*, without blanks around it; the last where there are several."""
        return next((text.strip() for key, text in reversed(self.fields) if key == name), "")

    def __contains__(self, name: str) -> bool:
        """Whether there is such a field: a box that is ticked, a button that was pressed."""
        return any(key == name for key, _ in self.fields)

    def all(self, name: str) -> list[str]:
        """All fields called *name*, in their order: boxes that were ticked."""
        return [text for key, text in self.fields if key == name]

    @property
    def seen(self) -> int:
        """The revision of a claim that was shown with the form; one that no claim has where it says none."""
        number = whole(self["seen"])
        return -1 if number is None else number

    def starting(self, prefix: str) -> Iterator[tuple[str, str]]:
        """The fields whose name begins so, with the rest of the name: ``grade:0042`` as ``0042``."""
        return (
            (key.removeprefix(prefix), text.strip()) for key, text in self.fields if key.startswith(prefix)
        )

    def uploads(self, name: str) -> list[Upload]:
        """The files of one field."""
        return [one for key, one in self.files if key == name]

    def upload(self, name: str) -> Upload | None:
        """The one file of a field, if one was chosen."""
        return next(iter(self.uploads(name)), None)

    def is_from(self, csrf: str) -> bool:
        """Whether the form was on a page of this session: it says the session's token."""
        return hmac.compare_digest(self["csrf"].encode(), csrf.encode())


def whole(text: str) -> int | None:
    """The whole number that was typed or sent; None where it is none, or has more digits than any number here."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


async def read_form(request: Request, limits: Limits) -> Form:
    """What the form brought. Raises :class:`ClaimbatchError` where it is too much, or no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    stream = request.stream()
    try:
        if kind == "multipart/form-data":
            parser = _Parser(request.headers, stream, limits)
            return _form(await parser.parse())
        if kind == "application/x-www-form-urlencoded":
            plain = FormParser(request.headers, stream, max_fields=limits.fields, max_part_size=limits.field)
            return _form(await plain.parse())
    except MultiPartException as error:
        await _drain(stream)
        raise ClaimbatchError(
            f"The form could not be read: {error.message}", "Send less at a time."
        ) from None
    except _TooLargeError as error:
        await _drain(stream)
        raise error.why from None
    except TooMuchError:
        raise ClaimbatchError(*_TOO_MUCH) from None
    except ClientDisconnect:
        raise ClaimbatchError("The form did not arrive whole.", "Send it again.") from None
    raise ClaimbatchError("What was sent is no form.", "Go back, and send it from the page.")


_TOO_MUCH = "That is more than can be taken at once.", "Send fewer files at a time."


class _TooLargeError(Exception):
    """A file is too large."""

    def __init__(self, why: ClaimbatchError) -> None:
        super().__init__()
        self.why = why


class _Parser(MultiPartParser):
    """Starlette's own, which also stops at a file that is too large."""

    spool_max_size = IN_MEMORY

    def __init__(self, headers: Headers, stream: object, limits: Limits) -> None:
        super().__init__(
            headers,
            stream,  # type: ignore[arg-type]
            max_files=limits.files,
            max_fields=limits.fields,
            max_part_size=limits.field,
        )
        self._most = limits.file
        self._came = 0

    def on_part_begin(self) -> None:
        """Count anew."""
        super().on_part_begin()
        self._came = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """Take some of a part, if it is not more than it may be."""
        self._came += end - start
        file = self._current_part.file
        if file is not None and self._came > self._most:
            raise _TooLargeError(
                ClaimbatchError(
                    f"{_name(file)} is larger than {self._most // MIB} MiB.",
                    "A workbook of claimbatch is never that large. Send the others without it.",
                )
            )
        super().on_part_data(data, start, end)


def _form(data: FormData) -> Form:
    fields = [(key, value) for key, value in data.multi_items() if isinstance(value, str)]
    files = [
        (key, Upload(_name(value), value.size or 0, value.file))
        for key, value in data.multi_items()
        if isinstance(value, UploadFile) and (value.filename or value.size)
    ]
    return Form(fields, files)


def _name(file: UploadFile) -> str:
    """The name of a file without its folders, and without what no name holds."""
    name = PurePosixPath((file.filename or "").replace("\\", "/")).name
    return "".join(letter for letter in name if letter.isprintable())[-200:] or "file"


async def _drain(stream: AsyncIterator[bytes]) -> None:
    """Take the rest of what is sent, and keep nothing: a browser listens only once it has said all."""
    try:
        async for _ in stream:
            pass
    except (TooMuchError, ClientDisconnect):
        return
